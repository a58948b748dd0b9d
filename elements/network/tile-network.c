/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/tile-network.h"

#include <math.h>
#include <string.h>

#include "elements/network/tile-pass.h"
#include "elements/rows/rows.h"
#include "elements/tiles/dihedral.h"
#include "models/executor.h"

/* Tiles of a stack come in few sizes: the grid's, its turn by 90 degrees, those of a thin axis. */
#define MAX_SIZES 6

/* Networks with fewer multiply-adds a picture are run a picture a thread: no thread waits for another after
 * each layer. Larger ones share a picture, so that weights and pictures are in the cache once. */
#define SPREAD_MACS 2e9

/* So many that threads which finish early wait for the last one only a small part of the time. */
#define TILES_A_THREAD 4

/* The runs of one size of picture: one, in which all threads share the work, or one a thread. */
typedef struct {
  guint height;
  guint width;
  gboolean spread;
  guint n_runs;
  VoxelRun *runs[];
} Size;

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
  guint skip_below;
  gdouble macs;           /* a pixel */
  Size *sizes[MAX_SIZES]; /* the one used last is the last */
  guint n_sizes;
};

/* What is known of the tile behind each job: jobs that follow each other often show the same one. */
typedef struct {
  gboolean empty;
  VoxelPreprocessMap map;
} Tile;

typedef struct {
  VoxelTileNetwork *network;
  const VoxelTileJob *jobs;
  guint n_jobs;
  gboolean spread;
  const Size **size_of; /* by job */
  guint *tile_of;       /* by job */
  guint *first;         /* by tile: its first job */
  Tile *tiles;
  guint n_tiles;
  GMutex lock;
  GError *error; /* of the first job that failed */
  guint failed;
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

  network->backend = g_intern_string (backend);
  network->precision = precision;
  network->threads = threads ? threads : voxel_executor_default_threads ();
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
  network->macs = (gdouble) voxel_plan_get_macs (plan) / ((gdouble) key.height * key.width);
  return g_steal_pointer (&network);
}

static void
free_size (Size *size)
{
  for (guint i = 0; i < size->n_runs; i++)
    voxel_run_free (size->runs[i]);
  g_free (size);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Size, free_size)

/**
 * voxel_tile_network_free:
 * @network: (transfer full): a network
 */
