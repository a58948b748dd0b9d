/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "volume-store-sample.h"
#include "volume-store-bricks.h"

#include <math.h>
#include <string.h>

#include "elements/rows/rows.h"

#define SIDE VOXEL_BRICK_SIDE
#define ONE VOXEL_ROWS_ONE
/* Voxels that a plane may be away from the volume's first: places still fit their 64 bits. */
#define FARTHEST 1e9

typedef void (*SampleRow) (const VoxelRowsSample *sample, const gint64 first[3], const gint64 step[3],
                           guint width, gpointer out);

/* Neighbouring pixels have most of their voxels in the same cache lines and bricks. */
typedef struct {
  guint width;
  guint height;
} Tile;

typedef struct {
  VoxelVolumeStoreBricks *bricks;
  VoxelVolumeStoreBricksView view;
  VoxelRowsSample volume;
  SampleRow row;
  guint bytes;
  gint64 plane[3][3];
  guint width;
  guint height;
  guint8 *pixels;
  gsize stride;
  Tile tile;
  guint columns;
  gint64 *nowhere;
} Job;

/* Voxels that a tile needs, both ends included. */
typedef struct {
  gint64 from[3];
  gint64 to[3];
} Box;

/* The four corners of a tile are the outermost places along each axis. */
static void
find_ends (const Job *job, guint row, guint column, Tile tile, gint64 low[3], gint64 high[3])
{
  for (guint i = 0; i < 3; i++) {
    gint64 down = job->plane[1][i] * (tile.height - 1), right = job->plane[2][i] * (tile.width - 1);
    gint64 at = job->plane[0][i] + job->plane[1][i] * row + job->plane[2][i] * column;

    low[i] = at + MIN (down, 0) + MIN (right, 0);
    high[i] = at + MAX (down, 0) + MAX (right, 0);
  }
}

static void
find_box (const Job *job, const gint64 low[3], const gint64 high[3], Box *box)
{
  for (guint i = 0; i < 3; i++) {
    gint64 last = job->volume.shape[i] - 1;

    box->from[i] = CLAMP (low[i] >> 32, 0, MAX (last - 1, 0));
    box->to[i] = CLAMP ((high[i] >> 32) + 1, 0, last);
  }
}

static gboolean
is_outside (const Job *job, const gint64 low[3], const gint64 high[3])
{
  for (guint i = 0; i < 3; i++) {
    if (high[i] < -ONE / 2 || low[i] >= job->volume.shape[i] * ONE - ONE / 2)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_inside (const Job *job, const gint64 low[3], const gint64 high[3])
{
  for (guint i = 0; i < 3; i++) {
    if (low[i] < 0 || high[i] >= (job->volume.shape[i] - 1) * ONE)
      return FALSE;
  }
  return TRUE;
}

/* What of the box lies in one brick goes to the same place of the brick @room. */
static gboolean
fetch_brick (const Job *job, const Box *box, const guint at[3], guint8 *room, GError **error)
{
  guint8 plane[VOXEL_BRICK_PLANE * 2];
  gsize row_bytes = SIDE * job->bytes;
  guint from[3], n[3];

  for (guint i = 0; i < 3; i++) {
    gint64 start = (gint64) at[i] * SIDE;

    from[i] = (guint) (MAX (box->from[i], start) - start);
    n[i] = (guint) (MIN (box->to[i], start + SIDE - 1) - start) + 1 - from[i];
  }
  for (guint z = from[0]; z < from[0] + n[0]; z++) {
    guint8 *to = room + ((gsize) z * SIDE + from[1]) * row_bytes + from[2] * job->bytes;

    if (!voxel_volume_store_bricks_read_rows (job->bricks, at, z, from[1], n[1], plane, error))
      return FALSE;
    for (guint y = 0; y < n[1]; y++)
      memcpy (to + y * row_bytes, plane + y * row_bytes + from[2] * job->bytes, n[2] * job->bytes);
  }
  return TRUE;
}

/* All that a tile needs, in one brick: it is no longer than that along any axis, so no two of its voxels have the
 * same place. */
static gboolean
fetch (const Job *job, const Box *box, guint8 *room, GError **error)
{
  guint at[3];

  for (at[0] = (guint) box->from[0] / SIDE; at[0] <= box->to[0] / SIDE; at[0]++) {
    for (at[1] = (guint) box->from[1] / SIDE; at[1] <= box->to[1] / SIDE; at[1]++) {
      for (at[2] = (guint) box->from[2] / SIDE; at[2] <= box->to[2] / SIDE; at[2]++) {
        if (!fetch_brick (job, box, at, room, error))
          return FALSE;
      }
    }
  }
  return TRUE;
}

static gboolean
do_tile (guint index, guint worker, gpointer data, GError **error)
{
  const Job *job = data;
  guint row = index / job->columns * job->tile.height, column = index % job->columns * job->tile.width;
  Tile tile = {MIN (job->tile.width, job->width - column), MIN (job->tile.height, job->height - row)};
  guint8 *out = job->pixels + row * job->stride + (gsize) column * job->bytes;
  VoxelRowsSample sample = job->volume;
  gint64 low[3], high[3];
  Box box;

  find_ends (job, row, column, tile, low, high);
  if (is_outside (job, low, high)) {
    for (guint y = 0; y < tile.height; y++)
      memset (out + y * job->stride, 0, (gsize) tile.width * job->bytes);
    return TRUE;
  }
  sample.inside = is_inside (job, low, high);
  find_box (job, low, high, &box);
  if (box.to[0] / SIDE >= job->view.n_layers) {
    guint8 *room = voxel_volume_store_bricks_get_room (job->bricks, worker);

    if (!fetch (job, &box, room, error))
      return FALSE;
    sample.base = room;
    sample.layers = job->nowhere;
    sample.row_step = sample.brick_step = 0;
  }
  for (guint y = 0; y < tile.height; y++) {
    gint64 first[3];

    for (guint i = 0; i < 3; i++)
      first[i] = job->plane[0][i] + job->plane[1][i] * (row + y) + job->plane[2][i] * column;
    job->row (&sample, first, job->plane[2], tile.width, out + y * job->stride);
  }
  return TRUE;
}

/* Halved until what it needs is no longer than a brick. */
static Tile
choose_tile (const Job *job)
{
  Tile tile = {32, 32};

  for (guint i = 0; i < 3; i++) {
    gdouble down = fabs ((gdouble) job->plane[1][i]) / ONE, right = fabs ((gdouble) job->plane[2][i]) / ONE;

    while (down * (tile.height - 1) + right * (tile.width - 1) + 3 > SIDE) {
      if (tile.width > tile.height)
        tile.width /= 2;
      else
        tile.height = MAX (tile.height / 2, 1);
    }
  }
  return tile;
}

static gboolean
set_plane (Job *job, const gdouble plane[3][3], GError **error)
{
  for (guint i = 0; i < 3; i++) {
    gdouble farthest =
        fabs (plane[0][i]) + fabs (plane[1][i]) * job->height + fabs (plane[2][i]) * job->width;

    if (!(farthest <= FARTHEST)) {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "a plane that lies %g voxels from the first along %c cannot be sampled: at most %g can",
                   farthest, "zyx"[i], FARTHEST);
      return FALSE;
    }
    for (guint k = 0; k < 3; k++)
      job->plane[k][i] = (gint64) floor (plane[k][i] * ONE + .5);
  }
  return TRUE;
}

static SampleRow
find_loop (guint bits, VoxelVolumeStoreSampling sampling)
{
  const VoxelRows *rows = voxel_rows ();

  if (sampling == VOXEL_VOLUME_STORE_LINEAR)
    return bits == 8 ? rows->linear_8 : rows->linear_16;
  return bits == 8 ? rows->nearest_8 : rows->nearest_16;
}

static gboolean
check_voxels (const VoxelVolumeStoreBricksView *view, GError **error)
{
  if (view->bits == 8 || view->bits == 16)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
               "planes are sampled from voxels of 8 or 16 bits, not of %u", view->bits);
  return FALSE;
}

