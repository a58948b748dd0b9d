/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-label-pairs.h"

#include <string.h>

/* Names in an error, before it says how many more there are. */
#define MOST_NAMES 5

static gboolean
has_file_a_slice (const VoxelSliceList *list)
{
  return voxel_slice_list_get_n_files (list) == voxel_slice_list_get_length (list);
}

static GHashTable *
number_names (const VoxelSliceList *slices)
{
  GHashTable *numbers = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < voxel_slice_list_get_length (slices); i++)
    g_hash_table_insert (numbers, (gpointer) voxel_slice_list_get_name (slices, i), GUINT_TO_POINTER (i + 1));
  return numbers;
}

/* What a label's name says more than its slice's, such as "_label"; NULL where no slice is called so. */
static const gchar *
find_suffix (GHashTable *numbers, const gchar *name)
{
  for (gsize length = strlen (name); length > 0; length--) {
    g_autofree gchar *head = g_strndup (name, length);

    if (!g_ascii_isalnum (name[length]) && g_hash_table_contains (numbers, head))
      return name + length;
  }
  return NULL;
}

static const gchar *
find_common_suffix (GHashTable *numbers, const VoxelSliceList *labels)
{
  const gchar *suffix = NULL;

  for (guint i = 0; i < voxel_slice_list_get_length (labels) && !suffix; i++)
    suffix = find_suffix (numbers, voxel_slice_list_get_name (labels, i));
  return suffix;
}

/* The slice that a label is called after, from 1; 0 where there is none. */
static guint
find_slice (GHashTable *numbers, const gchar *name, const gchar *suffix)
{
  g_autofree gchar *head = NULL;

  if (!g_str_has_suffix (name, suffix))
    return 0;
  head = g_strndup (name, strlen (name) - strlen (suffix));
  return GPOINTER_TO_UINT (g_hash_table_lookup (numbers, head));
}

/* "a", "b" and 7 more. */
static gchar *
list_names (const GPtrArray *names)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (names->len, MOST_NAMES); i++)
    g_string_append_printf (text, "%s\"%s\"", i ? ", " : "", (const gchar *) g_ptr_array_index (names, i));
  if (names->len > MOST_NAMES)
    g_string_append_printf (text, " and %u more", names->len - MOST_NAMES);
  return g_string_free (text, FALSE);
}

static gboolean
pair_by_name (const gchar *location, GHashTable *numbers, const gchar *suffix, const VoxelSliceList *labels,
              guint *of_slice, GError **error)
{
  g_autoptr (GPtrArray) stray = g_ptr_array_new ();
  g_autofree gchar *names = NULL;

  for (guint i = 0; i < voxel_slice_list_get_length (labels); i++) {
    const gchar *name = voxel_slice_list_get_name (labels, i);
    guint number = find_slice (numbers, name, suffix);

    if (number > 0)
      of_slice[number - 1] = i;
    else
      g_ptr_array_add (stray, (gpointer) name);
  }
  if (stray->len == 0)
    return TRUE;
  names = list_names (stray);
  g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MIXED,
               "\"%s\": there is no slice for %u of %u labels: %s: take them out, or call them as the slices "
               "are called%s%s%s",
               location, stray->len, voxel_slice_list_get_length (labels), names, *suffix ? " (with \"" : "",
               suffix, *suffix ? "\" behind the name)" : "");
  return FALSE;
}

static gboolean
pair_by_order (const gchar *location, const VoxelSliceList *labels, const VoxelSliceList *slices,
               guint *of_slice, GError **error)
{
  guint n_labels = voxel_slice_list_get_length (labels), n_slices = voxel_slice_list_get_length (slices);
  guint odd = MIN (n_labels, n_slices);

  for (guint i = 0; i < n_slices; i++)
    of_slice[i] = i;
  if (n_labels == n_slices)
    return TRUE;
  g_set_error (
      error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MIXED,
      "\"%s\": %u labels for %u slices: from %s \"%s\" on there is no %s: give every slice a label, or "
      "call the label's file as its slice's",
      location, n_labels, n_slices, n_labels > n_slices ? "label" : "slice",
      voxel_slice_list_get_name (n_labels > n_slices ? labels : slices, odd),
      n_labels > n_slices ? "slice" : "label");
  return FALSE;
}

/**
 * voxel_slice_label_pairs_find:
 * @location: of the labels, for errors
 * @labels: labels
 * @slices: slices
 * @error: VOXEL_TIFF_ERROR_MIXED, naming labels without a slice, or how many there are too few
 *
 * By the names of files where both have a file a slice and any label is called as a slice, or so with one and the
 * same suffix (_label, -mask, .seg ...) in all: then every label must be, but slices may be without. By order
 * otherwise: then there must be as many of these as of those.
 *
 * Returns: (transfer full) (array): the label of each slice, or VOXEL_SLICE_LABEL_NONE
 */
guint *
voxel_slice_label_pairs_find (const gchar *location, const VoxelSliceList *labels,
                              const VoxelSliceList *slices, GError **error)
{
  guint n_slices = voxel_slice_list_get_length (slices);
  g_autofree guint *of_slice = g_new (guint, n_slices);
  g_autoptr (GHashTable) numbers = number_names (slices);
  const gchar *suffix =
      has_file_a_slice (labels) && has_file_a_slice (slices) ? find_common_suffix (numbers, labels) : NULL;

  for (guint i = 0; i < n_slices; i++)
    of_slice[i] = VOXEL_SLICE_LABEL_NONE;
  if (suffix ? pair_by_name (location, numbers, suffix, labels, of_slice, error)
             : pair_by_order (location, labels, slices, of_slice, error))
    return g_steal_pointer (&of_slice);
  return NULL;
}

/**
 * voxel_slice_label_pairs_cover:
 * @location: of the labels, for errors
 * @of_slice: the label of each slice
 * @slices: slices
 * @first: a slice
 * @last: another, not before @first
 * @error: VOXEL_TIFF_ERROR_MIXED, naming the slices without a label
 *
 * Returns: whether slices @first to @last have a label each
 */
gboolean
voxel_slice_label_pairs_cover (const gchar *location, const guint *of_slice, const VoxelSliceList *slices,
                               guint first, guint last, GError **error)
{
  g_autoptr (GPtrArray) bare = g_ptr_array_new ();
  g_autofree gchar *names = NULL;

  for (guint i = first; i <= last; i++) {
    if (of_slice[i] == VOXEL_SLICE_LABEL_NONE)
      g_ptr_array_add (bare, (gpointer) voxel_slice_list_get_name (slices, i));
  }
  if (bare->len == 0)
    return TRUE;
  names = list_names (bare);
  g_set_error (
      error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MIXED,
      "\"%s\": there is no label for %u of %u slices: %s: add labels, or read the slices that have one "
      "with start-index and stop-index",
      location, bare->len, last - first + 1, names);
  return FALSE;
}
