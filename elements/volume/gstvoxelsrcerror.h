/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

void gst_voxel_src_post_error (GstElement *element, const GError *error);

G_END_DECLS
