/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/tile-network.h"

#include "elements/network/tile-batch.h"
#include "models/devices.h"

/* Networks with fewer multiply-adds a picture are run a picture a thread: no thread waits for another after
 * each layer. Larger ones share a picture, so that weights and pictures are in the cache once. */
#define SPREAD_MACS 2e9

/* So many that threads which finish early wait for the last one only a small part of the time. */
#define TILES_A_THREAD 4

/**
 * VoxelTileNetwork:
 *
 * A model with memory to run it: pixels of a tile in, coded logits out. One caller at a time.
 */
struct _VoxelTileNetwork {
  VoxelTileRules rules;
  guint threads;
  gchar *text;
  gdouble macs;              /* a pixel */
  VoxelNetworkRuns *joined;  /* all threads share a picture */
  VoxelNetworkRuns *spread;  /* each thread has its own */
  VoxelTileDevices *devices; /* instead of both */
};

static gboolean
run_on_cpu (VoxelTileNetwork *network, VoxelPlanKey key, guint64 memory_limit, GError **error)
{
  g_autoptr (VoxelPlan) plan = NULL;

  /* What the backend cannot do is said here, before data flows. */
  key.height = key.width = MAX (32, voxel_model_get_stride (network->rules.model));
  plan = voxel_plan_get (network->rules.model, &key, error);
  if (!plan)
    return FALSE;
  network->macs = (gdouble) voxel_plan_get_macs (plan) / ((gdouble) key.height * key.width);
  network->joined = voxel_network_runs_new (network->rules.model, &key, 1);
  key.threads = 1;
  network->spread = voxel_network_runs_new (network->rules.model, &key, network->threads);
  voxel_network_runs_set_limit (network->joined, memory_limit);
  voxel_network_runs_set_limit (network->spread, memory_limit);
  return TRUE;
}

/**
 * voxel_tile_network_new:
 * @model: (transfer none): what is run
 * @wish: how
 * @error: VOXEL_MODEL_ERROR_UNSUPPORTED
 *
 * Returns: (nullable): a network ready to run tiles of any size
 */
VoxelTileNetwork *
voxel_tile_network_new (VoxelModel *model, const VoxelTileNetworkWish *wish, GError **error)
{
  g_autoptr (VoxelTileNetwork) network = g_new0 (VoxelTileNetwork, 1);
  const VoxelPreprocess *preprocess = &voxel_model_get_record (model)->preprocess;
  guint channels = voxel_model_get_in_channels (model);
  const VoxelBackend *backend = voxel_backend_find (wish->backend, wish->precision, error);
  g_autoptr (GArray) devices = backend ? voxel_devices_parse (backend, wish->devices, error) : NULL;
  VoxelPlanKey key;

  network->rules = (VoxelTileRules){.model = voxel_model_ref (model), .skip_below = wish->skip_below};
  if (!devices || !voxel_preprocess_check (preprocess, channels, error))
    return NULL;
  key = (VoxelPlanKey){
      .backend = backend->name,
      .precision = wish->precision == VOXEL_PRECISION_AUTO ? backend->fastest () : wish->precision,
      .threads = wish->threads ? wish->threads : voxel_executor_default_threads (),
      .n = 1,
  };
  network->rules.planes = voxel_preprocess_planes (preprocess, channels);
  network->rules.precision = key.precision;
  network->threads = key.threads;
  network->text = voxel_devices_describe (backend, devices, key.precision, key.threads);
  if (backend->device)
    network->devices =
        voxel_tile_devices_new (&network->rules, &key, devices, wish->batch, wish->memory_limit);
  else if (!run_on_cpu (network, key, wish->memory_limit, error))
    return NULL;
  return g_steal_pointer (&network);
}

/**
 * voxel_tile_network_free:
 * @network: (transfer full): a network
 */
