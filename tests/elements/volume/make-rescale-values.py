#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes rescale-values.h beside this file: what OpenCV makes of a small volume, and PyTorch of a slice that shrinks.

Needs numpy, cv2 and torch. OpenCV resamples rows and columns, then slices; PyTorch's bicubic with antialias=True.
"""
import pathlib

import cv2
import numpy as np
import torch

HEAD = """/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made by make-rescale-values.py. */
/* clang-format off */
#pragma once

"""
SCALE, SHRINK = 1.26, .4


def made(shape):
    z, y, x = np.indices(shape)
    return ((z * 7919 + y * 104729 + x * 1299709 + z * y * x * 31) % 65536).astype(np.float32)


def opencv(volume, way):
    slices = np.stack([cv2.resize(s, None, fx=SCALE, fy=SCALE, interpolation=way) for s in volume])
    return np.stack([cv2.resize(slices[:, y], None, fx=1, fy=SCALE, interpolation=way) for y in range(slices.shape[1])], 1)


def pytorch(picture):
    return torch.nn.functional.interpolate(torch.from_numpy(picture)[None, None], scale_factor=SHRINK, mode="bicubic",
                                           antialias=True, recompute_scale_factor=False)[0, 0].numpy()


def table(name, values):
    flat = np.floor(np.clip(values, 0, 65535) + .5).astype(int).ravel()
    rows = [", ".join(map(str, flat[i:i + 16])) for i in range(0, len(flat), 16)]
    return f"static const guint16 {name}[] = {{\n  " + ",\n  ".join(rows) + "\n};\n\n"


volume = made((5, 6, 7))
text = HEAD + table("opencv_cubic", opencv(volume, cv2.INTER_CUBIC)) + table("opencv_linear", opencv(volume, cv2.INTER_LINEAR))
text += table("pytorch_smaller", pytorch(made((1, 30, 40))[0]))
pathlib.Path(__file__).with_name("rescale-values.h").write_text(text.rstrip() + "\n")
