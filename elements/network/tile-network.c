/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/tile-network.h"

#include <math.h>
#include <string.h>

#include "elements/network/preprocess.h"
#include "elements/network/score-code.h"
#include "elements/tiles/dihedral.h"
#include "elements/tiles/reflect.h"
#include "models/executor.h"
#include "models/run.h"

/* Tiles of a stack come in few sizes: the grid's, its turn by 90 degrees, those of a thin axis. */
#define MAX_RUNS 4
#define ROWS_AT_ONCE 32

/**
 * VoxelTileNetwork:
 *
 * A model with memory to run it: pixels of a tile in, coded logits out. One caller at a time.
 */
struct _VoxelTileNetwork {
  VoxelModel *model;
  const gchar *backend;
  VoxelPrecision precision;
  guint threads;
  VoxelRun *runs[MAX_RUNS];
  guint run_height[MAX_RUNS];
  guint run_width[MAX_RUNS];
  guint n_runs;
  GByteArray *turned;
};

/* One tile on its way through the executor. */
typedef struct {
  VoxelTileNetwork *network;
  const VoxelTileJob *job;
  VoxelRun *run;
  VoxelPreprocessMap map;
  const guint8 *pixels;
  gsize stride;
  guint width;
  guint height;
  guint padded_width;
  guint padded_height;
  guint16 *codes;
  gsize code_stride;
  gint bad;
} Pass;

typedef struct {
  VoxelTileNetwork *network;
  const VoxelTileJob *jobs;
  guint n_jobs;
  GError *error;
} Batch;

/**
 * voxel_tile_network_new:
 * @path: of the model file
 * @backend: (not nullable): "auto", "cpu", "reference" …
 * @precision: of the arithmetic
 * @threads: 0 for all cores
 * @error: of the model file, or VOXEL_MODEL_ERROR_UNSUPPORTED
 *
 * Returns: (nullable): a network ready to run tiles of any size
 */
VoxelTileNetwork *
voxel_tile_network_new (const gchar *path, const gchar *backend, VoxelPrecision precision, guint threads,
                        GError **error)
{
  g_autoptr (VoxelTileNetwork) network = g_new0 (VoxelTileNetwork, 1);
  const VoxelModelRecord *record;
  VoxelPlanKey key = {.backend = backend, .precision = precision, .threads = threads, .n = 1};
  g_autoptr (VoxelPlan) plan = NULL;

  network->turned = g_byte_array_new ();
  network->backend = g_intern_string (backend);
  network->precision = precision;
  network->threads = threads;
  network->model = voxel_model_load (path, error);
  if (!network->model)
    return NULL;

  record = voxel_model_get_record (network->model);
  if (!voxel_preprocess_check (&record->preprocess, error))
    return NULL;
  if (record->inference.output_channel >= voxel_model_get_out_channels (network->model)) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                 "%s: output_channel %u of a network with %u output channels", path,
                 record->inference.output_channel, voxel_model_get_out_channels (network->model));
    return NULL;
  }
  /* What the backend cannot do is said here, before data flows. */
  key.height = key.width = MAX (32, voxel_model_get_stride (network->model));
  plan = voxel_plan_get (network->model, &key, error);
  return plan ? g_steal_pointer (&network) : NULL;
}

/**
 * voxel_tile_network_free:
 * @network: (transfer full): a network
 */
void
voxel_tile_network_free (VoxelTileNetwork *network)
{
  for (guint i = 0; i < network->n_runs; i++)
    voxel_run_free (network->runs[i]);
  g_clear_pointer (&network->model, voxel_model_unref);
  g_byte_array_unref (network->turned);
  g_free (network);
}

/**
 * voxel_tile_network_get_model:
 * @network: a network
 *
 * Returns: (transfer none): its model
 */
VoxelModel *
voxel_tile_network_get_model (VoxelTileNetwork *network)
{
  return network->model;
}

static VoxelRun *
find_run (VoxelTileNetwork *network, guint height, guint width, GError **error)
{
  VoxelPlanKey key = {.backend = network->backend,
                      .precision = network->precision,
                      .threads = network->threads,
                      .n = 1,
                      .height = height,
                      .width = width};
  g_autoptr (VoxelPlan) plan = NULL;
  VoxelRun *run;

  for (guint i = 0; i < network->n_runs; i++) {
    if (network->run_height[i] == height && network->run_width[i] == width)
      return network->runs[i];
  }
  plan = voxel_plan_get (network->model, &key, error);
  run = plan ? voxel_run_new (plan, error) : NULL;
  if (!run)
    return NULL;
  if (network->n_runs == MAX_RUNS) {
    voxel_run_free (network->runs[0]);
    network->n_runs--;
    memmove (network->runs, network->runs + 1, network->n_runs * sizeof *network->runs);
    memmove (network->run_height, network->run_height + 1, network->n_runs * sizeof *network->run_height);
    memmove (network->run_width, network->run_width + 1, network->n_runs * sizeof *network->run_width);
  }
  network->runs[network->n_runs] = run;
  network->run_height[network->n_runs] = height;
  network->run_width[network->n_runs] = width;
  network->n_runs++;
  return run;
}

