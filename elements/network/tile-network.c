/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/tile-network.h"

#include <math.h>
#include <string.h>

#include "elements/network/tile-pass.h"
#include "elements/rows/rows.h"
#include "elements/tiles/dihedral.h"
#include "models/executor.h"

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
  VoxelModel *model;
  VoxelPrecision precision;
  guint threads;
  guint skip_below;
  guint planes;
  gdouble macs;             /* a pixel */
  VoxelNetworkRuns *joined; /* all threads share a picture */
  VoxelNetworkRuns *spread; /* each thread has its own */
};

/* What is known of the tile behind each job: jobs that follow each other often show the same one. */
typedef struct {
  const VoxelTileJob *job; /* the first of them */
  gboolean empty;
  VoxelPreprocessMap *maps; /* a plane */
} Tile;

/* The work on one job. */
typedef struct {
  const VoxelNetworkSize *size;
  guint tile; /* which of the batch it shows */
} Work;

/**
 * VoxelTileBatch:
 *
 * Tiles that are on their way through a network.
 */
struct _VoxelTileBatch {
  VoxelTileNetwork *network;
  VoxelExecutorJob executor_job;
  const VoxelTileJob *jobs;
  Work *work; /* by job */
  guint n_jobs;
  Tile *tiles;
  guint n_tiles;
  VoxelPreprocessMap *maps;
  gboolean spread;
  GMutex lock;
  GError *error; /* of the first job that failed */
  guint failed;
};

/**
 * voxel_tile_network_new:
 * @model: (transfer none): what is run
 * @backend: (not nullable): "auto", "cpu", "reference" …
 * @precision: of the arithmetic
 * @threads: 0 for all cores
 * @error: VOXEL_MODEL_ERROR_UNSUPPORTED
 *
 * Returns: (nullable): a network ready to run tiles of any size
 */
VoxelTileNetwork *
voxel_tile_network_new (VoxelModel *model, const gchar *backend, VoxelPrecision precision, guint threads,
                        GError **error)
{
  g_autoptr (VoxelTileNetwork) network = g_new0 (VoxelTileNetwork, 1);
  VoxelPlanKey key = {.backend = backend, .precision = precision, .threads = threads, .n = 1};
  g_autoptr (VoxelPlan) plan = NULL;

  key.backend = g_intern_string (backend);
  network->precision = precision;
  network->threads = threads ? threads : voxel_executor_default_threads ();
  network->model = voxel_model_ref (model);
  if (!voxel_preprocess_check (&voxel_model_get_record (model)->preprocess,
                               voxel_model_get_in_channels (model), error))
    return NULL;
  network->planes = voxel_preprocess_planes (&voxel_model_get_record (model)->preprocess,
                                             voxel_model_get_in_channels (model));
  /* What the backend cannot do is said here, before data flows. */
  key.height = key.width = MAX (32, voxel_model_get_stride (model));
  plan = voxel_plan_get (model, &key, error);
  if (!plan)
    return NULL;
  network->macs = (gdouble) voxel_plan_get_macs (plan) / ((gdouble) key.height * key.width);
  key.threads = network->threads;
  network->joined = voxel_network_runs_new (model, &key, 1);
  key.threads = 1;
  network->spread = voxel_network_runs_new (model, &key, network->threads);
  return g_steal_pointer (&network);
}

/**
 * voxel_tile_network_free:
 * @network: (transfer full): a network
 */
