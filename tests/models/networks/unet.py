# SPDX-License-Identifier: LGPL-2.1-or-later
"""The U-Net of models/architectures/unet.c."""
import torch
from torch import nn
from torch.nn import functional as F


def double(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(),
                         nn.Conv2d(o, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU())


class Gate(nn.Module):
    """Oktay et al., Attention U-Net, 2018, of a signal as large as the skip."""
    def __init__(self, c):
        super().__init__()
        self.g = nn.Sequential(nn.Conv2d(c, c // 2, 1, bias=False), nn.BatchNorm2d(c // 2))
        self.x = nn.Sequential(nn.Conv2d(c, c // 2, 1, bias=False), nn.BatchNorm2d(c // 2))
        self.psi = nn.Conv2d(c // 2, 1, 1)

    def forward(self, g, x):
        return x * torch.sigmoid(self.psi(torch.relu(self.g(g) + self.x(x))))


class UNet(nn.Module):
    def __init__(self, width=16, depth=3, in_channels=1, out_channels=1, up="transposed", align_corners=True,
                 gates=False):
        super().__init__()
        c = [width << k for k in range(depth + 1)]
        self.corners = None if up == "transposed" else align_corners
        self.down = nn.ModuleList(double(i, o) for i, o in zip([in_channels] + c, c))
        self.up = nn.ModuleList(nn.ConvTranspose2d(c[k + 1], c[k], 2, 2) if up == "transposed" else
                                nn.Conv2d(c[k + 1], c[k], 1) for k in range(depth))
        self.dec = nn.ModuleList(double(2 * c[k], c[k]) for k in range(depth))
        self.gate = nn.ModuleList(Gate(c[k]) for k in range(depth)) if gates else None
        self.head = nn.Conv2d(width, out_channels, 1)

    def forward(self, x):
        skips = []
        for k, level in enumerate(self.down):
            x = level(F.max_pool2d(x, 2) if k else x)
            skips.append(x)
        for k in reversed(range(len(self.up))):
            if self.corners is not None:
                x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=self.corners)
            x = self.up[k](x)
            skip = self.gate[k](x, skips[k]) if self.gate else skips[k]
            x = self.dec[k](torch.cat([skip, x], 1))
        return self.head(x)
