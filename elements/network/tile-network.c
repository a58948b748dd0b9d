/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/tile-network.h"

#include <math.h>
#include <string.h>

#include "elements/network/network-runs.h"
#include "elements/network/preprocess.h"
#include "elements/network/score-code.h"
#include "elements/tiles/dihedral.h"
#include "elements/tiles/reflect.h"
#include "models/executor.h"

#define ROWS_AT_ONCE 32

/**
 * VoxelTileNetwork:
 *
 * A model with memory to run it: pixels of a tile in, coded logits out. One caller at a time.
 */
struct _VoxelTileNetwork {
  VoxelModel *model;
  VoxelPrecision precision;
  guint threads;
  VoxelNetworkRuns *runs;
  GByteArray *turned;
  GByteArray *turned_codes;
};

/* One tile on its way through the executor, all of it or the part that is shown now. */
typedef struct {
  VoxelTileNetwork *network;
  const VoxelTileJob *job;
  VoxelRun *run;
  const VoxelPictureParts *parts;
  VoxelPicturePart part;
  VoxelPreprocessMap map;
  const guint8 *pixels;
  gsize stride;
  guint width;
  guint height;
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
  network->turned_codes = g_byte_array_new ();
  key.backend = g_intern_string (backend);
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
  if (!plan)
    return NULL;
  network->runs = voxel_network_runs_new (network->model, &key);
  return g_steal_pointer (&network);
}

/**
 * voxel_tile_network_free:
 * @network: (transfer full): a network
 */
void
voxel_tile_network_free (VoxelTileNetwork *network)
{
  g_clear_pointer (&network->runs, voxel_network_runs_free);
  g_clear_pointer (&network->model, voxel_model_unref);
  g_byte_array_unref (network->turned);
  g_byte_array_unref (network->turned_codes);
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

/**
 * voxel_tile_network_set_memory_limit:
 * @network: a network
 * @bytes: that the pictures between the layers may take, 0 for half of the memory that is available when
 *   pictures of a size first come
 *
 * Tiles that need more are shown to the network in parts.
 */
void
voxel_tile_network_set_memory_limit (VoxelTileNetwork *network, guint64 bytes)
{
  voxel_network_runs_set_limit (network->runs, bytes);
}

static guint
round_up (guint side, guint multiple)
{
  return (side + multiple - 1) / multiple * multiple;
}

/**
 * voxel_tile_network_fit:
 * @network: a network
 * @width: columns of tiles to come
 * @height: rows
 * @news: (out): whether that was not asked before
 * @error: why the network cannot take them
 *
 * Returns: (transfer none) (nullable): how such tiles would be run; stays until the next call
 */
const VoxelNetworkFit *
voxel_tile_network_fit (VoxelTileNetwork *network, guint width, guint height, gboolean *news, GError **error)
{
  guint stride = voxel_model_get_stride (network->model);

  return voxel_network_runs_fit (network->runs, round_up (height, stride), round_up (width, stride), news,
                                 error);
}

static void
fill_rows (gpointer data, gsize begin, gsize end)
{
  const Pass *pass = data;
  guint channels = voxel_model_get_in_channels (pass->network->model), columns = pass->parts->width;
  gsize plane = (gsize) columns * pass->parts->height;
  gfloat *input = voxel_run_get_input (pass->run);

  for (gsize i = begin; i < end; i++) {
    gsize y = voxel_reflect_index (pass->part.y + (guint) i, pass->height);
    gfloat *out = input + i * columns;

    voxel_preprocess_row (&pass->map, pass->pixels + y * pass->stride, pass->job->bytes, pass->width,
                          pass->part.x, columns, out);
    for (guint c = 1; c < channels; c++)
      memcpy (out + c * plane, out, columns * sizeof *out);
  }
}

static void
code_rows (gpointer data, gsize begin, gsize end)
{
  Pass *pass = data;
  const VoxelPicturePart *part = &pass->part;
  guint channel = voxel_model_get_record (pass->network->model)->inference.output_channel;
  gsize columns = pass->parts->width, plane = columns * pass->parts->height;
  const gfloat *logits = voxel_run_get_output (pass->run) + channel * plane + (part->left - part->x);

  for (gsize y = part->top + begin; y < part->top + end; y++) {
    guint16 *row = (guint16 *) ((guint8 *) pass->codes + y * pass->code_stride) + part->left;

    if (!voxel_score_code_row (logits + (y - part->y) * columns, MIN (part->right, pass->width) - part->left,
                               row))
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
  g_byte_array_set_size (pass->network->turned, (guint) (pixels * job->bytes));
  g_byte_array_set_size (pass->network->turned_codes, (guint) (pixels * 2));
  pass->pixels = pass->network->turned->data;
  pass->stride = (gsize) pass->width * job->bytes;
  voxel_dihedral_turn (job->view, job->pixels, job->stride, job->width, job->height, job->bytes,
                       pass->network->turned->data, pass->stride);
  pass->codes = (guint16 *) pass->network->turned_codes->data;
  pass->code_stride = (gsize) pass->width * 2;
}

static gboolean
run_parts (Pass *pass, GError **error)
{
  for (guint i = 0; i < voxel_picture_parts_count (pass->parts); i++) {
    pass->part = voxel_picture_parts_get (pass->parts, i);
    voxel_executor_for (pass->parts->height, ROWS_AT_ONCE, fill_rows, pass);
    if (!voxel_run_execute (pass->run, NULL, error))
      return FALSE;
    voxel_executor_for (MIN (pass->part.bottom, pass->height) - pass->part.top, ROWS_AT_ONCE, code_rows,
                        pass);
    if (pass->bad) {
      g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
                   "the network gave scores that are not finite: its weights are damaged or too large for %s",
                   voxel_precision_to_name (pass->network->precision));
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
run_tile (VoxelTileNetwork *network, const VoxelTileJob *job, GError **error)
{
  const VoxelPreprocess *preprocess = &voxel_model_get_record (network->model)->preprocess;
  guint stride = voxel_model_get_stride (network->model);
  gdouble mean = job->mean, stddev = job->stddev;
  Pass pass = {.network = network, .job = job};
  const VoxelNetworkFit *fit = NULL;

  if (!voxel_preprocess_wants_statistics (preprocess) || isnan (mean))
    voxel_preprocess_statistics (job->pixels, job->bytes, job->width, job->height, job->stride, &mean,
                                 &stddev);
  voxel_preprocess_map (preprocess, mean, stddev, job->bytes == 1 ? 255 : 65535, &pass.map);
  turn (&pass);
  pass.run = voxel_network_runs_find (network->runs, round_up (pass.height, stride),
                                      round_up (pass.width, stride), &fit, error);
  if (!pass.run)
    return FALSE;
  pass.parts = fit->parts;
  if (!run_parts (&pass, error))
    return FALSE;
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
