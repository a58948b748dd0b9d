/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gchar *voxel_pipeline_builtin_load (const gchar *name, GError **error);
gchar *voxel_pipeline_file_load (const gchar *path, GError **error);
gboolean voxel_pipeline_file_expand (const gchar *name, const gchar *text, GHashTable *values,
                                     gboolean dry_run, gchar **launch, GError **error);

G_END_DECLS
