#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes run-length-values.h and surface-dice-values.h beside this file.

usage: make-values.py SURFACE_DISTANCE

SURFACE_DISTANCE: a checkout of https://github.com/google-deepmind/surface-distance. Needs numpy and
scipy. The run lengths are those of the encoder that Kaggle's submissions of this competition use, written
with numpy; the surface values are what compute_surface_distances() and
compute_surface_dice_at_tolerance(…, 0) return.
"""
import pathlib
import sys

import numpy as np

from random_masks import Random, random_mask

HERE = pathlib.Path(__file__).parent
HEAD = """/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made by make-values.py. */
/* clang-format off */
#pragma once

"""


def run_length(mask):
    pixels = np.concatenate([[0], mask.ravel().astype(int), [0]])
    changes = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    changes[1::2] -= changes[::2]
    return " ".join(map(str, changes)) or "1 0"


def run_length_values():
    shapes = [(1, 1), (1, 63), (1, 64), (1, 65), (7, 64), (9, 100), (5, 130), (33, 17), (3, 200), (64, 64)]
    rows = []
    for seed, (height, width) in enumerate(shapes, 1):
        balls, specks = seed % 3, 2 * seed
        text = run_length(random_mask(seed, (1, height, width), balls, specks))
        rows.append(f'    {{ {seed}, {height}, {width}, {balls}, {specks},\n      "{text}" }},\n')
    lines = (HEAD + "static const struct {\n  guint seed, height, width, balls, specks;\n  const gchar *text;\n"
             "} run_length_values[] = {\n" + "".join(rows) + "};\n")
    (HERE / "run-length-values.h").write_text(lines)


def surface_values(package):
    sys.path.insert(0, package)
    import surface_distance
    from surface_distance.lookup_tables import create_table_neighbour_code_to_surface_area as areas

    spacings = [(1, 1, 1), (1, 2, 3), (.7, 3, 1.1), (5, 1, 1)]
    out = [HEAD, "static const gdouble surface_spacings[][3] = {\n"]
    out += ["    { %s },\n" % ", ".join(map(repr, map(float, s))) for s in spacings]
    out += ["};\n\nstatic const gdouble surface_areas[][256] = {\n"]
    for spacing in spacings:
        table = [repr(float(a)) for a in areas(spacing)]
        out += ["    {\n"] + [f"        {', '.join(table[i:i + 8])},\n" for i in range(0, 256, 8)] + ["    },\n"]
    out += ["};\n\nstatic const struct {\n  guint seed, depth, height, width, balls, specks, spacing;\n"
            "  gdouble truth_area, prediction_area, dice;\n} surface_values[] = {\n"]
    random = Random(2024)
    for pair in range(24):
        shape = [1 + random.next(n) for n in (24, 40, 150)]
        balls, specks, spacing = random.next(12), random.next(60), spacings[pair % 8 // 2 if pair % 2 else 0]
        seed = 100 + 2 * pair
        truth = random_mask(seed, shape, balls, specks)
        # The prediction differs in specks and a third as many balls, so that surfaces coincide in part.
        prediction = truth ^ random_mask(seed + 1, shape, balls // 3, specks + 3)
        found = surface_distance.compute_surface_distances(truth, prediction, spacing)
        dice = surface_distance.compute_surface_dice_at_tolerance(found, 0)
        assert np.isfinite(dice)
        out.append("    { %d, %d, %d, %d, %d, %d, %d, %r, %r, %r },\n" % (
            seed, *shape, balls, specks, spacings.index(spacing), float(np.sum(found["surfel_areas_gt"])),
            float(np.sum(found["surfel_areas_pred"])), float(dice)))
    out.append("};\n")
    (HERE / "surface-dice-values.h").write_text("".join(out))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    run_length_values()
    surface_values(sys.argv[1])
