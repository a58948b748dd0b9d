#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times what is done with masks: run lengths as text, surface dice at tolerance 0, and the elements that do both.

Peers: numpy and numba programs of the same results, and DeepMind's surface-distance where it is installed. Each
must have made the same text or value before it is timed.
"""
import concurrent.futures
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench.d"))
import harness
from harness import Child, need, pipeline, program, timed


def read_mask(path, *shape):
    return need("numpy").fromfile(path, "u1").reshape(shape)


def numpy_text(mask):
    import numpy as np
    p = np.concatenate([[False], mask.ravel() > 0, [False]])
    runs = np.flatnonzero(p[1:] != p[:-1]) + 1
    runs[1::2] -= runs[::2]
    return " ".join(map(str, runs.tolist())) or "1 0"


def numba_writer():
    """A compiled writer of run lengths: text of a mask."""
    np, numba = need("numpy", "numba")

    @numba.njit(nogil=True)
    def write(pixels, to):
        at, before, start = 0, np.uint8(0), 0
        for i in range(pixels.size + 1):
            now = pixels[i] if i < pixels.size else np.uint8(0)
            if now == before:
                continue
            number = i + 1 if now else i - start
            start, before, digits, rest = i, now, 1, number
            while rest >= 10:
                rest //= 10
                digits += 1
            for k in range(digits):
                to[at + digits - 1 - k] = 48 + number % 10
                number //= 10
            to[at + digits] = 32
            at += digits + 1
        return at
    spare = []

    def text(mask):
        buffer = spare.pop() if spare else np.empty(mask.size * 6 + 64, np.uint8)
        result = buffer[:max(write(mask.ravel(), buffer) - 1, 0)].tobytes().decode() or "1 0"
        spare.append(buffer)
        return result
    return text


def writes(text, mask, digest):
    if harness.sha256(text(mask).encode()) != digest:
        raise RuntimeError("a peer wrote another text")
    return timed(lambda: text(mask))


def numba_dice(threads):
    """A compiled surface dice of two masks of 0 and 1 (or 255), with the table of areas that training uses."""
    np, numba = need("numpy", "numba")
    sys.path.insert(0, os.path.join(harness.TOP, "models", "weights"))
    from surface_dice import AREA

    @numba.njit(parallel=True)
    def sums(g, p, area):
        matched, total = np.zeros(g.shape[0]), np.zeros(g.shape[0])
        for z in numba.prange(g.shape[0] - 1):
            for y in range(g.shape[1] - 1):
                for x in range(g.shape[2] - 1):
                    c, d = 0, 0
                    for i in range(2):
                        for j in range(2):
                            for k in range(2):
                                c = c * 2 + g[z + i, y + j, x + k]
                                d = d * 2 + p[z + i, y + j, x + k]
                    if c % 255 or d % 255:
                        w = area[c] + area[d]
                        total[z] += w
                        if c % 255 and d % 255:
                            matched[z] += w
        return matched.sum() / total.sum()

    def dice(truth, prediction):
        numba.set_num_threads(threads)
        return sums(np.pad(truth, 1), np.pad(prediction, 1), AREA)
    return dice


def agrees(dice, truth, prediction, value):
    if abs(dice(truth, prediction) - float(value)) > 1e-9:
        raise RuntimeError("a peer found another surface dice")
    return timed(lambda: dice(truth, prediction))


def deepmind_dice(truth, prediction):
    sd = need("surface_distance")
    distances = sd.compute_surface_distances(truth > 0, prediction > 0, (1, 1, 1))
    return sd.compute_surface_dice_at_tolerance(distances, 0)


def runs(args, table, folder):
    path, side = os.path.join(folder, "plane"), args.plane
    harness.made(args, "mask", path, 1, side, side, args.seed)
    ours = Child([program(args, "part-time"), "runs", path, str(side), str(side)])
    table.figure(f"run lengths of {side}^2, text", "GB/s", side * side * 1e-9, ours, {
        "numpy": lambda: writes(numpy_text, read_mask(path, side, side), ours.result),
        "numba, 1 thread": lambda: writes(numba_writer(), read_mask(path, side, side), ours.result)})


def surface(args, table, folder):
    path, side = os.path.join(folder, "cube"), args.cube
    harness.made(args, "mask", path, side + 1, side, side, args.seed)
    ours = Child([program(args, "part-time"), "surface", path, *[str(side)] * 3])

    def peer(make):
        def turn():
            mask = read_mask(path, side + 1, side, side) // 255
            return agrees(make(), mask[:-1], mask[1:], ours.result)
        return turn
    peers = {f"numba, {args.threads} threads": peer(lambda: numba_dice(args.threads)),
             "numba, 1 thread": peer(lambda: numba_dice(1))}
    if args.deepmind:
        peers["surface-distance"] = peer(lambda: need("surface_distance") and deepmind_dice)
    table.figure(f"surface dice of two {side}^3", "ms", None, ours, peers)


def read_labels(folder):
    cv2 = need("cv2")
    cv2.setNumThreads(1)
    paths = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    return paths, lambda path: cv2.imread(path, cv2.IMREAD_UNCHANGED)


def runs_of_stack(folder, threads):
    text, (paths, read) = numba_writer(), read_labels(folder)
    pool = concurrent.futures.ThreadPoolExecutor(threads)
    text(read(paths[0]))
    return timed(lambda: sum(pool.map(lambda path: len(text(read(path))), paths)))


def score_of_stack(folder, threads):
    np, dice, (paths, read) = need("numpy"), numba_dice(threads), read_labels(folder)
    pool = concurrent.futures.ThreadPoolExecutor(threads)

    def step():
        masks = [np.stack(list(pool.map(read, part))) // 255 for part in (paths[:-1], paths[1:])]
        both = np.count_nonzero(masks[0] & masks[1])
        return dice(*masks), both / (masks[0].sum() + masks[1].sum() - both)
    return timed(step)


def elements(args, table, folder):
    plane, cube = os.path.join(folder, "planes"), os.path.join(folder, "slices")
    harness.made(args, "labels", plane, args.planes, args.plane, args.plane, args.seed)
    harness.made(args, "labels", cube, args.cube + 1, args.cube, args.cube, args.seed)
    plural = f"{args.threads} threads"
    table.figure(f"{args.planes} TIFF files of {args.plane}^2 to voxelrlesink", "GB/s",
                 args.planes * args.plane ** 2 * 1e-9,
                 pipeline(args, f"voxelsrc location={plane} content=mask ! queue ! voxelrlesink location=/dev/null"),
                 {f"cv2 + numba, {plural}": lambda: runs_of_stack(plane, args.threads)})
    table.figure(f"two stacks of {args.cube}^3 to voxelscore", "ms", None,
                 pipeline(args, f"voxelscore name=score voxelsrc location={cube} content=mask "
                          f"stop-index={args.cube - 1} ! queue ! score.truth voxelsrc location={cube} content=mask "
                          f"start-index=1 ! queue ! score.prediction"),
                 {f"cv2 + numba, {plural}": lambda: score_of_stack(cube, args.threads)})


def parser():
    p = harness.options(__doc__)
    p.add_argument("--plane", type=int, help="side of the mask for run lengths (4096; --short: 2048)")
    p.add_argument("--planes", type=int, default=16, help="slices of the stack for voxelrlesink")
    p.add_argument("--cube", type=int, help="side of the masks for surface dice (256; --short: 128)")
    p.add_argument("--deepmind", action="store_true", help="surface-distance as well, which takes seconds a turn")
    return p


def measure(args, table, folder):
    args.plane = args.plane or (2048 if args.short else 4096)
    args.cube = args.cube or (128 if args.short else 256)
    runs(args, table, folder)
    surface(args, table, folder)
    elements(args, table, folder)


if __name__ == "__main__":
    harness.main(parser(), measure)
