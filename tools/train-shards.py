#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains a network in PyTorch from shards of voxelshardsink alone; an example to start from.

    tools/train-shards.py shards/train-*.tar --steps 1000 --save net.safetensors
    tools/convert-checkpoint net.safetensors -o model.safetensors --record zscore=tile

Needs torch, segmentation_models_pytorch and webdataset. KEY.image.npy is the picture, 8 or 16 bits; KEY.label.npy is 0
(background), 128 (ignored) or 255 (vessel); KEY.json has the label's weight and the slice's mean and deviation.
"""
import argparse
import itertools
import tarfile

import numpy as np
import segmentation_models_pytorch as smp
import torch
import webdataset as wds
from torch.nn import functional as F

# As models' records have it: epsilon of the z-score, where the soft clip begins and its slope.
EPSILON, LOW, HIGH, SLOPE = 1e-6, -3., 5., 1e-3


def prepare(pixels, mean, stddev):
    """z-score, and beyond the clip a slope."""
    z = (pixels.astype(np.float32) - mean) / (stddev + EPSILON)
    return np.where(z > HIGH, HIGH + (z - HIGH) * SLOPE, np.where(z < LOW, LOW + (z - LOW) * SLOPE, z))


def decode(sample, zscore):
    """Input, target and weight of each pixel, all (1, rows, columns)."""
    if not {"image.npy", "label.npy", "json"} <= sample.keys():
        raise SystemExit(f"{sample['__url__']}: {sample['__key__']} has no image, label and record: shards of "
                         "voxelshardsink with labels are needed")
    pixels, label, record = sample["image.npy"], sample["label.npy"], sample["json"]
    mean, stddev = pixels.mean(dtype=np.float64), pixels.std(dtype=np.float64)
    if zscore == "slice":
        mean, stddev = record["slice_mean"], record["slice_stddev"]
        if mean is None:
            raise SystemExit(f"{sample['__key__']}: augmented, its slice's statistics are lost: use --zscore tile")
    weight = np.select([label == 128, label == 0], [0., record["weight"]], 1.)
    return tuple(torch.from_numpy(a.astype(np.float32))[None]
                 for a in (prepare(pixels, mean, stddev), label == 255, weight))


def loss_of(logits, target, weight):
    """Binary cross-entropy and dice over the batch, of pixels that somebody knows of."""
    total = weight.sum().clamp(min=1.)
    entropy = (F.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight).sum() / total
    p = logits.sigmoid() * weight
    dice = (2. * (p * target).sum() + 1.) / (p.sum() + (target * weight).sum() + 1.)
    return entropy + 1. - dice


def batches(options):
    """Without end; every epoch in another order."""
    for epoch in itertools.count():
        data = wds.WebDataset(options.shards, shardshuffle=len(options.shards), seed=options.seed + epoch,
                              empty_check=False)
        data = data.shuffle(options.shuffle, seed=options.seed + epoch).decode()
        data = data.map(lambda sample: decode(sample, options.zscore))
        n = 0
        try:
            for n, batch in enumerate(torch.utils.data.DataLoader(data, options.batch, drop_last=True), 1):
                yield batch
        except (tarfile.TarError, OSError) as wrong:
            raise SystemExit(f"a shard cannot be read: {wrong}: check its name, or write it again") from None
        if n == 0:
            raise SystemExit("fewer samples than a batch: give more shards or a smaller --batch")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shards", nargs="+", metavar="SHARD.tar")
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--batch", type=int, default=4, help="pictures of equal size")
    parser.add_argument("--encoder", default="resnet18", help="of smp.Unet")
    parser.add_argument("--rate", type=float, default=1e-3, help="of learning, at its highest")
    parser.add_argument("--zscore", choices=["slice", "tile"], default="tile", help="over what mean and deviation are")
    parser.add_argument("--shuffle", type=int, default=1000, help="samples among which the next one is drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", metavar="FILE.safetensors", help="where the weights go")
    return parser.parse_args()


def main():
    options = parse()
    torch.manual_seed(options.seed)
    net = smp.Unet(options.encoder, encoder_weights=None, in_channels=1, classes=1)
    optimizer = torch.optim.AdamW(net.parameters(), options.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, max(options.steps, 2), pct_start=.1)
    for step, (image, target, weight) in zip(range(options.steps), batches(options)):
        loss = loss_of(net(image), target, weight)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        print(f"step {step} loss {loss.item():.4f}", flush=True)
    if options.save:
        from safetensors.torch import save_model
        save_model(net, options.save)


if __name__ == "__main__":
    main()
