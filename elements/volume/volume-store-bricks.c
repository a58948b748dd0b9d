/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "volume-store-bricks.h"
#include "brick-layer.h"
#include "brick-scratch.h"

#include <string.h>

#define SIDE VOXEL_BRICK_SIDE

/* What one worker needs to itself: a brick of the file, and one whose voxels are bytes. */
typedef struct {
  guint8 *brick;
  guint8 *bytes;
} Desk;

struct _VoxelVolumeStoreBricks {
  guint shape[3];
  const VoxelBrickKernels *kernels;
  VoxelVolumeStorePlan plan;
  gchar *directory;
  GPtrArray *layers;
  VoxelBrickScratch *scratch;
  VoxelVolumeStoreTeam *team;
  Desk *desks;
  guint64 memory;
};

/* Bricks that a run of slices goes through. */
typedef struct {
  VoxelVolumeStoreBricks *bricks;
  const VoxelVolumeStoreRun *run;
  VoxelVolumeStoreDirection direction;
  VoxelVolumeStoreMode mode;
  guint first[3];
  guint counts[3];
} Job;

static guint
bricks_along (const VoxelVolumeStoreBricks *bricks, guint axis)
{
  return (bricks->shape[axis] + SIDE - 1) / SIDE;
}

static gsize
plane_bytes (const VoxelVolumeStoreBricks *bricks)
{
  return (gsize) VOXEL_BRICK_PLANE / 8 * bricks->kernels->bits;
}

static gsize
brick_bytes (const VoxelVolumeStoreBricks *bricks)
{
  return plane_bytes (bricks) * SIDE;
}

static gboolean
account (VoxelVolumeStoreBricks *bricks, const void *data, guint64 size, GError **error)
{
  if (data) {
    bricks->memory += size;
    return TRUE;
  }
  voxel_volume_store_plan_set_no_memory (bricks->shape, size, error);
  return FALSE;
}

/**
 * voxel_volume_store_bricks_new:
 * @shape: voxels along z, y, x; shape[0] may be 0: more come with voxel_volume_store_bricks_set_depth()
 * @kernels: for the size of a voxel
 * @plan: what stays in memory
 * @directory: for the rest
 * @error: #GFileError: NOSPC, or why the file cannot be made
 *
 * Returns: (nullable) (transfer full): bricks of zeros
 */
VoxelVolumeStoreBricks *
voxel_volume_store_bricks_new (const guint shape[3], const VoxelBrickKernels *kernels,
                               const VoxelVolumeStorePlan *plan, const gchar *directory, GError **error)
{
  g_autoptr (VoxelVolumeStoreBricks) bricks = g_new0 (VoxelVolumeStoreBricks, 1);

  memcpy (bricks->shape, shape, sizeof bricks->shape);
  bricks->kernels = kernels;
  bricks->plan = *plan;
  bricks->directory = g_strdup (directory);
  bricks->layers = g_ptr_array_new ();
  bricks->team = voxel_volume_store_team_new (plan->workers);
  bricks->desks = g_new0 (Desk, plan->workers);
  if (plan->scratch_bytes > 0) {
    bricks->scratch = voxel_brick_scratch_new (directory, plan->scratch_bytes, error);
    if (!bricks->scratch)
      return NULL;
  }
  return g_steal_pointer (&bricks);
}

/**
 * voxel_volume_store_bricks_set_depth:
 * @bricks: the bricks
 * @depth: voxels along z from now on
 */
void
voxel_volume_store_bricks_set_depth (VoxelVolumeStoreBricks *bricks, guint depth)
{
  bricks->shape[0] = depth;
}

/**
 * voxel_volume_store_bricks_in_memory:
 * @bricks: the bricks
 * @layer: of bricks that hold the same 64 z slices
 *
 * Returns: whether it is not in the file
 */
gboolean
voxel_volume_store_bricks_in_memory (const VoxelVolumeStoreBricks *bricks, guint layer)
{
  return layer < bricks->plan.layers_in_memory;
}

static gboolean
prepare_layer (VoxelVolumeStoreBricks *bricks, guint layer, GError **error)
{
  guint64 size = voxel_volume_store_plan_layer_bytes (bricks->shape, bricks->kernels->bits);

  while (bricks->layers->len <= layer) {
    guint64 end = ((guint64) bricks->layers->len + 1) * SIDE;
    guint8 *data = voxel_brick_layer_new ((gsize) size, end <= (guint64) bricks->shape[0] + SIDE / 2);

    if (!account (bricks, data, size, error))
      return FALSE;
    g_ptr_array_add (bricks->layers, data);
  }
  return TRUE;
}

