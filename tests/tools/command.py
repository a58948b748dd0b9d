# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command from outside: exit codes, errors, dry runs, pipelines, any file name, Ctrl-C.

    command.py VOXEL SUPPORT PIPELINES    the program, the folder of tap.py and stack.py, the folder of *.gst
"""
import glob
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

VOXEL, SUPPORT, PIPELINES = (os.path.abspath(a) for a in sys.argv[1:4])
sys.path.insert(0, SUPPORT)
import stack  # noqa: E402
import tap  # noqa: E402

NASTY = 'my "odd" \\ dir! #1 ${x} $HOME; it\'s \u6f22'


def voxel(*words, cwd=None, env=None):
    return subprocess.run([VOXEL, *words], cwd=cwd, env=env, capture_output=True, text=True, timeout=120)


def describe(run):
    return f"exit code {run.returncode}\n{run.stdout}{run.stderr}"


def fails(name, code, needle, *words):
    """A run that must end with a code and lines on stderr that name the command and the trouble."""
    run = voxel(*words)
    begins = run.stderr.startswith(f"voxel {words[0]}") if words else True
    tap.check(name, run.returncode == code and needle in run.stderr and begins and run.stderr.count("\n") <= 3,
              describe(run))


def has(*elements):
    """Whether the plugin has these elements: parsing fails with their name where it has not."""
    for element in elements:
        with open("probe.gst", "w") as f:
            f.write(f"{element} no-such-property=1\n")
        if f'no element "{element}"' in voxel("run", "probe.gst", "--quiet").stderr:
            return element
    return None


def launches():
    """Whether gst-launch-1.0 is there and loads the plugin, which it cannot where that needs a sanitizer's runtime."""
    inspect = shutil.which("gst-inspect-1.0")
    return inspect and subprocess.run([inspect, "voxelsrc"], capture_output=True).returncode == 0


CHAIN = ["voxelsrc", "voxelreslice", "voxelnormalize", "voxeltile", "voxelviews", "voxelinfer", "voxelmerge",
         "voxelstitch", "voxelvote", "voxelrlesink"]


def test_basics():
    run = voxel("--version")
    tap.check("version", run.returncode == 0 and run.stdout.startswith("voxel ") and "GStreamer" in run.stdout)
    run = voxel("--help")
    names = ["segment", "prepare", "score", "run", "model"]
    tap.check("help names the commands", run.returncode == 0 and all(f"  {n} " in run.stdout for n in names),
              describe(run))
    for words in [["segment"], ["prepare"], ["score"], ["run"], ["model", "info"], ["model", "list"], ["model", "new"]]:
        run = voxel(*words, "--help")
        tap.check(f"help of {' '.join(words)}", run.returncode == 0 and f"voxel {' '.join(words)}" in run.stdout,
                  describe(run))
    run = voxel()
    tap.check("no words: help and code 2", run.returncode == 2 and "Usage" in run.stdout, describe(run))
    run = voxel("frobnicate")
    tap.check("an unknown command", run.returncode == 2 and "frobnicate" in run.stderr, describe(run))
    fails("an unknown option", 2, "--frob", "segment", "--frob")


