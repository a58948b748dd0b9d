/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean voxel_slice_list_is_tiff_name (const gchar *name);
gint voxel_slice_list_compare_names (const gchar *a, const gchar *b);
gchar *voxel_slice_list_make_stem (const gchar *path);
gchar *voxel_slice_list_make_id (const gchar *path);
gboolean voxel_slice_list_exists (const gchar *location);
GPtrArray *voxel_slice_list_find_files (const gchar *location, guint *ignored, GError **error);

G_END_DECLS
