# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes that a real scanner could have made, for networks that shall do well on stacks of another kind than those
they learn from."""
import numpy as np
import torch
from scipy import ndimage
from torch.nn import functional as F


def gamma(pixels, random):
    """Of a slice before its z-score, p .75: exponent .5 to 2 of intensities from 0 to 1."""
    if random.random() > .75:
        return pixels
    return (pixels / 65535.) ** np.exp(random.uniform(-.7, .7)) * 65535


def zoomed(side, random):
    """Side of the crop that is resized to @side, p .5: structures become .7 to 1.4 times as large."""
    return side if random.random() > .5 else int(round(side / np.exp(random.uniform(-.35, .35))))


def resize(image, label, side):
    if image.shape[0] == side:
        return image, label
    pair = torch.from_numpy(np.stack([image, label]).astype(np.float32))[None]
    pair = F.interpolate(pair, (side, side), mode="bilinear", antialias=True)[0].numpy()
    return pair[0], pair[1] > .5


def blur_and_noise(image, random):
    """Each with p .5: Gaussian of up to 1.2 pixels, noise of up to .4 of the slice's deviation."""
    if random.random() < .5:
        image = ndimage.gaussian_filter(image, random.uniform(0, 1.2))
    if random.random() < .5:
        image = image + random.normal(0, random.uniform(0, .4), image.shape)
    return image
