/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "segment-backend.h"

#include <string.h>

#include "command.h"
#include "models/cpu/isa.h"
#include "models/devices.h"
#include "models/executor.h"

/* An option that cannot be is no failure. */
static gboolean
refuse (const gchar *option, const GError *why, GError **error)
{
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "--%s%s", option, why->message);
  return FALSE;
}

/**
 * voxel_segment_backend_find:
 * @settings: resolved
 * @found: (out): who computes
 * @error: VOXEL_COMMAND_ERROR_USAGE: what this machine lacks, or the devices that there are
 *
 * Returns: whether the network can be run as the settings say
 */
gboolean
voxel_segment_backend_find (const VoxelSegmentSettings *settings, VoxelSegmentBackend *found, GError **error)
{
  const gchar *name = voxel_segment_settings_get (settings, "backend");
  const gchar *precision = voxel_segment_settings_get (settings, "precision");
  g_autoptr (GError) why = NULL;

  *found = (VoxelSegmentBackend){0};
  voxel_precision_from_name (precision, &found->precision);
  found->backend = voxel_backend_find (name, found->precision, &why);
  if (!found->backend) {
    g_autofree gchar *options = g_strdup_printf ("backend %s --precision %s: ", name, precision);

    return refuse (options, why, error);
  }
  found->devices =
      voxel_devices_parse (found->backend, voxel_segment_settings_get (settings, "devices"), &why);
  if (!found->devices)
    return refuse ("", why, error);
  if (found->precision == VOXEL_PRECISION_AUTO)
    found->precision = found->backend->fastest ();
  found->threads = (guint) g_ascii_strtoull (voxel_segment_settings_get (settings, "threads"), NULL, 10);
  if (!found->threads)
    found->threads = voxel_executor_default_threads ();
  return TRUE;
}

/**
 * voxel_segment_backend_describe:
 * @found: who computes
 *
 * Returns: (transfer full): that in words
 */
gchar *
voxel_segment_backend_describe (const VoxelSegmentBackend *found)
{
  return voxel_devices_describe (found->backend, found->devices, found->precision, found->threads);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* Their kinds, each once. */
static void
add_kinds (const VoxelSegmentBackend *found, GString *text)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < found->devices->len; i++)
    g_ptr_array_add (kinds, found->backend->device->describe (g_array_index (found->devices, guint, i)));
  g_ptr_array_sort (kinds, compare);
  for (guint i = 0; i < kinds->len; i++)
    if (i == 0 || strcmp (kinds->pdata[i], kinds->pdata[i - 1]))
      g_string_append_printf (text, ", %s", (const gchar *) kinds->pdata[i]);
}

/**
 * voxel_segment_backend_identify:
 * @found: who computes
 *
 * Returns: (transfer full): all that the scores depend on: on the CPU its instruction set; on devices their kinds,
 *   however many there are of each
 */
gchar *
voxel_segment_backend_identify (const VoxelSegmentBackend *found)
{
  GString *text = g_string_new (found->backend->name);
  const gchar *choice = g_getenv ("VOXEL_CPU_CONV");

  g_string_append_printf (text, " %s", voxel_precision_to_name (found->precision));
  if (found->backend->device)
    add_kinds (found, text);
  else
    g_string_append_printf (text, " %s%s%s", voxel_cpu_kernels ()->name, choice ? " " : "",
                            choice ? choice : "");
  return g_string_free (text, FALSE);
}

void
voxel_segment_backend_clear (VoxelSegmentBackend *found)
{
  g_clear_pointer (&found->devices, g_array_unref);
}
