# SPDX-License-Identifier: LGPL-2.1-or-later
import torch
from torch.nn import functional as F

from . import double, pair, picture


def cases():
    norm = [torch.rand(5) + .5, picture(5), picture(5), torch.rand(5) + .5]
    x = picture(1, 5, 6, 7)
    weight, bias, mean, variance = double(*norm)
    yield ("batch norm", "batch_norm", [x, *norm], F.batch_norm(x.double(), mean, variance, weight, bias, eps=1e-5),
           dict(epsilon=1e-5))
    x = picture(1, 5, 6, 7)
    yield "relu", "relu", [x], F.relu(x.double()), {}
    x = picture(1, 3, 5, 7) * 8
    yield "sigmoid", "sigmoid", [x], torch.sigmoid(x.double()), {}
    for name, k, s, p, c, size in (("max pool 2x2", 2, 2, 0, 5, (6, 8)), ("max pool 3x3, stride 2", 3, 2, 1, 16, (7, 9)),
                                   ("max pool 2x2, odd sides", 2, 2, 0, 3, (7, 5))):
        x = picture(1, c, *size) - 3
        yield (name, "max_pool2d", [x], F.max_pool2d(x.double(), k, s, p),
               dict(kernel=pair(k), stride=pair(s), padding=pair(p)))
    for corners in (False, True):
        for c, size, scale in ((3, (5, 4), (2, 2)), (16, (3, 5), (2, 2)), (2, (1, 3), (2, 3))):
            x = picture(1, c, *size)
            name = f"upsample {c} channels x{scale[0]},{scale[1]}" + (", corners" if corners else "")
            y = F.interpolate(x.double(), scale_factor=scale, mode="bilinear", align_corners=corners)
            yield name, "upsample", [x], y, dict(scale=list(scale), align_corners=corners)
    for name, channels in (("concat", (3, 5)), ("concat of blocks", (16, 16)), ("concat of three", (8, 1, 16))):
        x = [picture(1, c, 4, 5) for c in channels]
        yield name, "concat", x, torch.cat(double(*x), 1), {}
    x = [picture(1, 5, 4, 7), picture(1, 5, 4, 7)]
    yield "add", "add", x, x[0].double() + x[1].double(), {}
