#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes tests/models/fixtures with PyTorch: what each operator and small U-Nets give in double precision.

    python3 tests/models/make-fixtures.py

ops.safetensors     cases of single operators: CASE.in.K, CASE.out and their attributes as JSON in the metadata
unet-*.safetensors  model files
unet-*.io.safetensors  input, output in double, and the largest error of PyTorch's own fp32 result
"""
import json
import pathlib
import struct

import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent / "fixtures"
NAMES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64",
         torch.int64: "I64"}


def save(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in sorted(tensors.items()):
        raw = tensor.detach().contiguous().reshape(-1).view(torch.uint8) if tensor.dim() else tensor.reshape(1).view(
            torch.uint8)
        raw = bytes(raw.tolist())
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    print(path.name, len(text) + len(data) + 8)


def picture(*shape):
    return torch.randn(shape).to(torch.float32)


def pair(value):
    return [value, value] if isinstance(value, int) else list(value)


def conv(cases, name, i, o, size, kernel, stride=1, padding=0, dilation=1, groups=1, bias=True, n=1, transposed=False):
    k = pair(kernel)
    x = picture(n, i, *size)
    w = picture(*((i, o // groups) if transposed else (o, i // groups)), *k) / (i // groups * k[0] * k[1]) ** .5
    b = picture(o) if bias else None
    d = [t.double() if t is not None else None for t in (x, w, b)]
    if transposed:
        y = F.conv_transpose2d(*d, stride=pair(stride), padding=pair(padding), groups=groups)
    else:
        y = F.conv2d(*d, stride=pair(stride), padding=pair(padding), dilation=pair(dilation), groups=groups)
    cases[name] = ("conv_transpose2d" if transposed else "conv2d", [x, w, b], y,
                   dict(stride=pair(stride), padding=pair(padding), dilation=pair(dilation), groups=groups))


def ops():
    torch.manual_seed(1)
    cases = {}
    conv(cases, "conv 3x3", 3, 5, (9, 11), 3, padding=1)
    conv(cases, "conv 3x3 without bias", 1, 16, (8, 8), 3, padding=1, bias=False)
    conv(cases, "conv 3x3, blocks of channels", 16, 16, (6, 10), 3, padding=1)
    conv(cases, "conv 3x3 without padding", 8, 8, (7, 5), 3)
    conv(cases, "conv 3x3 of one pixel", 8, 8, (1, 1), 3, padding=1)
    conv(cases, "conv 1x1", 16, 3, (5, 7), 1)
    conv(cases, "conv 5x5, stride 2", 4, 6, (13, 10), 5, stride=2, padding=2)
    conv(cases, "conv 3x1, strides 1 and 2", 4, 6, (9, 10), (3, 1), stride=(1, 2), padding=(1, 0))
    conv(cases, "conv dilated", 4, 4, (12, 9), 3, padding=2, dilation=2)
    conv(cases, "conv of 2 groups", 6, 4, (7, 8), 3, padding=1, groups=2)
    conv(cases, "conv of a group a channel", 8, 8, (7, 8), 3, padding=1, groups=8)
    conv(cases, "conv of two pictures", 3, 4, (6, 5), 3, padding=1, n=2)
    conv(cases, "up-convolution 2x2", 6, 3, (5, 7), 2, stride=2, transposed=True)
    conv(cases, "up-convolution 2x2, blocks of channels", 16, 8, (4, 6), 2, stride=2, transposed=True)
    conv(cases, "up-convolution 2x2 without bias", 4, 4, (3, 3), 2, stride=2, bias=False, transposed=True)
    conv(cases, "up-convolution 3x3", 4, 5, (5, 6), 3, stride=2, padding=1, transposed=True)
    conv(cases, "up-convolution of 2 groups", 4, 6, (5, 4), 4, stride=2, padding=1, groups=2, transposed=True)
    x, c = picture(1, 5, 6, 7), 5
    norm = [torch.rand(c) + .5, picture(c), picture(c), torch.rand(c) + .5]
    weight, bias, mean, variance = norm
    cases["batch norm"] = ("batch_norm", [x, *norm], F.batch_norm(
        x.double(), mean.double(), variance.double(), weight.double(), bias.double(), eps=1e-5), dict(epsilon=1e-5))
    x = picture(1, 5, 6, 7)
    cases["relu"] = ("relu", [x], F.relu(x.double()), {})
    x = picture(1, 3, 5, 7) * 8
    cases["sigmoid"] = ("sigmoid", [x], torch.sigmoid(x.double()), {})
    for name, k, s, p, c, size in (("max pool 2x2", 2, 2, 0, 5, (6, 8)), ("max pool 3x3, stride 2", 3, 2, 1, 16, (7, 9)),
                                   ("max pool 2x2, odd sides", 2, 2, 0, 3, (7, 5))):
        x = picture(1, c, *size) - 3
        cases[name] = ("max_pool2d", [x], F.max_pool2d(x.double(), k, s, p),
                       dict(kernel=pair(k), stride=pair(s), padding=pair(p)))
    for corners in (False, True):
        for c, size, scale in ((3, (5, 4), (2, 2)), (16, (3, 5), (2, 2)), (2, (1, 3), (2, 3))):
            x = picture(1, c, *size)
            name = f"upsample {c} channels x{scale[0]},{scale[1]}" + (", corners" if corners else "")
            cases[name] = ("upsample", [x], F.interpolate(x.double(), scale_factor=scale, mode="bilinear",
                                                          align_corners=corners),
                           dict(scale=list(scale), align_corners=corners))
    for name, channels in (("concat", (3, 5)), ("concat of blocks", (16, 16)), ("concat of three", (8, 1, 16))):
        x = [picture(1, c, 4, 5) for c in channels]
        cases[name] = ("concat", x, torch.cat([t.double() for t in x], 1), {})
    x = [picture(1, 5, 4, 7), picture(1, 5, 4, 7)]
    cases["add"] = ("add", x, x[0].double() + x[1].double(), {})

    tensors, listed = {}, []
    for name, (op, inputs, y, attributes) in cases.items():
        listed.append(dict(name=name, op=op, inputs=len(inputs), **attributes))
        tensors[f"{name}.out"] = y.float()
        tensors |= {f"{name}.in.{k}": t for k, t in enumerate(inputs) if t is not None}
    save(HERE / "ops.safetensors", tensors, {"cases": json.dumps(listed)})


def double(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(),
                         nn.Conv2d(o, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU())


class UNet(nn.Module):
    def __init__(self, width=16, depth=3, in_channels=1, out_channels=1, up="transposed", align_corners=True):
        super().__init__()
        c = [width << k for k in range(depth + 1)]
        self.corners = None if up == "transposed" else align_corners
        self.down = nn.ModuleList(double(i, o) for i, o in zip([in_channels] + c, c))
        self.up = nn.ModuleList(nn.ConvTranspose2d(c[k + 1], c[k], 2, 2) if up == "transposed" else
                                nn.Conv2d(c[k + 1], c[k], 1) for k in range(depth))
        self.dec = nn.ModuleList(double(2 * c[k], c[k]) for k in range(depth))
        self.head = nn.Conv2d(width, out_channels, 1)

    def forward(self, x):
        skips = []
        for k, level in enumerate(self.down):
            x = level(F.max_pool2d(x, 2) if k else x)
            skips.append(x)
        for k in reversed(range(len(self.up))):
            if self.corners is not None:
                x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=self.corners)
            x = self.dec[k](torch.cat([skips[k], self.up[k](x)], 1))
        return self.head(x)


def unet(name, dtype, size, **config):
    torch.manual_seed(2)
    net = UNet(**config)
    for m in net.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.momentum = None
            nn.init.uniform_(m.weight, .5, 1.5)
            nn.init.uniform_(m.bias, -.3, .3)
    with torch.no_grad():
        net.train()(torch.randn(2, config.get("in_channels", 1), 64, 64))
        net.eval()
        state = {k: v.to(dtype) if v.is_floating_point() else v for k, v in net.state_dict().items()}
        net.load_state_dict(state)
        x = torch.randn(1, config.get("in_channels", 1), *size)
        y32 = net(x)
        y64 = net.double()(x.double())
        error = (y32.double() - y64).abs().max()
    save(HERE / f"unet-{name}.safetensors", state,
         {"voxel": json.dumps(dict(version=1, architecture="unet", config=config))})
    save(HERE / f"unet-{name}.io.safetensors", {"input": x, "output": y64, "torch_error": error.reshape(1)}, {})


if __name__ == "__main__":
    torch.set_num_threads(1)
    HERE.mkdir(exist_ok=True)
    ops()
    unet("transposed", torch.float32, (24, 40), width=4, depth=2, up="transposed")
    unet("bilinear", torch.bfloat16, (16, 24), width=4, depth=2, in_channels=2, out_channels=3, up="bilinear",
         align_corners=False)
    unet("corners", torch.float16, (16, 24), width=8, depth=1, up="bilinear")
    unet("blocks", torch.float16, (32, 32), width=16, depth=1)
