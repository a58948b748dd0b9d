/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "voxel-prelude.h"

G_BEGIN_DECLS

typedef struct _GstVoxelNeighboursMeta GstVoxelNeighboursMeta;

/**
 * GstVoxelNeighboursMeta:
 * @reach: how many slices there are on either side
 * @pictures: (array): 2 @reach pictures of the slices around this one: those before it in rising order, then those
 *   behind it. At the volume's border the outermost slice is repeated
 *
 * What lies around a slice along its axis, for networks that see several slices. Each picture has the buffer's
 * format, size, orientation and place, and a slice meta of its own. None has a neighbours meta.
 *
 * Tagged video+size+orientation: kept by elements that leave pixels alone, dropped where format or size change.
 */
struct _GstVoxelNeighboursMeta {
  GstMeta meta;
  guint reach;
  GstBuffer **pictures;
};

#define GST_VOXEL_NEIGHBOURS_META_API_TYPE (gst_voxel_neighbours_meta_api_get_type ())
#define GST_VOXEL_NEIGHBOURS_META_INFO (gst_voxel_neighbours_meta_get_info ())

GST_VOXEL_API GType gst_voxel_neighbours_meta_api_get_type (void);
GST_VOXEL_API const GstMetaInfo *gst_voxel_neighbours_meta_get_info (void);
GST_VOXEL_API GstVoxelNeighboursMeta *gst_buffer_get_voxel_neighbours_meta (GstBuffer *buffer);
GST_VOXEL_API GstVoxelNeighboursMeta *gst_buffer_add_voxel_neighbours_meta (GstBuffer *buffer, guint reach);

G_END_DECLS
