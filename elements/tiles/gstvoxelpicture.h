/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

gboolean gst_voxel_picture_map (GstElement *element, const GstVideoInfo *info, GstVideoFrame *frame,
                                GstBuffer *buffer);
gboolean gst_voxel_picture_map_new (GstElement *element, const GstVideoInfo *info, GstVideoFrame *frame,
                                    GstBuffer *buffer);
gboolean gst_voxel_picture_has_gaps (const GstVideoInfo *info, GstBuffer *buffer);

G_END_DECLS
