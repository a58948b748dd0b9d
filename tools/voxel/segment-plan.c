/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <unistd.h>

#include "byte-size.h"
#include "command.h"
#include "models/model.h"
#include "pipeline-values.h"
#include "segment-memory.h"
#include "segment-outputs.h"
#include "segment-plan.h"
#include "slice-range.h"

static void
add_number (GHashTable *values, const gchar *name, guint64 number)
{
  g_autofree gchar *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  voxel_pipeline_values_add (values, name, text);
}

static gboolean
add_outputs (const VoxelSegmentRequest *request, GHashTable *values, GError **error)
{
  for (gchar **path = request->outputs; *path; path++) {
    VoxelOutputKind kind;
    g_autofree gchar *location = NULL;

    if (!voxel_output_kind_parse (*path, &kind, error))
      return FALSE;
    location = voxel_output_location (*path, kind);
    voxel_pipeline_values_add (values, kind == VOXEL_OUTPUT_CSV ? "csv" : "tiff", location);
  }
  if (request->probability) {
    VoxelOutputKind kind;
    g_autofree gchar *location = NULL;

    if (!voxel_output_kind_parse (request->probability, &kind, error))
      return FALSE;
    if (kind == VOXEL_OUTPUT_CSV) {
      g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                   "--probability %s: probabilities do not fit in a CSV file\nSay x.tif or a folder",
                   request->probability);
      return FALSE;
    }
    location = voxel_output_location (request->probability, kind);
    voxel_pipeline_values_add (values, "probability", location);
  }
  return TRUE;
}

static gboolean
check_outputs (const VoxelSegmentRequest *request, GError **error)
{
  g_autoptr (GPtrArray) outputs = g_ptr_array_new ();
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();

  for (gchar **path = request->outputs; *path; path++)
    g_ptr_array_add (outputs, *path);
  if (request->probability)
    g_ptr_array_add (outputs, request->probability);
  g_ptr_array_add (outputs, NULL);
  g_ptr_array_add (inputs, (gpointer) request->scan);
  g_ptr_array_add (inputs, request->model);
  g_ptr_array_add (inputs, request->mask);
  g_ptr_array_add (inputs, NULL);
  for (guint i = 0; i + 1 < outputs->len; i++) {
    if (!voxel_output_check (g_ptr_array_index (outputs, i), (const gchar *const *) inputs->pdata, error))
      return FALSE;
  }
  return voxel_outputs_distinct ((const gchar *const *) outputs->pdata, error);
}

static gboolean
add_slices (const VoxelSegmentRequest *request, const VoxelScan *scan, GHashTable *values, GError **error)
{
  guint first, last;

  if (!request->slices)
    return TRUE;
  if (!voxel_slice_range_parse (request->slices, scan->count, &first, &last, error))
    return FALSE;
  add_number (values, "first", first);
  add_number (values, "last", last);
  return TRUE;
}

static gboolean
add_mask (const VoxelSegmentRequest *request, const VoxelScan *scan, GHashTable *values, GError **error)
{
  VoxelScan mask;

  if (!request->mask)
    return TRUE;
  if (!voxel_scan_look (request->mask, &mask, error))
    return FALSE;
  if (mask.count != scan->count || mask.height != scan->height || mask.width != scan->width) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "--mask %s is of %u x %u x %u voxels, the scan of %u x %u x %u\n"
                 "The mask needs a slice for every slice of the scan, of the same size",
                 request->mask, mask.count, mask.height, mask.width, scan->count, scan->height, scan->width);
    return FALSE;
  }
  voxel_pipeline_values_add (values, "mask", request->mask);
  return TRUE;
}

/* Slices of the scan, or those that were asked for. */
static gboolean
count_slices (const VoxelSegmentRequest *request, const VoxelScan *scan, guint *count, GError **error)
{
  guint first = 0, last = scan->count - 1;

  if (request->slices && !voxel_slice_range_parse (request->slices, scan->count, &first, &last, error))
    return FALSE;
  *count = last - first + 1;
  return TRUE;
}

