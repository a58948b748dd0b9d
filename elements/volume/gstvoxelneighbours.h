/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_NEIGHBOURS (gst_voxel_neighbours_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelNeighbours, gst_voxel_neighbours, GST, VOXEL_NEIGHBOURS, GstElement)
GST_ELEMENT_REGISTER_DECLARE (voxelneighbours)

G_END_DECLS
