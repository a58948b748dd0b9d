# SPDX-License-Identifier: LGPL-2.1-or-later
"""tools/train-shards.py takes a training step from shards alone, and prepares samples as the model record says.

    train-shards.py SUPPORT TOOLS    the folder of tap.py and stack.py, that of the tool

VOXEL_TORCH_PYTHON (else VOXEL_PYTHON) names a Python with torch, segmentation_models_pytorch and webdataset.
"""
import math
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

SUPPORT, TOOLS = (os.path.abspath(a) for a in sys.argv[1:3])
sys.path.insert(0, SUPPORT)
import stack  # noqa: E402
import tap  # noqa: E402

PYTHON = os.environ.get("VOXEL_TORCH_PYTHON") or os.environ.get("VOXEL_PYTHON") or sys.executable
TOOL = os.path.join(TOOLS, "train-shards.py")
NEEDS = "torch, segmentation_models_pytorch, webdataset, safetensors"

# Prints the name of what is wrong.
PREPARATION = """
import importlib.util, sys
import numpy as np, torch
spec = importlib.util.spec_from_file_location("tool", sys.argv[1])
tool = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tool)

def check(name, passed):
    passed or print(name)

label = np.array([[0, 128, 255, 255]], np.uint8)
record = {"weight": .25, "slice_mean": 100., "slice_stddev": 50.}
pixels = np.array([[100, 150, 65535, 0]], np.uint16)
image, target, weight = tool.decode({"image.npy": pixels, "label.npy": label, "json": record}, "slice")
z = (65535 - 100) / 50
check("z-score and clip", np.allclose(image[0, 0], [0, 1, 5 + (z - 5) / 1000, -2], atol=1e-5))
low = tool.decode({"image.npy": pixels, "label.npy": label, "json": dict(record, slice_mean=300.)}, "slice")[0]
check("clip below", np.allclose(low[0, 0, 3], -3 + (-6 + 3) / 1000, atol=1e-5))
check("target", target.tolist() == [[[0, 0, 1, 1]]])
check("weight", weight.tolist() == [[[.25, 0, 1, 1]]])
tile = tool.decode({"image.npy": np.array([[0, 2, 0, 2]], np.uint8), "label.npy": label, "json": {"weight": 1,
                    "slice_mean": None}}, "tile")[0]
check("statistics of the tile", np.allclose(tile[0, 0], [-1, 1, -1, 1], atol=1e-5))
logits = torch.tensor([[[.5, -9., 1., 2.]]])
changed = torch.tensor([[[.5, 9., 1., 2.]]])
check("ignored pixels", tool.loss_of(logits, target, weight) == tool.loss_of(changed, target, weight))
check("background's weight", tool.loss_of(logits, target, weight) < tool.loss_of(logits, target, weight.ceil()))
"""


def train(*words):
    return subprocess.run([PYTHON, TOOL, *words], capture_output=True, text=True, timeout=300)


def make_shards(augmented):
    """Of tiles without change, and of those that lost their slice's statistics."""
    augment = "! voxelaugment recipe=origin seed=1 " if augmented else ""
    text = ("voxelsrc location=slices labels=labels ! voxelnormalize bits=8 ! voxeltile mode=random size=64 count=1 "
            f"{augment}! voxelshardsink location={'b' if augmented else 'a'}/%d.tar max-samples=5")
    return subprocess.run(["gst-launch-1.0", "-q", *text.split()], capture_output=True, text=True, timeout=120)


def test_steps():
    made = make_shards(False)
    run = train("a/0.tar", "a/1.tar", "--steps", "3", "--save", "net.safetensors")
    losses = [float(v) for v in re.findall(r"^step \d+ loss (\S+)$", run.stdout, re.M)]
    tap.check("three steps", run.returncode == 0 and len(losses) == 3 and all(map(math.isfinite, losses)),
              made.stderr + run.stdout + run.stderr)
    tap.check("weights are saved", os.path.getsize("net.safetensors") > 1000000 if run.returncode == 0 else False)
    again = train("a/0.tar", "a/1.tar", "--steps", "1", "--zscore", "slice", "--batch", "2")
    tap.check("by the slice's statistics", again.returncode == 0 and "step 0 loss " in again.stdout, again.stderr)
    few = train("a/0.tar", "--batch", "6")
    tap.check("fewer samples than a batch", few.returncode == 1 and "smaller --batch" in few.stderr, few.stderr)


def test_bad_shards():
    """Each is named, without a traceback."""
    whole = open("a/0.tar", "rb").read()
    with tarfile.open("other.tar", "w") as tar:
        tar.add("slices/0000.tif")
    for name, content, needle in (("half.tar", whole[:len(whole) // 2], "again"), ("nowhere.tar", None, "name"),
                                  ("other.tar", None, "labels are needed")):
        if content is not None:
            with open(name, "wb") as f:
                f.write(content)
        run = train(name, "--batch", "1", "--steps", "100")
        tap.check(f"{name} is named", run.returncode == 1 and name in run.stderr and needle in run.stderr and
                  "Traceback" not in run.stderr, run.stderr)


def test_augmented():
    made = make_shards(True)
    run = train("b/0.tar", "--zscore", "slice")
    tap.check("the slice's statistics do not hold for augmented tiles", run.returncode != 0 and
              "--zscore tile" in run.stderr, made.stderr + run.stderr)


if subprocess.run([PYTHON, "-c", f"import {NEEDS}"], capture_output=True).returncode:
    tap.skip_all(f"{PYTHON} has not all of {NEEDS}: set VOXEL_TORCH_PYTHON to one that has")
if not shutil.which("gst-launch-1.0"):
    tap.skip_all("no gst-launch-1.0: install gstreamer1.0-tools")
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    stack.make_stacks(".", (10, 80, 72))
    prepared = subprocess.run([PYTHON, "-c", PREPARATION, TOOL], capture_output=True, text=True, timeout=300)
    tap.check("samples are prepared", prepared.returncode == 0 and not prepared.stdout, prepared.stdout + prepared.stderr)
    test_steps()
    test_bad_shards()
    test_augmented()
    os.chdir("/")
tap.done()
