/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_SHARD_SINK (gst_voxel_shard_sink_get_type ())
GType gst_voxel_shard_sink_get_type (void);
GST_ELEMENT_REGISTER_DECLARE (voxelshardsink)

G_END_DECLS
