/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "elements/stream/voxel.h"

G_BEGIN_DECLS

GstVoxelVolume *gst_voxel_reslice_record_new (const GstVoxelVolume *scan, guint first, guint depth,
                                              guint axes, const guint64 *histogram);
GstFlowReturn gst_voxel_reslice_record_check (GstElement *element, const GstVoxelSliceMeta *slice,
                                              const GstVideoInfo *info);

G_END_DECLS
