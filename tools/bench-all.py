#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A short form of every measurement in one table: reading, training data, masks, the main job, networks, growing volumes."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "bench.d"))
import harness

PARTS = ("io", "data", "masks", "flow", "networks", "scale")


def run_script(args, folder, part, *words):
    """What a script with a table of its own writes as JSON."""
    path = os.path.join(folder, f"{part}.json")
    run = subprocess.run([sys.executable, os.path.join(HERE, f"bench-{part}.py"), "--build", args.build, "--json",
                          path, "--threads", str(args.threads), "--seed", str(args.seed), *words],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if run.returncode:
        raise RuntimeError(f"bench-{part}.py: exit status {run.returncode}\n{run.stderr}")
    with open(path) as f:
        return json.load(f)


def row_of(figure, unit, ours, median, rounds, peer=None, theirs=None, label=None):
    return {"figure": figure, "label": label or figure, "unit": unit, "ours": ours, "ours_median": median,
            "rounds": rounds, "note": None, "peer": peer, "theirs": theirs, "missing": None,
            "ratio": theirs / ours if peer else None}


def networks(args, table, folder):
    result = run_script(args, folder, "networks", "--rounds", str(args.rounds), "--network", "unet", "--tile", "256")
    for precision in ("fp32", "bf16"):
        rows = {row["name"]: row for row in result["rows"] if row["precision"] == precision}
        ours = rows.pop("gst-voxel")
        for name, row in rows.items() or [(None, None)]:
            table.add(row_of(f"U-Net 32 wide, 256^2, {precision}", "ms", ours["best_ms"], ours["median_ms"], result["rounds"],
                             name, row and row["best_ms"]))


def scale(args, table, folder):
    for row in run_script(args, folder, "scale", "--short", "--folder", folder)["rows"]:
        name = f"cube of {row['side']}, {row['memory_limit'] >> 20} MiB limit"
        rate, peak, what = row["mvoxels_per_second"], row["peak_bytes"] * 1e-9, "memory at its peak"
        table.add(row_of(name, "Mvox/s", rate, rate, 1))
        table.add(row_of(f"{name}, {what}", "GB", peak, peak, 1, label=f"  {what}"))


def main():
    p = harness.options(__doc__)
    p.set_defaults(rounds=3, budget=3)
    p.add_argument("--parts", nargs="+", default=PARTS, choices=PARTS, help="which of them")
    args = p.parse_args()
    table = harness.Table(args)
    for part in args.parts:
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            if part in ("networks", "scale"):
                globals()[part](args, table, folder)
                continue
            module = harness.load(part)
            own = module.parser().parse_args(["--short"])
            for name in ("build", "rounds", "budget", "pause", "threads", "seed"):
                setattr(own, name, getattr(args, name))
            module.measure(own, table, folder)
    harness.write_json(args.json, table.rows)


if __name__ == "__main__":
    main()
