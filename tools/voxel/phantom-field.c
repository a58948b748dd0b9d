/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "phantom-field.h"

#include <math.h>
#include <string.h>

#include "models/random.h"

#define STRIP 256

typedef struct {
  VoxelSlabFunc func;
  gpointer data;
  gsize n;
  gsize next; /* atomic */
} Slabs;

static gpointer
take_slabs (gpointer data)
{
  Slabs *slabs = data;

  for (;;) {
    gsize index = g_atomic_pointer_add (&slabs->next, 1);

    if (index >= slabs->n)
      return NULL;
    slabs->func (slabs->data, index);
  }
}

/**
 * voxel_slabs_each:
 * @n: how many slabs
 * @threads: how many threads share them
 * @func: called once for each
 * @data: handed to @func
 */
void
voxel_slabs_each (gsize n, guint threads, VoxelSlabFunc func, gpointer data)
{
  Slabs slabs = {func, data, n, 0};
  g_autoptr (GPtrArray) team = g_ptr_array_new ();

  for (guint i = 1; i < threads && i < n; i++)
    g_ptr_array_add (team, g_thread_new ("phantom", take_slabs, &slabs));
  take_slabs (&slabs);
  for (guint i = 0; i < team->len; i++)
    g_thread_join (g_ptr_array_index (team, i));
}

typedef struct {
  gfloat *field;
  const gsize *shape;
  const gfloat *taps; /* of offsets -radius to radius */
  gssize radius;
  gboolean wrap;
} Blur;

static gsize
place (gssize i, gssize n, gboolean wrap)
{
  if (wrap)
    return (i % n + n) % n;
  i = (i % (2 * n) + 2 * n) % (2 * n); /* mirrored at the border's outer side */
  return i < n ? i : 2 * n - 1 - i;
}

/* Convolves @n rows of @width numbers, @stride apart, along the rows' order. */
static void
blur_rows (const Blur *blur, gfloat *rows, gsize n, gsize stride, gsize width, gfloat *work)
{
  for (gsize k = 0; k < n; k++)
    memcpy (work + k * width, rows + k * stride, width * sizeof (gfloat));
  for (gsize k = 0; k < n; k++) {
    gfloat *restrict out = rows + k * stride;

    memset (out, 0, width * sizeof (gfloat));
    for (gssize d = -blur->radius; d <= blur->radius; d++) {
      const gfloat *restrict in = work + place ((gssize) k + d, n, blur->wrap) * width;
      gfloat tap = blur->taps[d + blur->radius];

      for (gsize i = 0; i < width; i++)
        out[i] += tap * in[i];
    }
  }
}

static void
blur_line (const Blur *blur, gfloat *line, gsize n, gfloat *work)
{
  for (gssize i = -blur->radius; i < (gssize) n + blur->radius; i++)
    work[i + blur->radius] = line[place (i, n, blur->wrap)];
  memset (line, 0, n * sizeof (gfloat));
  for (gssize d = 0; d <= 2 * blur->radius; d++) {
    for (gsize i = 0; i < n; i++)
      line[i] += blur->taps[d] * work[i + d];
  }
}

static void
blur_slice (gpointer data, gsize z)
{
  const Blur *blur = data;
  gsize rows = blur->shape[1], columns = blur->shape[2];
  gfloat *slice = blur->field + z * rows * columns;
  g_autofree gfloat *work = g_new (gfloat, MAX (rows * STRIP, columns + 2 * blur->radius));

  for (gsize x = 0; x < columns; x += STRIP)
    blur_rows (blur, slice + x, rows, columns, MIN (STRIP, columns - x), work);
  for (gsize y = 0; y < rows; y++)
    blur_line (blur, slice + y * columns, columns, work);
}

static void
blur_across (gpointer data, gsize y)
{
  const Blur *blur = data;
  gsize columns = blur->shape[2];
  g_autofree gfloat *work = g_new (gfloat, blur->shape[0] * STRIP);

  for (gsize x = 0; x < columns; x += STRIP)
    blur_rows (blur, blur->field + y * columns + x, blur->shape[0], blur->shape[1] * columns,
               MIN (STRIP, columns - x), work);
}

/**
 * voxel_field_blur:
 * @field: volume of @shape
 * @shape: z, y, x
 * @sigma: of the Gaussian, in voxels; cut off at 4 sigma
 * @wrap: whether opposite borders touch; otherwise the volume is mirrored
 * @threads: that share the work
 *
 * Returns: deviation that noise of deviation 1 is left with
 */
gdouble
voxel_field_blur (gfloat *field, const gsize shape[3], gdouble sigma, gboolean wrap, guint threads)
{
  gssize radius = (gssize) ceil (4 * sigma);
  g_autofree gfloat *taps = g_new (gfloat, 2 * radius + 1);
  Blur blur = {field, shape, taps, radius, wrap};
  gdouble sum = 0, squares = 0;

  for (gssize d = -radius; d <= radius; d++)
    sum += voxel_math_exp (-.5 * (gdouble) (d * d) / (sigma * sigma));
  for (gssize d = -radius; d <= radius; d++) {
    gdouble tap = voxel_math_exp (-.5 * (gdouble) (d * d) / (sigma * sigma)) / sum;

    taps[d + radius] = (gfloat) tap;
    squares += tap * tap;
  }
  voxel_slabs_each (shape[0], threads, blur_slice, &blur);
  voxel_slabs_each (shape[1], threads, blur_across, &blur);
  return sqrt (squares * squares * squares);
}

typedef struct {
  gfloat *field;
  gsize slab;
  guint64 seed;
  guint32 stream;
} Noise;

static void
noise_slab (gpointer data, gsize z)
{
  Noise *noise = data;
  VoxelRandom random;

  voxel_random_init (&random, noise->seed, noise->stream, (guint64) z * noise->slab);
  for (gsize i = 0; i < noise->slab; i++)
    noise->field[z * noise->slab + i] = (gfloat) voxel_random_normal (&random);
}

/**
 * voxel_field_noise:
 * @field: (out): volume of @shape, to be filled with independent numbers of mean 0 and deviation 1
 * @shape: z, y, x
 * @seed: of the random numbers
 * @stream: likewise
 * @threads: that share the work
 */
void
voxel_field_noise (gfloat *field, const gsize shape[3], guint64 seed, guint32 stream, guint threads)
{
  Noise noise = {field, shape[1] * shape[2], seed, stream};

  voxel_slabs_each (shape[0], threads, noise_slab, &noise);
}
