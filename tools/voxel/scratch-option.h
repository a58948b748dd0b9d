/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean voxel_scratch_option_add_value (const gchar *folder, GHashTable *values, GError **error);

G_END_DECLS
