/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture-network.h"

#include <string.h>

#include "fixture.h"
#include "fixture-json.h"

static FixtureNetwork *
open_network (const gchar *folder, const gchar *file)
{
  g_autofree gchar *path = g_build_filename (folder, file, NULL);
  g_autoptr (GError) error = NULL;
  FixtureNetwork *network = g_new0 (FixtureNetwork, 1);

  network->name = g_strndup (file, strlen (file) - strlen (".safetensors"));
  network->file = voxel_safetensors_open (path, &error);
  g_assert_no_error (error);
  network->about = fixture_json_parse (voxel_safetensors_metadata (network->file, "network"));
  network->architecture =
      voxel_architecture_find (voxel_json_get_string (network->about, "architecture"), &error);
  g_assert_no_error (error);
  voxel_architecture_info (network->architecture, voxel_json_get (network->about, "config"), &network->info,
                           &error);
  g_assert_no_error (error);
  return network;
}

static void
close_network (gpointer data)
{
  FixtureNetwork *network = data;

  voxel_safetensors_free (network->file);
  voxel_json_free (network->about);
  g_free (network->name);
  g_free (network);
}

/* Returns: (transfer full): all of them, of #FixtureNetwork. */
GPtrArray *
fixture_networks (void)
{
  g_autofree gchar *folder = fixture_path ("networks");
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func (close_network);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  g_assert_nonnull (dir);
  for (const gchar *file = g_dir_read_name (dir); file; file = g_dir_read_name (dir))
    g_ptr_array_add (networks, open_network (folder, file));
  g_assert_cmpuint (networks->len, >, 10);
  return g_steal_pointer (&networks);
}
