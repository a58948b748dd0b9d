/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "slice-trial.h"

#include <string.h>

#define CODES 65536

guint
slice_trial_draw (guint from, guint to)
{
  return (guint) g_test_rand_int_range ((gint) from, (gint) to + 1);
}

static guint
round_up (guint n, guint multiple)
{
  return (n + multiple - 1) / multiple * multiple;
}

gboolean
slice_trial_is_sideways (VoxelDihedral view)
{
  return voxel_dihedral_swaps_sides (view);
}

/* Of the network's pictures. */
guint
slice_trial_width (const SliceTrial *trial, gboolean sideways)
{
  return round_up (sideways ? trial->slice.tile_height : trial->slice.tile_width, trial->stride);
}

guint
slice_trial_height (const SliceTrial *trial, gboolean sideways)
{
  return slice_trial_width (trial, !sideways);
}

gsize
slice_trial_pixels (const SliceTrial *trial)
{
  return (gsize) slice_trial_width (trial, FALSE) * slice_trial_height (trial, FALSE);
}

guint16 *
slice_trial_table (const SliceTrial *trial, VoxelCudaTable which)
{
  return (guint16 *) (trial->fixed + VOXEL_CUDA_FIXED_TABLE (&trial->slice, which));
}

VoxelPreprocessMap *
slice_trial_map (const SliceTrial *trial, guint tile, guint plane)
{
  G_STATIC_ASSERT (sizeof (VoxelPreprocessMap) == sizeof (VoxelCudaPixels));
  return (VoxelPreprocessMap *) (trial->head + VOXEL_CUDA_HEAD_PIXELS (&trial->slice)) +
         tile * trial->slice.planes + plane;
}

const guint8 *
slice_trial_plane (const SliceTrial *trial, guint plane)
{
  return trial->pixels + trial->head[VOXEL_CUDA_HEAD_PLACES + plane] * trial->slice.plane_bytes;
}

static void
draw_views (SliceTrial *trial)
{
  VoxelDihedral all[VOXEL_N_DIHEDRALS];
  gsize counted[2] = {0};

  for (guint i = 0; i < VOXEL_N_DIHEDRALS; i++)
    all[i] = i;
  trial->n_views = slice_trial_draw (1, VOXEL_N_DIHEDRALS);
  for (guint i = 0; i < trial->n_views; i++) {
    guint k = slice_trial_draw (i, VOXEL_N_DIHEDRALS - 1);
    VoxelDihedral view = all[k];

    all[k] = all[i];
    trial->views[i] = (SliceView){view, counted[slice_trial_is_sideways (view)]++};
  }
}

static void
fill_fixed (SliceTrial *trial)
{
  const VoxelCudaSlice *slice = &trial->slice;
  g_autofree guint16 *across = g_new (guint16, slice->tile_width),
                     *down = g_new (guint16, slice->tile_height);

  trial->fixed = g_new (guint32, VOXEL_CUDA_FIXED_WORDS (slice));
  memcpy (trial->fixed, trial->grid->xs, slice->columns * sizeof (guint32));
  memcpy (trial->fixed + VOXEL_CUDA_FIXED_YS (slice), trial->grid->ys, slice->rows * sizeof (guint32));
  voxel_tile_blend_gaussian (across, slice->tile_width);
  voxel_tile_blend_gaussian (down, slice->tile_height);
  for (guint i = 0; i < slice->tile_width; i++)
    trial->fixed[VOXEL_CUDA_FIXED_ACROSS (slice) + i] =
        trial->blend == VOXEL_TILE_BLEND_GAUSSIAN ? across[i] : 1;
  for (guint i = 0; i < slice->tile_height; i++)
    trial->fixed[VOXEL_CUDA_FIXED_DOWN (slice) + i] = trial->blend == VOXEL_TILE_BLEND_GAUSSIAN ? down[i] : 1;
  for (guint i = 0; i < VOXEL_CUDA_TABLES * CODES; i++)
    slice_trial_table (trial, VOXEL_CUDA_TABLE_VALUES)[i] = (guint16) g_test_rand_int ();
}