static gboolean
prepare_buffer (VoxelVolumeStoreBricks *bricks, guint8 **buffer, gsize size, GError **error)
{
  if (*buffer)
    return TRUE;
  *buffer = g_try_malloc0 (size + VOXEL_BRICK_SLACK);
  return account (bricks, *buffer, size, error);
}

/* All that is missing is there before the workers start. */
static gboolean
prepare (VoxelVolumeStoreBricks *bricks, guint first_layer, guint end_layer, guint workers, GError **error)
{
  gboolean filed = !voxel_volume_store_bricks_in_memory (bricks, end_layer - 1);

  for (guint layer = first_layer; layer < end_layer; layer++) {
    if (voxel_volume_store_bricks_in_memory (bricks, layer) && !prepare_layer (bricks, layer, error))
      return FALSE;
  }
  if (filed && !bricks->scratch)
    bricks->scratch = voxel_brick_scratch_new (bricks->directory, 0, error);
  if (filed && !bricks->scratch)
    return FALSE;
  for (guint i = 0; i < workers; i++) {
    Desk *desk = &bricks->desks[i];

    if (filed && !prepare_buffer (bricks, &desk->brick, brick_bytes (bricks), error))
      return FALSE;
    if (bricks->kernels->pack && !prepare_buffer (bricks, &desk->bytes, VOXEL_BRICK_VOXELS, error))
      return FALSE;
  }
  return TRUE;
}

static void
move_bytes (const Job *job, guint8 *brick, const VoxelBrickSlices *slices)
{
  const VoxelBrickKernels *kernels = job->bricks->kernels;

  if (job->direction == VOXEL_VOLUME_STORE_READ)
    voxel_brick_read (kernels, brick, slices);
  else if (job->mode == VOXEL_VOLUME_STORE_ADD)
    voxel_brick_add (kernels, brick, slices);
  else
    voxel_brick_write (kernels, brick, slices);
}

/* Voxels of less than a byte get one while they are moved, in a buffer that stays in the processor's cache. */
static void
move_brick (const Job *job, const Desk *desk, guint8 *brick, const VoxelBrickSlices *slices, guint first,
            guint planes)
{
  const VoxelBrickKernels *kernels = job->bricks->kernels;
  gsize plane = plane_bytes (job->bricks);

  if (!kernels->pack) {
    move_bytes (job, brick, slices);
    return;
  }
  for (guint i = first; i < first + planes; i++)
    kernels->unpack (brick + i * plane, desk->bytes + (gsize) i * VOXEL_BRICK_PLANE);
  move_bytes (job, desk->bytes, slices);
  for (guint i = first; i < first + planes && job->direction == VOXEL_VOLUME_STORE_WRITE; i++)
    kernels->pack (desk->bytes + (gsize) i * VOXEL_BRICK_PLANE, brick + i * plane);
}

static guint64
offset_in_layer (const VoxelVolumeStoreBricks *bricks, const guint at[3])
{
  return ((guint64) at[1] * bricks_along (bricks, 2) + at[2]) * brick_bytes (bricks);
}

static guint64
offset_in_file (const VoxelVolumeStoreBricks *bricks, const guint at[3])
{
  return (at[0] - bricks->plan.layers_in_memory) *
             voxel_volume_store_plan_layer_bytes (bricks->shape, bricks->kernels->bits) +
         offset_in_layer (bricks, at);
}

/* One brick, of the file only the planes that the slices touch. */
static gboolean
move_at (const Job *job, const guint at[3], const VoxelBrickSlices *slices, const Desk *desk, GError **error)
{
  VoxelVolumeStoreBricks *bricks = job->bricks;
  guint first = slices->axis == 0 ? slices->from : 0;
  guint planes = slices->axis == 0 ? slices->count : MIN (SIDE, bricks->shape[0] - at[0] * SIDE);
  gsize size = planes * plane_bytes (bricks);
  guint64 offset = offset_in_layer (bricks, at);
  guint8 *data;

  if (voxel_volume_store_bricks_in_memory (bricks, at[0])) {
    move_brick (job, desk, (guint8 *) g_ptr_array_index (bricks->layers, at[0]) + offset, slices, first,
                planes);
    return TRUE;
  }
  offset = offset_in_file (bricks, at) + first * plane_bytes (bricks);
  data = desk->brick + first * plane_bytes (bricks);
  if ((job->direction == VOXEL_VOLUME_STORE_READ || job->mode == VOXEL_VOLUME_STORE_ADD ||
       slices->axis != 0) &&
      !voxel_brick_scratch_read (bricks->scratch, offset, data, size, error))
    return FALSE;
  move_brick (job, desk, desk->brick, slices, first, planes);
  return job->direction == VOXEL_VOLUME_STORE_READ ||
         voxel_brick_scratch_write (bricks->scratch, offset, data, size, error);
}

