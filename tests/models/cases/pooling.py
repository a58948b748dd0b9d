# SPDX-License-Identifier: LGPL-2.1-or-later
from torch.nn import functional as F

from . import double, pair, picture

SHAPES = ((1, 3, 7, 6), (2, 16, 4, 4), (1, 24, 4, 4), (5, 1, 4, 5))


def windows():
    for i, (k, s, p) in enumerate(((2, 2, 0), (3, 2, 1), (3, 1, 1), ((2, 3), (2, 1), (0, 1)), (4, 3, 2))):
        for shape in (SHAPES[i % 4], SHAPES[(i + 1) % 4]):
            x = picture(*shape) - 3
            what = f"{'x'.join(map(str, pair(k)))}, stride {s}, padding {p}, {'x'.join(map(str, shape))}"
            attributes = dict(kernel=pair(k), stride=pair(s), padding=pair(p))
            yield f"max pool {what}", "max_pool2d", [x], F.max_pool2d(x.double(), k, s, p), attributes
            for count in (False, True) if p else (False,):
                yield (f"avg pool {what}" + (", padding counts" if count else ""), "avg_pool2d", [x],
                       F.avg_pool2d(x.double(), k, s, p, count_include_pad=count), dict(attributes, count_padding=count))


def pads():
    for mode, name in (("constant", "zero"), ("reflect", "reflect"), ("replicate", "replicate")):
        for before, after in (((1, 1), (1, 1)), ((0, 2), (3, 0)), ((3, 0), (2, 3))):
            for shape in SHAPES[:2] if mode == "constant" else SHAPES[2:]:
                x = picture(*shape)
                y = F.pad(x.double(), (before[1], after[1], before[0], after[0]), mode=mode)
                yield (f"pad {name} {before} {after}, {'x'.join(map(str, shape))}", "pad", [x], y,
                       dict(before=list(before), after=list(after), mode=name))


def upsamples():
    for scale in ((2, 2), (1, 3), (3, 1)):
        for n, c, h, w in ((1, 3, 5, 4), (2, 16, 2, 1), (1, 24, 1, 2), (3, 1, 3, 4), (1, 7, 1, 1)):
            x = picture(n, c, h, w)
            name = f"upsample {n}x{c}x{h}x{w} x{scale[0]},{scale[1]}"
            yield (f"{name}, nearest", "upsample", [x], F.interpolate(x.double(), scale_factor=scale, mode="nearest"),
                   dict(scale=list(scale), nearest=True))
            for corners in (False, True):
                y = F.interpolate(x.double(), scale_factor=scale, mode="bilinear", align_corners=corners)
                yield (name + (", corners" if corners else ""), "upsample", [x], y,
                       dict(scale=list(scale), align_corners=corners))


def cases():
    yield from windows()
    for shape in ((1, 3, 1, 1), (2, 16, 8, 5), (5, 24, 3, 7), (1, 1, 33, 65), (1, 4, 70, 3)):
        x = picture(*shape) + 1
        yield (f"global avg pool {'x'.join(map(str, shape))}", "global_avg_pool2d", [x],
               x.double().mean((2, 3), keepdim=True), {})
    yield from pads()
    yield from upsamples()