void
voxel_tile_network_free (VoxelTileNetwork *network)
{
  g_clear_pointer (&network->joined, voxel_network_runs_free);
  g_clear_pointer (&network->spread, voxel_network_runs_free);
  g_clear_pointer (&network->model, voxel_model_unref);
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
 * voxel_tile_network_get_planes:
 * @network: a network
 *
 * Returns: how many neighbouring slices it sees, an odd number; 1 where it sees only the one that it scores
 */
guint
voxel_tile_network_get_planes (VoxelTileNetwork *network)
{
  return network->planes;
}

/**
 * voxel_tile_network_set_skip_below:
 * @network: a network
 * @level: 0 for none
 *
 * From now on the network is not run for tiles in which every pixel is below @level: they get the lowest score.
 */
void
voxel_tile_network_set_skip_below (VoxelTileNetwork *network, guint level)
{
  network->skip_below = level;
}

static gboolean
is_small (const VoxelTileNetwork *network, guint width, guint height)
{
  return network->threads > 1 && network->macs * width * height < SPREAD_MACS;
}

/**
 * voxel_tile_network_get_batch:
 * @network: a network
 * @width: of the tiles
 * @height: of the tiles
 *
 * Returns: how many tiles are worth waiting for before voxel_tile_network_run()
 */
guint
voxel_tile_network_get_batch (VoxelTileNetwork *network, guint width, guint height)
{
  return is_small (network, width, height) ? TILES_A_THREAD * network->threads : 1;
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
  voxel_network_runs_set_limit (network->joined, bytes);
  voxel_network_runs_set_limit (network->spread, bytes);
}

static guint
round_up (guint side, guint multiple)
{
  return (side + multiple - 1) / multiple * multiple;
}

/**
 * voxel_tile_network_look:
 * @network: a network
 * @width: columns of tiles to come
 * @height: rows
 * @news: (out): whether that was not asked before
 * @error: why the network cannot take them
 *
 * Returns: (transfer none) (nullable): how such tiles would be run; stays until the next call
 */
const VoxelNetworkSize *
voxel_tile_network_look (VoxelTileNetwork *network, guint width, guint height, gboolean *news, GError **error)
{
  guint stride = voxel_model_get_stride (network->model);

  return voxel_network_runs_look (network->joined, round_up (height, stride), round_up (width, stride), news,
                                  error);
}

/* The runs of the size that the network sees of @job. */
static const VoxelNetworkSize *
find_size (VoxelTileNetwork *network, const VoxelTileJob *job, gboolean spread, GError **error)
{
  guint stride = voxel_model_get_stride (network->model);
  gboolean sideways = voxel_dihedral_swaps_sides (job->view);
  guint height = round_up (sideways ? job->width : job->height, stride);
  guint width = round_up (sideways ? job->height : job->width, stride);

  return voxel_network_runs_find (spread ? network->spread : network->joined, height, width, error);
}

/* Of the planes of a job the one that the scores are of. */
static const VoxelTilePlane *
scored (const VoxelTileNetwork *network, const VoxelTileJob *job)
{
  return &job->planes[network->planes / 2];
}

static gboolean
is_below (const VoxelTileJob *job, const VoxelTilePlane *plane, guint level)
{
  const VoxelRows *rows = voxel_rows ();

  for (guint y = 0; y < job->height; y++) {
    const guint8 *row = (const guint8 *) plane->pixels + y * plane->stride;

    if (job->bytes == 1 ? !rows->below_8 (row, job->width, level)
                        : !rows->below_16 ((const guint16 *) row, job->width, level))
      return FALSE;
  }
  return TRUE;
}

/* Each channel by its own slice's figures: as if every slice had been prepared alone and then stacked. */
static void
look_at_plane (const VoxelPreprocess *preprocess, const VoxelTileJob *job, const VoxelTilePlane *plane,
               VoxelPreprocessMap *map)
{
  gdouble mean = plane->mean, stddev = plane->stddev;

  if (!voxel_preprocess_wants_statistics (preprocess) || isnan (mean))
    voxel_preprocess_statistics (plane->pixels, job->bytes, job->width, job->height, plane->stride, &mean,
                                 &stddev);
  voxel_preprocess_map (preprocess, mean, stddev, job->bytes == 1 ? 255 : 65535, map);
}

/* What is the same for all views of a tile, once. */
static void
look_at_tile (gpointer data, gsize i, guint worker)
{
  VoxelTileBatch *batch = data;
  const VoxelTileNetwork *network = batch->network;
  const VoxelPreprocess *preprocess = &voxel_model_get_record (network->model)->preprocess;
  Tile *tile = &batch->tiles[i];
  const VoxelTileJob *job = tile->job;

  tile->empty = network->skip_below > 0 && is_below (job, scored (network, job), network->skip_below);
  if (tile->empty)
    return;
  tile->maps = batch->maps + i * network->planes;
  for (guint k = 0; k < network->planes; k++)
    look_at_plane (preprocess, job, &job->planes[k], &tile->maps[k]);
}

/* The first job's error is told, whoever failed first. */
static void
fail (VoxelTileBatch *batch, guint job, GError *error)
{
  g_mutex_lock (&batch->lock);
  if (!batch->error || job < batch->failed) {
    g_clear_error (&batch->error);
    batch->error = error;
    batch->failed = job;
  } else {
    g_error_free (error);
  }
  g_mutex_unlock (&batch->lock);
}

static void
run_job (gpointer data, gsize i, guint worker)
{
  VoxelTileBatch *batch = data;
  VoxelTileNetwork *network = batch->network;
  const Work *work = &batch->work[i];
  const Tile *tile = &batch->tiles[work->tile];
  const VoxelTilePass pass = {
      .job = &batch->jobs[i],
      .maps = tile->maps,
      .planes = network->planes,
      .run = work->size->runs[worker],
      .in_channels = voxel_model_get_in_channels (network->model),
      .out_channel = voxel_model_get_record (network->model)->inference.output_channel,
      .parts = work->size->parts,
  };
  gboolean finite = TRUE;
  GError *error = NULL;

  if (tile->empty) {
    voxel_tile_pass_background (pass.job);
    return;
  }
  if (voxel_tile_pass_run (&pass, &finite, &error) && !finite)
    error = g_error_new (
        VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
        "the network gave scores that are not finite: its weights are damaged or too large for %s",
        voxel_precision_to_name (network->precision));
  if (error)
    fail (batch, (guint) i, error);
}

static gboolean
same_plane (const VoxelTilePlane *a, const VoxelTilePlane *b)
{
  return a->pixels == b->pixels && a->stride == b->stride &&
         (a->mean == b->mean || (isnan (a->mean) && isnan (b->mean))) &&
         (a->stddev == b->stddev || (isnan (a->stddev) && isnan (b->stddev)));
}

static gboolean
same_tile (const VoxelTileJob *a, const VoxelTileJob *b, guint planes)
{
  for (guint i = 0; i < planes; i++)
    if (!same_plane (&a->planes[i], &b->planes[i]))
      return FALSE;
  return a->bytes == b->bytes && a->width == b->width && a->height == b->height;
}

/* Before the executor is called: plans are made there with the number of threads that they will have. */
static gboolean
prepare_batch (VoxelTileBatch *batch, GError **error)
{
  const VoxelTileJob *jobs = batch->jobs;

  batch->spread = batch->n_jobs > 1 && is_small (batch->network, jobs[0].width, jobs[0].height);
  for (guint i = 0; i < batch->n_jobs; i++) {
    if (i == 0 || !same_tile (&jobs[i], &jobs[i - 1], batch->network->planes))
      batch->tiles[batch->n_tiles++].job = &jobs[i];
    batch->work[i].tile = batch->n_tiles - 1;
    batch->work[i].size = find_size (batch->network, &jobs[i], batch->spread, error);
    if (!batch->work[i].size)
      return FALSE;
  }
  return TRUE;
}

static void
run_batch (gpointer data)
{
  VoxelTileBatch *batch = data;

  voxel_executor_spread (batch->n_tiles, look_at_tile, batch);
  if (batch->spread) {
    voxel_executor_spread (batch->n_jobs, run_job, batch);
    return;
  }
  for (guint i = 0; i < batch->n_jobs && !batch->error; i++)
    run_job (batch, i, 0);
}

static void
free_batch (VoxelTileBatch *batch)
{
  g_clear_error (&batch->error);
  g_mutex_clear (&batch->lock);
  g_free (batch->work);
  g_free (batch->tiles);
  g_free (batch->maps);
  g_free (batch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTileBatch, free_batch)

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
  g_autoptr (VoxelTileBatch) batch = g_new0 (VoxelTileBatch, 1);

  g_mutex_init (&batch->lock);
  batch->network = network;
  batch->jobs = jobs;
  batch->n_jobs = n_jobs;
  batch->work = g_new0 (Work, n_jobs);
  batch->tiles = g_new0 (Tile, n_jobs);
  batch->maps = g_new (VoxelPreprocessMap, (gsize) n_jobs * network->planes);
  if (!prepare_batch (batch, error))
    return NULL;
  batch->executor_job = (VoxelExecutorJob){.threads = network->threads, .func = run_batch, .data = batch};
  voxel_executor_begin (&batch->executor_job);
  return g_steal_pointer (&batch);
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
