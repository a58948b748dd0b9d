/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "command.h"
#include "elements/volume/slice-list-files.h"
#include "prepare-inputs.h"
#include "segment-scan.h"

#define SEPARATOR ";"
#define LEAST_SIDE 32 /* of a slice that voxeltile cuts */

static gboolean
fail (GError **error, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "%s\nSee: voxel prepare --help", text);
  return FALSE;
}

/* As voxelsrc reads them: where something is called like all of a word, a semicolon in it is part of its name. */
static void
add_names (GPtrArray *names, const gchar *word)
{
  g_auto (GStrv) parts = g_strsplit (word, SEPARATOR, voxel_slice_list_exists (word) ? 1 : -1);

  for (gchar **part = parts; *part; part++)
    g_ptr_array_add (names, g_strdup (*part));
}

static gboolean
add_pair (VoxelPrepareInputs *inputs, const gchar *scan, const gchar *labels, GError **error)
{
  guint before = inputs->scans->len;

  add_names (inputs->scans, scan);
  add_names (inputs->labels, labels);
  if (inputs->scans->len == inputs->labels->len)
    return TRUE;
  return fail (error, "%s names %u stacks and %s %u: each needs its labels, in the same order", scan,
               inputs->scans->len - before, labels, inputs->labels->len - before);
}

/* Whoever reads the list takes a semicolon for the end of a name. */
static gboolean
check_names (const GPtrArray *names, GError **error)
{
  for (guint i = 0; i < names->len && names->len > 1; i++) {
    const gchar *name = g_ptr_array_index (names, i);

    if (strstr (name, SEPARATOR))
      return fail (error, "%s: with a semicolon in its name it can only be read alone, not with other stacks",
                   name);
  }
  return TRUE;
}

static gboolean
look (VoxelPrepareInputs *inputs, const VoxelScanRescale *rescale, GError **error)
{
  for (guint i = 0; i < inputs->scans->len; i++) {
    const gchar *name = g_ptr_array_index (inputs->scans, i);
    gdouble ratio[3];
    gboolean changes;
    VoxelScan scan;
    guint shape[3];

    if (!voxel_scan_look (name, &scan, error) ||
        !voxel_scan_rescale_get_ratio (rescale, name, scan.spacing, ratio, &changes, error))
      return FALSE;
    shape[0] = scan.count;
    shape[1] = scan.height;
    shape[2] = scan.width;
    voxel_scan_rescale_shape (ratio, shape);
    g_array_append_vals (inputs->shapes, shape, 3);
  }
  return TRUE;
}

/**
 * voxel_prepare_inputs_new:
 * @words: (array zero-terminated=1): a stack of slices and its labels, as often as there are such pairs; each may
 *   be several with semicolons between them
 * @rescale: to which voxels scans are resampled
 * @error: VOXEL_COMMAND_ERROR_USAGE where they are no pairs or cannot be resampled; VOXEL_TIFF_ERROR where a scan cannot be read
 *
 * Looks at the scans; at their labels voxelsrc looks before it sends anything.
 *
 * Returns: (transfer full): the inputs
 */
VoxelPrepareInputs *
voxel_prepare_inputs_new (gchar *const *words, const VoxelScanRescale *rescale, GError **error)
{
  g_autoptr (VoxelPrepareInputs) inputs = g_new0 (VoxelPrepareInputs, 1);

  inputs->scans = g_ptr_array_new_with_free_func (g_free);
  inputs->labels = g_ptr_array_new_with_free_func (g_free);
  inputs->shapes = g_array_new (FALSE, FALSE, sizeof (guint));
  if (!words[0]) {
    fail (error, "which scans? Say each with its labels behind it");
    return NULL;
  }
  for (; words[0]; words += 2) {
    if (!words[1]) {
      fail (error, "%s: where are its labels? Say them behind it", words[0]);
      return NULL;
    }
    if (!add_pair (inputs, words[0], words[1], error))
      return NULL;
  }
  if (!check_names (inputs->scans, error) || !check_names (inputs->labels, error) ||
      !look (inputs, rescale, error))
    return NULL;
  return g_steal_pointer (&inputs);
}

/**
 * voxel_prepare_inputs_free:
 * @inputs: inputs
 */
void
voxel_prepare_inputs_free (VoxelPrepareInputs *inputs)
{
  g_ptr_array_unref (inputs->scans);
  g_ptr_array_unref (inputs->labels);
  g_array_unref (inputs->shapes);
  g_free (inputs);
}

/**
 * voxel_prepare_inputs_join:
 * @names: of stacks
 *
 * Returns: (transfer full): as voxelsrc takes them
 */
gchar *
voxel_prepare_inputs_join (const GPtrArray *names)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s%s", i ? SEPARATOR : "", (const gchar *) g_ptr_array_index (names, i));
  return g_string_free (text, FALSE);
}

/**
 * voxel_prepare_inputs_count:
 * @inputs: inputs
 * @axes: such as "z,y,x"
 * @oblique: slices in random planes of each volume
 *
 * Returns: slices of an epoch; axes whose slices are too small for tiles are left out
 */
guint64
voxel_prepare_inputs_count (const VoxelPrepareInputs *inputs, const gchar *axes, guint oblique)
{
  guint64 slices = 0;

  for (guint i = 0; i < inputs->shapes->len; i += 3) {
    const guint *shape = &g_array_index (inputs->shapes, guint, i);

    for (guint axis = 0; axis < 3; axis++) {
      gboolean wanted = strchr (axes, "zyx"[axis]) != NULL;

      if (wanted && MIN (shape[(axis + 1) % 3], shape[(axis + 2) % 3]) >= LEAST_SIDE)
        slices += shape[axis];
    }
    slices += oblique;
  }
  return slices;
}
