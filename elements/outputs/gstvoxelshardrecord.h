/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>
#include <json-glib/json-glib.h>

#include "elements/outputs/label-count.h"
#include "elements/stream/voxel.h"

G_BEGIN_DECLS

JsonObject *gst_voxel_shard_record_new (const GstVoxelSliceMeta *slice, const GstVideoFrame *image,
                                        gdouble weight, const VoxelLabelCount *label);

G_END_DECLS
