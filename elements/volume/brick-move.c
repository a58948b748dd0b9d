/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "brick-move.h"

#include <string.h>

typedef void (*Transpose) (const void *, gsize, void *, gsize, guint, guint);

/* What has to be done to one row of z slices, whichever way it goes. */
typedef void (*MoveRow) (const VoxelBrickKernels *kernels, guint8 *brick, guint8 *slice, guint n);

static void
row_out (const VoxelBrickKernels *kernels, guint8 *brick, guint8 *slice, guint n)
{
  memcpy (slice, brick, (gsize) n * kernels->bytes);
}

static void
row_in (const VoxelBrickKernels *kernels, guint8 *brick, guint8 *slice, guint n)
{
  memcpy (brick, slice, (gsize) n * kernels->bytes);
}

static void
row_add (const VoxelBrickKernels *kernels, guint8 *brick, guint8 *slice, guint n)
{
  kernels->add (slice, brick, n);
}

static void
move_rows (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *s, MoveRow move)
{
  for (guint k = 0; k < s->count; k++) {
    guint8 *plane = brick + (gsize) (s->from + k) * VOXEL_BRICK_PLANE * kernels->bytes;
    guint8 *slice = s->data + k * s->slice * kernels->bytes;

    for (guint row = 0; row < s->rows; row++)
      move (kernels, plane + (gsize) row * VOXEL_BRICK_SIDE * kernels->bytes,
            slice + row * s->pitch * kernels->bytes, s->columns);
  }
}

/* Planes of constant y have their rows along z a whole plane apart; the slice has rows along x. */
static void
move_y (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *s, Transpose transpose,
        gboolean out)
{
  for (guint k = 0; k < s->count; k++) {
    guint8 *plane = brick + (gsize) (s->from + k) * VOXEL_BRICK_SIDE * kernels->bytes;
    guint8 *slice = s->data + k * s->slice * kernels->bytes;

    if (out)
      transpose (plane, VOXEL_BRICK_PLANE, slice, s->pitch, s->columns, s->rows);
    else
      transpose (slice, s->pitch, plane, VOXEL_BRICK_PLANE, s->rows, s->columns);
  }
}

/* A plane of constant z holds one row of every slice along x: neighbours in memory are whole slices apart. */
static void
move_x (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *s, Transpose transpose,
        gboolean out)
{
  for (guint row = 0; row < s->rows; row++) {
    guint8 *plane = brick + ((gsize) row * VOXEL_BRICK_PLANE + s->from) * kernels->bytes;
    guint8 *line = s->data + row * s->pitch * kernels->bytes;

    if (out)
      transpose (plane, VOXEL_BRICK_SIDE, line, s->slice, s->columns, s->count);
    else
      transpose (line, s->slice, plane, VOXEL_BRICK_SIDE, s->count, s->columns);
  }
}

static void
move (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *s, MoveRow move_row,
      Transpose transpose, gboolean out)
{
  if (s->axis == 0)
    move_rows (kernels, brick, s, move_row);
  else if (s->axis == 1)
    move_y (kernels, brick, s, transpose, out);
  else
    move_x (kernels, brick, s, transpose, out);
}

/**
 * voxel_brick_read:
 * @kernels: for the size of a voxel
 * @brick: a whole brick
 * @slices: where its voxels go
 */
void
voxel_brick_read (const VoxelBrickKernels *kernels, const guint8 *brick, const VoxelBrickSlices *slices)
{
  move (kernels, (guint8 *) brick, slices, row_out, kernels->transpose, TRUE);
}

/**
 * voxel_brick_write:
 * @kernels: for the size of a voxel
 * @brick: a whole brick
 * @slices: where its new voxels are
 */
void
voxel_brick_write (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *slices)
{
  move (kernels, brick, slices, row_in, kernels->transpose, FALSE);
}

/**
 * voxel_brick_add:
 * @kernels: for the size of a voxel
 * @brick: a whole brick
 * @slices: what is added to its voxels
 */
void
voxel_brick_add (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *slices)
{
  move (kernels, brick, slices, row_add, kernels->transpose_add, FALSE);
}
