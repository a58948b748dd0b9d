/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_SINK (gst_voxel_sink_get_type ())
GType gst_voxel_sink_get_type (void);
GST_ELEMENT_REGISTER_DECLARE (voxelsink)

G_END_DECLS
