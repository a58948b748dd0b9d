/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "brick-move.h"

#include <string.h>

#define LINE 64

typedef void (*Transpose) (const void *, gsize, void *, gsize, guint, guint);

/* What has to be done to one row of z slices, whichever way it goes. */
typedef void (*MoveRow) (const VoxelBrickKernels *kernels, guint8 *brick, guint8 *slice, guint n);

/* Rows are short: a call of memcpy() would take as long as the copy. */
static inline void
copy_row (guint8 *to, const guint8 *from, gsize n)
{
  for (; n >= LINE; n -= LINE, to += LINE, from += LINE)
    memcpy (to, from, LINE);
  if (n > 0)
    memcpy (to, from, n);
}

static void
row_out (const VoxelBrickKernels *kernels, guint8 *brick, guint8 *slice, guint n)
{
  copy_row (slice, brick, (gsize) n * kernels->bytes);
}

static void
row_in (const VoxelBrickKernels *kernels, guint8 *brick, guint8 *slice, guint n)
{
  copy_row (brick, slice, (gsize) n * kernels->bytes);
}

static void
row_add (const VoxelBrickKernels *kernels, guint8 *brick, guint8 *slice, guint n)
{
  kernels->add (slice, brick, n);
}

/* Every row of a plane of constant y lies in a memory page of its own, which processors do not foresee: the rows of
 * the brick that comes next are asked for while this one's are moved. */
static inline void
prefetch_rows (const guint8 *row, gsize stride, guint n, gsize bytes)
{
  for (guint i = 0; i < n; i++) {
    for (gsize at = 0; at < bytes; at += LINE)
      __builtin_prefetch (row + i * stride + at, 0, 2);
  }
}

static void
move_rows (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *s, MoveRow move)
{
  gsize row_bytes = (gsize) VOXEL_BRICK_SIDE * kernels->bytes;

  for (guint k = 0; k < s->count; k++) {
    guint8 *plane = brick + (gsize) (s->from + k) * VOXEL_BRICK_PLANE * kernels->bytes;
    guint8 *slice = s->data + k * s->slice * kernels->bytes;

    for (guint row = 0; row < s->rows; row++) {
      prefetch_rows (plane + row * row_bytes + s->next, 0, 1, row_bytes);
      move (kernels, plane + row * row_bytes, slice + row * s->pitch * kernels->bytes, s->columns);
    }
  }
}

/* Planes of constant y have their rows along z a whole plane apart; the slice has rows along x. Pages and cache
 * lines of the brick are far apart and alike in their lower bits, so what is read of them at once is put together
 * elsewhere: lines of the slice are then written whole. */
static void
read_y (const VoxelBrickKernels *kernels, const guint8 *brick, const VoxelBrickSlices *s)
{
  gsize plane_bytes = (gsize) VOXEL_BRICK_PLANE * kernels->bytes;
  gsize row_bytes = (gsize) VOXEL_BRICK_SIDE * kernels->bytes;
  guint8 together[VOXEL_BRICK_PLANE * 4] __attribute__ ((aligned (LINE)));
  guint step = 16 / kernels->bytes;

  for (guint k = 0; k < s->count; k++) {
    const guint8 *plane = brick + (s->from + k) * row_bytes;
    guint8 *slice = s->data + k * s->slice * kernels->bytes;

    for (guint z = 0; z < s->columns; z += step) {
      guint n = MIN (step, s->columns - z);

      prefetch_rows (plane + z * plane_bytes + s->next, plane_bytes, n, row_bytes);
      kernels->transpose (plane + z * plane_bytes, VOXEL_BRICK_PLANE, together + (gsize) z * kernels->bytes,
                          VOXEL_BRICK_SIDE, n, s->rows);
    }
    for (guint x = 0; x < s->rows; x++)
      copy_row (slice + x * s->pitch * kernels->bytes, together + x * row_bytes,
                (gsize) s->columns * kernels->bytes);
  }
}

static void
write_y (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *s, Transpose transpose)
{
  gsize plane_bytes = (gsize) VOXEL_BRICK_PLANE * kernels->bytes;
  gsize row_bytes = (gsize) VOXEL_BRICK_SIDE * kernels->bytes;
  guint step = 16 / kernels->bytes;

  for (guint k = 0; k < s->count; k++) {
    guint8 *plane = brick + (s->from + k) * row_bytes;
    const guint8 *slice = s->data + k * s->slice * kernels->bytes;

    for (guint z = 0; z < s->columns; z += step) {
      guint n = MIN (step, s->columns - z);

      prefetch_rows (plane + z * plane_bytes + s->next, plane_bytes, n, row_bytes);
      transpose (slice + (gsize) z * kernels->bytes, s->pitch, plane + z * plane_bytes, VOXEL_BRICK_PLANE,
                 s->rows, n);
    }
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

/**
 * voxel_brick_read:
 * @kernels: for the size of a voxel
 * @brick: a whole brick
 * @slices: where its voxels go
 */
void
voxel_brick_read (const VoxelBrickKernels *kernels, const guint8 *brick, const VoxelBrickSlices *slices)
{
  if (slices->axis == 0)
    move_rows (kernels, (guint8 *) brick, slices, row_out);
  else if (slices->axis == 1)
    read_y (kernels, brick, slices);
  else
    move_x (kernels, (guint8 *) brick, slices, kernels->transpose, TRUE);
}

static void
write_brick (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *slices,
             MoveRow move_row, Transpose transpose)
{
  if (slices->axis == 0)
    move_rows (kernels, brick, slices, move_row);
  else if (slices->axis == 1)
    write_y (kernels, brick, slices, transpose);
  else
    move_x (kernels, brick, slices, transpose, FALSE);
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
  write_brick (kernels, brick, slices, row_in, kernels->transpose);
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
  write_brick (kernels, brick, slices, row_add, kernels->transpose_add);
}