def test_errors():
    model = ["--model", "model.safetensors"]
    fails("no scan", 2, "which scan", "segment")
    fails("two scans", 2, "one scan", "segment", "slices", "labels", *model, "-o", "a.csv")
    fails("no model", 2, "--model", "segment", "slices", "-o", "a.csv")
    fails("no output", 2, "-o", "segment", "slices", *model)
    fails("no such scan", 1, "nowhere", "segment", "nowhere", *model, "-o", "a.csv")
    fails("no such model", 1, "nowhere", "segment", "slices", "--model", "nowhere", "-o", "a.csv")
    fails("a model that is none", 1, "slices/0000.tif", "segment", "slices", "--model", "slices/0000.tif", "-o", "a.csv")
    fails("no such folder", 2, "mkdir", "segment", "slices", *model, "-o", "none/a.csv")
    fails("an output of no kind", 2, "a.png", "segment", "slices", *model, "-o", "a.png")
    fails("an output among the slices", 2, "slices", "segment", "slices", *model, "-o", "slices/a.tif")
    fails("an output that is an input", 2, "replace", "segment", "slices", *model, "-o", "labels", "--mask",
          "labels")
    fails("a tile off the stride", 2, "multiples of 4", "segment", "slices", *model, "-o", "a.csv", "--tile", "63")
    fails("a wrong axis", 2, "--axes", "segment", "slices", *model, "-o", "a.csv", "--axes", "w")
    fails("no slices left", 2, "64 slices", "segment", "slices", *model, "-o", "a.csv", "--slices", "64:")
    fails("a mask of another shape", 2, "--mask", "segment", "slices", *model, "-o", "a.csv", "--mask",
          "slices/0000.tif")
    fails("probabilities as run lengths", 2, "CSV", "segment", "slices", *model, "-o", "a.csv", "--probability",
          "p.csv")
    fails("a scan of unknown voxels", 2, "--scan-spacing", "segment", "slices", *model, "-o", "a.csv", "--spacing", "8")
    fails("a wrong spacing", 2, "z,y,x", "segment", "slices", *model, "-o", "a.csv", "--scan-spacing", "1,2")
    fails("a spacing in other units", 2, "micrometres", "segment", "slices", *model, "-o", "a.csv", "--spacing", "8",
          "--scan-spacing", ".01")
    fails("no size", 2, "--memory-limit", "segment", "slices", *model, "-o", "a.csv", "--memory-limit", "lots")
    fails("no scratch folder", 2, "--scratch", "segment", "slices", *model, "-o", "a.csv", "--scratch", "none")
    fails("no pipeline file", 2, "none.gst", "run", "none.gst")
    fails("no such variable", 2, "${scn}", "run", "preview-slices.gst", "scn=a", "scan=b", "output=c")
    fails("a variable without value", 2, "${output}", "run", "preview-slices.gst", "scan=b")
    fails("no name=value", 2, "name=value", "run", "preview-slices.gst", "scan")
    fails("no masks", 2, "TRUTH", "score")
    fails("masks of two shapes", 1, "64 x 96 x 96", "score", "labels", "labels/0000.tif")
    fails("model info without a file", 2, "which model", "model", "info")
    run = voxel("segment", "nowhere", *model, "-o", "a.csv", "--json")
    tap.check("errors as JSON too", run.returncode == 1 and json.loads(run.stdout)["ok"] is False and
              "nowhere" in json.loads(run.stdout)["error"], describe(run))
    tap.check("nothing was written", not os.path.exists("a.csv") and not os.path.exists("slices/a.tif"))
    with open("broken.gst", "w") as f:
        f.write("voxelsrc location=nowhere ! fakesink\n")
    fails("an element's error names it and the file", 1, "nowhere", "run", "broken.gst")
    with open("broken.gst", "w") as f:
        f.write("fakesrc ! no-such-element ! fakesink\n")
    fails("an unknown element", 1, "no-such-element", "run", "broken.gst")
    with open("broken.gst", "w") as f:
        f.write("fakesrc num-buffers=abc ! fakesink\n")
    fails("a value that does not fit", 1, "num-buffers", "run", "broken.gst")


