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
/* Whose voxels 31 bits count. */
#define MOST_BRICKS (1u << 13)
/* Three rows of bricks along x must be fewer. */
#define WIDEST (MOST_BRICKS / 4 * SIDE)

typedef void (*SampleRow) (const VoxelRowsSample *sample, const gint64 first[3], const gint64 step[3],
                           guint width, gpointer out);

/* Part of the picture. */
typedef struct {
  guint row;
  guint column;
  guint width;
  guint height;
} Tile;

typedef struct {
  VoxelVolumeStoreBricks *bricks;
  VoxelVolumeStoreBricksView view;
  const gint64 *layers;
  const gint64 *nowhere;
  const VoxelRows *rows;
  SampleRow row;
  VoxelVolumeStoreSampling sampling;
  guint bytes;
  gint64 plane[3][3];
  guint width;
  guint height;
  guint8 *pixels;
  gsize stride;
  /* Of a tile that is not cut short by the picture's end, and how many are beside each other. */
  guint tile_width;
  guint tile_height;
  guint columns;
} Job;

/* Where a tile lies, and the voxels that it needs, both ends included. */
typedef struct {
  gint64 low[3];
  gint64 high[3];
  gint64 from[3];
  gint64 to[3];
} Box;

static void
find_tile (const Job *job, guint index, Tile *tile)
{
  tile->row = index / job->columns * job->tile_height;
  tile->column = index % job->columns * job->tile_width;
  tile->width = MIN (job->tile_width, job->width - tile->column);
  tile->height = MIN (job->tile_height, job->height - tile->row);
}

static guint
count_row_bricks (const Job *job)
{
  return (job->view.shape[2] + SIDE - 1) / SIDE;
}

static void
find_place (const Job *job, guint row, guint column, gint64 place[3])
{
  for (guint i = 0; i < 3; i++)
    place[i] = job->plane[0][i] + job->plane[1][i] * row + job->plane[2][i] * column;
}

/* The four corners of a tile are the outermost places along each axis. */
static void
find_box (const Job *job, const Tile *tile, Box *box)
{
  find_place (job, tile->row, tile->column, box->low);
  for (guint i = 0; i < 3; i++) {
    gint64 down = job->plane[1][i] * (tile->height - 1), right = job->plane[2][i] * (tile->width - 1);
    gint64 last = (gint64) job->view.shape[i] - 1;

    box->high[i] = box->low[i] + MAX (down, 0) + MAX (right, 0);
    box->low[i] += MIN (down, 0) + MIN (right, 0);
    box->from[i] = CLAMP (box->low[i] >> 32, 0, MAX (last - 1, 0));
    box->to[i] = CLAMP ((box->high[i] >> 32) + 1, 0, last);
  }
}