void
voxel_tile_network_free (VoxelTileNetwork *network)
{
  g_clear_pointer (&network->devices, voxel_tile_devices_free);
  g_clear_pointer (&network->joined, voxel_network_runs_free);
  g_clear_pointer (&network->spread, voxel_network_runs_free);
  g_clear_pointer (&network->rules.model, voxel_model_unref);
  g_free (network->text);
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
  return network->rules.model;
}

/**
 * voxel_tile_network_get_planes:
 * @network: a network
 *
 * Returns: how many neighbouring slices it sees, an odd number; 1 where it sees only the one that it scores
 */
guint
voxel_tile_network_get_planes (VoxelTileNetwork *network)
{
  return network->rules.planes;
}

/**
 * voxel_tile_network_describe:
 * @network: a network
 *
 * Returns: (transfer none): who computes it and how, for users
 */
const gchar *
voxel_tile_network_describe (VoxelTileNetwork *network)
{
  return network->text;
}

/**
 * voxel_tile_network_runs_ahead:
 * @network: a network
 *
 * Returns: whether it idles where pictures of the next slice come only when the scores of this one are taken
 */
gboolean
voxel_tile_network_runs_ahead (VoxelTileNetwork *network)
{
  return network->devices != NULL;
}

/**
 * voxel_tile_network_get_busy:
 * @network: a network with nothing on its way
 *
 * Returns: the share of the time that its devices had something to compute, 0 to 1; -1 where it has none
 */
gdouble
voxel_tile_network_get_busy (VoxelTileNetwork *network)
{
  return network->devices ? voxel_tile_devices_get_busy (network->devices) : -1.;
}

static gboolean
is_small (const VoxelTileNetwork *network, guint width, guint height)
{
  return network->threads > 1 && network->macs * width * height < SPREAD_MACS;
}

/**
 * voxel_tile_network_get_batch:
 * @network: a network
 * @width: of the tiles; on devices it does not count
 * @height: of the tiles, likewise
 *
 * Returns: how many tiles are worth waiting for before voxel_tile_network_run()
 */
guint
voxel_tile_network_get_batch (VoxelTileNetwork *network, guint width, guint height)
{
  if (network->devices)
    return voxel_tile_devices_get_batch (network->devices);
  return is_small (network, width, height) ? TILES_A_THREAD * network->threads : 1;
}

/**
 * voxel_tile_network_look:
 * @network: a network
 * @company: how many tiles of a slice come together
 * @width: columns of tiles to come
 * @height: rows
 * @news: (out): whether that was not asked before
 * @error: why the network cannot take them
 *
 * Returns: (transfer none) (nullable): how such tiles would be run; stays until the next call
 */
const VoxelNetworkSize *
voxel_tile_network_look (VoxelTileNetwork *network, guint company, guint width, guint height, gboolean *news,
                         GError **error)
{
  guint stride = voxel_model_get_stride (network->rules.model);

  height = (height + stride - 1) / stride * stride;
  width = (width + stride - 1) / stride * stride;
  if (network->devices)
    return voxel_tile_devices_look (network->devices, company, height, width, news, error);
  return voxel_network_runs_look (network->joined, 1, height, width, news, error);
}

static gboolean
run_parts (const VoxelTileBatch *batch, guint job, VoxelRun *run, gboolean *finite, GError **error)
{
  const VoxelTilePass pass =
      voxel_tile_batch_pass (batch, job, voxel_run_get_input (run), voxel_run_get_output (run));

  *finite = TRUE;
  for (guint i = 0; i < voxel_picture_parts_count (pass.parts) && *finite; i++) {
    voxel_tile_pass_fill (&pass, i);
    if (!voxel_run_execute (run, NULL, error))
      return FALSE;
    *finite = voxel_tile_pass_code (&pass, i);
  }
  return TRUE;
}

