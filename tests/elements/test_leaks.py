#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No object is alive when a pipeline has ended, well or badly: every pipeline file, the pipeline of every element's
documentation, and pipelines that fail, under GStreamer's leaks tracer.

    test_leaks.py SOURCE VOXEL    the root of the sources, the command
"""
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

source, voxel = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
sys.path.insert(0, os.path.join(source, "tests", "support"))
import stack  # noqa: E402
import stand_ins  # noqa: E402
import tap  # noqa: E402

SMALL = "multiple=8 views=r0,fh"
SCAN = "scan=slices model=model.safetensors"
# Each pipeline file with values that make it small, and each way through the one with ways.
PIPELINES = [
    f"live.gst {SCAN} output=mask.tif preview=now-%03d.png last=32 timeout=1000000000 tile=32 multiple=8",
    "preview-slices.gst scan=slices output=preview-%02d.png width=40",
    "prepare.gst scan=slices labels=labels shards=shards/%d.tar tile=32 cut=40 count=2 epochs=2 bits=8 "
    "oblique=3 spacing=0.8 scan-spacing=1",
    "score.gst truth=labels prediction=labels",
    f"segment-one-axis.gst {SCAN} output=mask.tif axis=y tile=32 multiple=8",
    f"segment.gst {SCAN} csv=mask.csv {SMALL} tile=32 axes=z",
    f"segment.gst {SCAN} csv=mask.csv {SMALL} tile=32 axes=z slicewise=yes last=9",
    f"segment.gst {SCAN} csv=mask.csv tiff=mask.tif tiff=masks/ probability=p.tif mask=labels {SMALL} tile=32",
    f"segment.gst {SCAN} tiff=mask.tif {SMALL} tile=0 memory-limit=1 vote-memory-limit=1 scratch=.",
    "tiles-to-png.gst scan=slices output=tile-%03d.png size=32 axes=z,x",
]
# What must fail, and where.
FAILURES = {
    "a slice that cannot be read": "voxelsrc location=broken ! voxelreslice ! voxelnormalize ! voxeltile size=32 "
                                   "! voxelviews ! voxelinfer model=model.safetensors ! voxelmerge ! voxelstitch "
                                   "! voxelvote ! voxelsink location=out.tif",
    "no scan": "voxelsrc location=nowhere ! voxelsink location=out.tif",
    "no model": "voxelsrc location=slices ! voxelinfer model=nowhere ! fakesink",
    "no folder to write to": "voxelsrc location=labels ! tee name=t ! queue ! voxelrlesink location=nowhere/a.csv "
                             "t. ! queue ! voxelsink location=out.tif",
    "tiles into a sink": "voxelsrc location=slices ! voxeltile size=32 ! queue ! voxelsink location=out.tif",
    "missing tiles": "voxelsrc location=slices ! voxelreslice axes=y ! voxeltile size=32 ! identity drop-probability=.1 "
                     "! voxelstitch blend=mean ! fakesink",
    "missing slices": "voxelsrc location=slices ! identity eos-after=9 ! voxelreslice ! voxelnormalize ! fakesink",
    "two shapes to score": "voxelscore name=s voxelsrc location=labels ! s.truth "
                           "voxelsrc location=labels stop-index=9 ! s.prediction",
    "a mask of another shape": "voxelsrc location=labels ! voxelmask location=broken ! fakesink",
}


def traced(words, folder, fails=False):
    """Runs the words under the tracer: what is wrong with it, or nothing."""
    log = os.path.join(folder, "trace.log")
    env = dict(stand_ins.environment(str(words)), GST_TRACERS="leaks", GST_DEBUG="GST_TRACER:7,leaks:7", GST_DEBUG_FILE=log,
               GST_DEBUG_NO_COLOR="1")
    # Its signals are for programs that do not end.
    env.pop("GST_LEAKS_TRACER_SIG", None)
    run = subprocess.run(words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         timeout=120, shell=isinstance(words, str))
    if (run.returncode != 0) != fails or "CRITICAL" in run.stdout:
        return f"exit code {run.returncode}\n{run.stdout}"
    text = open(log).read()
    os.remove(log)
    if "listing currently alive objects" not in text:
        return "the tracer did not tell: the program did not shut GStreamer down"
    return "\n".join(line for line in text.splitlines() if re.search(r" TRACE .* object-alive, ", line))


def examples():
    """The pipelines in the documentation of each element."""
    for path in sorted(glob.glob(os.path.join(source, "elements", "*", "gstvoxel*.c"))):
        for name, text in re.findall(r"SECTION:element-(\w+)(.*?)\*/", open(path).read(), re.S):
            for line in re.findall(r"\|\[(.*?)\]\|", re.sub(r"\n \*", "\n", text), re.S):
                yield name, " ".join(line.replace("\\\n", " ").split())


def check(name, words, fails=False):
    if stand_ins.environment(str(words)) is None:
        tap.skip(name, stand_ins.WHY)
        return
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(template.name, folder, dirs_exist_ok=True)
        wrong = traced(words, folder, fails)
        tap.check(name, not wrong, wrong)


template = tempfile.TemporaryDirectory()
stack.make_stacks(template.name, (33, 40, 48))
stack.make_model(os.path.join(template.name, "model.safetensors"))
shutil.copytree(os.path.join(template.name, "slices"), os.path.join(template.name, "broken"))
os.truncate(os.path.join(template.name, "broken", "0011.tif"), 500)

for text in PIPELINES:
    file, *values = text.split()
    check(text, [voxel, "run", "--quiet", os.path.join(source, "pipelines", file), *values])
untried = {os.path.basename(p) for p in glob.glob(os.path.join(source, "pipelines", "*.gst"))}
untried -= {text.split()[0] for text in PIPELINES}
tap.check("every pipeline file is tried", not untried, untried)
check("voxel segment", [voxel, "segment", "slices", "--quiet", "--model", "model.safetensors", "--axes", "z", "--views",
                        "r0", "--tile", "32", "-o", "mask.tif"])
for name, text in FAILURES.items():
    check(f"{name}: {text}", ["gst-launch-1.0", "-q", *shlex.split(text)], True)
documented = list(examples())
tap.check("elements have examples", len(documented) > 10)
for name, line in documented:
    check(f"{name}: {line}", line)
tap.done()
