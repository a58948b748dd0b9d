/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gpointer voxel_memory_alloc (gsize size, GError **error);
void voxel_memory_free (gpointer memory);
guint64 voxel_memory_available (void);
gchar *voxel_memory_to_text (guint64 bytes);

G_END_DECLS
