# SPDX-License-Identifier: LGPL-2.1-or-later
"""A U-Net's model file without PyTorch: seeded weights that keep activations in range."""
import array
import math
import random

import harness


def shapes(width, depth):
    """Name, shape and kind of every tensor, as models/architectures/unet.c reads them."""
    c = [width << k for k in range(depth + 1)]

    def double(name, i, o):
        for n, (a, b) in ((0, (i, o)), (3, (o, o))):
            yield f"{name}.{n}.weight", (b, a, 3, 3), "weight"
            for kind in ("weight", "bias", "running_mean", "running_var"):
                yield f"{name}.{n + 1}.{kind}", (b,), kind if kind.startswith("running") else "bn_" + kind

    for k in range(depth + 1):
        yield from double(f"down.{k}", c[k - 1] if k else 1, c[k])
    for k in range(depth):
        yield f"up.{k}.weight", (c[k + 1], c[k], 2, 2), "up"
        yield f"up.{k}.bias", (c[k],), "bn_bias"
        yield from double(f"dec.{k}", 2 * c[k], c[k])
    yield "head.weight", (1, width, 1, 1), "weight"
    yield "head.bias", (1,), "bn_bias"


def tensors(width, depth, seed):
    """{name: (shape, array of floats)}"""
    r = random.Random(seed)
    weights = {}
    for name, shape, kind in shapes(width, depth):
        n = math.prod(shape)
        fan_in = shape[0] if kind == "up" else math.prod(shape[1:])
        spread = {"weight": math.sqrt(6 / fan_in), "up": math.sqrt(3 / fan_in)}.get(kind, .1)
        middle = {"bn_weight": 1, "running_var": 1}.get(kind, 0)
        weights[name] = shape, array.array("f", [middle + spread * (2 * r.random() - 1) for _ in range(n)])
    return weights


def write(path, width, depth, seed):
    harness.write_model(path, "unet", {"width": width, "depth": depth}, tensors(width, depth, seed))
