#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times the main job: a volume cut along three axes, in tiles, in six views, joined to a mask of run lengths.

With a 1x1 convolution of weight 1 for a network what remains is the flow of data. Peer: the contest entry's own code
with --origin, else its restatement tests/reference/origin.py, spared even that convolution; either needs numpy,
PyTorch and OpenCV and runs once. Then a real U-Net on a few slices, beside the time that its forwards alone take.
"""
import math
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench.d"))
import harness
import nets
import peers
import plain_unet
from harness import Missing, need, program

VIEWS = 6


class Run:
    """A process from start to end: seconds, processor seconds, bytes at the peak of its largest process."""

    def __init__(self, words, environment=None):
        begin = time.perf_counter()
        process = subprocess.Popen(words, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, text=True)
        self.output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.perf_counter() - begin
        self.cpu = usage.ru_utime + usage.ru_stime
        self.bytes = usage.ru_maxrss * 1024
        if process.returncode:
            raise RuntimeError(f"{' '.join(words)}: exit status {process.returncode}")


def tiles(length, tile, grid):
    """How many tiles cover a side at half overlap (elements/tiles/tile-grid.c)."""
    if length <= tile:
        return 1
    return math.ceil(length / (tile / 2)) if grid == "origin" else math.ceil((length - tile) / (tile / 2)) + 1


def forwards(shape, tile, grid, axes="zyx"):
    """Tiles in all slices and views; an axis with a side shorter than a tile is skipped."""
    z, y, x = shape
    sides = {"z": (z, y, x), "y": (y, x, z), "x": (x, z, y)}
    return VIEWS * sum(n * tiles(h, tile, grid) * tiles(w, tile, grid)
                       for n, h, w in (sides[axis] for axis in axes) if min(h, w) >= tile)


def segment(args, scan, model, csv, *words):
    return Run([os.path.join(args.build, "tools", "voxel", "voxel"), "segment", scan, "--model", model, "-o", csv,
                "--quiet", "--threads", str(args.threads), *words], harness.plugin_environment(args))


def run_peer(args, scan, csv):
    """The entry's code or its restatement, and how it is called; fewer slices count for all."""
    need("numpy", "torch", "cv2")
    words = [sys.executable, os.path.join(harness.TOP, "tools", "bench.d", "origin-run.py"), scan, csv, "--tile",
             str(args.tile), "--threads", str(args.threads), *(["--origin", args.origin] if args.origin else [])]
    name = "origin's code" if args.origin else "its restatement"
    if not args.peer_slices:
        return Run(words), name
    thin = words[2] = scan + "-thin"
    os.mkdir(thin)
    for file in sorted(os.listdir(scan))[:args.peer_slices]:
        os.symlink(os.path.join(scan, file), os.path.join(thin, file))
    share = (forwards(args.shape, args.tile, "origin") /
             forwards((args.peer_slices, *args.shape[1:]), args.tile, "origin"))
    run = Run(words)
    more = float(run.output) * (share - 1)
    run.cpu += run.cpu / run.seconds * more
    run.seconds += more
    return run, f"{name} x {share:.1f}"


def rows_of(path):
    """Run lengths of a CSV in the order of its slices."""
    with open(path) as f:
        return [line.rstrip("\n").split(",")[1] for line in f][1:]