def test_dry_run():
    run = voxel("segment", "slices", "--model", "model.safetensors", "-o", "a.csv", "-o", "b.csv", "-o", "m.tif", "-o",
                "folder/", "--probability", "p.tif", "--mask", "labels", "--slices", "-10:", "--tile", "64",
                "--memory-limit", "1G", "--dry-run")
    words = shlex.split(run.stdout.replace("\\\n", " "))
    wanted = ["gst-launch-1.0", "location=a.csv", "location=b.csv", "location=m.tif", "location=folder/",
              "location=p.tif", "start-index=54", "stop-index=63", "size=64", "pad-multiple=4", "output=probability",
              "voxelmask"]
    tap.check("segment --dry-run prints the line", run.returncode == 0 and all(w in words for w in wanted),
              describe(run))
    limits = [int(w.split("=")[1]) for w in words if w.startswith("memory-limit=")]
    tap.check("a memory limit is shared", len(limits) == 3 and 2 ** 30 - 3 <= sum(limits) <= 2 ** 30, limits)
    tap.check("segment --dry-run runs nothing", not any(map(os.path.exists, ["a.csv", "m.tif", "folder"])))
    run = voxel("segment", "slices", "--model", "model.safetensors", "-o", "a.csv", "--parity-origin", "--dry-run")
    wanted = ["axes=z,y,x", "views=r0,r90,r180,r270,fh,fv", "size=512", "overlap=0.5", "grid=origin", "edge=skip",
              "bits=8", "range=percentile", "low=0.1", "high=99.9", "scope=volume", "mode=mean-logit", "blend=or",
              "mode=majority", "precision=fp32", "threshold=0.5"]
    words = run.stdout.split()
    tap.check("--parity-origin", run.returncode == 0 and all(w in words for w in wanted), describe(run))
    tap.check("its queues hold", "probability" not in run.stdout and "voxelmask" not in run.stdout, run.stdout)
    run = voxel("run", os.path.join(PIPELINES, "score.gst"), "truth=a b", "prediction=c", "--dry-run")
    tap.check("run --dry-run prints the line", run.returncode == 0 and "'location=\"a b\"'" in run.stdout,
              describe(run))


def test_pipelines():
    runs = {
        "preview-slices.gst": (["scan=slices", "output=preview-%05d.png", "width=48", "last=4"], "preview-*.png", 5,
                               ["voxelnormalize"]),
        "tiles-to-png.gst": (["scan=slices", "output=tile-%05d.png", "size=64", "last=2"], "tile-*.png", 12,
                             ["voxelnormalize", "voxeltile"]),
        "segment-one-axis.gst": (["scan=slices", "model=model.safetensors", "output=one.tif", "tile=64"], "one.tif", 1,
                                 [*CHAIN, "voxelsink"]),
        "segment.gst": (["scan=slices", "model=model.safetensors", "csv=all.csv", "tile=64", "views=r0,fh", "overlap=0", "threads=1"], "all.csv",
                        1, CHAIN),
        "live.gst": (["scan=slices", "model=model.safetensors", "output=live.tif", "preview=live-%05d.png", "tile=64",
                      "axes=z", "last=63"], "live-*.png", 64, [*CHAIN, "voxelsink"]),
        "prepare.gst": (["scan=slices", "labels=labels", "shards=shards/%d.tar", "tile=64", "cut=64"], "shards/*.tar", 1,
                        ["voxelreslice", "voxelaugment", "voxelshardsink"]),
        "score.gst": (["truth=labels", "prediction=labels"], None, 0, ["voxelscore"]),
    }
    files = sorted(os.path.basename(f) for f in glob.glob(os.path.join(PIPELINES, "*.gst")))
    tap.check("every pipeline is tried", files == sorted(runs), files)
    for name, (words, made, count, needs) in runs.items():
        missing = has(*needs)
        if missing:
            tap.skip(name, f"no element {missing}")
            continue
        run = voxel("run", os.path.join(PIPELINES, name), *words, "--json")
        good = run.returncode == 0 and json.loads(run.stdout)["ok"]
        tap.check(name, good and (made is None or len(glob.glob(made)) == count), describe(run))
        if name == "score.gst" and good:
            tap.check("its score", json.loads(run.stdout)["results"][0]["surface-dice"] == 1, run.stdout)
    for name in files:
        run = voxel("run", name, *runs[name][0], "--dry-run")
        tap.check(f"{name} is built in", run.returncode == 0, describe(run))
        text = open(os.path.join(PIPELINES, name)).read()
        tap.check(f"{name} says what it is", text.startswith("#") and f"#   voxel run {name} " in text)


