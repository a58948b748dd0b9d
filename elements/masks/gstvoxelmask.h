/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/gstvideofilter.h>

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_MASK (gst_voxel_mask_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelMask, gst_voxel_mask, GST, VOXEL_MASK, GstVideoFilter)

GST_ELEMENT_REGISTER_DECLARE (voxelmask)

G_END_DECLS
