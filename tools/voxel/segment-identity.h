/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "segment-plan.h"

G_BEGIN_DECLS

JsonObject *voxel_segment_identity_new (const VoxelSegmentRequest *request, GHashTable *values,
                                        guint shape[3], GError **error);
gchar *voxel_segment_identity_difference (JsonObject *was, JsonObject *is);
gchar *voxel_segment_identity_to_text (JsonObject *identity, gchar **digest);
JsonObject *voxel_segment_identity_from_text (const gchar *text, gsize size, GError **error);

G_END_DECLS
