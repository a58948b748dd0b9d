# SPDX-License-Identifier: LGPL-2.1-or-later
"""A volume resampled in three dimensions.

Peers: OpenCV, which resamples in two, rows and columns of every slice and then slices and columns of every row; PyTorch's
interpolate, which has no cubic curve in three. Both take the volume as floats and must give the same voxels as ours to
one in 65535; PyTorch's places are floats and may be 64 away.
"""
import os

import harness
from harness import Child, need, program, timed

SCALE = 1.26


def options(p):
    p.add_argument("--rescale-side", type=int, help=f"of the volume in voxels, before it gets {SCALE} times as many (256; "
                   "--short: 128)")


def check(np, name, ours, theirs, tolerance):
    away = np.abs(np.clip(theirs, 0, 65535).astype(np.float64) - ours).max()
    if away > tolerance:
        raise RuntimeError(f"{name} made other voxels: {away} away")


def read(np, paths):
    tifffile = need("tifffile")
    return np.stack([tifffile.imread(path) for path in paths]).astype(np.float32)


def opencv(paths, ours, kind, threads):
    np, cv2 = need("numpy", "cv2")
    cv2.setNumThreads(threads)
    volume, way = read(np, paths), {"cubic": cv2.INTER_CUBIC, "linear": cv2.INTER_LINEAR}[kind]
    scaled = np.empty(ours.shape, np.float32)

    def resample():
        slices = np.stack([cv2.resize(s, None, fx=SCALE, fy=SCALE, interpolation=way) for s in volume])
        for y in range(ours.shape[1]):
            scaled[:, y] = cv2.resize(slices[:, y], None, fx=1, fy=SCALE, interpolation=way)
    resample()
    check(np, "OpenCV", ours, scaled, 1)
    return timed(resample)


def pytorch(paths, ours, kind, threads):
    np, torch = need("numpy", "torch")
    torch.set_num_threads(threads)
    volume = torch.from_numpy(read(np, paths))[None, None]

    def resample():
        return torch.nn.functional.interpolate(volume, scale_factor=SCALE, mode="trilinear", recompute_scale_factor=False)
    size = volume.shape[2] * SCALE      # PyTorch cuts what we round
    check(np, "PyTorch", ours[:int(size), :int(size), :int(size)], resample()[0, 0].numpy(), 64)
    return timed(resample)


def measure(args, table, folder):
    side = args.rescale_side or (128 if args.short else 256)
    slices, out = os.path.join(folder, "slices"), os.path.join(folder, "scaled")
    harness.made(args, "slices", slices, side, side, side, args.seed, "none")
    paths = sorted(os.path.join(slices, name) for name in os.listdir(slices))

    def figure(kind, bits, threads, peers):
        turns = Child([program(args, "rescale-time"), slices, str(SCALE), kind, str(bits), str(threads), out])
        shape = tuple(map(int, turns.result.split(",")))
        plural = f"{threads} threads" if threads > 1 else "1 thread"

        def peer(make):
            np = need("numpy")
            return make(paths, np.fromfile(out, "<u2").reshape(shape), kind, threads)
        made = {f"{name}, {plural}": lambda make=make: peer(make) for name, make in peers.items()}
        table.figure(f"rescale {side}^3, {kind}, {bits} bits, {plural}", "Mvoxel/s",
                     shape[0] * shape[1] * shape[2] / 1e6, turns, made)

    for threads in sorted({args.threads, 1}, reverse=True):
        figure("cubic", 16, threads, {"OpenCV": opencv})
        figure("linear", 16, threads, {"OpenCV": opencv, "trilinear": pytorch})
    figure("cubic", 8, args.threads, {})
