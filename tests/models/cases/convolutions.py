# SPDX-License-Identifier: LGPL-2.1-or-later
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


def cases():
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
