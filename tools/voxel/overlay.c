/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "overlay.h"

#include "elements/outputs/label-count.h"

/* The mask's colour (orange: tells itself from grey and blue for most kinds of colour vision) and its share. */
static const guint8 set_tint[3] = {255, 120, 0};
static const guint8 ignored_tint[3] = {0, 120, 255};
#define SHARE 110
#define EDGE_SHARE 255

/**
 * voxel_overlay_stretch:
 * @pixels: of a slice
 * @n: how many, at least 1
 * @percent: of the pixels that may become black, and as many white
 * @low: (out): becomes black
 * @high: (out): becomes white, above @low
 */
void
voxel_overlay_stretch (const guint16 *pixels, gsize n, gdouble percent, guint16 *low, guint16 *high)
{
  g_autofree gsize *counts = g_new0 (gsize, 65536);
  gsize outside = (gsize) ((gdouble) n * percent / 100.), seen = 0;
  guint bottom = 0, top = 65535;

  for (gsize i = 0; i < n; i++)
    counts[pixels[i]]++;
  while ((seen += counts[bottom]) <= outside)
    bottom++;
  seen = 0;
  while ((seen += counts[top]) <= outside)
    top--;
  if (top <= bottom) {
    top = MIN (bottom + 1, 65535);
    bottom = top - 1;
  }
  *low = (guint16) bottom;
  *high = (guint16) top;
}

/* A set pixel with a neighbour that is not: the rim is what the eye compares with the vessel's border. */
static gboolean
is_edge (const guint8 *mask, guint width, guint height, guint x, guint y)
{
  const guint8 *at = mask + (gsize) y * width + x;

  return (x > 0 && at[-1] != VOXEL_LABEL_SET) || (x + 1 < width && at[1] != VOXEL_LABEL_SET) ||
         (y > 0 && *(at - width) != VOXEL_LABEL_SET) || (y + 1 < height && at[width] != VOXEL_LABEL_SET);
}

/**
 * voxel_overlay_paint:
 * @pixels: a slice, row-major
 * @mask: (nullable): as large: VOXEL_LABEL_BACKGROUND, _IGNORE or _SET
 * @width: columns
 * @height: rows
 * @low: becomes black
 * @high: becomes white
 * @rgb: (out): red, green, blue a pixel
 * @stride: bytes from row to row of @rgb
 *
 * The slice in grey with the mask's pixels tinted and their rim in full colour, ignored pixels in another.
 */
void
voxel_overlay_paint (const guint16 *pixels, const guint8 *mask, guint width, guint height, guint16 low,
                     guint16 high, guint8 *rgb, gsize stride)
{
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width; x++) {
      gsize at = (gsize) y * width + x;
      guint value = CLAMP (pixels[at], low, high);
      guint grey = ((value - low) * 255 + (high - low) / 2u) / (guint) (high - low);
      gboolean set = mask && mask[at] == VOXEL_LABEL_SET, ignored = mask && mask[at] == VOXEL_LABEL_IGNORE;
      guint share = set && is_edge (mask, width, height, x, y) ? EDGE_SHARE : set || ignored ? SHARE : 0;
      const guint8 *tint = ignored ? ignored_tint : set_tint;

      for (guint c = 0; c < 3; c++)
        rgb[y * stride + 3 * x + c] = (guint8) ((grey * (255 - share) + tint[c] * share + 127) / 255);
    }
  }
}
