/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_INFER (gst_voxel_infer_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelInfer, gst_voxel_infer, GST, VOXEL_INFER, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (voxelinfer)

G_END_DECLS
