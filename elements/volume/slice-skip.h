/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VOXEL_SLICE_SKIP_AXES 3

gboolean voxel_slice_skip_parse (const gchar *text, guint skip[VOXEL_SLICE_SKIP_AXES], GError **error);
gboolean voxel_slice_skip_leaves (const guint skip[VOXEL_SLICE_SKIP_AXES], guint axes,
                                  const guint shape[VOXEL_SLICE_SKIP_AXES]);

G_END_DECLS
