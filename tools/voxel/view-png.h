/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GstBuffer *voxel_view_picture_new (guint width, guint height, gsize *stride);
gboolean voxel_view_write_png (GstBuffer *picture, guint width, guint height, const gchar *path,
                               GError **error);

G_END_DECLS
