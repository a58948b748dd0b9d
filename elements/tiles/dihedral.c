/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dihedral.h"

#include <string.h>

#include "elements/rows/rows.h"

/* Every symmetry is: take the rows from the bottom (rows_up), transpose or reverse each row, write the rows
 * from the bottom (out_up). */
typedef struct {
  gboolean rows_up;
  gboolean transpose;
  gboolean reverse;
  gboolean out_up;
  VoxelDihedral inverse;
} DihedralForm;

static const DihedralForm forms[VOXEL_N_DIHEDRALS] = {
    [VOXEL_DIHEDRAL_R0] = {FALSE, FALSE, FALSE, FALSE, VOXEL_DIHEDRAL_R0},
    [VOXEL_DIHEDRAL_R90] = {FALSE, TRUE, FALSE, TRUE, VOXEL_DIHEDRAL_R270},
    [VOXEL_DIHEDRAL_R180] = {TRUE, FALSE, TRUE, FALSE, VOXEL_DIHEDRAL_R180},
    [VOXEL_DIHEDRAL_R270] = {TRUE, TRUE, FALSE, FALSE, VOXEL_DIHEDRAL_R90},
    [VOXEL_DIHEDRAL_FH] = {FALSE, FALSE, TRUE, FALSE, VOXEL_DIHEDRAL_FH},
    [VOXEL_DIHEDRAL_FV] = {TRUE, FALSE, FALSE, FALSE, VOXEL_DIHEDRAL_FV},
    [VOXEL_DIHEDRAL_T] = {FALSE, TRUE, FALSE, FALSE, VOXEL_DIHEDRAL_T},
    [VOXEL_DIHEDRAL_AT] = {TRUE, TRUE, FALSE, TRUE, VOXEL_DIHEDRAL_AT},
};

/**
 * voxel_dihedral_inverse:
 * @symmetry: a symmetry
 *
 * Returns: the one that undoes it
 */
VoxelDihedral
voxel_dihedral_inverse (VoxelDihedral symmetry)
{
  return forms[symmetry].inverse;
}

/**
 * voxel_dihedral_swaps_sides:
 * @symmetry: a symmetry
 *
 * Returns: whether width and height change places
 */
gboolean
voxel_dihedral_swaps_sides (VoxelDihedral symmetry)
{
  return forms[symmetry].transpose;
}

/**
 * voxel_dihedral_turn:
 * @symmetry: how to turn
 * @in: a picture of @width x @height pixels
 * @in_stride: bytes from a row to the next
 * @width: columns of @in
 * @height: rows of @in
 * @pixel_size: 1, 2 or 4 bytes (8 and 16-bit images, floats); rows are aligned to it
 * @out: where the turned picture goes; does not overlap @in
 * @out_stride: bytes from a row of the turned picture to the next
 *
 * Turns by 90 degrees give @height columns and @width rows.
 */
void
voxel_dihedral_turn (VoxelDihedral symmetry, gconstpointer in, gsize in_stride, guint width, guint height,
                     guint pixel_size, gpointer out, gsize out_stride)
{
  const DihedralForm *form = &forms[symmetry];
  guint out_rows = form->transpose ? width : height;
  const guint8 *from = in;
  guint8 *to = out;
  gssize from_step = (gssize) in_stride, to_step = (gssize) out_stride;

  g_return_if_fail (pixel_size == 1 || pixel_size == 2 || pixel_size == 4);

  if (width == 0 || height == 0)
    return;
  if (form->rows_up) {
    from += (gsize) (height - 1) * in_stride;
    from_step = -from_step;
  }
  if (form->out_up) {
    to += (gsize) (out_rows - 1) * out_stride;
    to_step = -to_step;
  }
  if (form->transpose) {
    voxel_rows ()->transpose (from, from_step, width, height, pixel_size, to, to_step);
    return;
  }
  for (guint y = 0; y < height; y++, from += from_step, to += to_step) {
    if (form->reverse)
      voxel_rows ()->reverse (from, to, width, pixel_size);
    else
      memcpy (to, from, (gsize) width * pixel_size);
  }
}

/**
 * voxel_dihedral_turn_region:
 * @symmetry: how to turn
 * @in: a picture of @width x @height pixels
 * @in_stride: bytes from a row to the next
 * @width: columns of @in
 * @height: rows of @in
 * @pixel_size: 1, 2 or 4 bytes
 * @x: first column wanted of the turned picture
 * @y: first row wanted of the turned picture
 * @region_width: columns wanted
 * @region_height: rows wanted
 * @out: where that part of the turned picture goes, its first pixel first; does not overlap @in
 * @out_stride: bytes from a row of @out to the next
 *
 * A part of what voxel_dihedral_turn() would give, for those who work on a picture band by band.
 */
void
voxel_dihedral_turn_region (VoxelDihedral symmetry, gconstpointer in, gsize in_stride, guint width,
                            guint height, guint pixel_size, guint x, guint y, guint region_width,
                            guint region_height, gpointer out, gsize out_stride)
{
  const DihedralForm *form = &forms[symmetry];
  guint from_width = form->transpose ? region_height : region_width;
  guint from_height = form->transpose ? region_width : region_height;
  guint from_x = form->transpose ? y : x, from_y = form->transpose ? x : y;

  g_return_if_fail (from_x + from_width <= width && from_y + from_height <= height);

  /* Columns run backwards where a row is reversed, or where its transposed rows are written from the bottom.
   */
  if (form->reverse || form->out_up)
    from_x = width - from_x - from_width;
  if (form->rows_up)
    from_y = height - from_y - from_height;
  voxel_dihedral_turn (symmetry, (const guint8 *) in + from_y * in_stride + (gsize) from_x * pixel_size,
                       in_stride, from_width, from_height, pixel_size, out, out_stride);
}

/**
 * voxel_dihedral_turn_part:
 * @symmetry: how to turn
 * @part: @part_width x @part_height pixels of a picture of @width x @height pixels
 * @part_stride: bytes from a row of @part to the next
 * @width: columns of the picture
 * @height: rows of the picture
 * @pixel_size: 1, 2 or 4 bytes
 * @x: which column of the picture @part begins with
 * @y: which row
 * @part_width: how many columns there are
 * @part_height: how many rows
 * @out: where the whole turned picture goes; does not overlap @part
 * @out_stride: bytes from a row of @out to the next
 *
 * A part of what voxel_dihedral_turn() would do, for those who make a picture part by part.
 */
void
voxel_dihedral_turn_part (VoxelDihedral symmetry, gconstpointer part, gsize part_stride, guint width,
                          guint height, guint pixel_size, guint x, guint y, guint part_width,
                          guint part_height, gpointer out, gsize out_stride)
{
  const DihedralForm *form = &forms[symmetry];
  gsize row = form->rows_up ? height - y - part_height : y;
  gsize column = form->reverse || form->out_up ? width - x - part_width : x;
  gsize place =
      form->transpose ? column * out_stride + row * pixel_size : row * out_stride + column * pixel_size;

  g_return_if_fail (x + part_width <= width && y + part_height <= height);

  voxel_dihedral_turn (symmetry, part, part_stride, part_width, part_height, pixel_size,
                       (guint8 *) out + place, out_stride);
}
