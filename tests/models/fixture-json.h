/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/files/json.h"

/* Members of an object that must be there and of their kind, but for the boolean, which is FALSE where it is absent. */
guint fixture_json_uint (const VoxelJson *object, const gchar *name);
gdouble fixture_json_double (const VoxelJson *object, const gchar *name);
gboolean fixture_json_boolean (const VoxelJson *object, const gchar *name);

VoxelJson *fixture_json_parse (const gchar *text);
