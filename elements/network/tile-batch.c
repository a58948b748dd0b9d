/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/tile-batch.h"

#include <math.h>

#include "elements/rows/rows.h"
#include "elements/tiles/dihedral.h"

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

/**
 * voxel_tile_batch_new:
 * @rules: how tiles are shown; kept by the caller
 * @jobs: (array length=n_jobs): tiles in, scores out; kept by the caller
 * @n_jobs: how many
 *
 * Returns: (transfer full): a batch of which nothing is known yet
 */
VoxelTileBatch *
voxel_tile_batch_new (const VoxelTileRules *rules, const VoxelTileJob *jobs, guint n_jobs)
{
  VoxelTileBatch *batch = g_new0 (VoxelTileBatch, 1);

  g_mutex_init (&batch->lock);
  batch->rules = rules;
  batch->jobs = jobs;
  batch->n_jobs = n_jobs;
  batch->shown = g_new0 (guint, n_jobs);
  batch->sizes = g_new0 (const VoxelNetworkSize *, n_jobs);
  batch->tiles = g_new0 (VoxelTile, n_jobs);
  batch->maps = g_new (VoxelPreprocessMap, (gsize) n_jobs * rules->planes);
  for (guint i = 0; i < n_jobs; i++) {
    if (i == 0 || !same_tile (&jobs[i], &jobs[i - 1], rules->planes))
      batch->tiles[batch->n_tiles++].job = &jobs[i];
    batch->shown[i] = batch->n_tiles - 1;
  }
  return batch;
}

/**
 * voxel_tile_batch_free:
 * @batch: (transfer full): a batch that nobody works on
 */
void
voxel_tile_batch_free (VoxelTileBatch *batch)
{
  g_clear_error (&batch->error);
  g_mutex_clear (&batch->lock);
  g_free (batch->shown);
  g_free (batch->sizes);
  g_free (batch->tiles);
  g_free (batch->maps);
  g_free (batch);
}

static void
look_at_tile (gpointer data, gsize i, guint worker)
{
  VoxelTileBatch *batch = data;
  const VoxelTileRules *rules = batch->rules;
  const VoxelPreprocess *preprocess = &voxel_model_get_record (rules->model)->preprocess;
  VoxelTile *tile = &batch->tiles[i];
  const VoxelTileJob *job = tile->job;

  /* Of the planes the one in the middle is scored. */
  tile->empty =
      rules->skip_below > 0 &&
      voxel_preprocess_is_below (job->planes[rules->planes / 2].pixels, job->bytes, job->width, job->height,
                                 job->planes[rules->planes / 2].stride, rules->skip_below);
  if (tile->empty)
    return;
  tile->maps = batch->maps + i * rules->planes;
  /* Each channel by its own slice's figures: as if every slice had been prepared alone and then stacked. */
  for (guint k = 0; k < rules->planes; k++)
    voxel_preprocess_look (preprocess, job->planes[k].pixels, job->bytes, job->width, job->height,
                           job->planes[k].stride, job->planes[k].mean, job->planes[k].stddev, &tile->maps[k]);
}

/**
 * voxel_tile_batch_look:
 * @batch: a batch
 *
 * Finds out what is the same for all views of a tile, once. On the executor thread its crew shares the work.
 */
void
voxel_tile_batch_look (VoxelTileBatch *batch)
{
  voxel_executor_spread (batch->n_tiles, look_at_tile, batch);
}

/**
 * voxel_tile_batch_is_empty:
 * @batch: after voxel_tile_batch_look()
 * @job: which job
 *
 * Returns: whether it shows background
 */
gboolean
voxel_tile_batch_is_empty (const VoxelTileBatch *batch, guint job)
{
  return batch->tiles[batch->shown[job]].empty;
}

static guint
round_up (guint side, guint multiple)
{
  return (side + multiple - 1) / multiple * multiple;
}

/**
 * voxel_tile_batch_get_sides:
 * @batch: a batch
 * @job: which job
 * @height: (out): rows that the network sees of it
 * @width: (out): columns
 */
void
voxel_tile_batch_get_sides (const VoxelTileBatch *batch, guint job, guint *height, guint *width)
{
  const VoxelTileJob *tile = &batch->jobs[job];
  guint stride = voxel_model_get_stride (batch->rules->model);
  gboolean sideways = voxel_dihedral_swaps_sides (tile->view);

  *height = round_up (sideways ? tile->width : tile->height, stride);
  *width = round_up (sideways ? tile->height : tile->width, stride);
}

/**
 * voxel_tile_batch_pass:
 * @batch: after voxel_tile_batch_look()
 * @job: which job, not an empty one, whose size is known
 * @input: of the network, for one picture
 * @output: likewise
 *
 * Returns: how the job goes through the network
 */
VoxelTilePass
voxel_tile_batch_pass (const VoxelTileBatch *batch, guint job, gfloat *input, const gfloat *output)
{
  VoxelModel *model = batch->rules->model;

  return (VoxelTilePass){
      .job = &batch->jobs[job],
      .maps = batch->tiles[batch->shown[job]].maps,
      .planes = batch->rules->planes,
      .input = input,
      .output = output,
      .in_channels = voxel_model_get_in_channels (model),
      .out_channel = voxel_model_get_record (model)->inference.output_channel,
      .parts = batch->sizes[job]->parts,
  };
}

/**
 * voxel_tile_batch_fail:
 * @batch: a batch
 * @job: what failed of it
 * @error: (transfer full): how
 *
 * The first job's error is told, whoever failed first. From any thread.
 */
void
voxel_tile_batch_fail (VoxelTileBatch *batch, guint job, GError *error)
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

/**
 * voxel_tile_batch_fail_not_finite:
 * @batch: a batch
 * @job: for which the network gave something that is no number
 */
void
voxel_tile_batch_fail_not_finite (VoxelTileBatch *batch, guint job)
{
  VoxelPrecision precision = batch->rules->precision;

  voxel_tile_batch_fail (
      batch, job,
      g_error_new (
          VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
          "the network gave scores that are not finite: its weights are damaged or too large for %s%s",
          voxel_precision_to_name (precision),
          precision == VOXEL_PRECISION_FP16
              ? ", which ends at 65504: set precision=bf16, which goes as far as fp32"
              : ""));
}
