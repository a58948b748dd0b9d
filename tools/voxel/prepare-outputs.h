/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gchar *voxel_prepare_outputs_location (const gchar *path, GError **error);
gboolean voxel_prepare_outputs_check (const gchar *location, gboolean force, const gchar *const *inputs,
                                      GError **error);

G_END_DECLS
