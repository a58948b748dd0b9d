# SPDX-License-Identifier: LGPL-2.1-or-later
"""Masks that C and Python make alike: see random-mask.h."""
import numpy as np


class Random:
    def __init__(self, seed):
        self.state = seed

    def next(self, below):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % below


def random_mask(seed, shape, balls, specks):
    """A bool array of this shape (z, y, x)."""
    random = Random(seed)
    mask = np.zeros(shape, bool)
    grid = np.indices(shape)
    for _ in range(balls):
        centre = [random.next(n) for n in shape]
        square = random.next(40)
        mask |= sum((g - c) ** 2 for g, c in zip(grid, centre)) <= square
    for _ in range(specks):
        at = tuple(random.next(n) for n in shape)
        mask[at] = not mask[at]
    return mask
