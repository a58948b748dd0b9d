#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""`voxel segment --parity-origin` beside the reference of origin.py: share of voxels that agree.

    compare.py VOXEL [--shape 40 600 560] [--tile 512] [--width 4 --depth 2 | --model FILE] [--precision fp32]

Needs numpy, PyTorch and tifffile. Random weights get batch-norm statistics that keep activations in range and
a bias that puts the threshold among the logits, so that both classes are well represented. Their deviation is 2:
logits travel clamped to +-16, and views beyond that would weigh less in the mean than here.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np
import tifffile
import torch

import origin


def volume(shape, seed):
    """16-bit tubes on a drifting, noisy background."""
    rng = np.random.default_rng(seed)
    field = np.zeros(shape, np.float32)
    z, y, x = np.ogrid[:shape[0], :shape[1], :shape[2]]
    for _ in range(24):
        a, b, c = rng.uniform(0, shape[0]), rng.uniform(0, shape[1]), rng.uniform(0, shape[2])
        r, w = rng.uniform(2, 9), rng.uniform(20, 60)
        which = rng.integers(3)
        if which == 0:
            d = (y - b - 9 * np.sin(z / w)) ** 2 + (x - c - 9 * np.cos(z / w)) ** 2
        elif which == 1:
            d = (z - a - 9 * np.sin(x / w)) ** 2 + (y - b - 9 * np.cos(x / w)) ** 2
        else:
            d = (z - a - 9 * np.sin(y / w)) ** 2 + (x - c - 9 * np.cos(y / w)) ** 2
        field = np.maximum(field, (d < r * r).astype(np.float32))
    drift = .4 * np.sin(z / 31 + y / 47) * np.cos(x / 53)
    noise = rng.standard_normal(shape, dtype=np.float32) * .3
    return np.clip((field + drift + noise) * 6000 + 24000, 0, 65535).astype(np.uint16)


def random_net(width, depth, sample, seed):
    torch.manual_seed(seed)
    net = origin.UNet(width, depth)
    z = origin.z_score(origin.to_bytes(sample)[sample.shape[0] // 2])[None, None]
    net.train()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    with torch.no_grad():
        side = min(256, min(z.shape[2:]) // 32 * 32)
        crop = z[..., :side, :side]
        net(torch.cat([crop, crop.flip(-1)]))
        net.eval()
        out = net(crop)
        net.head.weight *= 2 / out.std()
        net.head.bias -= net(crop).median()
    return net


def record(width, depth):
    return {"version": 1, "architecture": "unet", "config": {"width": width, "depth": depth, "in_channels": 1,
                                                             "out_channels": 1, "up": "transposed"}}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("voxel")
    p.add_argument("--shape", type=int, nargs=3, default=[40, 600, 560])
    p.add_argument("--width", type=int, default=4)
    p.add_argument("--depth", type=int, default=2)
    p.add_argument("--tile", type=int, default=512, help="smaller ones make three axes of a small volume")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--model")
    p.add_argument("--precision", nargs="+", default=["fp32"])
    p.add_argument("--agree", type=float, default=.9999, help="share of voxels for fp32")
    a = p.parse_args()
    scan = volume(a.shape, a.seed)
    failed = False
    with tempfile.TemporaryDirectory() as d:
        tifffile.imwrite(os.path.join(d, "scan.tif"), scan, photometric="minisblack")
        model = a.model or os.path.join(d, "model.safetensors")
        if a.model:
            net, _ = origin.load(model)
        else:
            net = random_net(a.width, a.depth, scan, a.seed)
            origin.save(model, net, record(a.width, a.depth))
        want, close, used = origin.segment(net, scan, a.tile)
        tifffile.imwrite(os.path.join(d, "want.tif"), want.astype(np.uint8) * 255, photometric="minisblack")
        print(f"# {a.shape}, axes {','.join(used)}, vessel {want.mean():.4f}, too close to call {close.mean():.5f}")
        for precision in a.precision:
            out = os.path.join(d, f"{precision}.tif")
            subprocess.run([a.voxel, "segment", os.path.join(d, "scan.tif"), "--model", model, "-o", out, "--quiet",
                            "--parity-origin", "--precision", precision, "--tile", str(a.tile)], check=True)
            got = tifffile.imread(out) > 0
            agree = (got == want)[~close].mean()
            score = subprocess.run([a.voxel, "score", os.path.join(d, "want.tif"), out, "--json"], check=True,
                                   stdout=subprocess.PIPE, text=True).stdout.strip()
            print(f"{precision}: agree {agree:.6f}; {score}", flush=True)
            failed |= precision == "fp32" and agree < a.agree
    sys.exit(failed)


if __name__ == "__main__":
    main()
