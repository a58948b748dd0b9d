/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean voxel_slice_range_parse (const gchar *text, guint count, guint *first, guint *last, GError **error);

G_END_DECLS
