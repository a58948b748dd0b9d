/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Slices that come out are made one after the other from those around them: of each row first along z, then along x,
 * and the rows that result along y. What lies between is a few rows of floats, which stay in the nearest cache; of
 * the volume nothing is kept here. */

#include "volume-rescale.h"

#include <string.h>

#include "elements/rows/rows.h"
#include "volume-store-team.h"

/* Rows of a task: the first ones of it need rows that the task before has made too. */
#define LEAST_ROWS 16
#define TASKS_A_WORKER 2

/**
 * Axis:
 * @kernel: of the axis
 * @first: (array): voxel that the first weight of each that comes out is for
 * @weights: (array): all first weights, all second ones, …
 *
 * Rows or columns.
 */
typedef struct {
  VoxelRescaleKernel kernel;
  gint *first;
  gfloat *weights;
  guint in;
  guint out;
} Axis;

/**
 * Bench:
 * @row: along z only, with voxels outside of the slice on both sides
 * @rows: along z and x, row y of the slice in place y % taps
 *
 * What one thread needs.
 */
typedef struct {
  gfloat *row;
  gfloat *rows;
  const guint8 **slices;
  const gfloat **window;
  gfloat *weights;
} Bench;

struct _VoxelVolumeRescale {
  VoxelVolumeRescaleForm form;
  const VoxelRows *loops;
  VoxelRescaleKernel along_z;
  gfloat *weights;
  Axis y, x;
  guint before; /* columns */
  guint behind;
  guint *nearest;
  VoxelVolumeStoreTeam *team;
  Bench *benches;
  guint tasks;

  /* what is being made */
  const VoxelVolumeRescaleSlice *slices;
  guint8 *pixels;
  gsize stride;
};

static Axis
axis_new (guint in, guint out, VoxelRescaleKernel kernel)
{
  Axis axis = {kernel, g_new (gint, out), g_new (gfloat, (gsize) kernel.taps * out), in, out};
  g_autofree gfloat *weights = g_new (gfloat, kernel.taps);

  for (guint i = 0; i < out; i++) {
    axis.first[i] = (gint) voxel_rescale_kernel_at (&kernel, i, weights);
    for (guint k = 0; k < kernel.taps; k++)
      axis.weights[(gsize) k * out + i] = weights[k];
  }
  return axis;
}

static void
axis_clear (Axis *axis)
{
  g_free (axis->first);
  g_free (axis->weights);
}

static void
bench_init (Bench *bench, const VoxelVolumeRescale *self)
{
  bench->row = g_new0 (gfloat, (gsize) self->before + self->x.in + self->behind + VOXEL_ROWS_BEHIND);
  bench->rows = g_new (gfloat, (gsize) self->y.kernel.taps * self->x.out);
  bench->slices = g_new (const guint8 *, self->along_z.taps);
  bench->window = g_new (const gfloat *, self->y.kernel.taps);
  bench->weights = g_new (gfloat, self->y.kernel.taps);
}

static void
bench_clear (Bench *bench)
{
  g_free (bench->row);
  g_free (bench->rows);
  g_free (bench->slices);
  g_free (bench->window);
  g_free (bench->weights);
}

/* How far columns that come out reach to either side, and where the row of a bench has what they begin with. */
static void
widen_rows (VoxelVolumeRescale *self)
{
  Axis *x = &self->x;
  gint end = x->first[x->out - 1] + (gint) x->kernel.taps;

  self->before = (guint) MAX (-x->first[0], 0);
  self->behind = (guint) MAX (end - (gint) x->in, 0);
  for (guint i = 0; i < x->out; i++)
    x->first[i] += (gint) self->before;
}

/**
 * voxel_volume_rescale_new:
 * @form: how the volume is resampled
 * @threads: at most, 1 or more
 *
 * Returns: (transfer full): what makes slices; the same ones with any number of threads
 */
VoxelVolumeRescale *
voxel_volume_rescale_new (const VoxelVolumeRescaleForm *form, guint threads)
{
  VoxelVolumeRescale *self = g_new0 (VoxelVolumeRescale, 1);

  self->form = *form;
  self->loops = voxel_rows ();
  self->along_z = voxel_rescale_kernel (form->ratio[0], form->method, form->antialias);
  self->weights = g_new (gfloat, self->along_z.taps);
  self->y = axis_new (form->in[0], form->out[0],
                      voxel_rescale_kernel (form->ratio[1], form->method, form->antialias));
  self->x = axis_new (form->in[1], form->out[1],
                      voxel_rescale_kernel (form->ratio[2], form->method, form->antialias));
  widen_rows (self);
  self->nearest = g_new (guint, form->out[1]);
  for (guint x = 0; x < form->out[1]; x++)
    self->nearest[x] = MIN (voxel_rescale_nearest (form->ratio[2], x), form->in[1] - 1);
  self->team = voxel_volume_store_team_new (threads);
  self->tasks = threads == 1 ? 1 : CLAMP (form->out[0] / LEAST_ROWS, 1, TASKS_A_WORKER * threads);
  self->benches = g_new (Bench, threads);
  for (guint i = 0; i < threads; i++)
    bench_init (&self->benches[i], self);
  return self;
}

/**
 * voxel_volume_rescale_free:
 * @self: not making a slice
 */
