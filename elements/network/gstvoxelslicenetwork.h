/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "elements/network/gstvoxelsliceinfersettings.h"
#include "elements/network/slice-devices.h"
#include "elements/stream/voxel.h"

G_BEGIN_DECLS

typedef struct _GstVoxelSliceNetwork GstVoxelSliceNetwork;

GstVoxelSliceNetwork *gst_voxel_slice_network_new (GstElement *element,
                                                   const GstVoxelSliceInferSettings *settings);
void gst_voxel_slice_network_free (GstVoxelSliceNetwork *network);
VoxelModel *gst_voxel_slice_network_get_model (GstVoxelSliceNetwork *network);
const GstVideoInfo *gst_voxel_slice_network_get_form (GstVoxelSliceNetwork *network);
gboolean gst_voxel_slice_network_fits (GstVoxelSliceNetwork *network, const GstVideoInfo *info);
gboolean gst_voxel_slice_network_fit (GstVoxelSliceNetwork *network, const GstVideoInfo *info);
gboolean gst_voxel_slice_network_is_full (GstVoxelSliceNetwork *network);
gboolean gst_voxel_slice_network_start (GstVoxelSliceNetwork *network, GstBuffer *slice);
gboolean gst_voxel_slice_network_wait (GstVoxelSliceNetwork *network, GstVideoFrame *result);
gdouble gst_voxel_slice_network_get_busy (GstVoxelSliceNetwork *network);
void gst_voxel_slice_network_forget (GstVoxelSliceNetwork *network);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstVoxelSliceNetwork, gst_voxel_slice_network_free)

G_END_DECLS