/* Where bricks are of memory, and one for those that are fetched. */
static void
set_volume (Job *job)
{
  const VoxelVolumeStoreBricksView *view = &job->view;
  gsize brick = (gsize) VOXEL_BRICK_VOXELS * job->bytes;
  guint layers = (view->shape[0] + SIDE - 1) / SIDE;
  gint64 *offsets = g_new0 (gint64, layers + 1);

  for (guint i = 0; i < view->n_layers; i++)
    offsets[i] = view->layers[i] - view->layers[0];
  job->volume = (VoxelRowsSample){.base = view->n_layers > 0 ? view->layers[0] : NULL,
                                  .layers = offsets,
                                  .row_step = (gint64) brick * ((view->shape[2] + SIDE - 1) / SIDE),
                                  .brick_step = (gint64) brick,
                                  .shape = {view->shape[0], view->shape[1], view->shape[2]}};
  job->nowhere = g_new0 (gint64, layers + 1);
}

/**
 * voxel_volume_store_sample:
 * @store: of voxels of 8 or 16 bits, at least one z slice
 * @plane: where the first pixel lies, the step to the next row and the step to the next column, in voxels along
 * z, y, x; voxel centres are at whole numbers
 * @width: pixels of a row
 * @height: rows
 * @sampling: which voxels make a pixel
 * @pixels: (out): room for the first row, pixels as wide as voxels
 * @stride: bytes from row to row
 * @error: #GFileError: INVAL for other voxels, no slices or a plane that is out of all reach; NOMEM and what
 * reading and writing may give
 *
 * A picture of any plane of the volume, to the nearest whole number where voxels are mixed. Along an axis of n voxels
 * the volume reaches from -.5 to n - .5, the latter left out: pixels outside are 0. Between the outermost voxel's
 * centre and the end that voxel is repeated. What was never put is 0.
 *
 * The picture is the same to the bit, whatever lies in memory, however many threads there are and whatever
 * instructions the processor has. Steps are rounded to 2^-32 of a voxel.
 *
 * Returns: whether @pixels holds the picture
 */
gboolean
voxel_volume_store_sample (VoxelVolumeStore *store, const gdouble plane[3][3], guint width, guint height,
                           VoxelVolumeStoreSampling sampling, void *pixels, gsize stride, GError **error)
{
  Job job = {.width = width, .height = height, .pixels = pixels, .stride = stride};
  gboolean done;

  if (!set_plane (&job, plane, error))
    return FALSE;
  job.bricks = voxel_volume_store_open (store, &job.view, error);
  if (!job.bricks || !check_voxels (&job.view, error))
    return FALSE;
  job.bytes = job.view.bits / 8;
  job.row = find_loop (job.view.bits, sampling);
  job.tile = choose_tile (&job);
  job.columns = (width + job.tile.width - 1) / job.tile.width;
  set_volume (&job);
  done = voxel_volume_store_team_run (job.view.team, do_tile,
                                      job.columns * ((height + job.tile.height - 1) / job.tile.height), TRUE,
                                      &job, error);
  g_free ((gint64 *) job.volume.layers);
  g_free (job.nowhere);
  return done;
}
