# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole preparation by `voxel prepare`: labelled stacks, three axes in random order, tiles, augmentation, shards.

A made cube within a memory limit, and real stacks where they lie beside the project; the notes say how much memory the
process had at most. The same shards must come of every turn.

Peer: what one would write in Python, in as many processes: tifffile, numpy's percentiles, random slices and crops of the
volume in memory, half of them on vessels, albumentations, tar files of .npy and JSON.
"""
import glob
import hashlib
import io
import json
import multiprocessing
import os
import shutil
import subprocess
import time

import harness

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
LIST = "scale gamma(p=.75) brightness-contrast gaussian-blur motion-blur grid-distortion"


def options(p):
    p.add_argument("--prepare-side", type=int, help="of the cube in voxels (512; --short: 256)")
    p.add_argument("--prepare-tile", type=int, help="side of a sample (512; --short: 192)")
    p.add_argument("--prepare-memory-limit", default=None, metavar="SIZE",
                   help="as for voxel prepare (a quarter of the cube and its labels)")
    p.add_argument("--prepare-stacks", metavar="FOLDER", default=os.path.join(harness.TOP, "..", "shared", "data", "vesselnn"),
                   help="of *_label.tif files and those they belong to")


def peak_of(pid):
    """The most memory that the program has had: what wait4 tells counts this process too, which the child began as."""
    try:
        with open(f"/proc/{pid}/status") as f:
            return next((int(line.split()[1]) * 1024 for line in f if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


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
        while process.poll() is None:
            self.peak = max(self.peak, peak_of(process.pid))
            time.sleep(.01)
        seconds = time.perf_counter() - begin
        if process.returncode:
            raise RuntimeError(f"{' '.join(self.command)} failed")
        self.told = json.loads(process.stdout.read())
        process.stdout.close()
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


def read_volume(np, folder):
    tifffile = harness.need("tifffile")
    return np.stack([tifffile.imread(path) for path in sorted(glob.glob(os.path.join(folder, "*.tif")))])


def albumentations_list(size):
    A, augment = harness.need("albumentations", "data_augment")
    return A.Compose(augment.scale_and_crop(A, size, (-.2, .25), .5) + augment.tones(A) +
                     [A.GridDistortion(num_steps=5, distort_limit=.3, p=.5)], seed=1)


def corner(np, random, label, size):
    """Where a tile begins, half of the time on a vessel of the slice."""
    last = np.maximum(np.array(label.shape) - size, 0)
    vessels = np.flatnonzero(label) if random.random() < .5 else ()
    if not len(vessels):
        return random.integers(0, last + 1)
    at = np.array(np.unravel_index(random.choice(vessels), label.shape))
    return random.integers(np.maximum(at - size + 1, 0), np.minimum(at, last) + 1)


def write_samples(volume, truth, places, size, out, seed):
    """One process's share: a shard of its own."""
    np, cv2 = harness.need("numpy", "cv2")
    cv2.setNumThreads(1)
    import tarfile
    random, apply = np.random.default_rng(seed), albumentations_list(size)
    turns = (0, 1, 2), (1, 2, 0), (2, 0, 1)
    with tarfile.open(out, "w") as tar:
        for number, (axis, index) in enumerate(places):
            image, label = (v.transpose(turns[axis])[index] for v in (volume, truth))
            y, x = corner(np, random, label, size)
            made = apply(image=np.ascontiguousarray(image[y:y + size, x:x + size])[..., None],
                         mask=np.ascontiguousarray(label[y:y + size, x:x + size]))
            record = json.dumps({"axis": "zyx"[axis], "index": int(index), "y": int(y), "x": int(x)}).encode()
            for column, pixels in ("image.npy", made["image"][..., 0]), ("label.npy", made["mask"]), ("json", None):
                data = io.BytesIO(record)
                if pixels is not None:
                    data = io.BytesIO()
                    np.save(data, pixels)
                member = tarfile.TarInfo(f"{number:09}.{column}")
                member.size = data.getbuffer().nbytes
                data.seek(0)
                tar.addfile(member, data)


def python_preparation(args, pair, size, out):
    np = harness.need("numpy", "tifffile", "cv2")[0]
    albumentations_list(size)

    def step():
        os.makedirs(out, exist_ok=True)
        scan, truth = read_volume(np, pair[0]), read_volume(np, pair[1])
        low, high = np.percentile(scan, (.1, 99.9))
        volume = (np.clip((scan - low) / (high - low), 0, 1) * 255 + .5).astype(np.uint8)
        places = [(axis, index) for axis in range(3) for index in range(scan.shape[axis])]
        np.random.default_rng(args.seed).shuffle(places)
        processes = [multiprocessing.get_context("fork").Process(
            target=write_samples, args=(volume, truth, places[k::args.threads], size, os.path.join(out, f"{k}.tar"), k))
            for k in range(args.threads)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
            if process.exitcode:
                raise RuntimeError("a peer failed")
    return harness.timed(step)


def figure(table, name, preparation, limit=None, peers=()):
    """A row; how much memory the turns took is known behind them."""
    told = preparation.told
    table.figure(name, "samples/s", told["samples"], preparation, peers)
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
    for name, recipe, bits, peer in ("the list", LIST, 8, True), ("origin", "origin", 16, False), ("none", "none", 16, False):
        preparation = Preparation(args, pairs, os.path.join(folder, "ours"), "--tile", str(tile), "--recipe", recipe, "--bits",
                                  str(bits), "--memory-limit", limit, "--scratch", folder)
        peers = {f"Python, {args.threads} processes":
                 lambda: python_preparation(args, pairs, tile, os.path.join(folder, "theirs"))} if peer else {}
        figure(table, f"prepare {side}^3, {tile}^2, {name}", preparation,
               int(preparation.told["settings"]["memory-limit"]), peers)
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
