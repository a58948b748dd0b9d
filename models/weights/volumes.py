# SPDX-License-Identifier: LGPL-2.1-or-later
"""Volumes for training and scoring, prepared as the elements prepare them for inference."""
import pathlib

import numpy as np
import tifffile

# Volume (z, y, x) with the slices of an axis first: y has rows x and columns z, x has rows z and columns y.
ORDER = {"z": (0, 1, 2), "y": (1, 2, 0), "x": (2, 0, 1)}


def read(path):
    """A folder of slices or a multi-page file."""
    path = pathlib.Path(path)
    if path.is_dir():
        return np.stack([tifffile.imread(f) for f in sorted(path.glob("*.tif"))])
    return np.atleast_3d(tifffile.imread(path))


def read_pair(text):
    """IMAGES:LABELS, or the folder of a phantom. Returns intensities stretched from their .1 and 99.9 percentiles to 16
    bits, and the mask."""
    images, labels = text.split(":") if ":" in text else (f"{text}/images", f"{text}/labels")
    image, label = read(images).astype(np.float32), read(labels) > 0
    if image.shape != label.shape:
        raise SystemExit(f"{images} is {image.shape}, {labels} is {label.shape}")
    low, high = np.percentile(image, (.1, 99.9))
    return np.round(np.clip((image - low) / (high - low), 0, 1) * 65535).astype(np.uint16), label


def preprocess(pixels, mean=None, stddev=None):
    """Z-score by the slice that a tile was cut from, else of all pixels, then a soft clip."""
    v = pixels.astype(np.float64)
    v = (v - (v.mean() if mean is None else mean)) / ((v.std() if stddev is None else stddev) + 1e-6)
    v = np.where(v > 5, 5 + (v - 5) / 1000, np.where(v < -3, -3 + (v + 3) / 1000, v))
    return v.astype(np.float32)


def slices(volume, axis):
    return volume.transpose(ORDER[axis])


def back(volume, axis):
    return volume.transpose(np.argsort(ORDER[axis]))
