/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean voxel_byte_size_parse (const gchar *text, guint64 *bytes, GError **error);

G_END_DECLS
