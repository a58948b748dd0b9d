#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A short form of every measurement in one table: reading, masks, the main job, networks."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "bench.d"))
import harness

PARTS = ("io", "masks", "flow", "networks")


def networks(args, table, folder):
    """The rows of tools/bench networks, which has a table of its own."""
    path = os.path.join(folder, "networks.json")
    size = 256
    subprocess.run([sys.executable, os.path.join(HERE, "bench-networks.py"), "--build", args.build, "--json", path,
                    "--rounds", str(args.rounds), "--threads", str(args.threads), "--seed", str(args.seed),
                    "--size", str(size)], check=True, stdout=subprocess.DEVNULL)
    with open(path) as f:
        result = json.load(f)
    rows = {row["name"]: row for row in result["rows"]}
    for precision in ("fp32", "bf16"):
        ours = rows[f"gst-voxel {precision}"]
        peers = [name for name in rows if name.endswith(precision) and not name.startswith("gst-voxel")]
        for name in peers or [None]:
            theirs = rows[name]["best_ms"] if name else None
            table.add({"figure": f"U-Net {result['width']} wide, {size}^2, {precision}", "unit": "ms",
                       "ours": ours["best_ms"], "ours_median": ours["median_ms"], "rounds": result["rounds"],
                       "note": None, "peer": name, "theirs": theirs, "missing": None,
                       "ratio": theirs / ours["best_ms"] if name else None})


def main():
    p = harness.options(__doc__)
    p.add_argument("--parts", nargs="+", default=PARTS, choices=PARTS, help="which of them")
    args = p.parse_args()
    table = harness.Table(args)
    for part in args.parts:
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            if part == "networks":
                networks(args, table, folder)
                continue
            module = harness.load(part)
            own = module.parser().parse_args(["--short"])
            for name in ("build", "rounds", "budget", "pause", "threads", "seed"):
                setattr(own, name, getattr(args, name))
            module.measure(own, table, folder)
    harness.write_json(args.json, table.rows)


if __name__ == "__main__":
    main()
