/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "elements/network/tile-network.h"

G_BEGIN_DECLS

gboolean gst_voxel_infer_check_input (GstElement *element, VoxelTileNetwork *network, GstBuffer *input);

G_END_DECLS
