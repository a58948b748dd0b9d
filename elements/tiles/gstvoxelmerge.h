/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelregroup.h"

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_MERGE (gst_voxel_merge_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelMerge, gst_voxel_merge, GST, VOXEL_MERGE, GstVoxelRegroup)
GST_ELEMENT_REGISTER_DECLARE (voxelmerge)

G_END_DECLS