def test_names():
    """One odd folder through every option that takes a name."""
    os.makedirs(NASTY)
    shutil.copytree("slices", os.path.join(NASTY, "s l\"i\\"))
    scan = os.path.join(NASTY, "s l\"i\\")
    with open("names.gst", "w") as f:
        f.write("voxelsrc location=${scan} # the scan\n! queue\n! voxelrlesink threshold=0.5 location=${out}\n")
    out = os.path.join(NASTY, "o=u t.csv")
    run = voxel("run", "names.gst", f"scan={scan}", f"out={out}", "--quiet")
    tap.check("odd names through run", run.returncode == 0 and os.path.getsize(out) > 64 and not run.stdout and
              not run.stderr, describe(run))
    before = open(out, "rb").read()
    os.remove(out)
    run = voxel("run", "names.gst", f"scan={scan}", f"out={out}", "--dry-run")
    if launches():
        again = subprocess.run(["sh", "-c", run.stdout], capture_output=True, text=True)
        tap.check("the printed line does the same in a shell", again.returncode == 0 and
                  open(out, "rb").read() == before, again.stdout + again.stderr)
    else:
        tap.skip("the printed line does the same in a shell", "no gst-launch-1.0 that loads the plugin")


def test_segment():
    missing = has(*CHAIN, "voxelsink", "voxelscore")
    if missing:
        tap.skip("segment", f"no element {missing}")
        return
    common = ["--model", "model.safetensors", "--tile", "64", "--views", "r0,fh", "--overlap", "0", "--vote", "mean",
              "--threads", "1"]
    out = os.path.join(NASTY, "m a\"sk.csv")
    run = voxel("segment", os.path.join(NASTY, "s l\"i\\"), *common, "-o", out, "-o", "mask.tif", "-o", "masks/",
                "--probability", "soft.tif", "--json")
    good = run.returncode == 0
    result = json.loads(run.stdout) if good else {}
    tap.check("segment to all kinds of outputs", good and result["ok"] and result["shape"] == [64, 96, 96] and
              result["voxels"] == 64 * 96 * 96 and 0 < result["vessel"] < result["voxels"], describe(run))
    tap.check("all are there", all(os.path.exists(p) for p in [out, "mask.tif", "soft.tif"]) and
              len(glob.glob("masks/*.tif")) == 64, os.listdir("."))
    for a, b in [("mask.tif", out), ("masks", "mask.tif")]:
        run = voxel("score", a, b, "--json")
        tap.check(f"{a} and {os.path.basename(b)} are equal", run.returncode == 0 and
                  json.loads(run.stdout)["dice"] == 1, describe(run))
    run = voxel("score", "mask.tif", "soft.tif", "--threshold", "0.5", "--json")
    tap.check("probabilities fit the mask", run.returncode == 0 and json.loads(run.stdout)["dice"] > .999, describe(run))
    run = voxel("segment", "slices", *common, "-o", "inside.tif", "--mask", "labels", "--quiet")
    tap.check("--quiet says nothing", run.returncode == 0 and not run.stdout and not run.stderr, describe(run))
    inside = json.loads(voxel("score", "labels", "inside.tif", "--json").stdout)
    whole = json.loads(voxel("score", "labels", "mask.tif", "--json").stdout)
    tap.check("--mask keeps what is inside and nothing else", inside["precision"] in (1, None) and
              inside["common-voxels"] == whole["common-voxels"], f"{inside} {whole}")
    run = voxel("segment", "slices", *common, "--axes", "z", "--slices", "10:30", "-o", "part.csv", "--range",
                "fixed:15000:35000")
    tap.check("a part", run.returncode == 0 and len(open("part.csv").readlines()) == 21 and
              "20 x 96 x 96 voxels" in run.stdout, describe(run))
    run = voxel("segment", "slices", *common, "--slices", "10:30", "-o", "part.csv")
    tap.check("skipped axes are said", run.returncode == 0 and "warning" in run.stderr and
              len(open("part.csv").readlines()) == 21, describe(run))
    if not launches():
        tap.skip("the printed line gives the same mask", "no gst-launch-1.0 that loads the plugin")
        return
    printed = voxel("segment", "slices", *common, "-o", "again.csv", "--dry-run").stdout
    again = subprocess.run(["sh", "-c", printed], capture_output=True, text=True)
    tap.check("the printed line gives the same mask", again.returncode == 0 and [
        line.split(",")[1] for line in open("again.csv")] == [line.split(",")[1] for line in open(out)],
        again.stdout + again.stderr)


def ids(path):
    with open(path) as f:
        return [line.split(",")[0] for line in f]


