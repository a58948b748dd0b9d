/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "voxel-prelude.h"

G_BEGIN_DECLS

/* A label's pixels. */
#define GST_VOXEL_LABEL_BACKGROUND 0
/**
 * GST_VOXEL_LABEL_IGNORE:
 *
 * Nobody said what this pixel is: a loss leaves it out.
 */
#define GST_VOXEL_LABEL_IGNORE 128
#define GST_VOXEL_LABEL_SET 255

typedef struct _GstVoxelLabelMeta GstVoxelLabelMeta;

/**
 * GstVoxelLabelMeta:
 * @label: the truth of this picture: GRAY8 of the same width and height, rows as a video meta says or as
 *   GStreamer lays them by default; each pixel GST_VOXEL_LABEL_BACKGROUND, GST_VOXEL_LABEL_SET or, where asked
 *   for, GST_VOXEL_LABEL_IGNORE. Not to be written: other buffers may share it
 * @weight: how much background pixels count, 0 to 1: less than 1 where vessels may be missing from the label
 *
 * The mask that belongs to a picture, for training.
 *
 * Tagged video+size+orientation: kept by elements that leave pixels alone, dropped where format or size change.
 * Whoever cuts or turns the picture does the same to the label. Where a view is only announced by the tile meta
 * neither is turned: the label lies as the picture's pixels do. Scores carry no label.
 */
struct _GstVoxelLabelMeta {
  GstMeta meta;
  GstBuffer *label;
  gdouble weight;
};

#define GST_VOXEL_LABEL_META_API_TYPE (gst_voxel_label_meta_api_get_type ())
#define GST_VOXEL_LABEL_META_INFO (gst_voxel_label_meta_get_info ())

GST_VOXEL_API GType gst_voxel_label_meta_api_get_type (void);
GST_VOXEL_API const GstMetaInfo *gst_voxel_label_meta_get_info (void);
GST_VOXEL_API GstVoxelLabelMeta *gst_buffer_get_voxel_label_meta (GstBuffer *buffer);
GST_VOXEL_API GstVoxelLabelMeta *gst_buffer_add_voxel_label_meta (GstBuffer *buffer, GstBuffer *label,
                                                                  gdouble weight);
GST_VOXEL_API gboolean gst_voxel_label_meta_map (const GstVoxelLabelMeta *meta, guint width, guint height,
                                                 GstVideoFrame *frame);

G_END_DECLS
