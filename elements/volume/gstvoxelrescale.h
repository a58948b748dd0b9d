/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_RESCALE (gst_voxel_rescale_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelRescale, gst_voxel_rescale, GST, VOXEL_RESCALE, GstElement)
GST_ELEMENT_REGISTER_DECLARE (voxelrescale)

GType gst_voxel_rescale_interpolation_get_type (void);

G_END_DECLS
