/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelTileBlendMode:
 * @VOXEL_TILE_BLEND_OR: 255 where any tile reaches a threshold, else 0
 * @VOXEL_TILE_BLEND_MEAN: mean of the tiles that cover a pixel
 * @VOXEL_TILE_BLEND_GAUSSIAN: mean with weights that fall towards a tile's edges
 */
typedef enum {
  VOXEL_TILE_BLEND_OR,
  VOXEL_TILE_BLEND_MEAN,
  VOXEL_TILE_BLEND_GAUSSIAN,
} VoxelTileBlendMode;

typedef struct _VoxelTileBlend VoxelTileBlend;

/**
 * VoxelTilePixels:
 * @pixels: of a tile
 * @stride: bytes from a row to the next
 * @pixel_size: 1 or 2 bytes
 * @x: column of the slice at which the tile begins
 * @y: row of the slice at which the tile begins
 * @width: columns of the tile, those beyond the slice included
 * @height: rows of the tile, those beyond the slice included
 *
 * A tile and where it lies.
 */
typedef struct {
  gconstpointer pixels;
  gsize stride;
  guint pixel_size;
  guint x;
  guint y;
  guint width;
  guint height;
} VoxelTilePixels;

VoxelTileBlend *voxel_tile_blend_new (VoxelTileBlendMode mode, guint width, guint height);
void voxel_tile_blend_free (VoxelTileBlend *blend);
gboolean voxel_tile_blend_fits (const VoxelTileBlend *blend, VoxelTileBlendMode mode, guint width,
                                guint height);
void voxel_tile_blend_begin (VoxelTileBlend *blend, guint threshold);
void voxel_tile_blend_add (VoxelTileBlend *blend, const VoxelTilePixels *tile);
gboolean voxel_tile_blend_finish (VoxelTileBlend *blend, const guint16 *codes, guint pixel_size, gpointer out,
                                  gsize out_stride, guint *hole_x, guint *hole_y);
void voxel_tile_blend_gaussian (guint16 *weights, guint size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTileBlend, voxel_tile_blend_free)

G_END_DECLS
