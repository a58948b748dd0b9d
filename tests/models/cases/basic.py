# SPDX-License-Identifier: LGPL-2.1-or-later
import torch
from torch.nn import functional as F

from . import double, picture


def cases():
    norm = [torch.rand(5) + .5, picture(5), picture(5), torch.rand(5) + .5]
    x = picture(1, 5, 6, 7)
    weight, bias, mean, variance = double(*norm)
    yield ("batch norm", "batch_norm", [x, *norm], F.batch_norm(x.double(), mean, variance, weight, bias, eps=1e-5),
           dict(epsilon=1e-5))
    for name, channels in (("concat", (3, 5)), ("concat of blocks", (16, 16)), ("concat of three", (8, 1, 16))):
        x = [picture(1, c, 4, 5) for c in channels]
        yield name, "concat", x, torch.cat(double(*x), 1), {}
