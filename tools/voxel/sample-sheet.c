/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Samples side by side, small ones as they are, larger ones shrunk. Which ones: evenly spread over all that come,
 * of which nobody knows the number before. */

#include "sample-sheet.h"

#include <math.h>
#include <string.h>

#include "overlay.h"

#define SIDE_MAX 256
#define GAP 4
#define GAP_GREY 64
/* Of the pixels, black and white alike: what a display may lose. */
#define STRETCH_PERCENT .1

typedef struct {
  gchar *name;
  guint width;
  guint height;
  guint16 *pixels;
  guint8 *label; /* NULL for none */
} Thumb;

struct _VoxelSampleSheet {
  guint n;
  guint64 seen;
  guint64 step; /* every how many one is kept */
  GPtrArray *thumbs;
};

static void
thumb_free (gpointer data)
{
  Thumb *thumb = data;

  g_free (thumb->name);
  g_free (thumb->pixels);
  g_free (thumb->label);
  g_free (thumb);
}

static guint
pixel_at (const VoxelShardSample *sample, gsize at)
{
  if (sample->form.bits == 8)
    return sample->image[at] * 257u;
  return sample->image[2 * at] | (guint) sample->image[2 * at + 1] << 8;
}

/* The mean of a block; of its labels vessel, else ignored: what is thin shall not vanish. */
static void
shrink_block (const VoxelShardSample *sample, guint factor, Thumb *thumb, guint x, guint y)
{
  gsize to = (gsize) y * thumb->width + x;
  guint right = MIN ((x + 1) * factor, sample->form.width),
        bottom = MIN ((y + 1) * factor, sample->form.height);
  guint64 sum = 0, n = 0;

  for (guint v = y * factor; v < bottom; v++) {
    for (guint u = x * factor; u < right; u++, n++) {
      gsize from = (gsize) v * sample->form.width + u;

      sum += pixel_at (sample, from);
      if (thumb->label)
        thumb->label[to] = MAX (thumb->label[to], sample->label[from]);
    }
  }
  thumb->pixels[to] = (guint16) ((sum + n / 2) / n);
}

static Thumb *
thumb_new (const gchar *shard, const VoxelShardSample *sample)
{
  guint factor = (MAX (sample->form.width, sample->form.height) + SIDE_MAX - 1) / SIDE_MAX;
  Thumb *thumb = g_new0 (Thumb, 1);

  thumb->name = g_strdup_printf ("%s:%s", shard, sample->key);
  thumb->width = (sample->form.width + factor - 1) / factor;
  thumb->height = (sample->form.height + factor - 1) / factor;
  thumb->pixels = g_new (guint16, (gsize) thumb->width * thumb->height);
  if (sample->label)
    thumb->label = g_malloc0 ((gsize) thumb->width * thumb->height);
  for (guint y = 0; y < thumb->height; y++) {
    for (guint x = 0; x < thumb->width; x++)
      shrink_block (sample, factor, thumb, x, y);
  }
  return thumb;
}

/**
 * voxel_sample_sheet_new:
 * @n: samples that it shall show, at least 1
 *
 * Returns: (transfer full): an empty sheet
 */
VoxelSampleSheet *
voxel_sample_sheet_new (guint n)
{
  VoxelSampleSheet *self = g_new0 (VoxelSampleSheet, 1);

  self->n = n;
  self->step = 1;
  self->thumbs = g_ptr_array_new_with_free_func (thumb_free);
  return self;
}

/**
 * voxel_sample_sheet_add:
 * @self: a sheet
 * @shard: the file that it comes from
 * @sample: a sample, which may be shown
 *
 * Keeps every sample, and where these become twice as many as shall be shown every second of them.
 */
void
voxel_sample_sheet_add (VoxelSampleSheet *self, const gchar *shard, const VoxelShardSample *sample)
{
  if (self->seen++ % self->step)
    return;
  g_ptr_array_add (self->thumbs, thumb_new (shard, sample));
  if (self->thumbs->len < 2 * self->n)
    return;
  for (guint i = self->n; i-- > 0;)
    g_ptr_array_remove_index (self->thumbs, 2 * i + 1);
  self->step *= 2;
}

