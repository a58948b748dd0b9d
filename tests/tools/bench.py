#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench.py SUPPORT BUILD TOOLS: what tools/bench prints and writes, on tiny data, without regard to times."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, sys.argv[1])
import tap

build, tools = sys.argv[2:4]
python = os.environ.get("VOXEL_PYTHON", sys.executable)
KEYS = {"figure", "unit", "ours", "ours_median", "rounds", "note", "peer", "theirs", "ratio", "missing"}


def bench(script, *words):
    """Output and rows of a script with two turns of everything."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.json")
        run = subprocess.run([python, os.path.join(tools, script), "--build", build, "--rounds", "2", "--pause", "0",
                              "--threads", "2", "--json", path, *words],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print("\n".join("# " + line for line in run.stdout.splitlines()), flush=True)
        if run.returncode:
            return run.stdout, {"rows": []}
        with open(path) as f:
            return run.stdout, json.load(f)


def check_table(name, output, table, figures):
    rows = table["rows"]
    tap.check(f"{name}: every figure has its row", figures == list(dict.fromkeys(r["figure"] for r in rows)),
              [r["figure"] for r in rows])
    tap.check(f"{name}: rows are complete", rows and all(KEYS <= set(r) and r["ours"] > 0 for r in rows))
    tap.check(f"{name}: a peer was timed, or it is said why not",
              all(r["peer"] is None or (r["missing"] is None) == (r["ratio"] is not None) for r in rows))
    tap.check(f"{name}: ratios are those of the figures", all(
        r["ratio"] is None or abs(r["ratio"] - (r["theirs"] / r["ours"] if not r["unit"].endswith("/s") else
                                                r["ours"] / r["theirs"])) < 1e-6 * r["ratio"] for r in rows))
    tap.check(f"{name}: the table fits 100 columns and says where it was made",
              max(map(len, output.splitlines())) <= 100 and f"{table.get('machine', {}).get('cores')} cores" in output)


output, table = bench("bench-io.py", "--side", "32", "--slices", "9", "--volume", "96")
check_table("io", output, table, [f"read {shape} {coding}, {how}" for shape, coding in (
    ("9 x 32^2", "u16"), ("1 x 128^2", "u16"), ("2 x 32^2", "lzw"), ("2 x 32^2", "deflate"))
    for how in ("voxelsrc", "2 threads", "1 thread")] + [
        "slices along y of 96^3", "slices along x of 96^3", "percentiles, clip, 8 bits"])

output, table = bench("bench-data.py", "--subjects", "oblique", "--oblique-side", "72", "--oblique-count", "3")
check_table("data", output, table, [f"oblique 72^2 of 72^3, {how}" for how in (
    "2 threads", "1 thread", "labels", "scratch file")])

output, table = bench("bench-data.py", "--subjects", "prepare", "--prepare-side", "40", "--prepare-tile", "32",
                      "--prepare-stacks", "nowhere")
check_table("preparation", output, table, [f"prepare 40^3, 32^2, {recipe}" for recipe in (
    "the list", "origin", "none")])

output, table = bench("bench-flow.py", "--shape", "34", "36", "33", "--tile", "32", "--unet-slices", "1", "--width",
                      "4")
job = [f"34x36x33, 1x1, grid={grid}" for grid in ("origin", "minimal")]
check_table("flow", output, table, [
    f"{name}{what}" for name in job for what in ("", ", volume", ", pixels through the network", ", processor time",
                                                 ", memory at its peak")] + [
    f"U-Net 4 wide, 1 slices, {precision}" for precision in ("fp32", "bf16")])
by_figure = {row["figure"]: row for row in table["rows"]}


def passes(row, seconds):
    return row["ours"] * seconds["ours"] * 1e9


# Half overlap of 32 on 33 to 36: three tiles a side in the origin's grid, two in the least one; 103 slices, six views.
for name, a_side in zip(job, (3, 2)) if table["rows"] else ():
    tap.check(f"flow: {name} counts the pixels that the network sees", abs(
        passes(by_figure[f"{name}, pixels through the network"], by_figure[name]) / (103 * a_side ** 2 * 6 * 32 ** 2)
        - 1) < 1e-6)
tap.check("flow: the peer's mask is the same", by_figure and all(
    row["note"] == "34 of 34 slices the same" for row in table["rows"] if row["ratio"] and "1x1" in row["figure"]))

output, table = bench("bench-masks.py", "--plane", "100", "--planes", "2", "--cube", "20")
check_table("masks", output, table, ["run lengths of 100^2, text", "surface dice of two 20^3",
                                     "2 TIFF files of 100^2 to voxelrlesink", "two stacks of 20^3 to voxelscore"])
output, table = bench("bench-all.py", "--parts", "networks", "scale")
figures = [f"U-Net 32 wide, 256^2, {precision}" for precision in ("fp32", "bf16")]
figures += [f"cube of {side}, 256 MiB limit{what}" for side in (128, 256) for what in ("", ", memory at its peak")]
check_table("all", output, table, figures)


def status(*words):
    """Exit status of tools/bench itself."""
    return subprocess.run(["bash", os.path.join(tools, "bench"), *words], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, env={**os.environ, "BUILD": build}).returncode


tap.check("tools/bench tells each part's options",
          all(status(*part, "--help") == 0 for part in ([], ["data"], ["io"], ["masks"], ["flow"], ["networks"], ["scale"])))
tap.check("tools/bench refuses parts that there are not", status("nothing") == 2)
tap.done()
