/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelholder.h"

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_RESLICE (gst_voxel_reslice_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelReslice, gst_voxel_reslice, GST, VOXEL_RESLICE, GstVoxelHolder)
GST_ELEMENT_REGISTER_DECLARE (voxelreslice)

G_END_DECLS