static void
fill_head (SliceTrial *trial)
{
  const VoxelCudaSlice *slice = &trial->slice;
  guint seen = 0, white = slice->bytes == 1 ? 255 : 65535;

  trial->head = g_new0 (guint32, VOXEL_CUDA_HEAD_WORDS (slice));
  for (guint i = 0; i < slice->planes; i++)
    trial->head[VOXEL_CUDA_HEAD_PLACES + i] = (i * 2 + 1) % slice->planes;
  for (guint t = 0; t < trial->tiles; t++) {
    gboolean empty = slice_trial_draw (0, 9) == 0;

    if (!empty)
      trial->head[VOXEL_CUDA_HEAD_SEEN (slice) + seen++] = t;
    trial->head[VOXEL_CUDA_HEAD_EMPTY (slice) + t] = empty;
    for (guint i = 0; i < slice->planes; i++) {
      const VoxelPreprocess preprocess = {.zscore = (gchar *) (slice_trial_draw (0, 3) ? "slice" : "none"),
                                          .epsilon = 1e-6,
                                          .clip_low = -(gdouble) slice_trial_draw (1, 3),
                                          .clip_high = slice_trial_draw (1, 5),
                                          .clip_slope = slice_trial_draw (0, 2) / 1000.};

      voxel_preprocess_map (&preprocess, g_test_rand_double_range (0, white),
                            g_test_rand_double_range (0, white / 3.), white, slice_trial_map (trial, t, i));
    }
  }
}

/* Ties, both ends of the range and beyond. */
static gfloat
draw_logit (void)
{
  return slice_trial_draw (0, 1) ? (gfloat) g_test_rand_double_range (-18, 18)
                                 : (gfloat) ((gint) slice_trial_draw (0, 1 << 17) - (1 << 16)) / 4096;
}

static gfloat *
draw_logits (const SliceTrial *trial)
{
  gsize n = slice_trial_pixels (trial) * trial->out_channels;
  gfloat *logits = g_new (gfloat, n);

  for (gsize i = 0; i < n; i++)
    logits[i] = draw_logit ();
  return logits;
}

SliceTrial *
slice_trial_new (void)
{
  static const guint strides[] = {1, 8, 16, 32};
  SliceTrial *trial = g_new0 (SliceTrial, 1);
  VoxelCudaSlice *slice = &trial->slice;

  slice->width = slice_trial_draw (17, 90);
  slice->height = slice_trial_draw (17, 90);
  slice->bytes = slice_trial_draw (1, 2);
  slice->planes = slice_trial_draw (0, 1) ? 3 : 1;
  slice->plane_bytes = (gsize) slice->width * slice->height * slice->bytes + slice_trial_draw (0, 3) * 2;
  trial->stride = strides[slice_trial_draw (0, 3)];
  trial->grid = voxel_tile_grid_new (slice_trial_draw (0, 1), slice->width, slice->height,
                                     slice_trial_draw (0, 1) * slice_trial_draw (16, 70),
                                     slice_trial_draw (0, 8) / 10., slice_trial_draw (1, 40));
  slice->columns = trial->grid->columns;
  slice->rows = trial->grid->rows;
  slice->tile_width = trial->grid->tile_width;
  slice->tile_height = trial->grid->tile_height;
  trial->tiles = slice->columns * slice->rows;
  trial->in_channels = slice->planes == 1 ? slice_trial_draw (1, 3) : slice->planes;
  trial->out_channels = slice_trial_draw (1, 2);
  trial->channel = trial->out_channels - 1;
  draw_views (trial);
  trial->merge = trial->n_views > 1 ? slice_trial_draw (VOXEL_VIEW_MERGE_MEAN, VOXEL_VIEW_MERGE_UNION)
                                    : VOXEL_VIEW_MERGE_MEAN;
  trial->values = trial->n_views > 1 && trial->merge == VOXEL_VIEW_MERGE_MEAN && slice_trial_draw (0, 1);
  trial->least = slice_trial_draw (0, 65536);
  trial->blend = slice_trial_draw (VOXEL_TILE_BLEND_OR, VOXEL_TILE_BLEND_GAUSSIAN);
  trial->threshold = slice_trial_draw (0, 3) ? slice_trial_draw (20000, 60000) : 65536;
  trial->results = trial->blend != VOXEL_TILE_BLEND_OR && slice_trial_draw (0, 1);
  trial->batch = slice_trial_draw (1, 9);
  fill_fixed (trial);
  fill_head (trial);
  trial->pixels = g_malloc (slice->plane_bytes * slice->planes);
  for (gsize i = 0; i < slice->plane_bytes * slice->planes; i++)
    trial->pixels[i] = (guint8) g_test_rand_int ();
  trial->logits = g_new (gfloat *, trial->tiles * trial->n_views);
  for (guint i = 0; i < trial->tiles * trial->n_views; i++)
    trial->logits[i] = draw_logits (trial);
  return trial;
}

void
slice_trial_free (SliceTrial *trial)
{
  for (guint i = 0; i < trial->tiles * trial->n_views; i++)
    g_free (trial->logits[i]);
  g_free (trial->logits);
  g_free (trial->pixels);
  g_free (trial->head);
  g_free (trial->fixed);
  voxel_tile_grid_free (trial->grid);
  g_free (trial);
}
