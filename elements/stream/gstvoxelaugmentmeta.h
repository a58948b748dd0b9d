/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "voxel-prelude.h"

G_BEGIN_DECLS

typedef struct _GstVoxelAugmentMeta GstVoxelAugmentMeta;

/**
 * GstVoxelAugmentMeta:
 * @applied: what was done to the picture: a field for each transform in the order of application, a #GstStructure
 *   with its parameters (numbers and strings), and seed (guint64)
 *
 * The pixels are no longer those of the scan, nor where the tile meta says that they were cut.
 *
 * Tagged video only: true of every picture that is made from this one.
 */
struct _GstVoxelAugmentMeta {
  GstMeta meta;
  GstStructure *applied;
};

#define GST_VOXEL_AUGMENT_META_API_TYPE (gst_voxel_augment_meta_api_get_type ())
#define GST_VOXEL_AUGMENT_META_INFO (gst_voxel_augment_meta_get_info ())

GST_VOXEL_API GType gst_voxel_augment_meta_api_get_type (void);
GST_VOXEL_API const GstMetaInfo *gst_voxel_augment_meta_get_info (void);
GST_VOXEL_API GstVoxelAugmentMeta *gst_buffer_get_voxel_augment_meta (GstBuffer *buffer);
GST_VOXEL_API GstVoxelAugmentMeta *gst_buffer_add_voxel_augment_meta (GstBuffer *buffer,
                                                                      GstStructure *applied);

G_END_DECLS
