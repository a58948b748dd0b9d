# SPDX-License-Identifier: LGPL-2.1-or-later
"""What voxelshardsink writes, read by Python's tarfile and numpy: pixels and labels are those of the scan where each
sample says that it lies, its figures are right, the index lists the shards, and a second run gives the same bytes.

    test_shards_against_numpy.py SUPPORT    the folder of tap.py and stack.py

VOXEL_PYTHON names a Python that has numpy.
"""
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

if other := os.environ.pop("VOXEL_PYTHON", None):
    os.execv(other, [other, *sys.argv])

sys.path.insert(0, sys.argv[1])
import stack  # noqa: E402
import tap  # noqa: E402

try:
    import numpy as np
except ImportError as problem:
    tap.skip_all(f"{problem}: set VOXEL_PYTHON to a Python with numpy")
LAUNCH = os.environ.get("GST_LAUNCH") or shutil.which("gst-launch-1.0")
if not LAUNCH:
    tap.skip_all("no gst-launch-1.0: install gstreamer1.0-tools")

SHAPE = (33, 40, 48)
SIZE = 24
COUNT = 2
# The slices along an axis, as (slice, row, column) of the volume (z, y, x).
TURNED = {"z": (0, 1, 2), "y": (1, 2, 0), "x": (2, 0, 1)}


def read_stack(folder, kind):
    """As stack.write_tiff() lays them: pixels from byte 8 on."""
    n = SHAPE[1] * SHAPE[2]
    return np.stack([np.fromfile(os.path.join(folder, name), kind, n, offset=8).reshape(SHAPE[1:])
                     for name in sorted(os.listdir(folder))])


def launch(images, out, *more):
    text = (f"voxelsrc location={images} labels=labels ! voxelreslice axes=z,y,x shuffle=true seed=3 ! voxeltile "
            f"mode=random size={SIZE} count={COUNT} seed=5 ! voxelshardsink location={out}/s-%03d.tar max-samples=100")
    return subprocess.run([LAUNCH, "-q", *text.split(), *more], capture_output=True, text=True, timeout=120)


def read_shards(folder):
    """Samples in the order in which they lie in the shards: name -> {suffix: content}."""
    samples = {}
    for name in sorted(n for n in os.listdir(folder) if n.endswith(".tar")):
        with tarfile.open(os.path.join(folder, name)) as tar:
            for member in tar:
                key, suffix = member.name.split(".", 1)
                data = tar.extractfile(member).read()
                samples.setdefault(key, {})[suffix] = (json.loads(data) if suffix == "json" else
                                                       np.load(io.BytesIO(data), allow_pickle=False))
    return samples


def differences(samples, volume, labels):
    """What is not as the scan has it."""
    wrong = []
    for key, sample in samples.items():
        record, tile = sample["json"], sample["json"]["tile"]
        turned = TURNED[record["axis"]]
        place = (record["index"], slice(tile["y"], tile["y"] + SIZE), slice(tile["x"], tile["x"] + SIZE))
        image, label = volume.transpose(turned)[place], labels.transpose(turned)[place]
        if sample["image.npy"].dtype != volume.dtype or not np.array_equal(sample["image.npy"], image):
            wrong.append(f"{key}: pixels")
        if sample["label.npy"].dtype != np.uint8 or not np.array_equal(sample["label.npy"], label):
            wrong.append(f"{key}: label")
        if abs(record["vessel"] - (label == 255).mean()) > 1e-12 or record["ignored"] or record["weight"] != 1:
            wrong.append(f"{key}: {record}")
    return wrong


def check(images, kind):
    run = launch(images, "once")
    if run.returncode:
        tap.check(f"{images}: written", False, run.stderr)
        return
    volume, labels = read_stack(images, kind), read_stack("labels", np.uint8)
    samples = read_shards("once")
    slices = sum(SHAPE)
    tap.check(f"{images}: keys count the samples", list(samples) == [f"{k:09}" for k in range(slices * COUNT)],
              list(samples)[:9])
    wrong = differences(samples, volume, labels)
    tap.check(f"{images}: pixels, labels and figures of {len(samples)} samples", not wrong, "\n".join(wrong[:9]))
    seen = {(s["json"]["axis"], s["json"]["index"]) for s in samples.values()}
    tap.check(f"{images}: every slice of every axis", len(seen) == slices)
    with open("once/s.json") as f:
        index = json.load(f)
    listed = {s["url"]: (s["nsamples"], s["filesize"]) for s in index["shardlist"]}
    there = {}
    for name in sorted(n for n in os.listdir("once") if n.endswith(".tar")):
        with tarfile.open(os.path.join("once", name)) as tar:
            there[name] = (len({m.name.split(".")[0] for m in tar}), os.path.getsize(os.path.join("once", name)))
    tap.check(f"{images}: the index lists the shards", listed == there and len(there) == 3 and
              index["wids_version"] == 1, f"{listed}\n{there}")
    run = launch(images, "twice")
    names = sorted(os.listdir("once"))
    same = names == sorted(os.listdir("twice")) and all(
        open(os.path.join("once", n), "rb").read() == open(os.path.join("twice", n), "rb").read() for n in names)
    tap.check(f"{images}: the same bytes again", same, run.stderr)
    tap.check(f"{images}: a second run does not overwrite", launch(images, "once").returncode != 0)
    for folder in ("once", "twice"):
        shutil.rmtree(folder)


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    stack.make_stacks(".", SHAPE)
    check("slices", np.uint16)
    # A label as the image: the same pixels twice.
    check("labels", np.uint8)
    os.chdir("/")
tap.done()
