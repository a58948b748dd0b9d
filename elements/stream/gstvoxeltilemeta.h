/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "voxel-prelude.h"

G_BEGIN_DECLS

/**
 * GstVoxelView:
 * @GST_VOXEL_VIEW_R0: as it is
 * @GST_VOXEL_VIEW_R90: turned left by 90 degrees, as numpy.rot90 (k=1): out[y][x] = in[x][W-1-y]
 * @GST_VOXEL_VIEW_R180: turned by 180 degrees
 * @GST_VOXEL_VIEW_R270: turned right by 90 degrees: out[y][x] = in[H-1-x][y]
 * @GST_VOXEL_VIEW_FH: mirrored left to right
 * @GST_VOXEL_VIEW_FV: mirrored top to bottom
 * @GST_VOXEL_VIEW_T: transposed: out[y][x] = in[x][y]
 * @GST_VOXEL_VIEW_AT: transposed along the other diagonal: out[y][x] = in[H-1-x][W-1-y]
 *
 * The eight symmetries of the square, seen as the picture that the network is shown. H and W are those
 * of the picture before.
 */
typedef enum {
  GST_VOXEL_VIEW_R0,
  GST_VOXEL_VIEW_R90,
  GST_VOXEL_VIEW_R180,
  GST_VOXEL_VIEW_R270,
  GST_VOXEL_VIEW_FH,
  GST_VOXEL_VIEW_FV,
  GST_VOXEL_VIEW_T,
  GST_VOXEL_VIEW_AT,
} GstVoxelView;

#define GST_VOXEL_N_VIEWS 8

typedef struct _GstVoxelTileMeta GstVoxelTileMeta;

/**
 * GstVoxelTileMeta:
 * @x: column of the slice at which the tile begins
 * @y: row of the slice at which the tile begins
 * @width: columns of the tile in the slice's orientation; x + width beyond slice_width is padding
 * @height: rows of the tile in the slice's orientation; y + height beyond slice_height is padding
 * @slice_width: columns of the slice
 * @slice_height: rows of the slice
 * @index: number of the tile in its slice, from 0; less than @count where that is not 0
 * @count: tiles of this slice; 0 where the slice has no regular grid (tiles at random, for learning)
 * @view: how the network sees (or saw) the tile
 * @view_index: number of the view of this tile, 0..@view_count-1
 * @view_count: views of this tile, 1 where nothing looks at it twice
 * @rendered: whether the pixels are in the orientation of @view; otherwise they are in the slice's, and
 *   whoever shows them to a network turns them on the way in and the scores back on the way out
 *
 * Tiles, views and slices of one parent are contiguous in the stream. Tagged video+size+orientation.
 */
struct _GstVoxelTileMeta {
  GstMeta meta;
  guint x;
  guint y;
  guint width;
  guint height;
  guint slice_width;
  guint slice_height;
  guint index;
  guint count;
  GstVoxelView view;
  guint view_index;
  guint view_count;
  gboolean rendered;
};

#define GST_VOXEL_TILE_META_API_TYPE (gst_voxel_tile_meta_api_get_type ())
#define GST_VOXEL_TILE_META_INFO (gst_voxel_tile_meta_get_info ())

GST_VOXEL_API GType gst_voxel_tile_meta_api_get_type (void);
GST_VOXEL_API const GstMetaInfo *gst_voxel_tile_meta_get_info (void);
GST_VOXEL_API GstVoxelTileMeta *gst_buffer_get_voxel_tile_meta (GstBuffer *buffer);
GST_VOXEL_API GstVoxelTileMeta *gst_buffer_add_voxel_tile_meta (GstBuffer *buffer);
GST_VOXEL_API GstVoxelTileMeta *gst_buffer_copy_voxel_tile_meta (GstBuffer *buffer,
                                                                 const GstVoxelTileMeta *source);

GST_VOXEL_API const gchar *gst_voxel_view_to_name (GstVoxelView view);
GST_VOXEL_API gboolean gst_voxel_view_from_name (const gchar *name, GstVoxelView *view);

G_END_DECLS