void
voxel_tile_network_free (VoxelTileNetwork *network)
{
  for (guint i = 0; i < network->n_sizes; i++)
    free_size (network->sizes[i]);
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

static Size *
new_size (VoxelTileNetwork *network, guint height, guint width, gboolean spread, GError **error)
{
  guint n = spread ? network->threads : 1;
  const VoxelPlanKey key = {.backend = network->backend,
                            .precision = network->precision,
                            .threads = spread ? 1 : network->threads,
                            .n = 1,
                            .height = height,
                            .width = width};
  g_autoptr (VoxelPlan) plan = voxel_plan_get (network->model, &key, error);
  g_autoptr (Size) size = g_malloc0 (sizeof *size + n * sizeof *size->runs);

  size->height = height;
  size->width = width;
  size->spread = spread;
  for (; plan && size->n_runs < n; size->n_runs++) {
    size->runs[size->n_runs] = voxel_run_new (plan, error);
    if (!size->runs[size->n_runs])
      return NULL;
  }
  return plan ? g_steal_pointer (&size) : NULL;
}

/* The runs of the size that the network sees of @job. */
static const Size *
find_size (VoxelTileNetwork *network, const VoxelTileJob *job, gboolean spread, GError **error)
{
  guint stride = voxel_model_get_stride (network->model), last = network->n_sizes, i = 0;
  gboolean sideways = voxel_dihedral_swaps_sides (job->view);
  guint height = ((sideways ? job->width : job->height) + stride - 1) / stride * stride;
  guint width = ((sideways ? job->height : job->width) + stride - 1) / stride * stride;
  Size *size;

  while (i < last && (network->sizes[i]->height != height || network->sizes[i]->width != width ||
                      network->sizes[i]->spread != spread))
    i++;
  size = i < last ? network->sizes[i] : new_size (network, height, width, spread, error);
  if (!size)
    return NULL;
  if (i == MAX_SIZES) {
    free_size (network->sizes[0]);
    i = 0;
  }
  if (i < last)
    memmove (network->sizes + i, network->sizes + i + 1, (last - i - 1) * sizeof *network->sizes);
  else
    network->n_sizes++;
  network->sizes[network->n_sizes - 1] = size;
  return size;
}

static gboolean
is_below (const VoxelTileJob *job, guint level)
{
  const VoxelRows *rows = voxel_rows ();

  for (guint y = 0; y < job->height; y++) {
    const guint8 *row = (const guint8 *) job->pixels + y * job->stride;

    if (job->bytes == 1 ? !rows->below_8 (row, job->width, level)
                        : !rows->below_16 ((const guint16 *) row, job->width, level))
      return FALSE;
  }
  return TRUE;
}

/* What is the same for all views of a tile, once. */
static void
look_at_tile (gpointer data, gsize i, guint worker)
{
  Batch *batch = data;
  const VoxelTileJob *job = &batch->jobs[batch->first[i]];
  const VoxelPreprocess *preprocess = &voxel_model_get_record (batch->network->model)->preprocess;
  Tile *tile = &batch->tiles[i];
  gdouble mean = job->mean, stddev = job->stddev;

  tile->empty = batch->network->skip_below > 0 && is_below (job, batch->network->skip_below);
  if (tile->empty)
    return;
  if (!voxel_preprocess_wants_statistics (preprocess) || isnan (mean))
    voxel_preprocess_statistics (job->pixels, job->bytes, job->width, job->height, job->stride, &mean,
                                 &stddev);
  voxel_preprocess_map (preprocess, mean, stddev, job->bytes == 1 ? 255 : 65535, &tile->map);
}

/* The first job's error is told, whoever failed first. */
static void
fail (Batch *batch, guint job, GError *error)
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
  Batch *batch = data;
  VoxelTileNetwork *network = batch->network;
  const Tile *tile = &batch->tiles[batch->tile_of[i]];
  const VoxelTilePass pass = {
      .job = &batch->jobs[i],
      .map = tile->map,
      .run = batch->size_of[i]->runs[worker],
      .in_channels = voxel_model_get_in_channels (network->model),
      .out_channel = voxel_model_get_record (network->model)->inference.output_channel,
      .padded_width = batch->size_of[i]->width,
      .padded_height = batch->size_of[i]->height,
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
same_tile (const VoxelTileJob *a, const VoxelTileJob *b)
{
  return a->pixels == b->pixels && a->stride == b->stride && a->bytes == b->bytes && a->width == b->width &&
         a->height == b->height && (a->mean == b->mean || (isnan (a->mean) && isnan (b->mean))) &&
         (a->stddev == b->stddev || (isnan (a->stddev) && isnan (b->stddev)));
}

/* Before the executor is called: plans are made there with the number of threads that they will have. */
static gboolean
prepare_batch (Batch *batch, GError **error)
{
  VoxelTileNetwork *network = batch->network;
  const VoxelTileJob *jobs = batch->jobs;

  batch->spread = batch->n_jobs > 1 && is_small (network, jobs[0].width, jobs[0].height);
  for (guint i = 0; i < batch->n_jobs; i++) {
    if (i == 0 || !same_tile (&jobs[i], &jobs[i - 1]))
      batch->first[batch->n_tiles++] = i;
    batch->tile_of[i] = batch->n_tiles - 1;
    batch->size_of[i] = find_size (network, &jobs[i], batch->spread, error);
    if (!batch->size_of[i])
      return FALSE;
  }
  return TRUE;
}

static void
run_batch (gpointer data)
{
  Batch *batch = data;

  voxel_executor_spread (batch->n_tiles, look_at_tile, batch);
  if (batch->spread) {
    voxel_executor_spread (batch->n_jobs, run_job, batch);
    return;
  }
  for (guint i = 0; i < batch->n_jobs && !batch->error; i++)
    run_job (batch, i, 0);
}

/**
 * voxel_tile_network_run:
 * @network: a network
 * @jobs: (array length=n_jobs): tiles in, scores out; at most two sizes, one the other's turned by 90 degrees
 * @n_jobs: how many
 * @error: what the network could not do
 *
 * Sides that are no multiple of the network's stride are padded by reflection for the network only.
 * The scores of a tile do not depend on the others of the batch, nor on the number of threads.
 *
 * Returns: whether all scores were written
 */
gboolean
voxel_tile_network_run (VoxelTileNetwork *network, const VoxelTileJob *jobs, guint n_jobs, GError **error)
{
  g_autofree const Size **size_of = g_new (const Size *, n_jobs);
  g_autofree guint *tile_of = g_new (guint, n_jobs), *first = g_new (guint, n_jobs);
  g_autofree Tile *tiles = g_new (Tile, n_jobs);
  Batch batch = {.network = network,
                 .jobs = jobs,
                 .n_jobs = n_jobs,
                 .size_of = size_of,
                 .tile_of = tile_of,
                 .first = first,
                 .tiles = tiles};

  if (!prepare_batch (&batch, error))
    return FALSE;
  g_mutex_init (&batch.lock);
  voxel_executor_call (network->threads, run_batch, &batch);
  g_mutex_clear (&batch.lock);
  if (batch.error) {
    g_propagate_error (error, batch.error);
    return FALSE;
  }
  return TRUE;
}