/**
 * voxel_sample_sheet_choose:
 * @self: a sheet that all samples were added to
 *
 * Leaves as many as shall be shown.
 */
void
voxel_sample_sheet_choose (VoxelSampleSheet *self)
{
  guint there = self->thumbs->len;
  guint wanted = MIN (there, self->n);

  for (guint i = there, k = wanted; i-- > 0;) {
    if (k > 0 && i == (guint) ((guint64) (k - 1) * there / wanted))
      k--;
    else
      g_ptr_array_remove_index (self->thumbs, i);
  }
}

/**
 * voxel_sample_sheet_get_length:
 * @self: a sheet
 *
 * Returns: samples on it
 */
guint
voxel_sample_sheet_get_length (const VoxelSampleSheet *self)
{
  return self->thumbs->len;
}

/**
 * voxel_sample_sheet_get_name:
 * @self: a sheet
 * @k: which sample, row by row
 *
 * Returns: its shard and key, a colon between them
 */
const gchar *
voxel_sample_sheet_get_name (const VoxelSampleSheet *self, guint k)
{
  return ((const Thumb *) g_ptr_array_index (self->thumbs, k))->name;
}

/* About twice as wide as high. */
static guint
count_columns (const VoxelSampleSheet *self)
{
  return MIN ((guint) ceil (sqrt (2. * self->thumbs->len)), self->thumbs->len);
}

static void
measure_cell (const VoxelSampleSheet *self, guint *width, guint *height)
{
  *width = *height = 0;
  for (guint i = 0; i < self->thumbs->len; i++) {
    const Thumb *thumb = g_ptr_array_index (self->thumbs, i);

    *width = MAX (*width, thumb->width);
    *height = MAX (*height, thumb->height);
  }
}

/**
 * voxel_sample_sheet_measure:
 * @self: a sheet with a sample at least
 * @width: (out): columns of the picture
 * @height: (out): its rows
 */
void
voxel_sample_sheet_measure (const VoxelSampleSheet *self, guint *width, guint *height)
{
  guint columns = count_columns (self), rows = (self->thumbs->len + columns - 1) / columns;

  measure_cell (self, width, height);
  *width = columns * (*width + GAP) - GAP;
  *height = rows * (*height + GAP) - GAP;
}

/* All samples are shown alike: where brightness differs between them that is to be seen. */
static void
stretch (const VoxelSampleSheet *self, guint16 *low, guint16 *high)
{
  g_autoptr (GArray) pixels = g_array_new (FALSE, FALSE, sizeof (guint16));

  for (guint i = 0; i < self->thumbs->len; i++) {
    const Thumb *thumb = g_ptr_array_index (self->thumbs, i);

    g_array_append_vals (pixels, thumb->pixels, thumb->width * thumb->height);
  }
  voxel_overlay_stretch ((const guint16 *) (gpointer) pixels->data, pixels->len, STRETCH_PERCENT, low, high);
}

/**
 * voxel_sample_sheet_paint:
 * @self: a sheet with a sample at least
 * @rgb: (out): red, green, blue a pixel, of voxel_sample_sheet_measure()'s size
 * @stride: bytes from row to row
 */
void
voxel_sample_sheet_paint (const VoxelSampleSheet *self, guint8 *rgb, gsize stride)
{
  guint columns = count_columns (self), width, height;
  guint16 low, high;

  voxel_sample_sheet_measure (self, &width, &height);
  memset (rgb, GAP_GREY, stride * height);
  measure_cell (self, &width, &height);
  stretch (self, &low, &high);
  for (guint i = 0; i < self->thumbs->len; i++) {
    const Thumb *thumb = g_ptr_array_index (self->thumbs, i);
    gsize x = i % columns * (width + GAP), y = i / columns * (height + GAP);

    voxel_overlay_paint (thumb->pixels, thumb->label, thumb->width, thumb->height, low, high,
                         rgb + y * stride + 3 * x, stride);
  }
}

/**
 * voxel_sample_sheet_free:
 * @self: (transfer full): a sheet
 */
void
voxel_sample_sheet_free (VoxelSampleSheet *self)
{
  g_ptr_array_unref (self->thumbs);
  g_free (self);
}
