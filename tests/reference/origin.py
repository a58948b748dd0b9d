# SPDX-License-Identifier: LGPL-2.1-or-later
"""The contest entry's inference by its formulas, in numpy and PyTorch, independent of the C code.

8-bit volume: v >> 8 (what OpenCV makes of 16-bit files), clipped to the k-th largest and k-th smallest value,
k = int (n / 1000), then min-max in half precision times 255, truncated. Each slice: z-score with soft clip.
Tiles of 512 at trunc (linspace (0, L - 512, ceil (L / 256))) along both sides; six views, mean of logits,
sigmoid > .5; overlapping tiles: or; three axes as cyclic permutations; majority. An axis with a side under 512
is skipped.
"""
import json
import struct

import numpy as np
import torch
from torch import nn

PERMUTATIONS = [(0, 1, 2), (1, 2, 0), (2, 0, 1)]


def to_bytes(volume):
    x = (volume >> 8).astype(np.uint8) if volume.dtype == np.uint16 else volume.copy()
    k = int(x.size * 1e-3)
    flat = np.partition(x.reshape(-1), -k if k else 0)
    high = flat[-k if k else 0]
    x[x > high] = high
    low = np.partition(x.reshape(-1), k)[k]
    x[x < low] = low
    half = torch.from_numpy(x).to(torch.float16)
    span = half.max() - half.min() + 1e-9
    return ((half - half.min()) / span * 255).to(torch.uint8).numpy()


def z_score(image):
    image = torch.from_numpy(image.astype(np.float32))
    z = (image - image.mean()) / (image.std() + 1e-5)
    z = torch.where(z > 5, (z - 5) * 1e-3 + 5, z)
    return torch.where(z < -3, (z + 3) * 1e-3 - 3, z)


def starts(length, tile):
    n = int(np.ceil(length / (tile * .5)))
    return sorted(set(np.linspace(0, length - tile, n).astype(np.int64).tolist()))


def double(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(),
                         nn.Conv2d(o, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU())


class UNet(nn.Module):
    """Double convolutions, 2x2 poolings, transposed convolutions up, skip before up in the joint tensor."""

    def __init__(self, width, depth, in_channels=1, out_channels=1):
        super().__init__()
        c = [width << k for k in range(depth + 1)]
        self.down = nn.ModuleList(double(i, o) for i, o in zip([in_channels] + c, c))
        self.up = nn.ModuleList(nn.ConvTranspose2d(c[k + 1], c[k], 2, 2) for k in range(depth))
        self.dec = nn.ModuleList(double(2 * c[k], c[k]) for k in range(depth))
        self.head = nn.Conv2d(width, out_channels, 1)

    def forward(self, x):
        skips = []
        for k, block in enumerate(self.down):
            x = block(nn.functional.max_pool2d(x, 2) if k else x)
            skips.append(x)
        for k in reversed(range(len(self.up))):
            x = self.dec[k](torch.cat([skips[k], self.up[k](x)], 1))
        return self.head(x)


def load(path):
    """The U-Net of a model file, and its record."""
    raw = open(path, "rb").read()
    size, = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8:8 + size])
    record = json.loads(header.pop("__metadata__")["voxel"])
    config = record["config"]
    net = UNet(config["width"], config["depth"], config.get("in_channels", 1), config.get("out_channels", 1))
    state = {}
    for name, t in header.items():
        begin, end = (8 + size + o for o in t["data_offsets"])
        dtype = {"F32": np.float32, "I64": np.int64}[t["dtype"]]
        state[name] = torch.from_numpy(np.frombuffer(raw[begin:end], dtype).reshape(t["shape"]).copy())
    net.load_state_dict(state, strict=False)
    return net.eval(), record


def save(path, net, record):
    """A model file from a U-Net and a record."""
    header, blob = {"__metadata__": {"format": "pt", "voxel": json.dumps(record)}}, b""
    for name, t in net.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        data = t.numpy().astype(np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [len(blob), len(blob) + len(data)]}
        blob += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + blob)


@torch.no_grad()
def tile_logits(net, tile):
    """Mean of the logits of six views of a batch of tiles (n, 1, h, w)."""
    rot, d = torch.rot90, (-1, -2)
    out = net(tile)
    for k in (1, 2, 3):
        out = out + rot(net(rot(tile, k, d)), -k, d)
    for axis in (-1, -2):
        out = out + net(tile.flip(axis)).flip(axis)
    return out / 6


def axis_mask(net, volume, tile, threshold):
    """Mask along the first axis, and where any tile's probability is within 2e-3 of the threshold."""
    mask, close = np.zeros(volume.shape, bool), np.zeros(volume.shape, bool)
    ys, xs = starts(volume.shape[1], tile), starts(volume.shape[2], tile)
    for i, image in enumerate(volume):
        z = z_score(image)
        batch = torch.stack([z[y:y + tile, x:x + tile] for y in ys for x in xs])[:, None]
        probability = torch.sigmoid(tile_logits(net, batch))[:, 0].numpy()
        for p, (y, x) in zip(probability, ((y, x) for y in ys for x in xs)):
            mask[i, y:y + tile, x:x + tile] |= p > threshold
            close[i, y:y + tile, x:x + tile] |= abs(p - threshold) < 2e-3
    return mask, close


def segment(net, volume, tile=512, threshold=.5):
    """The entry's mask of a volume (z, y, x), the voxels too close to call, and the axes used."""
    x = to_bytes(volume)
    votes, close, used = np.zeros(x.shape, np.uint8), np.zeros(x.shape, bool), []
    for axis, permutation in zip("zyx", PERMUTATIONS):
        turned = np.ascontiguousarray(x.transpose(permutation))
        if min(turned.shape[1:]) < tile:
            continue
        mask, near = axis_mask(net, turned, tile, threshold)
        back = np.argsort(permutation)
        votes += mask.transpose(back)
        close |= near.transpose(back)
        used.append(axis)
    return votes >= len(used) / 2, close, used
