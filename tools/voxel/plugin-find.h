/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

gboolean voxel_plugin_find (GError **error);

G_END_DECLS
