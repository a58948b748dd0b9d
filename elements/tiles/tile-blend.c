/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tile-blend.h"

#include <math.h>
#include <string.h>

#include "elements/rows/rows.h"

/* Largest weight of a row or a column: the product of two fits 20 bits, times a 16-bit pixel 36. */
#define WEIGHT_ONE 1024
/* A pixel of an OR that no tile has covered yet; results are 0 and 255, so that the highest bit tells. */
#define NO_TILE 1

struct _VoxelTileBlend {
  VoxelTileBlendMode mode;
  guint width;
  guint height;
  guint threshold;
  guint8 *mask;  /* OR */
  guint64 *sums; /* otherwise: pixels times weights; integers, so that the order of tiles does not matter */
  guint32 *weights; /* and the sum of the weights */
  guint16 *across;  /* weights of a tile's columns and rows */
  guint16 *down;
  guint tile_width;
  guint tile_height;
};

/**
 * voxel_tile_blend_gaussian:
 * @weights: (out caller-allocates) (array length=size): 1..1024
 * @size: pixels of a tile's side
 *
 * exp (-d^2 / (2 s^2)) with d the distance from the middle and s = @size / 8, as nnU-Net and MONAI weigh the
 * tiles of a sliding window; never 0, so that a pixel at the edge of the only tile that covers it counts.
 */
void
voxel_tile_blend_gaussian (guint16 *weights, guint size)
{
  gdouble middle = (size - 1) / 2., sigma = size / 8.;

  for (guint i = 0; i < size; i++) {
    gdouble d = (i - middle) / sigma;

    weights[i] = (guint16) MAX (lrint (WEIGHT_ONE * exp (-.5 * d * d)), 1);
  }
}

/**
 * voxel_tile_blend_new:
 * @mode: how tiles are combined
 * @width: columns of the slice
 * @height: rows of the slice
 *
 * Returns: (transfer full): room to put the tiles of a slice together
 */
VoxelTileBlend *
voxel_tile_blend_new (VoxelTileBlendMode mode, guint width, guint height)
{
  VoxelTileBlend *blend = g_new0 (VoxelTileBlend, 1);
  gsize pixels = (gsize) width * height;

  blend->mode = mode;
  blend->width = width;
  blend->height = height;
  if (mode == VOXEL_TILE_BLEND_OR) {
    blend->mask = g_malloc (pixels);
  } else {
    blend->sums = g_new (guint64, pixels);
    blend->weights = g_new (guint32, pixels);
  }
  return blend;
}

/**
 * voxel_tile_blend_free:
 * @blend: (transfer full): what voxel_tile_blend_new() gave
 */
void
voxel_tile_blend_free (VoxelTileBlend *blend)
{
  g_free (blend->mask);
  g_free (blend->sums);
  g_free (blend->weights);
  g_free (blend->across);
  g_free (blend->down);
  g_free (blend);
}

/**
 * voxel_tile_blend_fits:
 * @blend: some room
 * @mode: as in voxel_tile_blend_new()
 * @width: as in voxel_tile_blend_new()
 * @height: as in voxel_tile_blend_new()
 *
 * Returns: whether @blend was made for these
 */
gboolean
voxel_tile_blend_fits (const VoxelTileBlend *blend, VoxelTileBlendMode mode, guint width, guint height)
{
  return blend->mode == mode && blend->width == width && blend->height == height;
}

/**
 * voxel_tile_blend_begin:
 * @blend: the room
 * @threshold: for OR, the smallest pixel that counts
 *
 * Starts with another slice.
 */
void
voxel_tile_blend_begin (VoxelTileBlend *blend, guint threshold)
{
  gsize pixels = (gsize) blend->width * blend->height;

  blend->threshold = threshold;
  if (blend->mode == VOXEL_TILE_BLEND_OR) {
    memset (blend->mask, NO_TILE, pixels);
    return;
  }
  memset (blend->sums, 0, pixels * sizeof *blend->sums);
  memset (blend->weights, 0, pixels * sizeof *blend->weights);
}

static guint16 *
make_weights (VoxelTileBlendMode mode, guint size)
{
  guint16 *weights = g_new (guint16, size);

  if (mode == VOXEL_TILE_BLEND_GAUSSIAN) {
    voxel_tile_blend_gaussian (weights, size);
    return weights;
  }
  for (guint i = 0; i < size; i++)
    weights[i] = 1;
  return weights;
}

static void
weigh (VoxelTileBlend *blend, guint width, guint height)
{
  if (blend->across && blend->tile_width == width && blend->tile_height == height)
    return;
  g_free (blend->across);
  g_free (blend->down);
  blend->across = make_weights (blend->mode, width);
  blend->down = make_weights (blend->mode, height);
  blend->tile_width = width;
  blend->tile_height = height;
}

