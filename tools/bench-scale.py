#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs `voxel segment` on cubes that grow, with one memory limit: how long each takes and how much memory.

The network is a 1x1 convolution, so that what is measured is the flow of data: time should rise with the voxels and
memory stay. With --compare each runs without a limit too: the masks must be the same. Exit code 1 where they are not,
or where a process took more than the limit and 400 MB.
"""
import filecmp
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench.d"))
import harness

ALLOWANCE = 400e6
UNITS = {"K": 2 ** 10, "M": 2 ** 20, "G": 2 ** 30}


def byte_size(text):
    return int(float(text[:-1]) * UNITS[text[-1]]) if text[-1] in UNITS else int(text)


class Run:
    """One run of the command: seconds, the most memory it had, bytes of scratch files; its masks stay in @out."""

    def __init__(self, args, scan, model, out, limit):
        os.makedirs(out)
        log = os.path.join(out, "log")
        command = [os.path.join(args.build, "tools", "voxel", "voxel"), "segment", scan, "--model", model, "--quiet",
                   "-o", os.path.join(out, "mask.tif"), "-o", os.path.join(out, "mask.csv"), "--axes", args.axes,
                   "--views", "r0", "--tile", "0" if args.whole_slices else "512", "--threshold", "0.9"]
        if limit:
            command += ["--memory-limit", str(limit), "--scratch", out]
        environment = {**os.environ, **harness.plugin_environment(args), "GST_DEBUG_FILE": log,
                       "GST_DEBUG": "voxelreslice:4,voxelvote:4", "GST_DEBUG_NO_COLOR": "1"}
        begin = time.perf_counter()
        process = subprocess.Popen(command, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.perf_counter() - begin
        if status:
            raise RuntimeError(f"{' '.join(command)} failed")
        self.processor_seconds = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss * 1024
        with open(log) as f:
            self.scratch = sum(map(int, re.findall(r"(\d+) of scratch file", f.read())))


def measure(args, folder, side):
    scan, model = os.path.join(folder, "scan"), os.path.join(folder, "identity.safetensors")
    subprocess.run([harness.program(args, "identity-model"), model], check=True)
    harness.made(args, "slices", scan + "-small", 32, 32, 32, args.seed, "none")
    Run(args, scan + "-small", model, os.path.join(folder, "first"), None)      # looks through all plugins
    harness.made(args, "slices", scan, side, side, side, args.seed, "none")
    os.sync()                                   # or the scan would be written to the disk beside the run
    limit = byte_size(args.memory_limit)
    ways = {"limited": limit, "free": None} if args.compare else {"limited": limit}
    best = {}
    for turn in range(args.turns):
        for name, way in ways.items():
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
            run = Run(args, scan, model, os.path.join(folder, name), way)
            best[name] = min(best.get(name, run), run, key=lambda r: r.seconds)
    run = best["limited"]
    row = {"side": side, "voxels": side ** 3, "axes": args.axes, "memory_limit": limit, "seconds": run.seconds,
           "processor_seconds": run.processor_seconds, "mvoxels_per_second": side ** 3 / run.seconds / 1e6,
           "peak_bytes": run.peak, "scratch_bytes": run.scratch, "kept": run.peak <= limit + ALLOWANCE}
    if args.compare:
        free = best["free"]
        row.update(seconds_in_memory=free.seconds, peak_bytes_in_memory=free.peak, ratio=run.seconds / free.seconds,
                   same=all(filecmp.cmp(os.path.join(folder, "limited", name), os.path.join(folder, "free", name),
                                        shallow=False) for name in ("mask.tif", "mask.csv")))
    return row


def line(row):
    text = (f"{row['side']:5} {row['seconds']:9.1f} {row['processor_seconds']:9.1f} {row['mvoxels_per_second']:9.1f} "
            f"{row['peak_bytes'] / 1e6:9.0f} {row['scratch_bytes'] / 1e6:9.0f}")
    if "ratio" in row:
        text += (f" {row['seconds_in_memory']:9.1f} {row['peak_bytes_in_memory'] / 1e6:9.0f} {row['ratio']:7.2f}  "
                 f"{'yes' if row['same'] else 'NO'}")
    return text if row["kept"] else text + "  MORE THAN LIMIT AND 400 MB"


def main():
    parser = harness.options(__doc__)
    parser.add_argument("--sides", default=None, help="of the cubes (256,512,768,1024; short: 128,256)")
    parser.add_argument("--memory-limit", default="256M", metavar="SIZE", help="as for voxel segment (256M)")
    parser.add_argument("--axes", default="z,y,x")
    parser.add_argument("--whole-slices", action="store_true", help="no tiles")
    parser.add_argument("--compare", action="store_true", help="run each without a limit too")
    parser.add_argument("--turns", type=int, default=1, help="of each, of which the fastest counts (1)")
    args = parser.parse_args()
    sides = args.sides or ("128,256" if args.short else "256,512,768,1024")
    rows = []
    print(f"{'side':>5} {'s':>9} {'cpu s':>9} {'Mvoxel/s':>9} {'peak MB':>9} {'scratch':>9}"
          + (f" {'s, memory':>9} {'peak MB':>9} {'ratio':>7}  same" if args.compare else ""))
    for side in map(int, sides.split(",")):
        folder = tempfile.mkdtemp(dir=args.folder)
        try:
            rows.append(measure(args, folder, side))
        finally:
            shutil.rmtree(folder)
        print(line(rows[-1]), flush=True)
    harness.write_json(args.json, rows)
    return 0 if all(row["kept"] and row.get("same", True) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
