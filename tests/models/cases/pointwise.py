# SPDX-License-Identifier: LGPL-2.1-or-later
import torch
from torch.nn import functional as F

from . import double, picture

FUNCTIONS = dict(add=torch.add, multiply=torch.mul)
# Of the second operand: squeeze-excite's factors, those of attention gates, and all else that may be repeated.
ONES = dict(channels=(0, 2, 3), pixels=(1,), rows=(1, 3), columns=(1, 2), picture=(0,), value=(0, 1, 2, 3))


def binary(name):
    for shape in ((1, 5, 4, 7), (1, 16, 3, 5), (1, 1, 5, 3), (1, 24, 2, 3), (1, 64, 1, 1)):
        x = [picture(*shape), picture(*shape)]
        yield f"{name}, {'x'.join(map(str, shape))}", name, x, FUNCTIONS[name](*double(*x)), {}
    for shape in ((1, 5, 3, 7), (2, 16, 3, 2), (3, 24, 2, 2), (2, 1, 3, 4)):
        for kind, ones in ONES.items():
            other = [1 if i in ones else n for i, n in enumerate(shape)]
            x = [picture(*shape), picture(*other)]
            yield (f"{name}, {'x'.join(map(str, shape))} and a constant's {kind}", name, x,
                   FUNCTIONS[name](*double(*x)), dict(computed=1))


def activations():
    for name, func, attributes in (("relu", F.relu, {}), ("sigmoid", torch.sigmoid, {}), ("silu", F.silu, {}),
                                   ("gelu", F.gelu, {}),
                                   ("leaky_relu", lambda x: F.leaky_relu(x, .125), dict(slope=.125))):
        for shape in ((1, 3, 5, 7), (2, 16, 4, 3), (3, 24, 1, 5), (5, 1, 2, 2)):
            x = picture(*shape) * 4
            yield f"{name} {'x'.join(map(str, shape))}", name, [x], func(x.double()), attributes


def cases():
    yield from binary("add")
    yield from binary("multiply")
    yield from activations()