def test_rescaled():
    """The network sees other voxels, the mask is of the scan's, with the names of its slices."""
    missing = has(*CHAIN, "voxelrescale", "voxelsink", "voxelscore")
    if missing:
        tap.skip("rescaled", f"no element {missing}")
        return
    common = ["--tile", "64", "--views", "r0", "--overlap", "0", "--vote", "mean", "--threads", "1"]
    own = ["--model", "model.safetensors"]
    stack.make_model("nine.safetensors", preprocess={"spacing": 9})
    voxel("segment", "slices", *own, *common, "-o", "scan.csv")
    for name, words in (("a spacing", [*own, "--spacing", "9", "--scan-spacing", "11,9.5,8"]),
                        ("a scale", [*own, "--scale", "1.2"]), ("a part", [*own, "--scale", ".9", "--slices", "3:48"]),
                        ("one axis", [*own, "--scale", "1.2", "--axes", "z"]),
                        ("the model's record", ["--model", "nine.safetensors", "--scan-spacing", "10"])):
        run = voxel("segment", "slices", *words, *common, "-o", "scaled.csv", "-o", "scaled.tif", "--probability",
                    "scaled-soft.tif", "--json")
        good = run.returncode == 0
        result = json.loads(run.stdout) if good else {"shape": []}
        depth = 45 if name == "a part" else 64
        tap.check(f"{name}: the mask has the scan's voxels", good and result["shape"] == [depth, 96, 96] and
                  0 < result["vessel"] < result["voxels"], describe(run))
        part = slice(4, 49) if name == "a part" else slice(1, None)
        tap.check(f"{name}: and the names of its slices", good and
                  ids("scaled.csv")[1:] == ids("scan.csv")[part], ids("scaled.csv") if good else "")
        run = voxel("score", "scaled.tif", "scaled-soft.tif", "--threshold", "0.5", "--json")
        tap.check(f"{name}: and the probability as many voxels", run.returncode == 0 and
                  json.loads(run.stdout)["voxels"] == depth * 96 * 96, describe(run))
    said = {words: voxel("segment", "slices", *words, *common, "-o", "no.csv", "--dry-run").stdout for words in (
        tuple(own), (*own, "--spacing", "10", "--scan-spacing", "10"), ("--model", "nine.safetensors", "--spacing", "0"),
        ("--model", "nine.safetensors", "--parity-origin"))}
    tap.check("nothing is resampled that need not be", all(s and "voxelrescale" not in s for s in said.values()), said)
    fails("a record that wants to know the scan's voxels", 2, "record", "segment", "slices", "--model", "nine.safetensors",
          *common, "-o", "no.csv")


def settings(run):
    """Values of the properties named memory-limit and size in a printed line."""
    words = shlex.split(run.stdout.replace("\\\n", " "))
    return [int(w.split("=")[1]) for w in words if w.startswith("memory-limit=")], [w for w in words if "size=" in w]


