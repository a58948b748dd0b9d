# SPDX-License-Identifier: LGPL-2.1-or-later
"""Slices of a volume in random directions, out of the brick store.

Peers: numba, a loop over the pixels in as many threads, and PyTorch's grid_sample of the volume as floats. Both make
the same planes of the same volume and must give the same pixels between the outermost voxels' centres: numba to one in
65535, PyTorch, whose places are floats too, to 64.
"""
import os

import harness
from harness import Child, need, program, timed


def options(p):
    p.add_argument("--oblique-side", type=int, help="of volume and slices in voxels (512; --short: 256)")
    p.add_argument("--oblique-count", type=int, default=64, help="slices a turn")


def read(np, paths):
    tifffile = need("tifffile")
    return np.stack([tifffile.imread(path) for path in paths])


def check(np, name, shape, plane, ours, theirs, tolerance):
    rows, columns = np.mgrid[:ours.shape[0], :ours.shape[1], :1][:2]
    at = plane[0] + plane[1] * rows + plane[2] * columns
    inside = np.all((at >= 1e-3) & (at < np.array(shape) - 1.001), -1)
    difference = np.abs(ours - theirs.astype(np.float64))[inside].max(initial=0)
    if difference > tolerance:
        raise RuntimeError(f"{name} made other pixels: {difference} away")


def numba_slices(paths, planes, pixels, threads):
    np, numba = need("numpy", "numba")
    volume = read(np, paths)
    numba.set_num_threads(threads)
    out = np.zeros(pixels.shape[1:], np.float32)

    @numba.njit(parallel=True, fastmath=True)
    def cut(v, plane, to):
        depth, height, width = v.shape
        for y in numba.prange(to.shape[0]):
            for x in range(to.shape[1]):
                p = plane[0, 0] + plane[1, 0] * y + plane[2, 0] * x
                q = plane[0, 1] + plane[1, 1] * y + plane[2, 1] * x
                r = plane[0, 2] + plane[1, 2] * y + plane[2, 2] * x
                if p < 0 or q < 0 or r < 0 or p >= depth - 1 or q >= height - 1 or r >= width - 1:
                    to[y, x] = 0
                    continue
                i, j, k = int(p), int(q), int(r)
                a, b, c = np.float32(p - i), np.float32(q - j), np.float32(r - k)
                total = np.float32(0)
                for d in range(2):
                    for e in range(2):
                        weight = (a if d else 1 - a) * (b if e else 1 - b)
                        total += weight * (v[i + d, j + e, k] * (1 - c) + v[i + d, j + e, k + 1] * c)
                to[y, x] = total

    for plane, picture in zip(planes, pixels):
        cut(volume, plane, out)
        check(np, "numba", volume.shape, plane, picture, out, 1)
    return timed(lambda: [cut(volume, plane, out) for plane in planes])


def torch_slices(paths, planes, pixels, threads):
    np, torch = need("numpy", "torch")
    torch.set_num_threads(threads)
    volume = torch.from_numpy(read(np, paths).astype(np.float32))[None, None]
    height, width = pixels.shape[1:]
    far = torch.tensor([max(size - 1, 1) for size in volume.shape[2:]], dtype=torch.float32)
    rows = torch.arange(height, dtype=torch.float32)[:, None, None]
    columns = torch.arange(width, dtype=torch.float32)[None, :, None]

    def cut(plane):
        plane = torch.from_numpy(plane.astype(np.float32))
        at = (plane[0] + plane[1] * rows + plane[2] * columns) * 2 / far - 1
        parts = threads if height % threads == 0 else 1     # it only shares out the batch: a band of rows a thread
        at = at.flip(-1).reshape(parts, 1, height // parts, width, 3)
        return torch.nn.functional.grid_sample(volume.expand(parts, -1, -1, -1, -1), at, align_corners=True)
    for plane, picture in zip(planes, pixels):
        check(np, "PyTorch", volume.shape[2:], plane, picture, cut(plane).reshape(height, width).numpy(), 64)
    return timed(lambda: [cut(plane) for plane in planes])


def ours(args, folder, side, how, bits, memory_limit, threads):
    """Turns, planes and pixels."""
    path = os.path.join(folder, "planes")
    words = [os.path.join(folder, "slices"), side, args.oblique_count, how, bits, memory_limit, threads, path]
    return Child([program(args, "plane-time"), *map(str, words)]), path


def load(np, path, count, side):
    planes = np.fromfile(path, np.float64, count * 9).reshape(count, 3, 3)
    return planes, np.fromfile(path, "<u2", offset=planes.nbytes).reshape(count, side, side)


def measure(args, table, folder):
    side, count = args.oblique_side or (256 if args.short else 512), args.oblique_count
    slices, bytes_of = os.path.join(folder, "slices"), 2 * side ** 3
    harness.made(args, "slices", slices, side, side, side, args.seed, "none")
    paths = sorted(os.path.join(slices, name) for name in os.listdir(slices))
    name = f"oblique {side}^2 of {side}^3"

    def peers(path, threads):
        plural = f"{threads} threads" if threads > 1 else "1 thread"

        def peer(make):
            np = need("numpy")
            return make(paths, *load(np, path, count, side), threads)
        return {f"numba, {plural}": lambda: peer(numba_slices), f"grid_sample, {plural}": lambda: peer(torch_slices)}

    for threads in sorted({args.threads, 1}, reverse=True):
        turns, path = ours(args, folder, side, "linear", 16, 4 * bytes_of, threads)
        table.figure(f"{name}, {threads} threads" if threads > 1 else f"{name}, 1 thread", "slices/s", count, turns,
                     peers(path, threads))
    turns, _ = ours(args, folder, side, "nearest", 8, 4 * bytes_of, args.threads)
    table.figure(f"{name}, labels", "slices/s", count, turns)
    turns, _ = ours(args, folder, side, "linear", 16, bytes_of // 4, args.threads)
    table.figure(f"{name}, scratch file", "slices/s", count, turns,
                 note=f"a quarter in memory, {int(turns.result) >> 20} MiB in the file")
