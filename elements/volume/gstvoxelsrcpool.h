/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

GstBufferPool *gst_voxel_src_pool_new (const GstVideoInfo *info);
gboolean gst_voxel_src_pool_decide (GstQuery *query, const GstVideoInfo *info);

G_END_DECLS
