# SPDX-License-Identifier: LGPL-2.1-or-later
import itertools

from torch.nn import functional as F

from . import double, pair, picture


def conv(name, i, o, size, kernel, stride=1, padding=0, dilation=1, groups=1, bias=True, n=1, transposed=False):
    k = pair(kernel)
    x = picture(n, i, *size)
    w = picture(*((i, o // groups) if transposed else (o, i // groups)), *k) / (i // groups * k[0] * k[1]) ** .5
    b = picture(o) if bias else None
    d = double(x, w, b)
    if transposed:
        y = F.conv_transpose2d(*d, stride=pair(stride), padding=pair(padding), groups=groups)
    else:
        y = F.conv2d(*d, stride=pair(stride), padding=pair(padding), dilation=pair(dilation), groups=groups)
    return (name, "conv_transpose2d" if transposed else "conv2d", [x, w, b], y,
            dict(stride=pair(stride), padding=pair(padding), dilation=pair(dilation), groups=groups))


ACTIVATIONS = {"relu": F.relu, "sigmoid": F.sigmoid, "silu": F.silu, "gelu": F.gelu,
               "leaky_relu": lambda y: F.leaky_relu(y, .2)}


def dense(i, o, size, kernel, stride=1, padding=None, n=1, sum=False, activation=None):
    """A dense convolution, perhaps with a summand made by other weights and an activation behind it."""
    padding = kernel // 2 if padding is None else padding
    name = f"dense {i} to {o}, {kernel}x{kernel} by {stride}, {n}x{size[0]}x{size[1]}" \
        + (", summed" if sum else "") + (f", {activation}" if activation else "")
    name, op, inputs, y, described = conv(name, i, o, size, kernel, stride, padding, n=n)
    if sum:
        w = picture(o, i, kernel, kernel) / (i * kernel * kernel) ** .5
        y = y + F.conv2d(*double(inputs[0], w), stride=stride, padding=padding)
        described["sum"] = w
    if activation:
        y = ACTIVATIONS[activation](y)
        described |= dict(activation=activation, slope=.2)
    return name, op, inputs, y, described


def grid():
    """Kernels, strides, channels and pictures of every kind, none of them combined with all others."""
    channels, sizes = [1, 3, 5, 16, 17, 33, 64], [(1, 1), (3, 2), (5, 4), (3, 7), (1, 17)]
    combined = itertools.product((1, 3, 5, 7), (1, 2, 4), channels, channels)
    small = ((k, s, i, o) for k, s, i, o in combined if i * o * k * k < 900)
    for at, (kernel, stride, i, o) in enumerate(itertools.islice(small, 0, None, 19)):
        size = sizes[at % 5]
        n = min(at % 5 + 1, max(1, 300 // (max(i, o) * size[0] * size[1])))
        yield dense(i, o, size, kernel, stride, n=n, sum=at % 4 == 1, activation=[None, *ACTIVATIONS][at % 6])
    yield dense(17, 33, (3, 17), 3, 2, activation="relu")
    yield dense(33, 17, (4, 16), 1, sum=True)
    yield dense(16, 16, (6, 9), 3, sum=True, activation="relu")
    for kernel in (2, 4, 8):
        yield dense(5, 3, (3 * kernel + 1, 2 * kernel), kernel, kernel, padding=0)
    for i, o, kernel in ((16, 1, 3), (33, 3, 3), (40, 1, 1)):
        yield dense(i, o, (3, 37), kernel, activation="sigmoid")


def cases():
    yield from grid()
    yield conv("conv 3x3", 3, 5, (9, 11), 3, padding=1)
    yield conv("conv 3x3 without bias", 1, 16, (8, 8), 3, padding=1, bias=False)
    yield conv("conv 3x3, blocks of channels", 16, 16, (6, 10), 3, padding=1)
    yield conv("conv 3x3 without padding", 8, 8, (7, 5), 3)
    yield conv("conv 3x3 of one pixel", 8, 8, (1, 1), 3, padding=1)
    yield conv("conv 1x1", 16, 3, (5, 7), 1)
    yield conv("conv 5x5, stride 2", 4, 6, (13, 10), 5, stride=2, padding=2)
    yield conv("conv 3x1, strides 1 and 2", 4, 6, (9, 10), (3, 1), stride=(1, 2), padding=(1, 0))
    yield conv("conv dilated", 4, 4, (12, 9), 3, padding=2, dilation=2)
    yield conv("conv of 2 groups", 6, 4, (7, 8), 3, padding=1, groups=2)
    yield conv("conv of a group a channel", 8, 8, (7, 8), 3, padding=1, groups=8)
    yield conv("conv of two pictures", 3, 4, (6, 5), 3, padding=1, n=2)
    yield conv("up-convolution 2x2", 6, 3, (5, 7), 2, stride=2, transposed=True)
    yield conv("up-convolution 2x2, blocks of channels", 16, 8, (4, 6), 2, stride=2, transposed=True)
    yield conv("up-convolution 2x2 without bias", 4, 4, (3, 3), 2, stride=2, bias=False, transposed=True)
    yield conv("up-convolution 3x3", 4, 5, (5, 6), 3, stride=2, padding=1, transposed=True)
    yield conv("up-convolution of 2 groups", 4, 6, (5, 4), 4, stride=2, padding=1, groups=2, transposed=True)