void
voxel_volume_rescale_free (VoxelVolumeRescale *self)
{
  for (guint i = 0; i < voxel_volume_store_team_get_workers (self->team); i++)
    bench_clear (&self->benches[i]);
  g_free (self->benches);
  voxel_volume_store_team_free (self->team);
  axis_clear (&self->y);
  axis_clear (&self->x);
  g_free (self->weights);
  g_free (self->nearest);
  g_free (self);
}

/**
 * voxel_volume_rescale_window:
 * @self: what makes slices
 * @index: slice that is to come out
 * @taps: (out): slices that it is made of
 *
 * Returns: the first one of them; the outermost slice stands for those outside of the volume
 */
gint64
voxel_volume_rescale_window (VoxelVolumeRescale *self, guint index, guint *taps)
{
  *taps = self->along_z.taps;
  return voxel_rescale_kernel_at (&self->along_z, index, self->weights);
}

/* Row @y of the slice that goes in, along z and x. */
static void
make_row (const VoxelVolumeRescale *self, Bench *bench, guint y, gfloat *out)
{
  const Axis *x = &self->x;
  gboolean as_it_is = x->kernel.taps == 1;
  gfloat *row = as_it_is ? out : bench->row + self->before;

  for (guint k = 0; k < self->along_z.taps; k++)
    bench->slices[k] = self->slices[k].pixels + y * self->slices[k].stride;
  if (self->form.pixel_size == 1)
    self->loops->sum_8 (bench->slices, self->weights, self->along_z.taps, x->in, row);
  else
    self->loops->sum_16 ((const guint16 *const *) (gpointer) bench->slices, self->weights, self->along_z.taps,
                         x->in, row);
  if (as_it_is)
    return;
  for (guint i = 0; i < self->before; i++)
    bench->row[i] = row[0];
  for (guint i = 0; i < self->behind; i++)
    row[x->in + i] = row[x->in - 1];
  self->loops->resample (bench->row, x->first, x->weights, x->kernel.taps, x->out, out);
}

static void
finish_row (const VoxelVolumeRescale *self, const Bench *bench, guint8 *pixels)
{
  guint taps = self->y.kernel.taps, width = self->x.out;

  if (self->form.mask)
    self->loops->sum_to_mask (bench->window, bench->weights, taps, width, pixels);
  else if (self->form.pixel_size == 1)
    self->loops->sum_to_8 (bench->window, bench->weights, taps, width, pixels);
  else
    self->loops->sum_to_16 (bench->window, bench->weights, taps, width, (guint16 *) (gpointer) pixels);
}

static gboolean
make_rows (guint index, guint worker, gpointer data, GError **error)
{
  VoxelVolumeRescale *self = data;
  Bench *bench = &self->benches[worker];
  const Axis *y = &self->y;
  guint taps = y->kernel.taps, from = (guint) ((guint64) y->out * index / self->tasks),
        to = (guint) ((guint64) y->out * (index + 1) / self->tasks);
  gint made = -1, last = (gint) y->in - 1;

  for (guint out = from; out < to; out++) {
    gint first = CLAMP (y->first[out], 0, last), end = CLAMP (y->first[out] + (gint) taps - 1, 0, last);

    for (made = MAX (made, first - 1); made < end; made++)
      make_row (self, bench, (guint) made + 1,
                bench->rows + (gsize) ((guint) (made + 1) % taps) * self->x.out);
    for (guint k = 0; k < taps; k++) {
      guint row = (guint) CLAMP (y->first[out] + (gint) k, 0, last);

      bench->window[k] = bench->rows + (gsize) (row % taps) * self->x.out;
      bench->weights[k] = y->weights[(gsize) k * y->out + out];
    }
    finish_row (self, bench, self->pixels + out * self->stride);
  }
  return TRUE;
}

/**
 * voxel_volume_rescale_slice:
 * @self: what makes slices
 * @index: slice that comes out
 * @slices: as many as voxel_volume_rescale_window() says
 * @pixels: (out): of the first row
 * @stride: bytes from row to row
 */
void
voxel_volume_rescale_slice (VoxelVolumeRescale *self, guint index, const VoxelVolumeRescaleSlice *slices,
                            guint8 *pixels, gsize stride)
{
  voxel_rescale_kernel_at (&self->along_z, index, self->weights);
  self->slices = slices;
  self->pixels = pixels;
  self->stride = stride;
  voxel_volume_store_team_run (self->team, make_rows, self->tasks, TRUE, self, NULL);
}

/**
 * voxel_volume_rescale_label:
 * @self: what makes slices
 * @in: label of the nearest slice, a byte a pixel
 * @in_stride: bytes from row to row
 * @out: (out): label of the slice that comes out: no value that was not there
 * @out_stride: bytes from row to row
 */
void
voxel_volume_rescale_label (VoxelVolumeRescale *self, const guint8 *in, gsize in_stride, guint8 *out,
                            gsize out_stride)
{
  const VoxelVolumeRescaleForm *form = &self->form;

  for (guint y = 0; y < form->out[0]; y++) {
    const guint8 *row = in + MIN (voxel_rescale_nearest (form->ratio[1], y), form->in[0] - 1) * in_stride;

    for (guint x = 0; x < form->out[1]; x++)
      out[y * out_stride + x] = row[self->nearest[x]];
  }
}
