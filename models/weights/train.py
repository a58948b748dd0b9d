# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains a U-Net on shards that voxel prepare made and writes a model file; README.md has the commands that made
demo.safetensors."""
import argparse
import itertools
import json
import math
import time

import numpy as np
import torch
import webdataset
from safetensors.torch import save_file
from torch.nn import functional as F

import evaluate
import volumes
from surface_dice import surface_dice
from unet import UNet

IGNORE, VESSEL = 128, 255  # codes of a label; 0 is background


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("shards", nargs="+", metavar="SHARD.tar")
    p.add_argument("--valid", metavar="PAIR", help="held out, for the score that is printed and recorded: IMAGES:LABELS, "
                   "each a folder of TIFF slices or a multi-page file, or the folder of a phantom")
    p.add_argument("--output", required=True)
    p.add_argument("--axes", default="z,y,x", help="that slices are taken along; recorded in the model")
    p.add_argument("--width", type=int, default=16)
    p.add_argument("--depth", type=int, default=3)
    p.add_argument("--steps", type=int, default=3000)
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--tile", type=int, default=256, help="recorded in the model")
    p.add_argument("--overlap", type=float, default=.5, help="recorded in the model")
    p.add_argument("--threshold", type=float, default=.5, help="recorded in the model")
    p.add_argument("--every", type=int, default=500, help="steps between validations")
    p.add_argument("--data", default="", help="words on the data, recorded in the model")
    return p.parse_args()


def sample(parts):
    """A picture as the network sees it, its truth and how much each pixel counts, all (1, rows, columns)."""
    record, label = parts["json"], parts["label.npy"]
    if record["slice_mean"] is None:
        raise SystemExit(f"{parts['__key__']}: its intensities were changed, and the slice's mean with them: "
                         "prepare with transforms that move pixels only")
    image = volumes.preprocess(parts["image.npy"], record["slice_mean"], record["slice_stddev"])
    weight = np.select([label == IGNORE, label == 0], [0, record["weight"]], 1)
    return [torch.from_numpy(np.ascontiguousarray(v[None], np.float32)) for v in (image, label == VESSEL, weight)]


def batches(shards, size):
    """Without end, in the order of the shards, which is random already."""
    for epoch in itertools.count():
        data = webdataset.WebDataset(shards, shardshuffle=False, empty_check=False).decode().map(sample)
        n = 0
        for n, batch in enumerate(torch.utils.data.DataLoader(data, size, drop_last=True), 1):
            yield [v.contiguous(memory_format=torch.channels_last) for v in batch]
        if n == 0:
            raise SystemExit(f"fewer than {size} samples in {shards}")


def rate(step, steps, peak):
    """Linear rise over a tenth, then half a cosine down to 0."""
    f = step / steps
    return peak * (f / .1 if f < .1 else .5 * (1 + math.cos(math.pi * (f - .1) / .9)))


def train_step(net, optimiser, x, y, weight):
    net.train()
    with torch.autocast("cpu", torch.bfloat16):
        z = net(x)
    z = z.float()
    p, known = z.sigmoid() * weight, y * weight
    entropy = (F.binary_cross_entropy_with_logits(z, y, reduction="none") * weight).sum() / weight.sum().clamp(min=1)
    loss = 3 * entropy + 1 - (2 * (p * known).sum() + 1) / (p.sum() + known.sum() + 1)
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
                         "lr": o.lr, "seed": o.seed, "loss": loss, "validation": scores,
                         "torch": torch.__version__, "numpy": np.__version__}}


def save(o, net, steps, scores, loss):
    weights = {k: v.contiguous() for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    save_file(weights, o.output, {"voxel": json.dumps(record(o, steps, scores, round(loss, 4)))})


def main():
    o = options()
    torch.set_num_threads(o.threads)
    torch.manual_seed(o.seed)
    axes = o.axes.replace(",", "")
    held = volumes.read_pair(o.valid) if o.valid else None
    net = UNet(o.width, o.depth).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), o.lr)
    print(sum(p.numel() for p in net.parameters()), "parameters,", len(o.shards), "shards", flush=True)
    begin, mean = time.time(), 0.
    for step, batch in zip(range(o.steps), batches(o.shards, o.batch)):
        optimiser.param_groups[0]["lr"] = rate(step, o.steps, o.lr)
        loss = train_step(net, optimiser, *batch)
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
