/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/selftest/selftest-machine.h"

#include <string.h>

#include "models/backend.h"
#include "models/cpu/isa.h"
#include "models/executor.h"

static gchar *
read_cpu (void)
{
  g_autofree gchar *text = NULL;
  const gchar *line, *colon;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    return g_strdup ("unknown");
  line = strstr (text, "model name");
  colon = line ? strchr (line, ':') : NULL;
  return colon ? g_strstrip (g_strndup (colon + 1, strcspn (colon, "\n") - 1)) : g_strdup ("unknown");
}

static void
look_at (VoxelSelftestMachine *machine, const VoxelBackend *backend)
{
  g_autoptr (GError) error = NULL;
  guint n = backend->device->count (&error);

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *words = backend->device->describe (i);

    g_ptr_array_add (machine->devices, g_strdup_printf ("%s %u: %s", backend->name, i, words));
  }
  if (!n)
    g_ptr_array_add (machine->missing, g_strdup_printf ("%s: %s", backend->name, error->message));
}

/**
 * voxel_selftest_machine_look:
 * @machine: (out): what there is
 */
void
voxel_selftest_machine_look (VoxelSelftestMachine *machine)
{
  machine->cpu = read_cpu ();
  machine->instructions = voxel_cpu_kernels ()->name;
  machine->threads = voxel_executor_default_threads ();
  machine->devices = g_ptr_array_new_with_free_func (g_free);
  machine->missing = g_ptr_array_new_with_free_func (g_free);
  for (const VoxelBackend *const *backend = voxel_backends (); *backend; backend++)
    if ((*backend)->device)
      look_at (machine, *backend);
}

void
voxel_selftest_machine_clear (VoxelSelftestMachine *machine)
{
  g_clear_pointer (&machine->cpu, g_free);
  g_clear_pointer (&machine->devices, g_ptr_array_unref);
  g_clear_pointer (&machine->missing, g_ptr_array_unref);
}
