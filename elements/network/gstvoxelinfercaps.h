/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

GstCaps *gst_voxel_infer_transform_caps (GstBaseTransform *base, GstPadDirection direction, GstCaps *caps,
                                         GstCaps *filter);
gboolean gst_voxel_infer_transform_size (GstBaseTransform *base, GstPadDirection direction, GstCaps *caps,
                                         gsize size, GstCaps *other_caps, gsize *other_size);

G_END_DECLS
