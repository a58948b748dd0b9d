/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_STAMP (gst_voxel_stamp_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelStamp, gst_voxel_stamp, GST, VOXEL_STAMP, GstBaseTransform)
GST_ELEMENT_REGISTER_DECLARE (voxelstamp)

G_END_DECLS
