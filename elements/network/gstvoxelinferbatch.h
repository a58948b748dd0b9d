/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "elements/network/tile-network.h"

G_BEGIN_DECLS

typedef struct _GstVoxelInferBatch GstVoxelInferBatch;

guint gst_voxel_infer_count_company (GstBuffer *input);
GstVoxelInferBatch *gst_voxel_infer_batch_new (guint most, guint planes);
void gst_voxel_infer_batch_free (GstVoxelInferBatch *self);
gboolean gst_voxel_infer_batch_add (GstVoxelInferBatch *self, GstBuffer *input, const GstVideoInfo *in_info,
                                    GstBuffer *output, const GstVideoInfo *out_info);
gboolean gst_voxel_infer_batch_begin (GstVoxelInferBatch *self, VoxelTileNetwork *network, GError **error);
gboolean gst_voxel_infer_batch_end (GstVoxelInferBatch *self, GQueue *outputs, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstVoxelInferBatch, gst_voxel_infer_batch_free)

G_END_DECLS
