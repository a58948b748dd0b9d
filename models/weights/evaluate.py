# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scores a model file on volumes: python evaluate.py MODEL.safetensors PAIR…, in fp32, whole slices."""
import json
import sys

import numpy as np
import torch
from safetensors import safe_open
from torch.nn import functional as F

import volumes
from surface_dice import dice, surface_dice
from unet import UNet

VIEWS = {"r0": (0, None), "r90": (1, None), "r180": (2, None), "r270": (3, None), "fh": (0, 3), "fv": (0, 2)}


def show(x, view):
    turns, flip = VIEWS[view]
    x = torch.rot90(x, turns, (2, 3))
    return x.flip(flip) if flip else x


def undo(x, view):
    turns, flip = VIEWS[view]
    x = x.flip(flip) if flip else x
    return torch.rot90(x, -turns, (2, 3))


@torch.no_grad()
def logits(net, volume, axis, views, bf16=False):
    """Mean of logits over the views, in the shape of the volume; slices are padded to what the network divides by."""
    net.eval()
    stride = 2 ** len(net.up)
    out = []
    for pixels in volumes.slices(volume, axis):
        x = torch.from_numpy(volumes.preprocess(pixels))[None, None]
        h, w = pixels.shape
        x = F.pad(x, (0, -w % stride, 0, -h % stride), mode="reflect")
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            y = sum(undo(net(show(x, v).contiguous(memory_format=torch.channels_last)).float(), v) for v in views)
        out.append((y / len(views))[0, 0, :h, :w].numpy())
    return volumes.back(np.stack(out), axis)


def evaluate(net, volume, truth, axes="zyx", bf16=False, threshold=.5):
    """Surface dice of the first axis with one view and with six, of the majority of axes with six views, and its dice."""
    cut = np.log(threshold / (1 - threshold))
    six = [logits(net, volume, a, list(VIEWS), bf16) > cut for a in axes]
    one = logits(net, volume, axes[0], ["r0"], bf16) > cut
    vote = 2 * np.sum(six, 0) >= len(axes)
    return {"one axis, one view": surface_dice(truth, one), "one axis, six views": surface_dice(truth, six[0]),
            f"{len(axes)} axes, six views": surface_dice(truth, vote), "dice": dice(truth, vote)}


def load(path):
    with safe_open(path, "pt") as f:
        record = json.loads(f.metadata()["voxel"])
        net = UNet(record["config"]["width"], record["config"]["depth"])
        net.load_state_dict({k: f.get_tensor(k) for k in f.keys()}, strict=False)
    return net.to(memory_format=torch.channels_last), record


if __name__ == "__main__":
    model, what = load(sys.argv[1])
    for pair in sys.argv[2:]:
        scores = evaluate(model, *volumes.read_pair(pair), what["inference"]["axes"].replace(",", ""),
                          threshold=what["inference"]["threshold"])
        print(pair, " ".join(f"{k} {v:.4f};" for k, v in scores.items()), flush=True)
