/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelregroup.h"

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_VIEWS (gst_voxel_views_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelViews, gst_voxel_views, GST, VOXEL_VIEWS, GstVoxelRegroup)
GST_ELEMENT_REGISTER_DECLARE (voxelviews)

G_END_DECLS
