/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "command.h"
#include "plugin-find.h"

/**
 * voxel_plugin_find:
 * @error: VOXEL_COMMAND_ERROR_FAILED where there is no plugin
 *
 * Initialises GStreamer and makes sure that the elements are known: from the registry (GST_PLUGIN_PATH and
 * the system's folders), or else from the folder that the plugin was installed to with this program.
 *
 * Returns: whether the elements are there
 */
gboolean
voxel_plugin_find (GError **error)
{
  GstRegistry *registry;
  g_autoptr (GstElementFactory) factory = NULL;

  if (!gst_init_check (NULL, NULL, error))
    return FALSE;
  factory = gst_element_factory_find ("voxelsrc");
  if (factory)
    return TRUE;
  registry = gst_registry_get ();
  gst_registry_scan_path (registry, VOXEL_PLUGIN_DIR);
  factory = gst_element_factory_find ("voxelsrc");
  if (factory)
    return TRUE;
  g_set_error (
      error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED,
      "the plugin libgstvoxel.so is neither in GStreamer's registry nor in %s\n"
      "Set GST_PLUGIN_PATH to the folder it lies in; gst-inspect-1.0 -b lists plugins that do not load",
      VOXEL_PLUGIN_DIR);
  return FALSE;
}