static void
run_job (gpointer data, gsize i, guint worker)
{
  VoxelTileBatch *batch = data;
  GError *error = NULL;
  gboolean finite;

  if (voxel_tile_batch_is_empty (batch, (guint) i))
    voxel_tile_pass_background (&batch->jobs[i]);
  else if (!run_parts (batch, (guint) i, batch->sizes[i]->runs[worker], &finite, &error))
    voxel_tile_batch_fail (batch, (guint) i, error);
  else if (!finite)
    voxel_tile_batch_fail_not_finite (batch, (guint) i);
}

static void
run_batch (gpointer data)
{
  VoxelTileBatch *batch = data;

  voxel_tile_batch_look (batch);
  if (batch->spread) {
    voxel_executor_spread (batch->n_jobs, run_job, batch);
    return;
  }
  for (guint i = 0; i < batch->n_jobs && !batch->error; i++)
    run_job (batch, i, 0);
}

/* Runs are found before the executor is called: plans are made there with the number of threads that they will
 * have. */
static gboolean
begin_on_cpu (VoxelTileNetwork *network, VoxelTileBatch *batch, GError **error)
{
  batch->spread = batch->n_jobs > 1 && is_small (network, batch->jobs[0].width, batch->jobs[0].height);
  for (guint i = 0; i < batch->n_jobs; i++) {
    guint height, width;

    voxel_tile_batch_get_sides (batch, i, &height, &width);
    batch->sizes[i] =
        voxel_network_runs_find (batch->spread ? network->spread : network->joined, 1, height, width, error);
    if (!batch->sizes[i])
      return FALSE;
  }
  batch->executor_job = (VoxelExecutorJob){.threads = network->threads, .func = run_batch, .data = batch};
  voxel_executor_begin (&batch->executor_job);
  return TRUE;
}

/**
 * voxel_tile_network_begin:
 * @network: a network
 * @jobs: (array length=n_jobs): tiles in, scores out; kept by the caller until voxel_tile_batch_end(). At most two
 *   sizes, one the other's turned by 90 degrees
 * @n_jobs: how many
 * @error: what the network cannot do
 *
 * Sides that are no multiple of the network's stride are padded by reflection for the network only.
 * The scores of a tile do not depend on the others of the batch, nor on the number of threads.
 * At most one other batch of the same sizes may be on its way; it is done first.
 *
 * Returns: (transfer full) (nullable): what voxel_tile_batch_end() waits for
 */
VoxelTileBatch *
voxel_tile_network_begin (VoxelTileNetwork *network, const VoxelTileJob *jobs, guint n_jobs, GError **error)
{
  g_autoptr (VoxelTileBatch) batch = voxel_tile_batch_new (&network->rules, jobs, n_jobs);
  gboolean begun = network->devices ? voxel_tile_devices_begin (network->devices, batch, error)
                                    : begin_on_cpu (network, batch, error);

  return begun ? g_steal_pointer (&batch) : NULL;
}

/**
 * voxel_tile_batch_end:
 * @batch: (transfer full): what voxel_tile_network_begin() gave
 * @error: what the network could not do
 *
 * Waits until it is done.
 *
 * Returns: whether all scores were written
 */
gboolean
voxel_tile_batch_end (VoxelTileBatch *batch, GError **error)
{
  G_GNUC_UNUSED g_autoptr (VoxelTileBatch) owned = batch;

  if (batch->devices)
    voxel_tile_devices_end (batch->devices, batch);
  else
    voxel_executor_wait (&batch->executor_job);
  if (!batch->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&batch->error));
  return FALSE;
}

/**
 * voxel_tile_network_run:
 *
 * As voxel_tile_network_begin() and voxel_tile_batch_end() in one.
 *
 * Returns: whether all scores were written
 */
gboolean
voxel_tile_network_run (VoxelTileNetwork *network, const VoxelTileJob *jobs, guint n_jobs, GError **error)
{
  VoxelTileBatch *batch = voxel_tile_network_begin (network, jobs, n_jobs, error);

  return batch && voxel_tile_batch_end (batch, error);
}