static void
fill_rows (gpointer data, gsize begin, gsize end)
{
  const Pass *pass = data;
  guint channels = voxel_model_get_in_channels (pass->network->model);
  gsize plane = (gsize) pass->padded_width * pass->padded_height;
  gfloat *input = voxel_run_get_input (pass->run);

  for (gsize y = begin; y < end; y++) {
    const guint8 *row = pass->pixels + voxel_reflect_index ((guint) y, pass->height) * pass->stride;
    gfloat *out = input + y * pass->padded_width;

    voxel_preprocess_row (&pass->map, row, pass->job->bytes, pass->width, pass->padded_width, out);
    for (guint c = 1; c < channels; c++)
      memcpy (out + c * plane, out, pass->padded_width * sizeof *out);
  }
}

static void
code_rows (gpointer data, gsize begin, gsize end)
{
  Pass *pass = data;
  guint channel = voxel_model_get_record (pass->network->model)->inference.output_channel;
  const gfloat *plane =
      voxel_run_get_output (pass->run) + (gsize) channel * pass->padded_width * pass->padded_height;

  for (gsize y = begin; y < end; y++) {
    guint16 *row = (guint16 *) ((guint8 *) pass->codes + y * pass->code_stride);

    if (!voxel_score_code_row (plane + y * pass->padded_width, pass->width, row))
      g_atomic_int_set (&pass->bad, TRUE);
  }
}

/* The tile as the network is to see it, and where its scores go before they are turned back. */
static void
turn (Pass *pass)
{
  const VoxelTileJob *job = pass->job;
  gboolean sideways = voxel_dihedral_swaps_sides (job->view);
  gsize pixels = (gsize) job->width * job->height;

  pass->width = sideways ? job->height : job->width;
  pass->height = sideways ? job->width : job->height;
  if (job->view == VOXEL_DIHEDRAL_R0) {
    pass->pixels = job->pixels;
    pass->stride = job->stride;
    pass->codes = job->logits;
    pass->code_stride = job->logit_stride;
    return;
  }
  g_byte_array_set_size (pass->network->turned, (guint) (pixels * 2));
  pass->pixels = pass->network->turned->data;
  pass->stride = (gsize) pass->width * job->bytes;
  voxel_dihedral_turn (job->view, job->pixels, job->stride, job->width, job->height, job->bytes,
                       pass->network->turned->data, pass->stride);
  pass->codes = (guint16 *) pass->network->turned->data;
  pass->code_stride = (gsize) pass->width * 2;
}

static gboolean
run_tile (VoxelTileNetwork *network, const VoxelTileJob *job, GError **error)
{
  const VoxelPreprocess *preprocess = &voxel_model_get_record (network->model)->preprocess;
  guint stride = voxel_model_get_stride (network->model);
  gdouble mean = job->mean, stddev = job->stddev;
  Pass pass = {.network = network, .job = job};

  if (!voxel_preprocess_wants_statistics (preprocess) || isnan (mean))
    voxel_preprocess_statistics (job->pixels, job->bytes, job->width, job->height, job->stride, &mean,
                                 &stddev);
  voxel_preprocess_map (preprocess, mean, stddev, job->bytes == 1 ? 255 : 65535, &pass.map);
  turn (&pass);
  pass.padded_width = (pass.width + stride - 1) / stride * stride;
  pass.padded_height = (pass.height + stride - 1) / stride * stride;
  pass.run = find_run (network, pass.padded_height, pass.padded_width, error);
  if (!pass.run)
    return FALSE;

  voxel_executor_for (pass.padded_height, ROWS_AT_ONCE, fill_rows, &pass);
  if (!voxel_run_execute (pass.run, NULL, error))
    return FALSE;
  voxel_executor_for (pass.height, ROWS_AT_ONCE, code_rows, &pass);
  if (pass.bad) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
                 "the network gave scores that are not finite: its weights are damaged or too large for %s",
                 voxel_precision_to_name (network->precision));
    return FALSE;
  }
  if (job->view != VOXEL_DIHEDRAL_R0)
    voxel_dihedral_turn (voxel_dihedral_inverse (job->view), pass.codes, pass.code_stride, pass.width,
                         pass.height, 2, job->logits, job->logit_stride);
  return TRUE;
}

static void
run_batch (gpointer data)
{
  Batch *batch = data;

  for (guint i = 0; i < batch->n_jobs; i++) {
    if (!run_tile (batch->network, &batch->jobs[i], &batch->error))
      return;
  }
}

/**
 * voxel_tile_network_run:
 * @network: a network
 * @jobs: (array length=n_jobs): tiles in, scores out
 * @n_jobs: how many
 * @error: what the network could not do
 *
 * Sides that are no multiple of the network's stride are padded by reflection for the network only.
 * The scores of a tile do not depend on the others of the batch.
 *
 * Returns: whether all scores were written
 */
gboolean
voxel_tile_network_run (VoxelTileNetwork *network, const VoxelTileJob *jobs, guint n_jobs, GError **error)
{
  Batch batch = {.network = network, .jobs = jobs, .n_jobs = n_jobs};

  voxel_executor_call (network->threads, run_batch, &batch);
  if (batch.error) {
    g_propagate_error (error, batch.error);
    return FALSE;
  }
  return TRUE;
}