#define DEFINE_ADD(bits) \
  static void add_row_##bits (const guint##bits *restrict row, const guint16 *restrict across, guint down, \
                              guint width, guint64 *restrict sums, guint32 *restrict weights) \
  { \
    for (guint x = 0; x < width; x++) { \
      guint32 weight = across[x] * down; \
\
      sums[x] += (guint64) weight * row[x]; \
      weights[x] += weight; \
    } \
  }

DEFINE_ADD (8)
DEFINE_ADD (16)

/**
 * voxel_tile_blend_add:
 * @blend: the room
 * @tile: a tile; what reaches beyond the slice is left out
 *
 * Up to 4096 tiles may cover a pixel.
 */
void
voxel_tile_blend_add (VoxelTileBlend *blend, const VoxelTilePixels *tile)
{
  guint width, height;

  if (tile->x >= blend->width || tile->y >= blend->height)
    return;
  width = MIN (tile->width, blend->width - tile->x);
  height = MIN (tile->height, blend->height - tile->y);
  if (blend->mode != VOXEL_TILE_BLEND_OR)
    weigh (blend, tile->width, tile->height);
  for (guint y = 0; y < height; y++) {
    gsize place = (gsize) (tile->y + y) * blend->width + tile->x;
    gconstpointer row = (const guint8 *) tile->pixels + y * tile->stride;

    if (blend->mode == VOXEL_TILE_BLEND_OR && tile->pixel_size == 1)
      voxel_rows ()->any_8 (row, width, blend->threshold, blend->mask + place);
    else if (blend->mode == VOXEL_TILE_BLEND_OR)
      voxel_rows ()->any_16 (row, width, blend->threshold, blend->mask + place);
    else if (tile->pixel_size == 1)
      add_row_8 (row, blend->across, blend->down[y], width, blend->sums + place, blend->weights + place);
    else
      add_row_16 (row, blend->across, blend->down[y], width, blend->sums + place, blend->weights + place);
  }
}

static gboolean
find_hole (const VoxelTileBlend *blend, guint *hole_x, guint *hole_y)
{
  gsize pixels = (gsize) blend->width * blend->height, hole = 0;

  if (blend->mode == VOXEL_TILE_BLEND_OR) {
    const guint8 *found = memchr (blend->mask, NO_TILE, pixels);

    hole = found ? (gsize) (found - blend->mask) : pixels;
  } else {
    while (hole < pixels && blend->weights[hole] > 0)
      hole++;
  }
  *hole_x = (guint) (hole % blend->width);
  *hole_y = (guint) (hole / blend->width);
  return hole < pixels;
}

static void
divide_row (const VoxelTileBlend *blend, guint y, const guint16 *codes, guint pixel_size, gpointer out)
{
  const guint64 *sums = blend->sums + (gsize) y * blend->width;
  const guint32 *weights = blend->weights + (gsize) y * blend->width;

  for (guint x = 0; x < blend->width; x++) {
    guint mean = (guint) ((sums[x] + weights[x] / 2) / weights[x]);

    if (pixel_size == 1)
      ((guint8 *) out)[x] = (guint8) mean;
    else
      ((guint16 *) out)[x] = codes ? codes[mean] : (guint16) mean;
  }
}

/**
 * voxel_tile_blend_finish:
 * @blend: the room, with all tiles of a slice
 * @codes: (nullable): for means, what to write for each 16-bit mean: 65536 entries
 * @pixel_size: 1 for OR; for means that of the tiles
 * @out: where the slice goes
 * @out_stride: bytes from a row of @out to the next
 * @hole_x: (out): column of the first pixel that no tile covers
 * @hole_y: (out): its row
 *
 * Means are rounded to nearest, halves up.
 *
 * Returns: %FALSE where a pixel is not covered by any tile
 */
gboolean
voxel_tile_blend_finish (VoxelTileBlend *blend, const guint16 *codes, guint pixel_size, gpointer out,
                         gsize out_stride, guint *hole_x, guint *hole_y)
{
  if (find_hole (blend, hole_x, hole_y))
    return FALSE;
  for (guint y = 0; y < blend->height; y++) {
    guint8 *row = (guint8 *) out + y * out_stride;

    if (blend->mode == VOXEL_TILE_BLEND_OR)
      memcpy (row, blend->mask + (gsize) y * blend->width, blend->width);
    else
      divide_row (blend, y, codes, pixel_size, row);
  }
  return TRUE;
}
