# SPDX-License-Identifier: LGPL-2.1-or-later
import torch
from torch.nn import functional as F

from . import double, picture

FUNCTIONS = dict(add=torch.add, multiply=torch.mul)
# Of the second operand: squeeze-excite's factors, those of attention gates, and all else that may be repeated.
ONES = dict(channels=(0, 2, 3), pixels=(1,), rows=(1, 3), columns=(1, 2), picture=(0,), value=(0, 1, 2, 3))


def text(shape):
    return "x".join(map(str, shape))


def repeated(shape, ones):
    return [1 if i in ones else n for i, n in enumerate(shape)]


def binary(name):
    def case(what, *shapes, **attributes):
        x = [picture(*shape) for shape in shapes]
        return f"{name}, {what}", name, x, FUNCTIONS[name](*double(*x)), attributes

    for shape in ((2, 5, 4, 3), (1, 16, 3, 5), (3, 1, 5, 3), (1, 24, 2, 3), (5, 32, 1, 1), (3, 5, 7), (4, 16), (7,),
                  (2, 3, 1, 4, 5)):
        yield case(text(shape), shape, shape)
    for shape in ((1, 5, 3, 4), (2, 16, 2, 1)) if name == "add" else ((2, 5, 1, 5), (3, 24, 2, 1), (2, 1, 3, 4)):
        for kind, ones in ONES.items():
            other = repeated(shape, ones)
            yield case(f"{text(shape)} and {kind}", shape, other)
            yield case(f"{kind} and {text(shape)}", other, shape)
            yield case(f"{text(shape)} and a constant's {kind}", shape, other, computed=1)
    yield case("channels and pixels", (2, 16, 1, 1), (2, 1, 3, 5))
    yield case("rows and columns", (2, 3, 4, 1), (1, 3, 1, 5))
    yield case("3x5x7 and 1x5x1", (3, 5, 7), (1, 5, 1))
    yield case("3x1x7 and 1x5x1", (3, 1, 7), (1, 5, 1))
    yield case("2x3x2x4x5 and 1x3x1x4x1", (2, 3, 2, 4, 5), (1, 3, 1, 4, 1))
    yield case("1x2x3x2x2x3 and 2x1x3x1x2x1", (1, 2, 3, 2, 2, 3), (2, 1, 3, 1, 2, 1))


def activations():
    for name, func, attributes in (("relu", F.relu, {}), ("sigmoid", torch.sigmoid, {}), ("silu", F.silu, {}),
                                   ("gelu", F.gelu, {}),
                                   ("leaky_relu", lambda x: F.leaky_relu(x, .125), dict(slope=.125))):
        for shape in ((1, 3, 5, 7), (2, 16, 4, 3), (3, 24, 1, 5), (5, 1, 2, 2)):
            x = picture(*shape) * 4
            yield f"{name} {text(shape)}", name, [x], func(x.double()), attributes


def cases():
    yield from binary("add")
    yield from binary("multiply")
    yield from activations()
