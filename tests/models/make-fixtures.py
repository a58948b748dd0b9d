#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes tests/models/fixtures with PyTorch: what each operator and small networks give in double precision.

    python3 tests/models/make-fixtures.py [FAMILY or NETWORK or ARCHITECTURE]...

ops/FAMILY.safetensors  cases of single operators (cases/FAMILY.py): CASE.in.K, CASE.out and their attributes as JSON
                        in the metadata; CASE.sum are weights of a convolution that is added
networks/*.safetensors  whole networks (networks/ARCHITECTURE.py): architecture, configuration, sides of the picture and
                        shapes of the weights as JSON in the metadata; output in double, and PyTorch's own errors:
                        the largest at fp32, the mean at bf16
initial.safetensors     networks as PyTorch begins them: of each tensor mean, deviation and kurtosis, as JSON in the
                        metadata (networks/initial.py)
unet-*.safetensors  model files
unet-*.io.safetensors  input, output in double, and the largest error of PyTorch's own fp32 result
"""
import copy
import importlib
import json
import pathlib
import struct
import sys

import torch
from torch import nn

from networks import fill, picture
from networks.initial import statistics
from networks.unet import UNet

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


def operators(family):
    torch.manual_seed(1)
    tensors, listed = {}, []
    for name, op, inputs, y, attributes in importlib.import_module(f"cases.{family}").cases():
        tensors |= {f"{name}.{k}": attributes.pop(k) for k in ("sum",) if k in attributes}
        listed.append(dict(name=name, op=op, inputs=len(inputs), **attributes))
        tensors[f"{name}.out"] = y.float()
        tensors |= {f"{name}.in.{k}": t for k, t in enumerate(inputs) if t is not None}
    save(HERE / "ops" / f"{family}.safetensors", tensors, {"cases": json.dumps(listed)})


def initial():
    torch.manual_seed(3)
    save(HERE / "initial.safetensors", {}, {"networks": json.dumps(statistics())})


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


def networks(architecture):
    for name, config, net, height, width in importlib.import_module(f"networks.{architecture}").networks():
        shapes = fill(net.eval())
        described = dict(architecture=architecture.replace("_", "-"), config=config, height=height, width=width,
                         parameters=sum(p.numel() for p in net.parameters()), tensors=shapes)
        first = next(p for p in net.parameters() if p.dim() == 4)
        x = picture(first.shape[1], height, width)
        with torch.no_grad():
            y32, y16 = net(x), copy.deepcopy(net).bfloat16()(x.bfloat16())
            y64 = net.double()(x.double())
        errors = [(y32 - y64).abs().max(), (y16 - y64).abs().mean()]
        print(name, [float(e / y64.abs().max()) for e in errors], float(y64.abs().max()), float(y64.std()))
        save(HERE / "networks" / f"{name}.safetensors", {"output": y64, "torch_errors": torch.stack(errors)},
             {"network": json.dumps(described)})


NETWORKS = {
    "initial": initial,
    "unet-transposed": lambda: unet("transposed", torch.float32, (24, 40), width=4, depth=2, up="transposed"),
    "unet-bilinear": lambda: unet("bilinear", torch.bfloat16, (16, 24), width=4, depth=2, in_channels=2, out_channels=3,
                                  up="bilinear", align_corners=False),
    "unet-corners": lambda: unet("corners", torch.float16, (16, 24), width=8, depth=1, up="bilinear"),
    "unet-blocks": lambda: unet("blocks", torch.float16, (32, 32), width=16, depth=1),
}
FAMILIES = sorted(p.stem for p in (HERE.parent / "cases").glob("[a-z]*.py"))
ARCHITECTURES = ["attention_unet", "smp_unet"]

if __name__ == "__main__":
    torch.set_num_threads(1)
    (HERE / "ops").mkdir(parents=True, exist_ok=True)
    (HERE / "networks").mkdir(exist_ok=True)
    for wanted in sys.argv[1:] or [*FAMILIES, *NETWORKS, *ARCHITECTURES]:
        if wanted in NETWORKS:
            NETWORKS[wanted]()
        else:
            (networks if wanted in ARCHITECTURES else operators)(wanted)
