#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole chain gives the same mask, to the byte, however it is run."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import stack  # noqa: E402
import tap  # noqa: E402


def chain(link="!", axes="z,y,x", infer="threads=1 batch=1", limit="", after_views=""):
    """The chain of `voxel segment`, with its parts joined by the given link."""
    parts = ["voxelsrc location=slices", f"voxelreslice axes={axes} {limit}", "voxelnormalize", "voxeltile size=48",
             "voxelviews views=r0,r90,r180,r270,fh,fv", f"{after_views} voxelinfer model=model.safetensors {infer}",
             "voxelmerge", "voxelstitch", f"voxelvote mode=majority {limit}", "voxelrlesink location=mask.csv"]
    text = f" {link} ".join(parts)
    return text + (" t. ! queue ! fakesink async=false" if after_views else "")


ways = {
    "one thread, tile by tile": chain(),
    "two threads, seven tiles at once": chain(infer="threads=2 batch=7"),
    "queues between all elements": chain(link="! queue !", infer="threads=2 batch=3"),
    "axes in another order": chain(axes="x,z,y"),
    "volume and votes in a scratch file": chain(limit="memory-limit=1000000 scratch=."),
    "views rendered": chain(after_views="tee name=t ! queue !"),
}
template = tempfile.TemporaryDirectory()
stack.make_stacks(template.name, (40, 64, 72))
stack.make_model(os.path.join(template.name, "model.safetensors"))
masks = {}
for name, text in ways.items():
    run = subprocess.run(["gst-launch-1.0", "-q", *text.split()], cwd=template.name, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, timeout=120)
    path = os.path.join(template.name, "mask.csv")
    masks[name] = open(path, "rb").read() if run.returncode == 0 and os.path.exists(path) else None
    if masks[name] is not None:
        os.remove(path)
    first = next(iter(masks.values()))
    tap.check(name, masks[name] is not None and masks[name] == first, run.stdout)
rows = (masks["one thread, tile by tile"] or b"").splitlines()
tap.check("a row a slice, both classes", len(rows) == 41 and any(not r.endswith(b",1 0") for r in rows[1:]))
tap.done()
