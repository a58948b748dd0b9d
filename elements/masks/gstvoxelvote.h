/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/volume/gstvoxelholder.h"

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_VOTE (gst_voxel_vote_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelVote, gst_voxel_vote, GST, VOXEL_VOTE, GstVoxelHolder)
GST_ELEMENT_REGISTER_DECLARE (voxelvote)

G_END_DECLS
