# SPDX-License-Identifier: LGPL-2.1-or-later
"""How far thresholds get on phantoms: python phantom_difficulty.py FOLDER…, each made by `voxel phantom`.

Prints, for the best of many thresholds, the surface dice of the raw intensities and of those after a background is
subtracted (a Gaussian of 12 voxels from one of .7)."""
import pathlib
import sys

import numpy as np
import tifffile
from scipy import ndimage

from surface_dice import surface_dice


def read(folder):
    return np.stack([tifffile.imread(f) for f in sorted(pathlib.Path(folder).glob("*.tif"))])


def best_threshold(image, truth):
    percent = np.concatenate([np.linspace(60, 99, 27), np.linspace(99.2, 99.8, 4)])
    return max(surface_dice(truth, image > t) for t in np.percentile(image, percent))


if __name__ == "__main__":
    for folder in map(pathlib.Path, sys.argv[1:]):
        image, truth = read(folder / "images").astype(np.float32), read(folder / "labels") > 0
        flat = ndimage.gaussian_filter(image, .7) - ndimage.gaussian_filter(image, 12)
        print(f"{folder}: vessel {100 * truth.mean():.2f} %, threshold {best_threshold(image, truth):.3f}, "
              f"after background subtraction {best_threshold(flat, truth):.3f}", flush=True)
