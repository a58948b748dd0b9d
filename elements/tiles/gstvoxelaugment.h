/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelregroup.h"

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_AUGMENT (gst_voxel_augment_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelAugment, gst_voxel_augment, GST, VOXEL_AUGMENT, GstVoxelRegroup)
GST_ELEMENT_REGISTER_DECLARE (voxelaugment)

G_END_DECLS
