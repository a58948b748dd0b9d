/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "view-merge.h"

#include <string.h>

#include "elements/rows/rows.h"

/* Rows that are turned back at a time, so that they are added while still in the cache. */
#define BAND 16

typedef struct {
  const guint8 *pixels;
  gsize stride;
  VoxelDihedral undo;
  guint8 *band; /* rows that had to be turned; NULL while none had */
} View;

struct _VoxelViewMerge {
  VoxelViewMergeMode mode;
  guint width;
  guint height;
  guint pixel_size;
  View views[VOXEL_VIEW_MERGE_MAX_VIEWS];
  guint n_views;
  const guint16 *values;
  guint threshold;
  guint32 *sums; /* of a row; integers, so that the order of the views does not matter */
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

#define DEFINE_FINISH(bits) \
  static void finish_row_##bits (const VoxelViewMerge *merge, const guint32 *restrict sums, \
                                 guint##bits *restrict row) \
  { \
    const guint width = merge->width, threshold = merge->threshold, n = merge->n_views; \
\
    if (merge->mode == VOXEL_VIEW_MERGE_MEAN) { \
      for (guint x = 0; x < width; x++) \
        row[x] = (guint##bits) ((sums[x] + n / 2) / n); \
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
  merge->sums = g_new (guint32, width);
  return merge;
}

/**
 * voxel_view_merge_free:
 * @merge: (transfer full): what voxel_view_merge_new() gave
 */
void
voxel_view_merge_free (VoxelViewMerge *merge)
{
  for (guint i = 0; i < VOXEL_VIEW_MERGE_MAX_VIEWS; i++)
    g_free (merge->views[i].band);
  g_free (merge->sums);
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
  merge->n_views = 0;
  merge->values = values;
  merge->threshold = threshold;
}

/**
 * voxel_view_merge_add:
 * @merge: the room
 * @pixels: pixels of a view, of the room's size once turned; kept by the caller until the result is finished
 * @stride: bytes from a row to the next
 * @undo: how to turn the view so that it lies as the result does
 *
 * At most VOXEL_VIEW_MERGE_MAX_VIEWS views.
 */
void
voxel_view_merge_add (VoxelViewMerge *merge, gconstpointer pixels, gsize stride, VoxelDihedral undo)
{
  View *view = &merge->views[merge->n_views];

  g_return_if_fail (merge->n_views < VOXEL_VIEW_MERGE_MAX_VIEWS);

  merge->n_views++;
  view->pixels = pixels;
  view->stride = stride;
  view->undo = undo;
  if (undo != VOXEL_DIHEDRAL_R0 && !view->band)
    view->band = g_malloc ((gsize) merge->width * merge->pixel_size * BAND);
}

static void
turn_band (VoxelViewMerge *merge, const View *view, guint y, guint rows)
{
  gboolean swap = voxel_dihedral_swaps_sides (view->undo);

  voxel_dihedral_turn_region (view->undo, view->pixels, view->stride, swap ? merge->height : merge->width,
                              swap ? merge->width : merge->height, merge->pixel_size, 0, y, merge->width,
                              rows, view->band, (gsize) merge->width * merge->pixel_size);
}

/* All views of a row, so that each pixel is written once. */
static void
merge_row (VoxelViewMerge *merge, const guint8 *const *rows, gpointer out)
{
  if (merge->mode == VOXEL_VIEW_MERGE_MEAN && merge->pixel_size == 2 && !merge->values) {
    voxel_rows ()->mean ((const guint16 *const *) rows, merge->n_views, merge->width, out);
    return;
  }
  memset (merge->sums, 0, merge->width * sizeof *merge->sums);
  for (guint i = 0; i < merge->n_views; i++) {
    if (merge->pixel_size == 1)
      add_row_8 (merge, rows[i], merge->sums);
    else
      add_row_16 (merge, (const guint16 *) rows[i], merge->sums);
  }
  if (merge->pixel_size == 1)
    finish_row_8 (merge, merge->sums, out);
  else
    finish_row_16 (merge, merge->sums, out);
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
  const guint8 *rows[VOXEL_VIEW_MERGE_MAX_VIEWS];

  for (guint y = 0; y < merge->height; y++) {
    guint8 *row = (guint8 *) out + y * out_stride;

    for (guint i = 0; i < merge->n_views; i++) {
      const View *view = &merge->views[i];

      if (view->undo != VOXEL_DIHEDRAL_R0 && y % BAND == 0)
        turn_band (merge, view, y, MIN (BAND, merge->height - y));
      rows[i] = view->undo == VOXEL_DIHEDRAL_R0
                    ? view->pixels + y * view->stride
                    : view->band + (gsize) (y % BAND) * merge->width * merge->pixel_size;
    }
    merge_row (merge, rows, row);
    for (guint x = 0; codes && x < merge->width; x++)
      ((guint16 *) row)[x] = codes[((guint16 *) row)[x]];
  }
}
