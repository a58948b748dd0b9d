# SPDX-License-Identifier: LGPL-2.1-or-later
"""The U-Net of gst-voxel, with the names that its model files use."""
import torch
from torch import nn


def double(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
                         nn.Conv2d(o, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))


class UNet(nn.Module):
    def __init__(self, width=16, depth=3):
        super().__init__()
        c = [width << k for k in range(depth + 1)]
        self.down = nn.ModuleList([double(i, o) for i, o in zip([1] + c, c)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(c[k + 1], c[k], 2, 2) for k in range(depth)])
        self.dec = nn.ModuleList([double(2 * c[k], c[k]) for k in range(depth)])
        self.head = nn.Conv2d(width, 1, 1)

    def forward(self, x):
        skips = []
        for k, level in enumerate(self.down):
            x = level(nn.functional.max_pool2d(x, 2) if k else x)
            skips.append(x)
        for k in reversed(range(len(self.up))):
            x = self.dec[k](torch.cat([skips[k], self.up[k](x)], 1))
        return self.head(x)
