#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench-networks.py TOOL PROGRAM: tools/bench networks on a small network, without regard to times."""
import json
import os
import subprocess
import sys
import tempfile

tool, program = sys.argv[1:3]


def check(number, name, good):
    print(f"{'ok' if good else 'not ok'} {number} - {name}")


print("1..3")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "table.json")
    run = subprocess.run([sys.executable, tool, "--program", program, "--network", "unet", "--width", "8", "--depth", "2",
                          "--tile", "48", "--batch", "1", "--rounds", "2", "--pause", "0", "--threads", "2", "--steps", "--json", path],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
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
