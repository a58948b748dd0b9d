# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains a U-Net on labelled stacks and writes a model file; README.md has the command that made demo.safetensors.

A pair is the folder of a phantom or IMAGES:LABELS, each a folder of TIFF slices or a multi-page file."""
import argparse
import json
import math
import time

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

import augment
import evaluate
import volumes
from surface_dice import surface_dice
from unet import UNet


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--train", nargs="+", required=True, metavar="PAIR")
    p.add_argument("--valid", metavar="PAIR", help="held out, for the score that is printed and recorded")
    p.add_argument("--output", required=True)
    p.add_argument("--axes", default="z,y,x", help="that slices are taken along")
    p.add_argument("--width", type=int, default=16)
    p.add_argument("--depth", type=int, default=3)
    p.add_argument("--steps", type=int, default=3000)
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--crop", type=int, default=128, help="side of the pictures, a multiple of 2^depth")
    p.add_argument("--scanner", action="store_true", help="vary gamma, size, blur and noise, for real scans")
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--tile", type=int, default=256, help="recorded in the model")
    p.add_argument("--overlap", type=float, default=.5, help="recorded in the model")
    p.add_argument("--threshold", type=float, default=.5, help="recorded in the model")
    p.add_argument("--every", type=int, default=500, help="steps between validations")
    p.add_argument("--data", default="", help="words on the data, recorded in the model")
    return p.parse_args()


class Crops:
    """Random crops of slices, each turned and flipped at random; three of four hold a voxel of a vessel."""

    def __init__(self, pairs, axes, side, seed, scanner):
        self.side, self.random, self.scanner = side, np.random.default_rng(seed), scanner
        self.images, self.labels = [], []
        for pair in pairs:
            image, label = volumes.read_pair(pair)
            for axis in axes:
                for x, y in zip(volumes.slices(image, axis), volumes.slices(label, axis)):
                    if min(x.shape) < side:
                        raise SystemExit(f"{pair}: a slice of axis {axis} is {x.shape}, smaller than the crop")
                    self.images.append(np.ascontiguousarray(x) if scanner else volumes.preprocess(x).astype(np.float16))
                    self.labels.append(np.ascontiguousarray(y))
        self.full = [i for i, y in enumerate(self.labels) if y.any()]

    def corner(self, label, side, wanted):
        r, (h, w) = self.random, label.shape
        y, x = r.integers(h - side + 1), r.integers(w - side + 1)
        if not wanted:
            return y, x
        at = np.argwhere(label)
        a, b = at[r.integers(len(at))]
        return (r.integers(max(0, a - side + 1), min(a, h - side) + 1),
                r.integers(max(0, b - side + 1), min(b, w - side) + 1))

    def one(self):
        r, side = self.random, self.side
        wanted = r.random() < .75
        i = r.choice(self.full) if wanted else r.integers(len(self.images))
        image, label = self.images[i], self.labels[i]
        if self.scanner:
            image = volumes.preprocess(augment.gamma(image, r))
            side = min(augment.zoomed(side, r), *label.shape)
        y, x = self.corner(label, side, wanted)
        cut = [v[y:y + side, x:x + side] for v in (image, label)]
        if self.scanner:
            cut = list(augment.resize(*cut, self.side))
            cut[0] = augment.blur_and_noise(cut[0], r)
        turns, flip = r.integers(4), r.integers(2)
        cut = [np.rot90(c, turns) for c in cut]
        return [np.ascontiguousarray(c[:, ::-1] if flip else c, np.float32) for c in cut]

    def batch(self, n):
        x, y = zip(*(self.one() for _ in range(n)))
        return (torch.from_numpy(np.stack(x)[:, None]).contiguous(memory_format=torch.channels_last),
                torch.from_numpy(np.stack(y)[:, None]))


def rate(step, steps, peak):
    """Linear rise over a tenth, then half a cosine down to 0."""
    f = step / steps
    return peak * (f / .1 if f < .1 else .5 * (1 + math.cos(math.pi * (f - .1) / .9)))


def train_step(net, optimiser, x, y):
    net.train()
    with torch.autocast("cpu", torch.bfloat16):
        z = net(x)
    z = z.float()
    p = z.sigmoid()
    loss = 3 * F.binary_cross_entropy_with_logits(z, y) + 1 - (2 * (p * y).sum() + 1) / (p.sum() + y.sum() + 1)
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.)
    optimiser.step()
    return loss.item()


def record(o, steps, scores, loss):
    return {"version": 1, "architecture": "unet",
            "config": {"width": o.width, "depth": o.depth, "in_channels": 1, "out_channels": 1, "up": "transposed"},
            "preprocess": {"range": "percentile", "range_scope": "volume", "range_low": .1, "range_high": 99.9,
                           "bits": 16, "zscore": "slice", "epsilon": 1e-6, "clip_low": -3, "clip_high": 5,
                           "clip_slope": .001, "channels": "replicate", "spacing": 0},
            "inference": {"axes": o.axes, "views": "r0,r90,r180,r270,fh,fv", "tile": o.tile, "overlap": o.overlap,
                          "grid": "minimal", "edge": "reflect", "pad_multiple": 0, "pad_mode": "reflect",
                          "merge": "mean-logit", "stitch": "mean", "vote": "majority", "activation": "sigmoid",
                          "output_channel": 0, "threshold": o.threshold},
            "training": {"recipe": "models/weights/train.py", "data": o.data, "steps": steps, "planned": o.steps, "batch": o.batch,
                         "crop": o.crop, "scanner": o.scanner, "lr": o.lr, "seed": o.seed, "loss": loss, "validation": scores,
                         "torch": torch.__version__, "numpy": np.__version__}}


def save(o, net, steps, scores, loss):
    weights = {k: v.contiguous() for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    save_file(weights, o.output, {"voxel": json.dumps(record(o, steps, scores, round(loss, 4)))})


def main():
    o = options()
    torch.set_num_threads(o.threads)
    torch.manual_seed(o.seed)
    axes = o.axes.replace(",", "")
    crops = Crops(o.train, axes, o.crop, o.seed, o.scanner)
    held = volumes.read_pair(o.valid) if o.valid else None
    net = UNet(o.width, o.depth).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), o.lr)
    print(sum(p.numel() for p in net.parameters()), "parameters,", len(crops.images), "slices", flush=True)
    begin, mean = time.time(), 0.
    for step in range(o.steps):
        optimiser.param_groups[0]["lr"] = rate(step, o.steps, o.lr)
        loss = train_step(net, optimiser, *crops.batch(o.batch))
        mean = loss if not step else mean + .02 * (loss - mean)
        if step % 100 == 0:
            print(f"step {step} of {o.steps}, {time.time() - begin:.0f} s, loss {mean:.4f}", flush=True)
        if held and (step + 1) % o.every == 0 and step + 1 < o.steps:
            one = evaluate.logits(net, held[0], axes[0], ["r0"], True) > 0
            print(f"step {step + 1}: one axis, one view {surface_dice(held[1], one):.4f}", flush=True)
            save(o, net, step + 1, {}, mean)
    scores = evaluate.evaluate(net, *held, axes, threshold=o.threshold) if held else {}
    scores = {k: round(float(v), 4) for k, v in scores.items()}
    print(scores)
    save(o, net, o.steps, scores, mean)


if __name__ == "__main__":
    main()
