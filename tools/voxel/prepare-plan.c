/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "command.h"
#include "disk-space.h"
#include "pipeline-values.h"
#include "prepare-inputs.h"
#include "prepare-outputs.h"
#include "prepare-plan.h"
#include "scratch-option.h"

static void
add_inputs (const VoxelPrepareInputs *inputs, GHashTable *values)
{
  g_autofree gchar *scans = voxel_prepare_inputs_join (inputs->scans);
  g_autofree gchar *labels = voxel_prepare_inputs_join (inputs->labels);

  voxel_pipeline_values_add (values, "scan", scans);
  voxel_pipeline_values_add (values, "labels", labels);
}

static gboolean
check_output (const VoxelPrepareRequest *request, const VoxelPrepareInputs *inputs, const gchar *location,
              GError **error)
{
  g_autoptr (GPtrArray) read = g_ptr_array_new ();

  g_ptr_array_extend (read, inputs->scans, NULL, NULL);
  g_ptr_array_extend (read, inputs->labels, NULL, NULL);
  g_ptr_array_add (read, NULL);
  return voxel_prepare_outputs_check (location, request->force, (const gchar *const *) read->pdata, error);
}

/* The pixels alone: what a tar file has around them is little. In doubles, since nothing keeps counts small. */
static gboolean
check_space (const VoxelPrepareRequest *request, const VoxelPrepareInputs *inputs, const gchar *location,
             GError **error)
{
  const VoxelPrepareSettings *settings = request->settings;
  gdouble side = voxel_prepare_settings_get_count (settings, "tile");
  guint64 slices = voxel_prepare_inputs_count (inputs, voxel_prepare_settings_get (settings, "axes"),
                                               voxel_prepare_settings_get_count (settings, "oblique"));
  gdouble samples = (gdouble) slices * voxel_prepare_settings_get_count (settings, "count") *
                    voxel_prepare_settings_get_count (settings, "epochs");
  gdouble bytes = samples * side * side * (voxel_prepare_settings_get_count (settings, "bits") / 8 + 1);
  const VoxelDiskNeed need = {location, "shards at least",
                              bytes < (gdouble) G_MAXINT64 ? (guint64) bytes : G_MAXINT64};

  return voxel_disk_space_check (&need, 1, "--output", error);
}

/**
 * voxel_prepare_plan:
 * @request: the command line
 * @error: VOXEL_COMMAND_ERROR_USAGE for options that cannot be; VOXEL_COMMAND_ERROR_FAILED where shards of an earlier
 *   run lie or the disk has no room; VOXEL_TIFF_ERROR for files
 *
 * Looks at scans and output; decodes and writes nothing.
 *
 * Returns: (transfer full): the variables of prepare.gst
 */
GHashTable *
voxel_prepare_plan (const VoxelPrepareRequest *request, GError **error)
{
  g_autoptr (GHashTable) values = voxel_pipeline_values_new ();
  g_autoptr (VoxelPrepareInputs) inputs = NULL;
  g_autofree gchar *location = NULL;
  const gchar *spacing = voxel_prepare_settings_get (request->settings, "spacing");
  const VoxelScanRescale rescale = {
      .wanted = spacing ? spacing : "0",
      .scale = "1",
      .scan_spacing = voxel_prepare_settings_get (request->settings, "scan-spacing"),
  };

  if (!voxel_prepare_settings_check (request->settings, error) ||
      !voxel_prepare_settings_add_values (request->settings, values, error) ||
      !voxel_scratch_option_add_value (request->scratch, values, error))
    return NULL;
  location = voxel_prepare_outputs_location (request->output, error);
  inputs = location ? voxel_prepare_inputs_new (request->words, &rescale, error) : NULL;
  if (!inputs || !check_output (request, inputs, location, error) ||
      !check_space (request, inputs, location, error))
    return NULL;
  add_inputs (inputs, values);
  voxel_pipeline_values_add (values, "shards", location);
  if (request->force)
    voxel_pipeline_values_add (values, "overwrite", "true");
  return g_steal_pointer (&values);
}
