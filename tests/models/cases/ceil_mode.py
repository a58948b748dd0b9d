# SPDX-License-Identifier: LGPL-2.1-or-later
from torch.nn import functional as F

from . import double, pair, picture


def cases():
    """Windows over the edge, of which PyTorch leaves out those that begin behind it."""
    for k, s, p, c, size in ((3, 2, 0, 17, (8, 9)), (3, 2, 0, 4, (4, 5)), (2, 2, 0, 3, (7, 5)), (3, 3, 1, 8, (6, 10)),
                             (2, 3, 1, 5, (7, 8))):
        x = picture(1, c, *size) - 3
        yield (f"max pool {k}x{k}, stride {s}, padding {p}, ceil, {size[0]}x{size[1]}", "max_pool2d", [x],
               F.max_pool2d(*double(x), k, s, p, ceil_mode=True),
               dict(kernel=pair(k), stride=pair(s), padding=pair(p), ceil_mode=True))