/* What whole slices take in the network goes first; the rest of the limit is shared in proportion to what each
 * holder keeps of a voxel: the scan itself, a count of votes, a sum of probabilities. */
static gboolean
add_memory (const VoxelSegmentRequest *request, VoxelModel *model, const VoxelScan *scan, GHashTable *values,
            GError **error)
{
  const gchar *vote = voxel_segment_settings_get (request->settings, "vote");
  gdouble store = scan->bits > 8 ? 2. : 1.;
  gdouble votes = strcmp (vote, "mean") == 0 ? 2. : .25;
  gdouble soft = request->probability ? 2. : 0.;
  guint shape[3] = {0, scan->height, scan->width};
  g_auto (VoxelSegmentMemory) memory = {0};
  guint64 limit = 0;

  if (request->memory_limit && !voxel_byte_size_parse (request->memory_limit, &limit, error)) {
    g_prefix_error (error, "--memory-limit ");
    return FALSE;
  }
  if (!count_slices (request, scan, &shape[0], error) ||
      !voxel_segment_memory_plan (request->settings, model, shape, limit, &memory, error))
    return FALSE;
  if (memory.note)
    voxel_command_warn ("segment", "%s", memory.note);
  if (memory.network)
    add_number (values, "network-memory-limit", memory.network);
  if (!limit)
    return TRUE;
  limit -= memory.network;
  add_number (values, "memory-limit", (guint64) ((gdouble) limit * store / (store + votes + soft)));
  add_number (values, "vote-memory-limit", (guint64) ((gdouble) limit * votes / (store + votes + soft)));
  if (request->probability)
    add_number (values, "soft-memory-limit", (guint64) ((gdouble) limit * soft / (store + votes + soft)));
  return TRUE;
}

static gboolean
add_scratch (const VoxelSegmentRequest *request, GHashTable *values, GError **error)
{
  if (!request->scratch)
    return TRUE;
  if (!g_file_test (request->scratch, G_FILE_TEST_IS_DIR) || access (request->scratch, W_OK | X_OK) != 0) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "--scratch %s: no folder that can be written in", request->scratch);
    return FALSE;
  }
  voxel_pipeline_values_add (values, "scratch", request->scratch);
  return TRUE;
}

static gboolean
resolve_settings (const VoxelSegmentRequest *request, VoxelModel *model, GError **error)
{
  return voxel_segment_settings_resolve (request->settings, voxel_model_get_record (model),
                                         voxel_model_get_stride (model), request->parity, error);
}

/**
 * voxel_segment_plan:
 * @request: the command line
 * @error: VOXEL_COMMAND_ERROR_USAGE for options that cannot be; VOXEL_TIFF_ERROR and VOXEL_MODEL_ERROR for
 * files
 *
 * Looks at scan, model, mask and outputs; decodes and writes nothing.
 *
 * Returns: (transfer full): the variables of segment.gst
 */
GHashTable *
voxel_segment_plan (const VoxelSegmentRequest *request, GError **error)
{
  g_autoptr (GHashTable) values = voxel_pipeline_values_new ();
  g_autoptr (VoxelModel) model = NULL;
  VoxelScan scan;

  if (!voxel_segment_settings_check (request->settings, error) || !add_outputs (request, values, error))
    return NULL;
  model = voxel_model_load (request->model, error);
  if (!model || !resolve_settings (request, model, error))
    return NULL;
  voxel_pipeline_values_add (values, "scan", request->scan);
  voxel_pipeline_values_add (values, "model", request->model);
  if (request->probability &&
      strcmp (voxel_segment_settings_get (request->settings, "stitch"), "gaussian") == 0)
    voxel_pipeline_values_add (values, "soft-stitch", "gaussian");
  if (!voxel_scan_look (request->scan, &scan, error) || !add_slices (request, &scan, values, error) ||
      !add_mask (request, &scan, values, error) || !add_scratch (request, values, error) ||
      !check_outputs (request, error) || !add_memory (request, model, &scan, values, error))
    return NULL;
  voxel_segment_settings_add_values (request->settings, values);
  return g_steal_pointer (&values);
}
