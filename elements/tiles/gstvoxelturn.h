/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "dihedral.h"
#include "gstvoxelregroup.h"

G_BEGIN_DECLS

GstFlowReturn gst_voxel_turn (GstVoxelRegroup *self, GstBuffer *buffer, VoxelDihedral symmetry,
                              GstBuffer **turned);
GstFlowReturn gst_voxel_turn_none (GstVoxelRegroup *self, GstBuffer *buffer, GstBuffer **copy);

G_END_DECLS
