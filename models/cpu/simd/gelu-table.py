#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the tables of gelu.h: polynomials for what lies between the normal distribution's Phi(x) and 1/2, piece by
piece: interpolated at Chebyshev nodes, which is within a hair of the best."""
import math

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial


def pieces(n, width, degree):
    phi = np.vectorize(lambda x: math.erf(x / math.sqrt(2)) / 2)
    for k in range(n):
        series = Chebyshev.interpolate(lambda s: phi((k + s / 2) * width), degree).convert(kind=Polynomial)
        coefficients = series.coef / (width / 2) ** np.arange(degree + 1)
        if k == 0:
            coefficients[::2] = 0  # odd around 0
        yield coefficients


for n, width, degree in (16, .375, 5), (8, .78125, 6):
    print(f"/* {n} pieces of {width} */")
    for power in np.array(list(pieces(n, width, degree))).T:
        print("    {" + ", ".join(f"{np.float32(c):.9g}f" for c in power) + "},")
