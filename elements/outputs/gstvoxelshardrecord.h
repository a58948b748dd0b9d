/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>
#include <json-glib/json-glib.h>

#include "elements/stream/voxel.h"

G_BEGIN_DECLS

/**
 * GstVoxelShardLabel:
 * @weight: how much background counts
 * @n_vessel: pixels that are set
 * @n_ignored: pixels that nobody knows of
 * @n_pixels: of the picture
 *
 * What the record tells of a label.
 */
typedef struct {
  gdouble weight;
  guint64 n_vessel;
  guint64 n_ignored;
  guint64 n_pixels;
} GstVoxelShardLabel;

gboolean gst_voxel_shard_label_count (GstVoxelShardLabel *label, const GstVideoFrame *frame, GError **error);
JsonObject *gst_voxel_shard_record_new (const GstVoxelSliceMeta *slice, const GstVideoFrame *image,
                                        const GstVoxelShardLabel *label);

G_END_DECLS
