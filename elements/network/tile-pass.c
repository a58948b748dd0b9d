/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/tile-pass.h"

#include <string.h>

#include "elements/network/score-code.h"
#include "elements/tiles/dihedral.h"
#include "elements/tiles/reflect.h"
#include "models/executor.h"

/* Rows that are turned at a time: what they are turned from and to stays in the first-level cache, and 32 codes
 * are a whole cache line where columns become rows. */
#define BAND 32

typedef struct {
  const VoxelTilePass *pass;
  VoxelPicturePart part; /* that the network sees now */
  guint width;           /* of the view */
  guint height;
  gint bad;
} Work;

/* Pixels of rows [y, y + rows) of the view of a plane, in @band where columns have to be turned. */
static const guint8 *
view_rows (const Work *work, const VoxelTilePlane *plane, guint y, guint rows, guint8 *band, gssize *stride)
{
  const VoxelTileJob *job = work->pass->job;

  *stride = (gssize) plane->stride;
  if (job->view == VOXEL_DIHEDRAL_R0)
    return (const guint8 *) plane->pixels + y * plane->stride;
  if (job->view == VOXEL_DIHEDRAL_FV) {
    *stride = -*stride;
    return (const guint8 *) plane->pixels + (job->height - 1 - y) * plane->stride;
  }
  *stride = (gssize) work->width * job->bytes;
  voxel_dihedral_turn_region (job->view, plane->pixels, plane->stride, job->width, job->height, job->bytes, 0,
                              y, work->width, rows, band, (gsize) *stride);
  return band;
}

/* Rows [begin, end) of a channel of the part that the network sees; below the view they repeat it from its last
 * row up. */
static void
fill_channel (const Work *work, guint channel, gsize begin, gsize end, guint8 *band)
{
  const VoxelTilePass *pass = work->pass;
  const VoxelTilePlane *plane = &pass->job->planes[channel];
  gsize columns = pass->parts->width, rows;
  gfloat *out = pass->input + channel * columns * pass->parts->height;
  gssize stride;

  for (gsize i = begin; i < end; i += rows) {
    gsize y = work->part.y + i;
    const guint8 *pixels;

    rows = y < work->height ? MIN (BAND, MIN (end - i, work->height - y)) : 1;
    pixels =
        view_rows (work, plane, voxel_reflect_index ((guint) y, work->height), (guint) rows, band, &stride);
    for (gsize k = 0; k < rows; k++)
      voxel_preprocess_row (&pass->maps[channel], pixels + (gssize) k * stride, pass->job->bytes, work->width,
                            work->part.x, (guint) columns, out + (i + k) * columns);
  }
}

static void
fill_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;
  const VoxelTilePass *pass = work->pass;
  gsize columns = pass->parts->width, plane = columns * pass->parts->height;
  gfloat *first = pass->input + begin * columns;
  g_autofree guint8 *band = g_malloc ((gsize) work->width * pass->job->bytes * BAND);

  for (guint c = 0; c < pass->planes; c++)
    fill_channel (work, c, begin, end, band);
  for (guint c = pass->planes; c < pass->in_channels; c++)
    memcpy (first + c * plane, first, (end - begin) * columns * sizeof *first);
}

/* Codes of what is kept of the part, rows [begin, end) of it, turned back to where they lie in the tile. */
static void
code_rows (gpointer data, gsize begin, gsize end)
{
  Work *work = data;
  const VoxelTilePass *pass = work->pass;
  const VoxelPicturePart *part = &work->part;
  const VoxelTileJob *job = pass->job;
  gsize columns = pass->parts->width, plane = columns * pass->parts->height, rows;
  guint left = part->left, width = MIN (part->right, work->width) - left;
  const gfloat *logits = pass->output + pass->out_channel * plane + (left - part->x);
  gboolean upside_down = job->view == VOXEL_DIHEDRAL_FV, finite = TRUE;
  gboolean turned = job->view != VOXEL_DIHEDRAL_R0 && !upside_down;
  gsize stride = (gsize) width * sizeof *job->logits;
  g_autofree guint8 *band = turned ? g_malloc (stride * BAND) : NULL;

  for (gsize y = part->top + begin; y < part->top + end; y += rows) {
    rows = MIN (BAND, part->top + end - y);
    for (gsize i = 0; i < rows; i++) {
      gsize to = upside_down ? work->height - 1 - (y + i) : y + i;
      guint8 *codes = turned ? band + i * stride : (guint8 *) (job->logits + left) + to * job->logit_stride;

      finite &= voxel_score_code_row (logits + (y + i - part->y) * columns, width, (guint16 *) codes);
    }
    if (turned)
      voxel_dihedral_turn_part (voxel_dihedral_inverse (job->view), band, stride, work->width, work->height,
                                sizeof *job->logits, left, (guint) y, width, (guint) rows, job->logits,
                                job->logit_stride);
  }
  if (!finite)
    g_atomic_int_set (&work->bad, TRUE);
}

static Work
begin_part (const VoxelTilePass *pass, guint part)
{
  gboolean sideways = voxel_dihedral_swaps_sides (pass->job->view);

  return (Work){.pass = pass,
                .part = voxel_picture_parts_get (pass->parts, part),
                .width = sideways ? pass->job->height : pass->job->width,
                .height = sideways ? pass->job->width : pass->job->height};
}

/**
 * voxel_tile_pass_fill:
 * @pass: what to do
 * @part: which part of the tile
 *
 * Prepares the network's input. On the executor thread its team shares the work.
 */
void
voxel_tile_pass_fill (const VoxelTilePass *pass, guint part)
{
  Work work = begin_part (pass, part);

  voxel_executor_for (pass->parts->height, BAND, fill_rows, &work);
}

/**
 * voxel_tile_pass_code:
 * @pass: what to do, after the network was run
 * @part: which part of the tile
 *
 * Codes the scores. On the executor thread its team shares the work.
 *
 * Returns: whether all scores are numbers
 */
gboolean
voxel_tile_pass_code (const VoxelTilePass *pass, guint part)
{
  Work work = begin_part (pass, part);

  voxel_executor_for (MIN (work.part.bottom, work.height) - work.part.top, BAND, code_rows, &work);
  return !work.bad;
}

/**
 * voxel_tile_pass_background:
 * @job: a tile
 *
 * Gives it the lowest score everywhere.
 */
void
voxel_tile_pass_background (const VoxelTileJob *job)
{
  for (guint y = 0; y < job->height; y++)
    memset ((guint8 *) job->logits + y * job->logit_stride, 0, job->width * sizeof *job->logits);
}
