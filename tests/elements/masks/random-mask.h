/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Masks that C and Python make alike (see random_masks.py): balls and single voxels, placed by a linear
 * congruential generator of 64 bits (Knuth's MMIX constants), its upper 31 bits taken. */

typedef struct {
  guint64 state;
} RandomMask;

static inline guint
random_mask_next (RandomMask *self, guint below)
{
  self->state =
      self->state * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
  return (guint) (self->state >> 33) % below;
}

/* Fills depth x height x width bytes with 0 or 255. */
static inline void
random_mask_fill (guint64 seed, guint depth, guint height, guint width, guint balls, guint specks,
                  guint8 *mask)
{
  RandomMask random = {seed};

  memset (mask, 0, (gsize) depth * height * width);
  for (guint i = 0; i < balls; i++) {
    gint cz = (gint) random_mask_next (&random, depth), cy = (gint) random_mask_next (&random, height);
    gint cx = (gint) random_mask_next (&random, width), square = (gint) random_mask_next (&random, 40);

    for (gint z = 0; z < (gint) depth; z++) {
      for (gint y = 0; y < (gint) height; y++) {
        for (gint x = 0; x < (gint) width; x++) {
          if ((z - cz) * (z - cz) + (y - cy) * (y - cy) + (x - cx) * (x - cx) <= square)
            mask[((gsize) z * height + (guint) y) * width + (guint) x] = 255;
        }
      }
    }
  }
  for (guint i = 0; i < specks; i++) {
    gsize z = random_mask_next (&random, depth), y = random_mask_next (&random, height);
    gsize x = random_mask_next (&random, width);

    mask[(z * height + y) * width + x] ^= 255;
  }
}