def add_rows(args, table, name, runs, grid, peer):
    """Rows of one job: time, what follows from it, processor time and memory. The peer's grid is the origin's."""
    runs = sorted(runs, key=lambda run: run.seconds)
    peer_name, theirs, missing, note = peer
    voxels = math.prod(args.shape)
    pixels = {way: forwards(args.shape, args.tile, way) * args.tile ** 2 for way in (grid, "origin")}
    for what, unit, value in (
            (name, "s", lambda run, way: run.seconds),
            ("  volume", "Mvox/s", lambda run, way: voxels / (run.seconds) * 1e-6),
            ("  pixels through the network", "Gpx/s", lambda run, way: pixels[way] / (run.seconds) * 1e-9),
            ("  processor time", "s", lambda run, way: run.cpu),
            ("  memory at its peak", "GB", lambda run, way: run.bytes * 1e-9)):
        row = {"figure": what if what == name else f"{name},{what[1:]}", "label": what, "unit": unit,
               "ours": value(runs[0], grid), "ours_median": value(runs[len(runs) // 2], grid),
               "rounds": len(runs), "note": note, "peer": peer_name, "theirs": None, "missing": missing, "ratio": None}
        if theirs and unit == "GB" and args.peer_slices:
            row["missing"] = "of fewer slices"
        elif theirs:
            row["theirs"] = value(theirs, "origin")
            ratio = row["ours"] / row["theirs"]
            row["ratio"] = ratio if unit.endswith("/s") else 1 / ratio
        table.add(row)


def identity(args, table, folder):
    """The flow of data around a network that computes nothing to speak of."""
    scan, model, csv = (os.path.join(folder, name) for name in ("scan", "identity.safetensors", "peer.csv"))
    masks = {grid: os.path.join(folder, f"{grid}.csv") for grid in ("origin", "minimal")}
    harness.made(args, "slices", scan, *args.shape, args.seed, "none")
    subprocess.run([program(args, "identity-model"), model], check=True)
    harness.pipeline(args, "fakesrc num-buffers=1 ! fakesink").close()      # looks through all plugins
    ways = {grid: [] for grid in masks}
    for turn in range(args.rounds):
        for grid, runs in ways.items():
            time.sleep(args.pause)
            runs.append(segment(args, scan, model, masks[grid], "--parity-origin", "--grid", grid, "--tile",
                                str(args.tile)))
        print("# seconds:", *(f"grid={grid} {runs[-1].seconds:.2f}" for grid, runs in ways.items()), flush=True)
    name, theirs, missing, note = "origin", None, None, None
    try:
        theirs, name = run_peer(args, scan, csv)
        mask, other = rows_of(masks["origin"]), rows_of(csv)
        note = f"{sum(a == b for a, b in zip(mask, other))} of {len(other)} slices the same"
        if args.peer_slices:
            note = f"extrapolated from {args.peer_slices} slices along z"
        print(f"# peer: {note}")
    except Missing as e:
        missing = str(e)
    size = "x".join(map(str, args.shape))
    for grid, runs in ways.items():
        add_rows(args, table, f"{size}, 1x1, grid={grid}", runs, grid, (name, theirs, missing, note))


def unet(args, table, folder):
    """Wall time of the whole command beside forwards times the runtime's own time for one."""
    own = harness.load("networks").parser().parse_args(["--build", args.build, "--tile", str(args.tile), "--threads",
                                                        str(args.threads)])
    model, picture, scan = (os.path.join(folder, name) for name in ("unet.safetensors", "picture", "few"))
    plain_unet.write(model, args.width, 4, args.seed)
    nets.picture(picture, "unet", args.tile, args.tile, args.seed)
    shape = (args.unet_slices, *args.shape[1:])
    harness.made(args, "slices", scan, *shape, args.seed, "none")
    passes = forwards(shape, args.tile, "minimal", "z")
    for precision in args.precision:
        child = peers.Ours(own, folder, model, picture, precision)
        alone, walls = [], []
        for turn in range(args.rounds):
            alone += [child.run() for _ in range(3)]
            walls.append(segment(args, scan, model, os.path.join(folder, "unet.csv"), "--parity-origin", "--axes", "z",
                                 "--grid", "minimal", "--tile", str(args.tile), "--precision", precision).seconds)
        child.close()
        theirs = passes * statistics.median(alone)
        table.add({"figure": f"U-Net {args.width} wide, {args.unet_slices} slices, {precision}", "unit": "s",
                   "ours": min(walls), "ours_median": statistics.median(walls), "rounds": len(walls), "note": None,
                   "peer": f"{passes} forwards alone", "theirs": theirs, "ratio": theirs / min(walls),
                   "missing": None})


def parser():
    p = harness.options(__doc__)
    p.set_defaults(rounds=3)
    p.add_argument("--shape", type=int, nargs=3, metavar=("Z", "Y", "X"),
                   help="of the volume (560 600 560; --short: 140 150 140 in tiles of 128)")
    p.add_argument("--tile", type=int, help="side of a tile (512)")
    p.add_argument("--origin", metavar="DIR", help="checkout or git directory of NBB5858/Kidney-Segmentation")
    p.add_argument("--peer-slices", type=int, metavar="N",
                   help="the peer sees N slices only, along z, and its time is extrapolated")
    p.add_argument("--parts", nargs="+", default=["identity", "unet"], choices=["identity", "unet"])
    p.add_argument("--unet-slices", type=int, help="of the U-Net's scan (2; --short: 1)")
    p.add_argument("--width", type=int, default=32, help="of the U-Net")
    p.add_argument("--precision", nargs="+", default=["fp32", "bf16"], choices=["fp32", "bf16"])
    return p


def measure(args, table, folder):
    args.shape = args.shape or ([140, 150, 140] if args.short else [560, 600, 560])
    args.tile = args.tile or (128 if args.short else 512)
    args.unet_slices = args.unet_slices or (1 if args.short else 2)
    for part in args.parts:
        globals()[part](args, table, folder)


if __name__ == "__main__":
    harness.main(parser(), measure)
