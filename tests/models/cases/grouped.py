# SPDX-License-Identifier: LGPL-2.1-or-later
from .convolutions import conv


def cases():
    # Channels a group, groups (odd ones fill no vector), picture; groups of more channels: tests/models/convolutions.c.
    shapes = [(1, 5, (3, 4)), (1, 32, (3, 7)), (2, 3, (4, 9)), (2, 9, (3, 11)), (3, 4, (6, 5)), (4, 1, (5, 37)),
              (4, 5, (5, 9)), (8, 3, (4, 11)), (16, 2, (3, 4))]
    for n, groups, size in shapes:
        for stride in (1, 2):
            yield conv(f"{groups} groups of {n}, {size[0]}x{size[1]}, stride {stride}", n * groups, n * groups, size, 3,
                       stride=stride, padding=1, groups=groups)
    for width in (1, 2, 3, 5, 8, 10, 11, 15, 16, 17, 32, 37):
        yield conv(f"4 groups of 4, width {width}", 16, 16, (1, width), 3, padding=1, groups=4, stride=(1, 1 + width % 2))
    for height in (2, 19):
        for stride in (1, 2):
            yield conv(f"2 groups of 8, height {height}, stride {stride}", 16, 16, (height, 3), 3, padding=1, groups=2,
                       stride=(stride, 1))
    yield conv("groups without padding", 16, 16, (7, 9), 3, groups=4)
    yield conv("groups with wide padding", 16, 16, (4, 5), 3, padding=(3, 2), groups=4)
    yield conv("groups with padding over rows alone", 16, 16, (4, 5), 3, padding=(1, 0), groups=2)
    yield conv("groups without bias", 32, 32, (5, 6), 3, padding=1, groups=8, bias=False)
    yield conv("groups of three pictures", 16, 16, (4, 6), 3, padding=1, groups=4, n=3)
    yield conv("groups that widen", 8, 64, (5, 6), 3, padding=1, groups=2)
    yield conv("groups that narrow", 32, 16, (5, 6), 3, padding=1, groups=2)
    yield conv("groups that narrow to less than a vector", 32, 8, (5, 6), 3, padding=1, groups=4)
    yield conv("groups, 5x5", 8, 8, (7, 6), 5, padding=2, groups=2)
    yield conv("groups, stride 3", 16, 16, (10, 11), 3, padding=1, groups=4, stride=3)
    yield conv("groups, dilated", 16, 16, (7, 9), 3, padding=2, dilation=2, groups=4)
