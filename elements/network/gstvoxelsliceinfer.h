/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/tiles/gstvoxelregroup.h"

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_SLICE_INFER (gst_voxel_slice_infer_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelSliceInfer, gst_voxel_slice_infer, GST, VOXEL_SLICE_INFER, GstVoxelRegroup)

GST_ELEMENT_REGISTER_DECLARE (voxelsliceinfer)

G_END_DECLS