static gboolean
do_brick (const Job *job, const guint at[3], const Desk *desk, GError **error)
{
  const VoxelVolumeStoreRun *run = job->run;
  const VoxelVolumeStoreBricks *bricks = job->bricks;
  guint row_axis = (run->axis + 1) % 3, column_axis = (run->axis + 2) % 3;
  gsize row = (gsize) at[row_axis] * SIDE, column = (gsize) at[column_axis] * SIDE;
  VoxelBrickSlices slices = {run->data + (row * run->pitch + column) * bricks->kernels->bytes,
                             run->pitch,
                             run->slice,
                             run->axis,
                             run->from % SIDE,
                             run->count,
                             MIN (SIDE, bricks->shape[row_axis] - (guint) row),
                             MIN (SIDE, bricks->shape[column_axis] - (guint) column),
                             job->counts[2] > 1 && run->count == 1 ? brick_bytes (bricks) : 0};

  return move_at (job, at, &slices, desk, error);
}

/* Bricks that are neighbours in memory are one worker's. */
static gboolean
do_row (guint index, guint worker, gpointer data, GError **error)
{
  const Job *job = data;
  guint at[3] = {job->first[0] + index / job->counts[1], job->first[1] + index % job->counts[1], 0};

  for (guint i = 0; i < job->counts[2]; i++) {
    at[2] = job->first[2] + i;
    if (!do_brick (job, at, &job->bricks->desks[worker], error))
      return FALSE;
  }
  return TRUE;
}

static void
find_bricks (const VoxelVolumeStoreBricks *bricks, guint axis, guint slice, guint first[3], guint counts[3])
{
  for (guint k = 0; k < 3; k++) {
    first[k] = 0;
    counts[k] = bricks_along (bricks, k);
  }
  first[axis] = slice / SIDE;
  counts[axis] = 1;
}

/**
 * voxel_volume_store_bricks_expect:
 * @bricks: the bricks
 * @axis: direction of slices
 * @from: slice of which the 64 around are going to be read next
 *
 * What lies in the file is fetched meanwhile.
 */
void
voxel_volume_store_bricks_expect (VoxelVolumeStoreBricks *bricks, guint axis, guint from)
{
  guint first[3], counts[3], at[3];

  if (!bricks->scratch || from >= bricks->shape[axis])
    return;
  find_bricks (bricks, axis, from, first, counts);
  at[2] = first[2];
  for (guint layer = 0; layer < counts[0]; layer++) {
    at[0] = first[0] + layer;
    for (guint row = 0; row < counts[1] && !voxel_volume_store_bricks_in_memory (bricks, at[0]); row++) {
      at[1] = first[1] + row;
      voxel_brick_scratch_expect (bricks->scratch, offset_in_file (bricks, at),
                                  counts[2] * brick_bytes (bricks));
    }
  }
}

/**
 * voxel_volume_store_bricks_move:
 * @bricks: the bricks
 * @run: slices
 * @direction: whether they are read or written
 * @mode: what writing does
 * @error: #GFileError: NOMEM, NOSPC and what files may give
 *
 * Returns: whether all was moved
 */
gboolean
voxel_volume_store_bricks_move (VoxelVolumeStoreBricks *bricks, const VoxelVolumeStoreRun *run,
                                VoxelVolumeStoreDirection direction, VoxelVolumeStoreMode mode,
                                GError **error)
{
  Job job = {bricks, run, direction, mode, {0}, {0}};
  guint n, workers;

  find_bricks (bricks, run->axis, run->from, job.first, job.counts);
  n = job.counts[0] * job.counts[1];
  workers = MIN (n, voxel_volume_store_team_get_workers (bricks->team));
  return prepare (bricks, job.first[0], job.first[0] + job.counts[0], workers, error) &&
         voxel_volume_store_team_run (bricks->team, do_row, n, run->count > 1, &job, error);
}

