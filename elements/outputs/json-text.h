/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *voxel_json_text_parse (const gchar *text, gsize length, GError **error);
gchar *voxel_json_text_write (JsonNode *node, gboolean pretty);

G_END_DECLS