def test_whole_slices():
    missing = has(*CHAIN, "voxelsink", "voxelscore")
    if missing:
        tap.skip("whole slices", f"no element {missing}")
        return
    common = ["segment", "slices", "--model", "model.safetensors", "--precision", "fp32", "--views", "r0,r90",
              "--threads", "1", "--tile", "0"]
    info = json.loads(voxel("model", "info", "model.safetensors", "--tile", "96", "--threads", "1", "--precision",
                            "fp32", "--json").stdout)
    need = info["arena-bytes"]
    run = voxel(*common, "-o", "whole.tif")
    tap.check("whole slices", run.returncode == 0 and "warning" not in run.stderr, describe(run))
    limits, _ = settings(voxel(*common, "-o", "a.csv", "--memory-limit", "1G", "--dry-run"))
    tap.check("the network's share of a memory limit is what it takes", len(limits) == 3 and need in limits and
              2 ** 30 - 3 <= sum(limits) <= 2 ** 30, limits)
    run = voxel(*common, "-o", "parts.tif", "--memory-limit", str(2 * need - 2), "--scratch", ".")
    tap.check("beyond it slices are run in parts, which is said", run.returncode == 0 and "warning" in run.stderr and
              "Pictures of 96x96 take" in run.stderr and "parts of" in run.stderr, describe(run))
    score = voxel("score", "whole.tif", "parts.tif", "--json")
    tap.check("to the same mask", json.loads(score.stdout)["dice"] > .9999, describe(score))
    run = voxel(*common, "-o", "a.csv", "--memory-limit", "10K")
    tap.check("a limit that is too low: how low, and what helps", run.returncode == 1 and "memory limit is 5.0 KiB" in
              run.stderr and "raise the limit or use smaller tiles" in run.stderr, describe(run))
    stack.make_model("corners.safetensors", up="bilinear")
    common[3] = "corners.safetensors"
    run = voxel(*common, "-o", "whole.tif")
    tap.check("whole slices for a network that sees all of them", run.returncode == 0 and "warning" not in run.stderr,
              describe(run))
    info = json.loads(voxel("model", "info", "corners.safetensors", "--tile", "96", "--threads", "1", "--precision",
                            "fp32", "--json").stdout)
    need = info["arena-bytes"]
    tap.check("that it does is said", "reach" not in info, info)
    limit = ["--memory-limit", str(2 * need - 2), "--scratch", "."]
    run = voxel(*common, "-o", "tiles.tif", *limit)
    tap.check("beyond the limit it gets tiles, which is said", run.returncode == 0 and "tiles of 92 are used, which "
              "overlap by 0.5" in run.stderr, describe(run))
    _, sizes = settings(voxel(*common, "-o", "a.csv", *limit, "--dry-run"))
    tap.check("the largest that fit", "size=92" in sizes, sizes)


