#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times the reading of TIFF slices from a warm page cache, slices along y and x, and the stretching to 8 bits.

Peers: cv2.imread and tifffile, a file a call, in as many threads; read(2) of whole files in one; numpy and OpenCV
for volumes turned as a whole; numpy and numba for the percentiles. Who reads or stretches must have made the same
pixels before it is timed.
"""
import concurrent.futures
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench.d"))
import harness
from harness import Child, need, pipeline, program, timed


def checked(paths, threads, digest, read):
    """A turn that reads every file, once it is known to read the same pixels as ours."""
    if harness.sha256(*map(read, paths)) != digest:
        raise RuntimeError("a peer read other pixels")
    if threads == 1:
        return timed(lambda: [None for path in paths if read(path) is None])
    pool = concurrent.futures.ThreadPoolExecutor(threads)
    return timed(lambda: [None for pixels in pool.map(read, paths) if pixels is None])


def cv2_reader(paths, threads, digest):
    cv2 = need("cv2")
    cv2.setNumThreads(1)
    return checked(paths, threads, digest, lambda path: cv2.imread(path, cv2.IMREAD_UNCHANGED))


def tifffile_reader(paths, threads, digest, coding):
    tifffile = need("tifffile", *["imagecodecs"] if coding != "none" else [])
    return checked(paths, threads, digest, (tifffile[0] if coding != "none" else tifffile).imread)


def plain_reader(paths):
    buffer = bytearray(max(map(os.path.getsize, paths)))

    def step():
        for path in paths:
            with open(path, "rb", buffering=0) as f:
                f.readinto(buffer)
    return timed(step)


def peers(paths, threads, digest, coding):
    plural = f"{threads} threads" if threads > 1 else "1 thread"
    table = {f"cv2, {plural}": lambda: cv2_reader(paths, threads, digest),
             f"tifffile, {plural}": lambda: tifffile_reader(paths, threads, digest, coding)}
    if coding == "none":
        table["read(2), 1 thread"] = lambda: plain_reader(paths)
    return table


def read_stack(args, table, folder, shape, coding):
    """voxelsrc, and the reader without GStreamer in all threads and in one."""
    harness.made(args, "slices", folder, *shape, args.seed, coding)
    paths = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    gigabytes = shape[0] * shape[1] * shape[2] * 2e-9
    name = f"read {shape[0]} x {shape[1]}^2 {coding if coding != 'none' else 'u16'}"
    part = {n: Child([program(args, "part-time"), "read", folder, str(n)]) for n in {0, args.threads}}
    digest = part[0].result
    table.figure(f"{name}, voxelsrc", "GB/s", gigabytes,
                 pipeline(args, f"voxelsrc location={folder} threads={args.threads} ! fakesink"),
                 peers(paths, args.threads, digest, coding))
    table.figure(f"{name}, {args.threads} threads", "GB/s", gigabytes, part[args.threads],
                 peers(paths, args.threads, digest, coding))
    table.figure(f"{name}, 1 thread", "GB/s", gigabytes, part[0], peers(paths, 1, digest, coding))


def turn_numpy(side, axes):
    np = need("numpy")
    volume, out = np.ones((side,) * 3, np.uint16), np.zeros((side,) * 3, np.uint16)
    return timed(lambda: np.copyto(out, volume.transpose(axes)))


def turn_cv2(side, axes, threads):
    """Slice by slice: along y each is turned on its way out, along x on its way in."""
    np, cv2 = need("numpy", "cv2")
    cv2.setNumThreads(1)
    volume, out = np.ones((side,) * 3, np.uint16), np.zeros((side,) * 3, np.uint16)
    pool = concurrent.futures.ThreadPoolExecutor(threads)

    def along_y(y):
        cv2.transpose(volume[:, y], out[y])

    def along_x(z):
        cv2.transpose(volume[z], out[:, z])
    return timed(lambda: list(pool.map(along_y if axes == (1, 2, 0) else along_x, range(side))))


def slices_of_store(args, table, side):
    """Slices of the other axes, out of a volume that is held in bricks."""
    run = subprocess.run([program(args, "volume-store-time"), "--side", str(side), "--threads", str(args.threads),
                          "--turns", str(args.rounds)], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    seconds = {(row["operation"], row["axis"]): row["seconds"] for row in map(json.loads, run.stdout.splitlines())}
    for axis, axes in (("y", (1, 2, 0)), ("x", (2, 0, 1))):
        table.figure(f"slices along {axis} of {side}^3", "GB/s", side ** 3 * 2e-9,
                     lambda axis=axis: seconds["get", axis],       # the best of the turns that are over
                     {f"cv2.transpose, {args.threads} threads": lambda: turn_cv2(side, axes, args.threads),
                      "numpy, 1 thread": lambda: turn_numpy(side, axes)})


def percentiles(np, counts):
    """The values of rank n / 1000 from below and above, as intensity-range.c defines them."""
    below, n = np.cumsum(counts), counts.sum()
    k = n // 1000
    return np.searchsorted(below, k, side="right"), np.searchsorted(below, n - max(k, 1), side="right")


def stretch(np, counts):
    low, high = percentiles(np, counts)
    share = np.clip((np.arange(65536) - float(low)) / max(high - low, 1), 0, 1)
    return np.floor(share * 255 + .5).astype(np.uint8)


def numpy_normalizer(paths, digest):
    np, tifffile = need("numpy", "tifffile")
    volume = np.stack([tifffile.imread(path) for path in paths])
    out = np.zeros(volume.shape, np.uint8)

    def step():
        counts = np.zeros(65536, np.int64)
        for image in volume:
            counts += np.bincount(image.ravel(), minlength=65536)
        table = stretch(np, counts)
        for image, to in zip(volume, out):
            np.take(table, image, out=to, mode="wrap")
    step()
    if harness.sha256(out) != digest:
        raise RuntimeError("numpy made other pixels")
    return timed(step)


def numba_normalizer(paths, digest, threads):
    np, numba, tifffile = need("numpy", "numba", "tifffile")
    numba.set_num_threads(threads)
    pixels = np.stack([tifffile.imread(path) for path in paths]).ravel()
    out = np.zeros(pixels.size, np.uint8)

    @numba.njit(parallel=True)
    def count(x, parts):
        counts = np.zeros((parts, 65536), np.int64)
        step = -(-x.size // parts)
        for p in numba.prange(parts):
            for i in range(p * step, min((p + 1) * step, x.size)):
                counts[p, x[i]] += 1
        return counts.sum(0)

    @numba.njit(parallel=True)
    def apply(x, table, to):
        for i in numba.prange(x.size):
            to[i] = table[x[i]]

    def step():
        apply(pixels, stretch(np, count(pixels, threads)), out)
    step()
    if harness.sha256(out) != digest:
        raise RuntimeError("numba made other pixels")
    return timed(step)


def normalize(args, table, folder):
    paths = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    pixels = sum(map(os.path.getsize, paths)) / 2e9
    ours = Child([program(args, "part-time"), "normalize", folder])
    table.figure("percentiles, clip, 8 bits", "Gvox/s", pixels, ours, {
        "numpy, 1 thread": lambda: numpy_normalizer(paths, ours.result),
        f"numba, {args.threads} threads": lambda: numba_normalizer(paths, ours.result, args.threads)})


def parser():
    p = harness.options(__doc__)
    p.add_argument("--side", type=int, default=512, help="of a slice in pixels; the large ones have 4 times that")
    p.add_argument("--slices", type=int, help="of the uncompressed stack (512; --short: 64)")
    p.add_argument("--volume", type=int, help="side of the volume whose slices are cut (512; --short: 256)")
    return p


def measure(args, table, folder):
    side, n = args.side, args.slices or (64 if args.short else 512)
    stacks = [((n, side, side), "none"), ((max(n // 8, 1), 4 * side, 4 * side), "none"),
              ((max(n // 4, 1), side, side), "lzw"), ((max(n // 4, 1), side, side), "deflate")]
    for number, (shape, coding) in enumerate(stacks):
        read_stack(args, table, os.path.join(folder, str(number)), shape, coding)
    slices_of_store(args, table, args.volume or (256 if args.short else 512))
    normalize(args, table, os.path.join(folder, "0"))


if __name__ == "__main__":
    harness.main(parser(), measure)
