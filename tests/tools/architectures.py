# SPDX-License-Identifier: LGPL-2.1-or-later
"""voxel segment with every architecture, weights as training begins with, on a few slices of a made-up scan.

    architectures.py VOXEL SUPPORT TOOLS    the program, the folder of tap.py and stack.py, that of the converter
"""
import json
import os
import subprocess
import sys
import tempfile

VOXEL, SUPPORT, TOOLS = (os.path.abspath(a) for a in sys.argv[1:4])
sys.path[:0] = [SUPPORT, os.path.join(TOOLS, "convert.d")]
import stack  # noqa: E402
import tap  # noqa: E402
import tensors  # noqa: E402

NARROW = "decoder_channels=[32,16,16,16,16]"
# Architecture, configuration, whether it sees the slices around.
NETWORKS = [
    ("unet", ["width=4", "depth=2"], False),
    ("unet", ["width=4", "depth=2", "in_channels=3"], False),
    ("attention-unet", ["width=4", "depth=2", "in_channels=3"], True),
    ("smp-unet", ["encoder_name=resnet18", "in_channels=1", NARROW], False),
    ("smp-unet", ["encoder_name=resnet18", "in_channels=5", "decoder_attention_type=scse", NARROW], True),
    ("smp-unet", ["encoder_name=se_resnext50_32x4d", "in_channels=1", NARROW], False),
    ("smp-unet", ["encoder_name=mit_b0", NARROW], False),
    ("smp-unet", ["encoder_name=mit_b0", NARROW], True),
]


def voxel(*words):
    return subprocess.run([VOXEL, *words], capture_output=True, text=True, timeout=600)


def make(path, architecture, config, neighbours):
    """Without a bias at its end, which outweighs all else in an untrained U-Net."""
    run = voxel("model", "new", architecture, *config, "--tile", "64", "-o", path, "--force")
    if run.returncode == 0:
        found, metadata = tensors.read_safetensors(path)
        if "head.bias" in found:
            found["head.bias"].data = bytes(4)
        record = json.loads(metadata["voxel"])
        record["preprocess"]["channels"] = "neighbours" if neighbours else "replicate"
        tensors.write_safetensors(path, found, {"voxel": json.dumps(record)})
    return run


def segment(*words):
    """How much of the scan is vessel, and the mask; or what went wrong."""
    run = voxel("segment", "slices", "--model", "net.safetensors", "-o", "m.csv", "--axes", "z", "--views", "r0",
                "--slices", "0:2", "--precision", "fp32", "--json", *words)
    if run.returncode:
        return None, run.stderr
    return json.loads(run.stdout)["vessel-share"], open("m.csv").read()


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    stack.make_stacks(".", (6, 64, 96))
    for architecture, config, neighbours in NETWORKS:
        name = " ".join([architecture, *config, "neighbours" * neighbours])
        made = make("net.safetensors", architecture, config, neighbours)
        share, mask = segment("--threads", "1")
        tap.check(f"{name}: segments", made.returncode == 0 and share is not None and 0. < share < 1.,
                  f"{made.stderr}{share} {mask}")
        tap.check(f"{name}: threads change nothing", segment("--threads", "2") == (share, mask))
        expected, _ = segment("--backend", "reference")
        tap.check(f"{name}: as the reference does", None not in (share, expected) and abs(share - expected) < 1e-3,
                  f"{share} of the scan, not {expected}")
        whole, said = segment("--tile", "0")
        tap.check(f"{name}: whole slices", whole is not None and 0. < whole < 1., said)
    os.chdir("/")
tap.done()
