/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelholder.h"
#include "gstvoxelreslicesettings.h"

G_BEGIN_DECLS

GstFlowReturn gst_voxel_reslice_send (GstVoxelHolder *holder, const GstVoxelReslicePlan *plan,
                                      GPtrArray *volumes);

G_END_DECLS
