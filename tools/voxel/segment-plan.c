/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "byte-size.h"
#include "command.h"
#include "disk-space.h"
#include "elements/masks/vote-ballot.h"
#include "elements/network/preprocess.h"
#include "elements/volume/volume-store.h"
#include "models/model.h"
#include "pipeline-values.h"
#include "scratch-option.h"
#include "segment-memory.h"
#include "segment-network.h"
#include "segment-outputs.h"
#include "segment-plan.h"
#include "segment-rescale.h"
#include "segment-resume.h"
#include "slice-range.h"

/* Voxels that compression at its best makes a byte of. */
#define LEAST_SHARE_OF_MASK 1000
#define LEAST_SHARE_OF_PROBABILITY 500

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

/* A network that looks at the slices around each one gets them. */
static gboolean
add_neighbours (VoxelModel *model, GHashTable *values, GError **error)
{
  const VoxelPreprocess *preprocess = &voxel_model_get_record (model)->preprocess;
  guint channels = voxel_model_get_in_channels (model);
  guint reach = voxel_preprocess_planes (preprocess, channels) / 2;

  if (!voxel_preprocess_check (preprocess, channels, error))
    return FALSE;
  if (reach)
    add_number (values, "neighbours", reach);
  return TRUE;
}

/* What is written goes by what is sure: masks and probabilities of nothing at all take that little. */
static gboolean
check_space (const VoxelSegmentRequest *request, guint64 voxels, const guint shape[3],
             const VoxelSegmentHolder holders[3], GError **error)
{
  const gchar *scratch = request->scratch ? request->scratch : g_get_tmp_dir ();
  g_autofree gchar *state = voxel_segment_resume_folder (request);
  g_autoptr (GArray) needs = g_array_new (FALSE, FALSE, sizeof (VoxelDiskNeed));
  VoxelDiskNeed of_holders[] = {{scratch, "scratch file of the volume", holders[0].scratch_bytes},
                                {scratch, "of votes", holders[1].scratch_bytes},
                                {scratch, "of probabilities", holders[2].scratch_bytes}};

  g_array_append_vals (needs, of_holders, G_N_ELEMENTS (of_holders));
  for (gchar **path = request->outputs; *path; path++) {
    VoxelDiskNeed mask = {*path, "mask at least", voxels / LEAST_SHARE_OF_MASK};

    g_array_append_val (needs, mask);
  }
  if (request->probability) {
    VoxelDiskNeed soft = {request->probability, "probability at least", voxels / LEAST_SHARE_OF_PROBABILITY};

    g_array_append_val (needs, soft);
  }
  if (request->resume) {
    VoxelDiskNeed votes = {state, "journal of votes", voxel_segment_resume_bytes (request, shape)};

    g_array_append_val (needs, votes);
  }
  return voxel_disk_space_check ((const VoxelDiskNeed *) needs->data, needs->len, "--scratch or --state",
                                 error);
}

static guint
vote_bits (const gchar *mode)
{
  if (strcmp (mode, "mean") == 0)
    return voxel_vote_sum_bits (VOXEL_VOTE_MEAN);
  return voxel_vote_sum_bits (strcmp (mode, "union") == 0 ? VOXEL_VOTE_UNION : VOXEL_VOTE_MAJORITY);
}

/* What whole slices take in the network goes first. */
static gboolean
add_network (const VoxelSegmentRequest *request, VoxelModel *model, const guint shape[3], guint64 *limit,
             GHashTable *values, GError **error)
{
  g_auto (VoxelSegmentNetwork) network = {0};
  g_auto (VoxelSegmentBackend) backend = {0};

  if (!voxel_segment_backend_find (request->settings, &backend, error) ||
      !voxel_segment_network_plan (request->settings, model, shape, &backend, *limit, &network, error))
    return FALSE;
  if (network.note)
    voxel_command_warn ("segment", "%s", network.note);
  if (network.memory_limit)
    add_number (values, "network-memory-limit", network.memory_limit);
  /* Of probabilities the same scores are put together another time. */
  if (network.slicewise && !request->probability)
    voxel_pipeline_values_add (values, "slicewise", "yes");
  *limit -= MIN (*limit, network.memory_limit);
  return TRUE;
}

/* The limit is shared among those who hold a volume: the scan itself, votes, sums of probabilities. Where z is the
 * only axis votes are sent on as they come. */
