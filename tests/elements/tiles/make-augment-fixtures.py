#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small pictures moved by albumentations 2.0.8 and OpenCV, for augment-geometry.c: fixtures/geometry-*.pgm.

    make-augment-fixtures.py        (needs albumentations==2.0.8, which brings numpy and cv2)

The numbers here stand in augment-geometry.c too. Outside of the picture is its reflection, which albumentations
calls BORDER_REFLECT_101 and has not as its default.
"""
import os
from pathlib import Path

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
import albumentations as A
import albumentations.augmentations.geometric.functional as F
import cv2
import numpy as np

HERE = Path(__file__).parent / "fixtures"
WIDTH, HEIGHT = 64, 48
STEPS_X, STEPS_Y = [1.3, .7, 1.1, .8, 1.2, .9], [.75, 1.25, .9, 1.1, 1.3, .7]
ANGLE = 30


def save(name, picture):
    rows, columns = picture.shape
    most = 255 if picture.dtype == np.uint8 else 65535
    (HERE / f"geometry-{name}.pgm").write_bytes(b"P5\n%d %d\n%d\n" % (columns, rows, most) +
                                               picture.astype(picture.dtype.newbyteorder(">")).tobytes())


def distort(picture, interpolation):
    steps = F.normalize_grid_distortion_steps((HEIGHT, WIDTH), 5, list(STEPS_X), list(STEPS_Y))
    x, y = F.generate_grid((HEIGHT, WIDTH), steps["steps_x"], steps["steps_y"], 5)
    return F.remap(picture, x, y, interpolation, cv2.BORDER_REFLECT_101)


def rotate(picture, interpolation):
    return A.Rotate(limit=(ANGLE, ANGLE), interpolation=interpolation, mask_interpolation=interpolation,
                    border_mode=cv2.BORDER_REFLECT_101, p=1)(image=picture)["image"]


def measure_elastic(alpha, sigma, side=256, fields=24):
    """Deviation of displacements and their correlation sigma and 2 sigma apart, away from the borders."""
    random, inside = np.random.default_rng(1), slice(3 * sigma, side - 3 * sigma)
    all_fields = []
    for _ in range(fields):
        all_fields += F.generate_displacement_fields((side, side), alpha, sigma, same_dxdy=False, kernel_size=(0, 0),
                                                     random_generator=random, noise_distribution="gaussian")
    d = np.array(all_fields)[:, inside, inside]
    apart = [(d[:, :, n:] * d[:, :, :-n]).mean() / (d ** 2).mean() for n in (sigma, 2 * sigma)]
    return d.std(), *apart


random = np.random.default_rng(7)
noise = cv2.GaussianBlur(random.normal(size=(HEIGHT, WIDTH)), (0, 0), 1.5)
image = np.clip(128 + 300 * noise, 0, 255).astype(np.uint8)
deep = np.clip(32768 + 76800 * noise, 0, 65535).astype(np.uint16)
label = np.where(cv2.GaussianBlur(random.normal(size=(HEIGHT, WIDTH)), (0, 0), 3) > 0, 255, 0).astype(np.uint8)
HERE.mkdir(exist_ok=True)
save("image", image)
save("deep", deep)
save("label", label)
for scale in (.8, 1.25):
    save(f"scale-{scale * 100:.0f}", F.scale(image, scale, cv2.INTER_CUBIC))
    save(f"scale-{scale * 100:.0f}-deep", F.scale(deep, scale, cv2.INTER_CUBIC))
save("grid", distort(image, cv2.INTER_LINEAR))
save("grid-deep", distort(deep, cv2.INTER_LINEAR))
save("grid-label", distort(label, cv2.INTER_NEAREST))
save("rotate", rotate(image, cv2.INTER_LINEAR))
save("rotate-cubic", rotate(image, cv2.INTER_CUBIC))
save("rotate-cubic-deep", rotate(deep, cv2.INTER_CUBIC))
save("rotate-label", rotate(label, cv2.INTER_NEAREST))
for turns in range(4):
    save(f"turn-{turns}", F.rot90(image, turns))
save("flip-horizontal", A.HorizontalFlip(p=1)(image=image)["image"])
save("flip-vertical", A.VerticalFlip(p=1)(image=image)["image"])
(HERE / "geometry-elastic.txt").write_text("# alpha, sigma; deviation; correlation sigma and 2 sigma apart\n" + "".join(
    "%g %g %.4f %.3f %.3f\n" % (alpha, sigma, *measure_elastic(alpha, sigma)) for alpha, sigma in [(120, 6), (600, 12)]))
