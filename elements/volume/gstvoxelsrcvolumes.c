/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrcvolume.h"
#include "slice-list-files.h"

#define SEPARATOR ";"

/* Where something is called like all of @text, a separator in it is part of the name. */
static gchar **
split (const gchar *text)
{
  return g_strsplit (text, SEPARATOR, voxel_slice_list_exists (text) ? 1 : -1);
}

static gboolean
check_entries (gchar *const *entries, const gchar *property, GError **error)
{
  for (guint i = 0; entries[i]; i++) {
    if (*entries[i])
      continue;
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
                 "%s: entry %u of the list is empty: name a folder, a file or a pattern between any two "
                 "semicolons",
                 property, i + 1);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_settings (const GstVoxelSrcSettings *settings, gchar *const *locations, gchar *const *labels,
                GError **error)
{
  guint n_locations = g_strv_length ((gchar **) locations);
  guint n_labels = labels ? g_strv_length ((gchar **) labels) : n_locations;

  if (!check_entries (locations, "location", error) || (labels && !check_entries (labels, "labels", error)))
    return FALSE;
  if (n_labels == n_locations)
    return TRUE;
  g_set_error (
      error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "labels names %u stacks (\"%s\"), location %u (\"%s\"): name the labels of every location, in the "
      "same order",
      n_labels, settings->labels, n_locations, settings->location);
  return FALSE;
}

/* Whoever names samples after volumes must be able to tell one from another. */
static void
make_id_unique (GstVoxelSrcVolume *volume, GHashTable *ids)
{
  g_autofree gchar *wanted = g_strdup (volume->id);

  for (guint number = 2; !g_hash_table_add (ids, g_strdup (volume->id)); number++) {
    g_free (volume->id);
    volume->id = g_strdup_printf ("%s#%u", wanted, number);
  }
}

/**
 * gst_voxel_src_volumes_open:
 * @settings: what is wanted
 * @volumes: (element-type GstVoxelSrcVolume): where they go, at least one, each of an id of its own
 * @threads: to read headers with, at least 1
 * @error: GST_LIBRARY_ERROR_SETTINGS or any VOXEL_TIFF_ERROR
 *
 * Opens and checks all of the location, before a slice of any is read.
 *
 * Returns: whether all could be opened; what is in @volumes otherwise is of no use
 */
gboolean
gst_voxel_src_volumes_open (const GstVoxelSrcSettings *settings, GPtrArray *volumes, guint threads,
                            GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) locations = split (settings->location);
  g_auto (GStrv) labels = settings->labels && *settings->labels ? split (settings->labels) : NULL;

  if (!check_settings (settings, locations, labels, error))
    return FALSE;
  for (guint i = 0; locations[i]; i++) {
    GstVoxelSrcVolume *volume =
        gst_voxel_src_volume_open (settings, locations[i], labels ? labels[i] : NULL, threads, error);

    if (!volume)
      return FALSE;
    make_id_unique (volume, ids);
    g_ptr_array_add (volumes, volume);
  }
  return TRUE;
}
