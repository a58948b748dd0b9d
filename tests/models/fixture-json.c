/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture-json.h"

#include <string.h>

guint
fixture_json_uint (const VoxelJson *object, const gchar *name)
{
  const VoxelJson *member = voxel_json_get (object, name);

  g_assert_true (voxel_json_is (member, VOXEL_JSON_INTEGER));
  g_assert_cmpint (member->integer, >=, 0);
  g_assert_cmpint (member->integer, <=, G_MAXUINT);
  return (guint) member->integer;
}

gdouble
fixture_json_double (const VoxelJson *object, const gchar *name)
{
  gdouble value = 0;

  g_assert_true (voxel_json_to_double (voxel_json_get (object, name), &value));
  return value;
}

gboolean
fixture_json_boolean (const VoxelJson *object, const gchar *name)
{
  const VoxelJson *member = voxel_json_get (object, name);

  g_assert_true (!member || member->kind == VOXEL_JSON_BOOLEAN);
  return member && member->boolean;
}

/* Returns: (transfer full): what a fixture's metadata say. */
VoxelJson *
fixture_json_parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  VoxelJson *json;

  g_assert_nonnull (text);
  json = voxel_json_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  return json;
}
