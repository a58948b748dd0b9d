#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pictures of make-augment-fixtures.py with other intensities, by albumentations 2.0.8 and OpenCV, for
augment-tones.c: fixtures/tone-*.pgm.

    make-tone-fixtures.py        (needs albumentations==2.0.8, which brings numpy and cv2)

The numbers here stand in augment-tones.c too. Those named "exact", and deep ones, are computed in double and
rounded; albumentations cuts off what is behind the point.
"""
import os
from pathlib import Path

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
import albucore
import albumentations.augmentations.blur.functional as B
import albumentations.augmentations.pixel.functional as P
import cv2
import numpy as np

HERE = Path(__file__).parent / "fixtures"
# size, angle, direction, shift in x and in y of half the line's length
MOTIONS = [(3, 0, 0, 0, 0), (5, 30, -.5, 0, 0), (7, 100, .3, .7, -.4), (7, 225, 1, -1, 1)]


def load(name):
    header, rows = (HERE / f"{name}.pgm").read_bytes().split(b"\n", 3)[1:3], (HERE / f"{name}.pgm").read_bytes()
    width, height = map(int, header[0].split())
    kind = np.dtype(np.uint8 if int(header[1]) < 256 else ">u2")
    return np.frombuffer(rows[-width * height * kind.itemsize:], kind).reshape(height, width).astype(kind.newbyteorder("="))


def save(name, picture):
    most = 255 if picture.dtype == np.uint8 else 65535
    (HERE / f"tone-{name}.pgm").write_bytes(b"P5\n%d %d\n%d\n" % (*picture.shape[::-1], most) +
                                          picture.astype(picture.dtype.newbyteorder(">")).tobytes())


def rounded(values, like):
    return np.clip(np.floor(values + .5), 0, np.iinfo(like.dtype).max).astype(like.dtype)


class Shift:
    """Stands for the random numbers that albumentations asks for."""
    def __init__(self, *numbers):
        self.numbers = list(numbers)

    def uniform(self, low, high):
        return self.numbers.pop(0)


image, deep = load("geometry-image"), load("geometry-deep")
for gamma in (.8, 1.2):
    save(f"gamma-{gamma * 10:.0f}", P.gamma_transform(image, gamma))
    save(f"gamma-{gamma * 10:.0f}-deep", rounded((deep / 65535) ** gamma * 65535, deep))
save("line", albucore.multiply_add(image, 1.15, -.1 * 255))
save("line-deep", rounded(deep * 1.15 - .1 * 65535, deep))
save("invert", P.invert(image))
for sigma in (.5, 1.3, 2.8):
    kernel = B.create_gaussian_kernel_1d(sigma)
    save(f"blur-{sigma * 10:.0f}", P.separable_convolve(image, kernel))
    save(f"blur-{sigma * 10:.0f}-exact", rounded(cv2.sepFilter2D(image.astype(float), -1, kernel, kernel), image))
    save(f"blur-{sigma * 10:.0f}-deep", rounded(cv2.sepFilter2D(deep.astype(float), -1, kernel, kernel), deep))
for n, (size, angle, direction, x, y) in enumerate(MOTIONS):
    kernel = B.create_motion_kernel(size, angle, direction, True, Shift(x, y))
    save(f"motion-{n}", P.convolve(image, kernel / kernel.sum()))
    save(f"motion-{n}-deep", rounded(cv2.filter2D(deep.astype(float), -1, kernel.astype(float)) / kernel.sum(), deep))
