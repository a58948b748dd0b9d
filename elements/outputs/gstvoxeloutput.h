/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/video/video.h>

#include "elements/stream/voxel.h"

G_BEGIN_DECLS

GstVoxelSliceMeta *gst_voxel_output_require_slice (GstElement *element, GstBuffer *buffer,
                                                   const GstVideoInfo *info);
GstVoxelPassStep gst_voxel_output_advance (GstVoxelPass *pass, const GstVoxelSliceMeta *slice,
                                           GError **error);
void gst_voxel_output_post_error (GstElement *element, const GError *error);

G_END_DECLS