static gboolean
add_memory (const VoxelSegmentRequest *request, VoxelModel *model, const VoxelScan *scan, GHashTable *values,
            GError **error)
{
  gboolean votes = strcmp (voxel_segment_settings_get (request->settings, "axes"), "z") != 0;
  guint shape[] = {scan->count, scan->height, scan->width}, first, last;
  VoxelSegmentHolder holders[] = {
      {scan->bits <= 8 && scan->bits > 0 ? 8 : 16, VOXEL_VOLUME_STORE_MEMORY_LIMIT, 0},
      {votes ? vote_bits (voxel_segment_settings_get (request->settings, "vote")) : 0,
       VOXEL_VOLUME_STORE_MEMORY_LIMIT, 0},
      {votes && request->probability ? vote_bits ("mean") : 0, VOXEL_VOLUME_STORE_MEMORY_LIMIT, 0}};
  static const gchar *const names[] = {"memory-limit", "vote-memory-limit", "soft-memory-limit"};
  guint64 limit = 0, voxels;

  if (request->slices && !voxel_slice_range_parse (request->slices, scan->count, &first, &last, error))
    return FALSE;
  if (request->slices)
    shape[0] = last - first + 1;
  voxels = (guint64) shape[0] * shape[1] * shape[2];
  voxel_segment_rescale_shape (request->settings, shape);
  if (request->memory_limit && !voxel_byte_size_parse (request->memory_limit, &limit, error)) {
    g_prefix_error (error, "--memory-limit ");
    return FALSE;
  }
  if (!add_network (request, model, shape, &limit, values, error))
    return FALSE;
  if (request->memory_limit)
    voxel_segment_memory_share (shape, limit, holders, G_N_ELEMENTS (holders));
  for (gsize i = 0; i < G_N_ELEMENTS (holders) && request->memory_limit; i++) {
    if (i < 2 || request->probability)
      add_number (values, names[i], holders[i].memory_limit);
  }
  voxel_segment_memory_plan (shape, holders, G_N_ELEMENTS (holders));
  return check_space (request, voxels, shape, holders, error);
}

/**
 * voxel_segment_plan:
 * @request: the command line
 * @error: VOXEL_COMMAND_ERROR_USAGE for options that cannot be; VOXEL_COMMAND_ERROR_FAILED where the disk has no
 * room; VOXEL_TIFF_ERROR and VOXEL_MODEL_ERROR for files
 *
 * Looks at scan (not where it is followed), model, mask and outputs; decodes and writes nothing.
 *
 * Returns: (transfer full): the variables of segment.gst
 */
GHashTable *
voxel_segment_plan (const VoxelSegmentRequest *request, GError **error)
{
  g_autoptr (GHashTable) values = voxel_pipeline_values_new ();
  g_autoptr (VoxelModel) model = NULL;
  VoxelScan scan = {0};

  if (!voxel_segment_follow_check (&request->follow, request->slices, request->mask, error) ||
      !voxel_segment_settings_check (request->settings, error) || !add_outputs (request, values, error))
    return NULL;
  model = voxel_model_load_as (request->model, request->architecture, request->config, error);
  if (!model || !voxel_segment_settings_resolve (request->settings, voxel_model_get_record (model),
                                                 voxel_model_get_stride (model), request->parity, error))
    return NULL;
  voxel_pipeline_values_add (values, "scan", request->scan);
  voxel_pipeline_values_add (values, "model", request->model);
  if (request->architecture)
    voxel_pipeline_values_add (values, "architecture", request->architecture);
  if (request->config)
    voxel_pipeline_values_add (values, "config", request->config);
  if (request->probability &&
      strcmp (voxel_segment_settings_get (request->settings, "stitch"), "gaussian") == 0)
    voxel_pipeline_values_add (values, "soft-stitch", "gaussian");
  if (request->follow.wanted)
    voxel_segment_follow_add_values (&request->follow, voxel_segment_settings_need_volume (request->settings),
                                     values);
  else if (!voxel_scan_look (request->scan, &scan, error))
    return NULL;
  if (!voxel_segment_rescale_plan (request->settings, request->scan,
                                   request->follow.wanted ? NULL : scan.spacing, error))
    return NULL;
  if (!add_slices (request, &scan, values, error) || !add_mask (request, &scan, values, error) ||
      !voxel_scratch_option_add_value (request->scratch, values, error) ||
      !add_neighbours (model, values, error) || !add_memory (request, model, &scan, values, error) ||
      !check_outputs (request, error))
    return NULL;
  voxel_segment_settings_add_values (request->settings, values);
  return g_steal_pointer (&values);
}
