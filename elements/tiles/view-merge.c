/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "view-merge.h"

#include <string.h>

/* Rows that are turned back at a time, so that they are added while still in the first-level cache. */
#define BAND 16

struct _VoxelViewMerge {
  VoxelViewMergeMode mode;
  guint width;
  guint height;
  guint pixel_size;
  guint views;
  const guint16 *values;
  guint threshold;
  guint32 *sums; /* one a pixel; integers, so that the order of the views does not matter */
  guint8 *band;
};

/* How a row of a view goes into the sums. */
#define DEFINE_ADD(bits) \
  static void add_row_##bits (const VoxelViewMerge *merge, const guint##bits *restrict row, \
                              guint32 *restrict sums) \
  { \
    const guint width = merge->width; \
\
    if (merge->values) { \
      for (guint x = 0; x < width; x++) \
        sums[x] += merge->values[row[x]]; \
    } else if (merge->mode == VOXEL_VIEW_MERGE_MEAN) { \
      for (guint x = 0; x < width; x++) \
        sums[x] += row[x]; \
    } else { \
      for (guint x = 0; x < width; x++) \
        sums[x] = MAX (sums[x], row[x]); \
    } \
  }

DEFINE_ADD (8)
DEFINE_ADD (16)

/* A sum of 32 codes and its rounding stay below 2^22: float division has the same whole part as the exact
 * one, whose distance from the next integer is at least 1/32. */
#define DEFINE_FINISH(bits) \
  static void finish_row_##bits (const VoxelViewMerge *merge, const guint32 *restrict sums, \
                                 guint##bits *restrict row) \
  { \
    const guint width = merge->width, threshold = merge->threshold; \
    const gfloat views = (gfloat) merge->views, half = (gfloat) (merge->views / 2); \
\
    if (merge->mode == VOXEL_VIEW_MERGE_MEAN) { \
      for (guint x = 0; x < width; x++) \
        row[x] = (guint##bits) (gint) (((gfloat) (gint) sums[x] + half) / views); \
    } else if (merge->mode == VOXEL_VIEW_MERGE_MAX) { \
      for (guint x = 0; x < width; x++) \
        row[x] = (guint##bits) sums[x]; \
    } else { \
      for (guint x = 0; x < width; x++) \
        row[x] = (guint##bits) (sums[x] >= threshold ? G_MAXUINT##bits : 0); \
    } \
  }

DEFINE_FINISH (8)
DEFINE_FINISH (16)

/**
 * voxel_view_merge_new:
 * @mode: how views are combined
 * @width: columns of the result
 * @height: rows of the result
 * @pixel_size: 1 or 2 bytes
 *
 * Returns: (transfer full): room to combine views of pictures of that size
 */
VoxelViewMerge *
voxel_view_merge_new (VoxelViewMergeMode mode, guint width, guint height, guint pixel_size)
{
  VoxelViewMerge *merge = g_new0 (VoxelViewMerge, 1);

  merge->mode = mode;
  merge->width = width;
  merge->height = height;
  merge->pixel_size = pixel_size;
  merge->sums = g_new (guint32, (gsize) width * height);
  merge->band = g_malloc ((gsize) width * pixel_size * BAND);
  return merge;
}

/**
 * voxel_view_merge_free:
 * @merge: (transfer full): what voxel_view_merge_new() gave
 */
void
voxel_view_merge_free (VoxelViewMerge *merge)
{
  g_free (merge->sums);
  g_free (merge->band);
  g_free (merge);
}

/**
 * voxel_view_merge_fits:
 * @merge: some room
 * @mode: as in voxel_view_merge_new()
 * @width: as in voxel_view_merge_new()
 * @height: as in voxel_view_merge_new()
 * @pixel_size: as in voxel_view_merge_new()
 *
 * Returns: whether @merge was made for these
 */
gboolean
voxel_view_merge_fits (const VoxelViewMerge *merge, VoxelViewMergeMode mode, guint width, guint height,
                       guint pixel_size)
{
  return merge->mode == mode && merge->width == width && merge->height == height &&
         merge->pixel_size == pixel_size;
}

/**
 * voxel_view_merge_begin:
 * @merge: the room
 * @values: (nullable): what to take the mean of instead of the pixels: 65536 entries, kept by the caller
 * @threshold: for UNION, the smallest pixel that counts
 *
 * Starts with another picture.
 */
void
voxel_view_merge_begin (VoxelViewMerge *merge, const guint16 *values, guint threshold)
{
  merge->views = 0;
  merge->values = values;
  merge->threshold = threshold;
  memset (merge->sums, 0, sizeof *merge->sums * merge->width * merge->height);
}

/**
 * voxel_view_merge_add:
 * @merge: the room
 * @view: pixels of a view; of the room's size once turned
 * @stride: bytes from a row to the next
 * @undo: how to turn @view so that it lies as the result does
 *
 * At most VOXEL_VIEW_MERGE_MAX_VIEWS views.
 */
void
voxel_view_merge_add (VoxelViewMerge *merge, gconstpointer view, gsize stride, VoxelDihedral undo)
{
  gboolean swap = voxel_dihedral_swaps_sides (undo);
  guint view_width = swap ? merge->height : merge->width, view_height = swap ? merge->width : merge->height;
  gsize row_size = (gsize) merge->width * merge->pixel_size;

  g_return_if_fail (merge->views < VOXEL_VIEW_MERGE_MAX_VIEWS);

  merge->views++;
  for (guint y = 0; y < merge->height; y += BAND) {
    guint rows = MIN (BAND, merge->height - y);
    const guint8 *band = (const guint8 *) view + y * stride;
    gsize band_stride = stride;

    if (undo != VOXEL_DIHEDRAL_R0) {
      voxel_dihedral_turn_region (undo, view, stride, view_width, view_height, merge->pixel_size, 0, y,
                                  merge->width, rows, merge->band, row_size);
      band = merge->band;
      band_stride = row_size;
    }
    for (guint i = 0; i < rows; i++) {
      guint32 *sums = merge->sums + (gsize) (y + i) * merge->width;

      if (merge->pixel_size == 1)
        add_row_8 (merge, band + i * band_stride, sums);
      else
        add_row_16 (merge, (const guint16 *) (band + i * band_stride), sums);
    }
  }
}

/**
 * voxel_view_merge_finish:
 * @merge: the room, with at least one view
 * @codes: (nullable): what to write for each 16-bit result: 65536 entries
 * @out: where the result goes
 * @out_stride: bytes from a row of @out to the next
 *
 * Means are rounded to nearest, halves up.
 */
void
voxel_view_merge_finish (VoxelViewMerge *merge, const guint16 *codes, gpointer out, gsize out_stride)
{
  for (guint y = 0; y < merge->height; y++) {
    const guint32 *sums = merge->sums + (gsize) y * merge->width;
    guint8 *row = (guint8 *) out + y * out_stride;

    if (merge->pixel_size == 1)
      finish_row_8 (merge, sums, row);
    else
      finish_row_16 (merge, sums, (guint16 *) row);
    for (guint x = 0; codes && x < merge->width; x++)
      ((guint16 *) row)[x] = codes[((guint16 *) row)[x]];
  }
}