static gboolean
is_outside (const Job *job, const Box *box)
{
  for (guint i = 0; i < 3; i++) {
    if (box->high[i] < -ONE / 2 || box->low[i] >= (gint64) job->view.shape[i] * ONE - ONE / 2)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_inside (const Job *job, const Box *box)
{
  for (guint i = 0; i < 3; i++) {
    if (box->low[i] < 0 || box->high[i] >= ((gint64) job->view.shape[i] - 1) * ONE)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_in_memory (const Job *job, const Box *box)
{
  return box->to[0] / SIDE < job->view.n_layers;
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

/* Places count from the first brick that a tile needs, so that all offsets are short. */
static void
find_bricks (const Job *job, const Box *box, guint8 *room, VoxelRowsSample *sample, gint64 corner[3])
{
  guint row_bricks = count_row_bricks (job);
  gint64 at[3];

  for (guint i = 0; i < 3; i++) {
    at[i] = box->from[i] / SIDE;
    corner[i] = at[i] * SIDE * ONE;
    sample->begin[i] = -at[i] * SIDE;
    sample->end[i] = sample->begin[i] + job->view.shape[i];
  }
  sample->inside = is_inside (job, box);
  if (room) {
    sample->base = room;
    sample->layers = job->nowhere;
    sample->row_bricks = sample->bricks = 0;
    return;
  }
  sample->base = job->view.layers[0] + (at[1] * row_bricks + at[2]) * VOXEL_BRICK_VOXELS * job->bytes;
  sample->layers = job->layers + at[0];
  sample->row_bricks = (gint32) row_bricks;
  sample->bricks = 1;
}

static void
find_row (const Job *job, const Tile *tile, guint y, const gint64 corner[3], gint64 first[3])
{
  find_place (job, tile->row + y, tile->column, first);
  for (guint i = 0; i < 3; i++)
    first[i] -= corner[i];
}

/* Whether the processor may be told which voxels of a tile come next. */
static gboolean
find_expected (const Job *job, guint index, Tile *tile, VoxelRowsSample *sample, gint64 corner[3])
{
  Box box;

  find_tile (job, index, tile);
  if (job->sampling != VOXEL_VOLUME_STORE_LINEAR || tile->row >= job->height)
    return FALSE;
  find_box (job, tile, &box);
  if (!is_inside (job, &box) || !is_in_memory (job, &box))
    return FALSE;
  find_bricks (job, &box, NULL, sample, corner);
  return TRUE;
}

static gboolean
do_tile (guint index, guint worker, gpointer data, GError **error)
{
  const Job *job = data;
  VoxelRowsSample sample, next_sample;
  gint64 corner[3], next_corner[3], first[3];
  guint8 *out, *room = NULL;
  Tile tile, next;
  guint expected;
  Box box;

  find_tile (job, index, &tile);
  find_box (job, &tile, &box);
  out = job->pixels + tile.row * job->stride + (gsize) tile.column * job->bytes;
  if (is_outside (job, &box)) {
    for (guint y = 0; y < tile.height; y++)
      memset (out + y * job->stride, 0, (gsize) tile.width * job->bytes);
    return TRUE;
  }
  if (!is_in_memory (job, &box)) {
    room = voxel_volume_store_bricks_get_room (job->bricks, worker);
    if (!fetch (job, &box, room, error))
      return FALSE;
  }
  find_bricks (job, &box, room, &sample, corner);
  expected = find_expected (job, index + 1, &next, &next_sample, next_corner) ? next.height : 0;
  for (guint y = 0; y < tile.height; y++) {
    /* Row by row: memory works while pixels are made. */
    if (y < expected) {
      find_row (job, &next, y, next_corner, first);
      job->rows->expect (&next_sample, first, job->plane[2], next.width, job->bytes);
    }
    find_row (job, &tile, y, corner, first);
    job->row (&sample, first, job->plane[2], tile.width, out + y * job->stride);
  }
  return TRUE;
}

/* How long a tile may be along an axis, in voxels. What is fetched fits a brick; what lies in memory, offsets of 31
 * bits. */
static gdouble
find_limit (const Job *job, guint axis, gboolean fetched)
{
  if (fetched)
    return SIDE - 3;
  return axis == 1 ? (gdouble) SIDE * (MOST_BRICKS / count_row_bricks (job) - 2) : FARTHEST;
}

/* Neighbouring pixels have most of their voxels in the same cache lines. */
static void
choose_tile (Job *job)
{
  gboolean fetched = (guint64) job->view.n_layers * SIDE < job->view.shape[0];

  job->tile_width = 32;
  job->tile_height = 32;
  for (guint i = 0; i < 3; i++) {
    gdouble down = fabs ((gdouble) job->plane[1][i]) / ONE, right = fabs ((gdouble) job->plane[2][i]) / ONE;

    while (down * (job->tile_height - 1) + right * (job->tile_width - 1) > find_limit (job, i, fetched)) {
      if (job->tile_width > job->tile_height)
        job->tile_width /= 2;
      else
        job->tile_height = MAX (job->tile_height / 2, 1);
    }
  }
  job->columns = (job->width + job->tile_width - 1) / job->tile_width;
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
find_loop (const Job *job)
{
  if (job->sampling == VOXEL_VOLUME_STORE_LINEAR)
    return job->bytes == 1 ? job->rows->linear_8 : job->rows->linear_16;
  return job->bytes == 1 ? job->rows->nearest_8 : job->rows->nearest_16;
}

static gboolean
check_voxels (const VoxelVolumeStoreBricksView *view, GError **error)
{
  if (view->bits != 8 && view->bits != 16) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "planes are sampled from voxels of 8 or 16 bits, not of %u", view->bits);
    return FALSE;
  }
  if (view->shape[2] > WIDEST) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "planes are sampled from volumes of up to %u voxels along x, not of %u", WIDEST,
                 view->shape[2]);
    return FALSE;
  }
  return TRUE;
}

/* Bytes from the first layer in memory to the others. */
static gint64 *
find_layers (const VoxelVolumeStoreBricksView *view, guint n)
{
  gint64 *layers = g_new0 (gint64, n);

  for (guint i = 0; i < view->n_layers; i++)
    layers[i] = view->layers[i] - view->layers[0];
  return layers;
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
 * @error: #GFileError: INVAL for other voxels, no slices, more than 131072 voxels along x or a plane out of all reach; NOMEM and what
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
  Job job = {.rows = voxel_rows (),
             .sampling = sampling,
             .width = width,
             .height = height,
             .pixels = pixels,
             .stride = stride};
  g_autofree gint64 *layers = NULL, *nowhere = NULL;
  const guint *shape = job.view.shape;
  guint n;

  if (!set_plane (&job, plane, error))
    return FALSE;
  job.bricks = voxel_volume_store_open (store, &job.view, error);
  if (!job.bricks || !check_voxels (&job.view, error))
    return FALSE;
  job.bytes = job.view.bits / 8;
  job.row = find_loop (&job);
  choose_tile (&job);
  n = shape[0] / SIDE + 2;
  job.layers = layers = find_layers (&job.view, n);
  job.nowhere = nowhere = g_new0 (gint64, n);
  return voxel_volume_store_team_run (job.view.team, do_tile,
                                      job.columns * ((height + job.tile_height - 1) / job.tile_height), TRUE,
                                      &job, error);
}
