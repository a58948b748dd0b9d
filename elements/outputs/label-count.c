/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "label-count.h"

static gboolean
is_code (guint8 pixel)
{
  return pixel == VOXEL_LABEL_SET || pixel == VOXEL_LABEL_IGNORE || pixel == VOXEL_LABEL_BACKGROUND;
}

static gboolean
refuse (const guint8 *row, guint y, GError **error)
{
  guint x = 0;

  while (is_code (row[x]))
    x++;
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      "its pixel at row %u, column %u is %u, and a label's are %u (background), %u (ignored) or %u (vessel)",
      y, x, row[x], VOXEL_LABEL_BACKGROUND, VOXEL_LABEL_IGNORE, VOXEL_LABEL_SET);
  return FALSE;
}

/**
 * voxel_label_count:
 * @label: the first row
 * @stride: bytes from row to row
 * @width: columns
 * @height: rows
 * @count: (out): of its pixels
 * @error: G_IO_ERROR_INVALID_DATA, naming a pixel that is none of a label's codes
 *
 * Returns: whether it is a label
 */
gboolean
voxel_label_count (const guint8 *label, gsize stride, guint width, guint height, VoxelLabelCount *count,
                   GError **error)
{
  *count = (VoxelLabelCount){.pixels = (guint64) width * height};
  for (guint y = 0; y < height; y++) {
    const guint8 *row = label + y * stride;
    guint vessel = 0, ignored = 0, background = 0;

    for (guint x = 0; x < width; x++) {
      vessel += row[x] == VOXEL_LABEL_SET;
      ignored += row[x] == VOXEL_LABEL_IGNORE;
      background += row[x] == VOXEL_LABEL_BACKGROUND;
    }
    if (vessel + ignored + background != width)
      return refuse (row, y, error);
    count->vessel += vessel;
    count->ignored += ignored;
  }
  return TRUE;
}
