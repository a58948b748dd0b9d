/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/devices.h"

/* Such as "2 devices: 0 NVIDIA A100, 1 NVIDIA A100". */
static gchar *
list_devices (const VoxelBackendDevice *device, const guint *numbers, guint n)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, n == 1 ? "%u device: " : "%u devices: ", n);
  for (guint i = 0; i < n; i++) {
    guint number = numbers ? numbers[i] : i;
    g_autofree gchar *name = device->describe (number);

    g_string_append_printf (text, "%s%u %s", i ? ", " : "", number, name);
  }
  return g_string_free (text, FALSE);
}

static gboolean
refuse (const VoxelBackendDevice *device, guint count, const gchar *text, const gchar *why, GError **error)
{
  g_autofree gchar *there = list_devices (device, NULL, count);

  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "devices \"%s\": %s; there %s %s",
               text, why, count == 1 ? "is" : "are", there);
  return FALSE;
}

static gboolean
add_device (const VoxelBackendDevice *device, guint count, const gchar *text, const gchar *word,
            GArray *devices, GError **error)
{
  g_autofree gchar *why = NULL;
  guint64 number;

  if (!g_ascii_string_to_unsigned (word, 10, 0, G_MAXUINT, &number, NULL))
    return refuse (device, count, text, "expected numbers with commas between, or all", error);
  for (guint i = 0; i < devices->len; i++)
    if (g_array_index (devices, guint, i) == number)
      why = g_strdup_printf ("%u is named twice", (guint) number);
  if (number >= count)
    why = g_strdup_printf ("there is no device %u", (guint) number);
  if (why)
    return refuse (device, count, text, why, error);
  g_array_append_vals (devices, &(guint){(guint) number}, 1);
  return TRUE;
}

/**
 * voxel_devices_parse:
 * @backend: a backend
 * @text: (nullable): numbers with commas between, "all", or nothing for the first
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED, naming the devices that there are
 *
 * Returns: (transfer full) (nullable) (element-type guint): the devices, each once; none where the backend has none
 *   and none are asked for
 */
GArray *
voxel_devices_parse (const VoxelBackend *backend, const gchar *text, GError **error)
{
  g_autoptr (GArray) devices = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean said = text && *text;
  g_auto (GStrv) words = g_strsplit (said ? text : "0", ",", -1);
  guint count;

  if (!backend->device && !said)
    return g_steal_pointer (&devices);
  if (!backend->device) {
    g_set_error (
        error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
        "devices \"%s\": the backend %s has no devices to choose from: leave it out or set backend=cuda",
        text, backend->name);
    return NULL;
  }
  count = backend->device->count (error);
  if (!count)
    return NULL;
  if (g_strcmp0 (text, "all") == 0) {
    for (guint i = 0; i < count; i++)
      g_array_append_val (devices, i);
    return g_steal_pointer (&devices);
  }
  for (guint i = 0; words[i]; i++)
    if (!add_device (backend->device, count, text ? text : "", g_strstrip (words[i]), devices, error))
      return NULL;
  return g_steal_pointer (&devices);
}

/**
 * voxel_devices_describe:
 * @backend: a backend
 * @devices: (element-type guint): of it
 * @precision: of the arithmetic
 * @threads: of this machine
 *
 * Returns: (transfer full): for users, who computes and how, such as "cpu, 2 threads, fp32"
 */
gchar *
voxel_devices_describe (const VoxelBackend *backend, const GArray *devices, VoxelPrecision precision,
                        guint threads)
{
  const gchar *arithmetic = voxel_precision_to_name (precision);
  g_autofree gchar *there = NULL;

  if (!backend->device)
    return g_strdup_printf ("%s, %u %s, %s", backend->name, threads, threads == 1 ? "thread" : "threads",
                            arithmetic);
  there = devices->len == 1
              ? backend->device->describe (g_array_index (devices, guint, 0))
              : list_devices (backend->device, (const guint *) (gconstpointer) devices->data, devices->len);
  return g_strdup_printf ("%s, %s, %s", backend->name, there, arithmetic);
}
