/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "elements/network/gstvoxelinfersettings.h"
#include "models/model.h"

G_BEGIN_DECLS

VoxelModel *gst_voxel_infer_model_load (GstElement *element, const GstVoxelInferSettings *settings);
void gst_voxel_infer_model_refuse (GstElement *element, const GError *error);

G_END_DECLS
