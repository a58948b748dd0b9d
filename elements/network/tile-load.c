/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/tile-load.h"

#include <string.h>

/* A load and where it is run. */
typedef struct {
  const VoxelTileLoad *load;
  VoxelRun *run;
} Work;

/**
 * voxel_tile_load_new:
 * @size: of the pictures
 *
 * Returns: (transfer full): room for as many pictures as are run at once; to be freed with g_free()
 */
VoxelTileLoad *
voxel_tile_load_new (const VoxelNetworkSize *size)
{
  VoxelTileLoad *load = g_malloc0 (sizeof *load + size->n * sizeof *load->parts);

  load->size = size;
  return load;
}

/**
 * voxel_tile_load_add:
 * @load: a load that is not full
 * @batch: a batch
 * @job: of it, of the load's size
 * @part: of the job
 */
void
voxel_tile_load_add (VoxelTileLoad *load, VoxelTileBatch *batch, guint job, guint part)
{
  load->parts[load->n++] = (VoxelTilePart){batch, job, part};
}

/**
 * voxel_tile_load_holds:
 * @load: a load
 * @batch: a batch
 *
 * Returns: whether any picture is of the batch
 */
gboolean
voxel_tile_load_holds (const VoxelTileLoad *load, const VoxelTileBatch *batch)
{
  for (guint i = 0; i < load->n; i++)
    if (load->parts[i].batch == batch)
      return TRUE;
  return FALSE;
}

static gsize
plane_of (const VoxelTileLoad *load)
{
  return (gsize) load->size->parts->width * load->size->parts->height;
}

static gfloat *
input_of (const Work *work, gsize i)
{
  VoxelModel *model = work->load->parts[0].batch->rules->model;

  return voxel_run_get_input (work->run) + i * plane_of (work->load) * voxel_model_get_in_channels (model);
}

static VoxelTilePass
pass_of (const Work *work, gsize i)
{
  const VoxelTilePart *part = &work->load->parts[i];
  gsize picture = plane_of (work->load) * voxel_model_get_out_channels (part->batch->rules->model);

  return voxel_tile_batch_pass (part->batch, part->job, input_of (work, i),
                                voxel_run_get_output (work->run) + i * picture);
}

static void
fill_part (gpointer data, gsize i, guint worker)
{
  const Work *work = data;
  const VoxelTilePass pass = pass_of (work, i);

  voxel_tile_pass_fill (&pass, work->load->parts[i].part);
}

static void
code_part (gpointer data, gsize i, guint worker)
{
  const Work *work = data;
  const VoxelTilePart *part = &work->load->parts[i];
  const VoxelTilePass pass = pass_of (work, i);

  if (!voxel_tile_pass_code (&pass, part->part))
    voxel_tile_batch_fail_not_finite (part->batch, part->job);
}

/* A single picture is shared by the team. */
static void
for_all (Work *work, VoxelExecutorTask func)
{
  if (work->load->n == 1)
    func (work, 0, 0);
  else
    voxel_executor_spread (work->load->n, func, work);
}

static void
fill (gpointer data)
{
  Work *work = data;
  const VoxelTileLoad *load = work->load;
  gsize bytes = (gsize) (input_of (work, 1) - input_of (work, 0)) * sizeof (gfloat);

  for_all (work, fill_part);
  for (guint i = load->n; i < load->size->n; i++)
    memcpy (input_of (work, i), input_of (work, load->n - 1), bytes);
}

static void
code (gpointer data)
{
  for_all (data, code_part);
}

/**
 * voxel_tile_load_fill:
 * @load: a load, not an empty one
 * @run: of its size
 * @threads: of this machine that help
 *
 * Prepares the run's input. Where there are fewer pictures than are run at once the last is repeated.
 */
void
voxel_tile_load_fill (const VoxelTileLoad *load, VoxelRun *run, guint threads)
{
  Work work = {load, run};

  voxel_executor_call (threads, fill, &work);
}

/**
 * voxel_tile_load_code:
 * @load: a load, not an empty one
 * @run: in which it was run
 * @threads: of this machine that help
 *
 * Writes the scores; those that are no numbers are an error of their batch.
 */
void
voxel_tile_load_code (const VoxelTileLoad *load, VoxelRun *run, guint threads)
{
  Work work = {load, run};

  voxel_executor_call (threads, code, &work);
}

/**
 * voxel_tile_load_fail:
 * @load: a load that could not be run
 * @error: why
 *
 * Tells all that have pictures in it.
 */
void
voxel_tile_load_fail (const VoxelTileLoad *load, const GError *error)
{
  for (guint i = 0; i < load->n; i++)
    voxel_tile_batch_fail (load->parts[i].batch, load->parts[i].job, g_error_copy (error));
}