/**
 * voxel_volume_store_bricks_open:
 * @bricks: the bricks
 * @view: (out): where they are
 * @error: #GFileError: NOMEM and why a file cannot be made
 *
 * Returns: whether all of them can be read
 */
gboolean
voxel_volume_store_bricks_open (VoxelVolumeStoreBricks *bricks, VoxelVolumeStoreBricksView *view,
                                GError **error)
{
  guint layers = bricks_along (bricks, 0);

  if (!prepare (bricks, 0, layers, voxel_volume_store_team_get_workers (bricks->team), error))
    return FALSE;
  *view = (VoxelVolumeStoreBricksView){.bits = bricks->kernels->bits,
                                       .layers = (guint8 *const *) bricks->layers->pdata,
                                       .n_layers = (guint) MIN (layers, bricks->plan.layers_in_memory),
                                       .team = bricks->team};
  memcpy (view->shape, bricks->shape, sizeof view->shape);
  return TRUE;
}

/**
 * voxel_volume_store_bricks_get_room:
 * @bricks: the bricks
 * @worker: one of the team
 *
 * Returns: (nullable): room for a brick that only this worker uses, where some are in the file
 */
guint8 *
voxel_volume_store_bricks_get_room (VoxelVolumeStoreBricks *bricks, guint worker)
{
  return bricks->desks[worker].brick;
}

/**
 * voxel_volume_store_bricks_read_rows:
 * @bricks: the bricks
 * @at: which of them, along z, y, x
 * @plane: of constant z, counted within the brick
 * @row: first row of it
 * @rows: how many
 * @data: (out): room for them
 * @error: #GFileError: what reading may give
 *
 * May be called by all workers at once.
 *
 * Returns: whether @data holds the rows
 */
gboolean
voxel_volume_store_bricks_read_rows (VoxelVolumeStoreBricks *bricks, const guint at[3], guint plane,
                                     guint row, guint rows, guint8 *data, GError **error)
{
  gsize row_bytes = plane_bytes (bricks) / SIDE;
  gsize from = plane * plane_bytes (bricks) + row * row_bytes;

  if (!voxel_volume_store_bricks_in_memory (bricks, at[0]))
    return voxel_brick_scratch_read (bricks->scratch, offset_in_file (bricks, at) + from, data,
                                     rows * row_bytes, error);
  memcpy (data, (guint8 *) g_ptr_array_index (bricks->layers, at[0]) + offset_in_layer (bricks, at) + from,
          rows * row_bytes);
  return TRUE;
}

/**
 * voxel_volume_store_bricks_get_memory:
 * @bricks: the bricks
 *
 * Returns: bytes allocated; they only ever grow
 */
guint64
voxel_volume_store_bricks_get_memory (const VoxelVolumeStoreBricks *bricks)
{
  return bricks->memory;
}

/**
 * voxel_volume_store_bricks_get_scratch_size:
 * @bricks: the bricks
 *
 * Returns: length of the scratch file in bytes, 0 where there is none
 */
guint64
voxel_volume_store_bricks_get_scratch_size (const VoxelVolumeStoreBricks *bricks)
{
  return bricks->scratch ? voxel_brick_scratch_get_size (bricks->scratch) : 0;
}

/**
 * voxel_volume_store_bricks_free:
 * @bricks: the bricks; the scratch file goes with them
 */
void
voxel_volume_store_bricks_free (VoxelVolumeStoreBricks *bricks)
{
  g_clear_pointer (&bricks->scratch, voxel_brick_scratch_free);
  for (guint i = 0; i < bricks->layers->len; i++)
    voxel_brick_layer_free (
        g_ptr_array_index (bricks->layers, i),
        (gsize) voxel_volume_store_plan_layer_bytes (bricks->shape, bricks->kernels->bits));
  g_ptr_array_unref (bricks->layers);
  for (guint i = 0; i < voxel_volume_store_team_get_workers (bricks->team); i++) {
    g_free (bricks->desks[i].brick);
    g_free (bricks->desks[i].bytes);
  }
  g_free (bricks->desks);
  voxel_volume_store_team_free (bricks->team);
  g_free (bricks->directory);
  g_free (bricks);
}
