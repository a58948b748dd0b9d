/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_SRC (gst_voxel_src_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelSrc, gst_voxel_src, GST, VOXEL_SRC, GstPushSrc)
GST_ELEMENT_REGISTER_DECLARE (voxelsrc)

G_END_DECLS
