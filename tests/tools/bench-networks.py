#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-networks.py TOOL PROGRAM [MODULE CUDNN]: tools/bench networks on a small network, without regard to times.

MODULE and CUDNN stand in for a device.
"""
import json
import os
import subprocess
import sys
import tempfile
import types

tool, program = sys.argv[1:3]


def check(number, name, good):
    print(f"{'ok' if good else 'not ok'} {number} - {name}")


def run_tool(*words, **variables):
    return subprocess.run([sys.executable, tool, "--program", program, *words], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, env={**os.environ, **variables})


SMALL = ("--network", "unet", "--width", "8", "--depth", "2", "--tile", "48", "--rounds", "2", "--pause", "0")
print("1..8")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "table.json")
    run = run_tool(*SMALL, "--batch", "1", "--threads", "2", "--steps", "--json", path)
    print("\n".join("# " + line for line in run.stdout.splitlines()))
    with open(path) as f:
        table = json.load(f)
rows = {row["precision"]: row for row in table["rows"] if row["name"] == "gst-voxel"}
check(1, "both precisions are timed", all(rows[p]["best_ms"] > 0 for p in ("fp32", "bf16")))

# By hand: 3x3 convolutions of each level, transposed convolutions (a quarter of the pixels, 4 taps), head.
level = [48 * 48 >> 2 * k for k in range(3)]
macs = sum(9 * n * pixels for n, pixels in (
    (1 * 8 + 8 * 8, level[0]), (8 * 16 + 16 * 16, level[1]), (16 * 32 + 32 * 32, level[2]),
    (32 * 16 + 16 * 16, level[1]), (16 * 8 + 8 * 8, level[0])))
macs += 16 * 8 * level[0] + 32 * 16 * level[1] + 8 * level[0]
steps = sum(step["gmacs"] for step in table["steps"]["unet fp32"])
check(2, "multiply-adds are those counted by hand",
      abs(rows["fp32"]["gmacs"] * 1e9 - macs) < 1e6 and abs(steps * 1e9 - macs) < 1e5)
best = {p: min((r["best_ms"] for r in table["rows"] if r["precision"] == p and r["name"] != "gst-voxel"), default=None)
        for p in rows}
check(3, "ours is compared with the fastest peer, if there is one", all(
    c["ours_ms"] == rows[c["precision"]]["best_ms"] and c["peer_ms"] == best[c["precision"]] for c in table["comparisons"]))

# On CUDA. What is named here is nowhere, so that machines with devices say the same.
run = run_tool("--backend", "cuda", *SMALL, "--peers", "torch", VOXEL_CUDA_MODULE="/nowhere/libvoxelcuda.so")
print("\n".join("# " + line for line in run.stdout.splitlines()))
check(4, "where CUDA is missing that is said, with a code of its own",
      run.returncode == 77 and "Traceback" not in run.stdout and
      run.stdout.splitlines()[-1].startswith("network-time: ") and "CUDA" in run.stdout.splitlines()[-1])

refused = {("--precision", "fp16"): "fp32 and bf16", ("--backend", "cuda", "--cpu-time"): "of the CPU's backend",
           ("--backend", "cuda", "--operators"): "of the CPU's backend", ("--backend", "tpu"): "invalid choice",
           ("--peers", "Caffe"): "invalid choice"}
runs = {words: run_tool(*words) for words in refused}
check(5, "what does not go together is refused",
      all(runs[words].returncode == 2 and said in runs[words].stdout for words, said in refused.items()))

sys.path.insert(0, os.path.join(os.path.dirname(tool), "bench.d"))
import harness
import peers_cuda


def refusal(**parts):
    """Why a PyTorch does not take part."""
    sys.modules["torch"] = types.SimpleNamespace(__version__="9.9", **parts)
    try:
        peers_cuda.torch_on_device(types.SimpleNamespace(devices=None))
    except harness.Missing as e:
        return str(e)


no_device = types.SimpleNamespace(is_available=lambda: False)
without = refusal(version=types.SimpleNamespace(cuda=None), cuda=no_device)
alone = refusal(version=types.SimpleNamespace(cuda="13.0"), cuda=no_device)
check(6, "a PyTorch without CUDA, or a device, says which it lacks",
      "9.9" in without and "built without CUDA" in without and "13.0" in alone and "finds no device" in alone)

words = [[program, *options, "model", "8", "8", precision, "1", "picture", "logits"]
         for options, precision in ((["--batch", "0"], "fp32"), (["--backend", "cpu", "--devices", "0"], "fp32"), ([], "fp5"))]
codes = [subprocess.run(w, stdout=subprocess.PIPE, stderr=subprocess.PIPE).returncode for w in words]
check(7, "network-time tells words that it does not understand from a machine that cannot", codes == [2, 77, 2])

if len(sys.argv) < 5:
    print("ok 8 # SKIP built without CUDA")
    sys.exit()
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "table.json")
    run = run_tool("--backend", "cuda", *SMALL, "--precision", "fp16", "--batch", "1", "2", "--executions", "3", "--tile", "16",
                   "--peers", "--steps", "--json", path,
                   VOXEL_CUDA_MODULE=sys.argv[3], VOXEL_CUDNN_LIBRARY=sys.argv[4], VOXEL_CACHE_DIR=folder)
    print("\n".join("# " + line for line in run.stdout.splitlines()))
    with open(path) as f:
        table = json.load(f)
row, = table["rows"]
check(8, "a device that is stood in for is timed in the best of the batches", row["name"] == "gst-voxel" and
      row["batch"] in (1, 2) and "stand-in 0" in row["who"] and row["pictures_per_s"] > 0 and table["steps"]["unet fp16"])
