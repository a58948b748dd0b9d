/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_NORMALIZE (gst_voxel_normalize_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelNormalize, gst_voxel_normalize, GST, VOXEL_NORMALIZE, GstElement)
GST_ELEMENT_REGISTER_DECLARE (voxelnormalize)

G_END_DECLS
