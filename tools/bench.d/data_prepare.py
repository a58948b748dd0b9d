# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole preparation by `voxel prepare`: labelled stacks, three axes in random order, tiles, augmentation, shards.

A made cube within a memory limit, and real stacks where they lie beside the project; the notes say how much memory the
process had at most. The same shards must come of every turn.
"""
import glob
import hashlib
import json
import os
import shutil
import subprocess
import time

import harness


def options(p):
    p.add_argument("--prepare-side", type=int, help="of the cube in voxels (512; --short: 256)")
    p.add_argument("--prepare-tile", type=int, help="side of a sample (512; --short: 192)")
    p.add_argument("--prepare-memory-limit", default=None, metavar="SIZE",
                   help="as for voxel prepare (a quarter of the cube and its labels)")
    p.add_argument("--prepare-stacks", metavar="FOLDER", default=os.path.join(harness.TOP, "..", "shared", "data", "vesselnn"),
                   help="of *_label.tif files and those they belong to")


class Preparation:
    """Turns of the command, a new process each."""

    def __init__(self, args, pairs, out, *words):
        self.command = [os.path.join(args.build, "tools", "voxel", "voxel"), "prepare", *pairs, "-o", out, "--json",
                        "--quiet", "--force", "--threads", str(args.threads), "--seed", str(args.seed), *words]
        self.environment = {**os.environ, **harness.plugin_environment(args)}
        self.out, self.peak, self.digest, self.told = out, 0, None, None
        self()

    def __call__(self):
        begin = time.perf_counter()
        process = subprocess.Popen(self.command, env=self.environment, stdout=subprocess.PIPE, text=True)
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        if status:
            raise RuntimeError(f"{' '.join(self.command)} failed")
        self.told = json.loads(text)
        self.peak = max(self.peak, usage.ru_maxrss * 1024)
        self.check()
        return seconds

    def check(self):
        total = hashlib.sha256()
        for path in sorted(glob.glob(os.path.join(self.out, "*.tar"))):
            with open(path, "rb") as f:
                total.update(f.read())
        if self.digest not in (None, total.digest()):
            raise RuntimeError("two turns gave different shards")
        self.digest = total.digest()


def figure(table, name, preparation, limit=None):
    """A row; how much memory the turns took is known behind them."""
    told = preparation.told
    table.figure(name, "samples/s", told["samples"], preparation)
    note = f"{told['samples']} samples, {100 * told['vessel-share']:.2f} % vessel, peak {preparation.peak / 1e6:.0f} MB"
    if limit:
        note += f", {preparation.peak / limit:.1f} times the limit of {limit / 1e6:.0f} MB"
    table.rows[-1]["note"] = note
    print(f"# {note}", flush=True)


def cube(args, table, folder):
    side = args.prepare_side or (256 if args.short else 512)
    tile = args.prepare_tile or (192 if args.short else 512)
    phantom = os.path.join(folder, "cube")
    limit = args.prepare_memory_limit or str(max(3 * side ** 3 // 4, 2 ** 24))
    subprocess.run([os.path.join(args.build, "tools", "voxel", "voxel"), "phantom", phantom, "--size", str(side), "--seed",
                    str(args.seed), "--quiet"], check=True)
    pairs = [os.path.join(phantom, name) for name in ("images", "labels")]
    for recipe in "origin", "none":
        preparation = Preparation(args, pairs, os.path.join(folder, recipe), "--tile", str(tile), "--recipe", recipe,
                                  "--memory-limit", limit, "--scratch", folder)
        figure(table, f"prepare {side}^3, {tile}^2, {recipe}", preparation,
               int(preparation.told["settings"]["memory-limit"]))
        shutil.rmtree(preparation.out)


def stacks(args, table, folder):
    labels = sorted(glob.glob(os.path.join(args.prepare_stacks, "*_label.tif")))
    if not labels:
        print(f"# no stacks in {args.prepare_stacks}", flush=True)
        return
    pairs = [name for label in labels for name in (label[:-len("_label.tif")] + ".tif", label)]
    preparation = Preparation(args, pairs, os.path.join(folder, "stacks"), "--axes", "z", "--count", "4", "--tile",
                              str(args.prepare_tile or 512))
    figure(table, f"prepare {len(labels)} real stacks", preparation)
    shutil.rmtree(preparation.out)


def measure(args, table, folder):
    cube(args, table, folder)
    stacks(args, table, folder)
