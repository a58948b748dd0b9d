/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "models/model.h"

G_BEGIN_DECLS

gboolean gst_voxel_infer_check_input (GstElement *element, VoxelModel *model, GstBuffer *input);

G_END_DECLS
