/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/picture-parts.h"

/* As many parts as are needed, no longer than needed. Neighbours overlap by two margins at least: @margin and
 * @multiple divide all there is, so rounding a start down to the grid never leaves a gap. */
static guint *
lay_side (guint length, guint most, guint margin, guint multiple, guint *part, guint *count)
{
  guint *starts;

  if (length <= most) {
    *part = length;
    *count = 1;
    return g_new0 (guint, 1);
  }
  *count = (length - 2 * margin + most - 2 * margin - 1) / (most - 2 * margin);
  *part = (length - 2 * margin + *count - 1) / *count + 2 * margin;
  *part = (*part + multiple - 1) / multiple * multiple;
  starts = g_new0 (guint, *count);
  for (guint i = 1; i < *count; i++)
    starts[i] = (guint) ((guint64) (length - *part) * i / (*count - 1)) / multiple * multiple;
  return starts;
}

/**
 * voxel_picture_parts_new:
 * @height: rows of the picture, a multiple of @multiple
 * @width: columns, likewise
 * @most_height: rows of a part at most, a multiple of @multiple; above 2 @margin where it is below @height
 * @most_width: columns, likewise
 * @margin: how far away a result may depend on the picture, a multiple of @multiple
 * @multiple: the network's stride: parts begin and end on its grid
 *
 * Lays parts, all of one size, such that every result is kept from one that shows @margin pixels around it,
 * or all that the picture has there.
 *
 * Returns: (transfer full): parts, one where the picture is no larger than a part
 */
VoxelPictureParts *
voxel_picture_parts_new (guint height, guint width, guint most_height, guint most_width, guint margin,
                         guint multiple)
{
  g_autoptr (VoxelPictureParts) parts = g_new0 (VoxelPictureParts, 1);

  g_return_val_if_fail (multiple > 0 && margin % multiple == 0, NULL);
  g_return_val_if_fail (height <= most_height || most_height > 2 * margin, NULL);
  g_return_val_if_fail (width <= most_width || most_width > 2 * margin, NULL);
  parts->whole_height = height;
  parts->whole_width = width;
  parts->ys = lay_side (height, most_height, margin, multiple, &parts->height, &parts->rows);
  parts->xs = lay_side (width, most_width, margin, multiple, &parts->width, &parts->columns);
  return g_steal_pointer (&parts);
}

/**
 * voxel_picture_parts_free:
 * @parts: (transfer full): parts
 */
void
voxel_picture_parts_free (VoxelPictureParts *parts)
{
  g_free (parts->ys);
  g_free (parts->xs);
  g_free (parts);
}

/**
 * voxel_picture_parts_count:
 * @parts: parts
 *
 * Returns: how many
 */
guint
voxel_picture_parts_count (const VoxelPictureParts *parts)
{
  return parts->rows * parts->columns;
}

/* Where part @i begins to be kept: in the middle of what it shares with the one before. */
static guint
cut (const guint *starts, guint i, guint part)
{
  return i ? starts[i] + (starts[i - 1] + part - starts[i]) / 2 : 0;
}

/**
 * voxel_picture_parts_get:
 * @parts: parts
 * @index: below voxel_picture_parts_count()
 *
 * Returns: the part; what is kept of all parts covers the picture once
 */
VoxelPicturePart
voxel_picture_parts_get (const VoxelPictureParts *parts, guint index)
{
  guint row = index / parts->columns, column = index % parts->columns;

  return (VoxelPicturePart){
      .x = parts->xs[column],
      .y = parts->ys[row],
      .left = cut (parts->xs, column, parts->width),
      .top = cut (parts->ys, row, parts->height),
      .right = column + 1 < parts->columns ? cut (parts->xs, column + 1, parts->width) : parts->whole_width,
      .bottom = row + 1 < parts->rows ? cut (parts->ys, row + 1, parts->height) : parts->whole_height,
  };
}
