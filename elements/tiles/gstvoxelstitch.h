/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelregroup.h"

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_STITCH (gst_voxel_stitch_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelStitch, gst_voxel_stitch, GST, VOXEL_STITCH, GstVoxelRegroup)
GST_ELEMENT_REGISTER_DECLARE (voxelstitch)

G_END_DECLS