def interrupt(name, words, left, after):
    process = subprocess.Popen([VOXEL, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    try:
        out, err = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        process.kill()
        tap.check(name, False, "it hangs")
        return
    tap.check(name, process.returncode == 130 and not glob.glob(left), f"{process.returncode}\n{out}{err}"
              f"{glob.glob(left)}")


def test_interrupt():
    with open("slow.gst", "w") as f:
        f.write("voxelsrc location=slices ! identity sleep-time=200000 ! voxelrlesink threshold=0.5 location=${out}\n")
    interrupt("Ctrl-C: 130 and no half output", ["run", "slow.gst", "out=halt/slow.csv"], "halt/*", 1.5)
    if has(*CHAIN, "voxelsink"):
        tap.skip("Ctrl-C in segment", "not all elements are there")
        return
    interrupt("Ctrl-C in segment", ["segment", "slices", "--model", "model.safetensors", "-o", "halt/m.csv", "-o",
              "halt/m.tif", "--backend", "reference", "--tile", "96"], "halt/*", 1.5)


def test_progress():
    with open("slow.gst", "w") as f:
        f.write("voxelsrc location=slices ! voxelreslice axes=z ! fakesink\n")
    run = voxel("run", "slow.gst")
    tap.check("lines of progress where there is no terminal", run.returncode == 0 and "slice " in run.stderr and
              "\r" not in run.stderr, describe(run))


def test_model_info():
    run = voxel("model", "info", "model.safetensors", "--tile", "64", "--time", "--json", "--backend", "reference")
    good = run.returncode == 0
    info = json.loads(run.stdout) if good else {}
    tap.check("model info", good and info["stride"] == 4 and info["parameters"] == 7477 and info["tile"] == 64 and
              info["arena-bytes"] > info["largest-scratch-bytes"] > 0 and info["macs"] > 0 and
              info["reach"] == 23 and info["record"]["architecture"] == "unet", describe(run))
    memory = info["memory"] if good else {}
    tap.check("memory of each precision", set(memory) == {"fp32", "bf16"} and memory["fp32"]["arena-bytes"] ==
              info["arena-bytes"] and all(m["arena-bytes"] <= 1.3 * m["lower-bound-bytes"] for m in memory.values()),
              memory)
    tap.check("model info --time", good and sum(s["ms"] for s in info["steps"]) > 0 and
              sum(s["macs"] for s in info["steps"]) == info["macs"], describe(run))
    run = voxel("model", "info", "model.safetensors")
    tap.check("model info as text", run.returncode == 0 and "parameters    7477" in run.stdout and
              "reach         23 pixels" in run.stdout and "memory bf16" in run.stdout, describe(run))
    fails("model info of a wrong tile", 2, "multiples of 4", "model", "info", "model.safetensors", "--tile", "65")


def test_model_list():
    run = voxel("model", "list", "--json")
    good = run.returncode == 0
    known = {a["name"]: a for a in json.loads(run.stdout)["architectures"]} if good else {}
    fields = {f["name"]: f for f in known["smp-unet"]["fields"]} if good else {}
    encoders = {c["value"]: c["parameters"] for c in fields["encoder_name"]["choices"]} if good else {}
    tap.check("model list as JSON", good and {"attention-unet", "smp-unet", "unet"} <= set(known) and
              encoders["resnet34"] == known["smp-unet"]["parameters"] == 24436369 and len(encoders) == 8 and
              fields["decoder_channels"]["default"] == [256, 128, 64, 32, 16] and
              [c["value"] for c in fields["decoder_attention_type"]["choices"]] == [None, "scse"], describe(run))
    run = voxel("model", "list")
    tap.check("model list as text", run.returncode == 0 and "resnext50_32x4d" in run.stdout and "31992977" in run.stdout
              and "align_corners" in run.stdout, describe(run))
    fails("model list of something", 2, "unet", "model", "list", "unet")


def test_model_new():
    run = voxel("model", "new", "smp-unet", "--config", '{"encoder_name": "resnet34", "classes": 2}',
                "encoder_name=resnet18", "decoder_channels=[32, 16, 16, 8, 8]", "decoder_attention_type=null", "--tile", "64",
                "-o", "new.safetensors")
    info = voxel("model", "info", "new.safetensors", "--json", "--backend", "reference")
    shown = json.loads(info.stdout) if info.returncode == 0 else {}
    record = shown.get("record", {})
    tap.check("model new", run.returncode == 0 and shown["out-channels"] == 2 and shown["tile"] == 64 and
              record["config"]["encoder_name"] == "resnet18" and record["config"]["decoder_attention_type"] is None and
              record["training"] == {"initial_seed": 1} and str(shown["parameters"]) in run.stdout,
              describe(run) + describe(info))
    with open("new.safetensors", "rb") as f:
        before = f.read()
    new = ["model", "new", "unet", "-o"]
    fails("model new onto a file", 2, "--force", *new, "new.safetensors")
    with open("new.safetensors", "rb") as f:
        tap.check("a refused model new leaves the file", f.read() == before)
    digests = []
    for seed in ("5", "5", "6"):
        run = voxel(*new, "unet.safetensors", "--force", "--seed", seed)
        with open("unet.safetensors", "rb") as f:
            digests.append(f.read())
        tap.check("model new with a seed", run.returncode == 0, describe(run))
    tap.check("one seed, one model", digests[0] == digests[1] != digests[2])
    fails("model new without an architecture", 2, "voxel model list", "model", "new", "-o", "no.safetensors")
    fails("model new of an unknown architecture", 2, "smp-unet", "model", "new", "abacus", "-o", "no.safetensors")
    fails("model new without a file", 2, "-o", "model", "new", "unet")
    fails("model new with an unknown field", 2, "beads", *new, "no.safetensors", "beads=3")
    fails("model new with a wrong value", 2, "width", *new, "no.safetensors", "width=wide")
    fails("model new with half a field", 2, "KEY=VALUE", *new, "no.safetensors", "width")
    fails("model new with a wrong configuration", 2, "--config", *new, "no.safetensors", "--config", "{")
    fails("model new with a tile off the stride", 2, "multiples of 8", *new, "no.safetensors", "--tile", "63")
    fails("model new into no folder", 1, "none", *new, "none/no.safetensors")
    tap.check("refused models leave no files", not glob.glob("no.*") and not os.path.exists("none"))


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    os.makedirs("halt")
    stack.make_all(".")
    for test in [test_basics, test_errors, test_dry_run, test_pipelines, test_names, test_segment, test_rescaled,
                 test_whole_slices, test_interrupt, test_progress, test_model_info, test_model_list, test_model_new]:
        test()
    os.chdir("/")
tap.done()
