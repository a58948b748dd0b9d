/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The CUDA kernels between slices and networks, compiled for the CPU, against what the elements of the chain compute:
 * every input of the network, and every pixel of the slice that comes of its scores, to the bit. The network is a table
 * of random scores. */

#include <math.h>
#include <string.h>

#include "elements/network/preprocess.h"
#include "elements/network/score-code.h"
#include "elements/network/slice-devices.h"
#include "elements/tiles/dihedral.h"
#include "elements/tiles/reflect.h"
#include "elements/tiles/tile-blend.h"
#include "elements/tiles/tile-grid.h"
#include "elements/tiles/view-merge.h"
#include "models/cuda/kernels/operand.h"
#include "models/cuda/kernels/slice-params.h"

#define TRIALS 120
#define CODES 65536

typedef struct {
  VoxelDihedral view;
  gsize index; /* among those of its orientation */
} View;

/* One way of running one slice. */
typedef struct {
  VoxelCudaSlice slice;
  VoxelTileGrid *grid;
  guint tiles;
  guint stride;
  guint in_channels, out_channels, channel;
  View views[VOXEL_N_DIHEDRALS];
  guint n_views;
  VoxelViewMergeMode merge;
  gboolean values;
  guint least;
  VoxelTileBlendMode blend;
  guint threshold;
  gboolean results;
  guint batch;
  guint8 *pixels; /* of all planes */
  guint32 *head;
  guint32 *fixed;
  gfloat **logits; /* by tile and view */
} Trial;

static guint
draw (guint from, guint to)
{
  return (guint) g_test_rand_int_range ((gint) from, (gint) to + 1);
}

static guint
round_up (guint n, guint multiple)
{
  return (n + multiple - 1) / multiple * multiple;
}

static gboolean
is_sideways (VoxelDihedral view)
{
  return voxel_dihedral_swaps_sides (view);
}

/* Of the network's pictures. */
static guint
picture_width (const Trial *trial, gboolean sideways)
{
  return round_up (sideways ? trial->slice.tile_height : trial->slice.tile_width, trial->stride);
}

static guint
picture_height (const Trial *trial, gboolean sideways)
{
  return picture_width (trial, !sideways);
}

static gsize
picture_pixels (const Trial *trial)
{
  return (gsize) picture_width (trial, FALSE) * picture_height (trial, FALSE);
}

static guint16 *
table (const Trial *trial, VoxelCudaTable which)
{
  return (guint16 *) (trial->fixed + VOXEL_CUDA_FIXED_TABLE (&trial->slice, which));
}

static VoxelPreprocessMap *
map_of (const Trial *trial, guint tile, guint plane)
{
  G_STATIC_ASSERT (sizeof (VoxelPreprocessMap) == sizeof (VoxelCudaPixels));
  return (VoxelPreprocessMap *) (trial->head + VOXEL_CUDA_HEAD_PIXELS (&trial->slice)) +
         tile * trial->slice.planes + plane;
}

static const guint8 *
plane_of (const Trial *trial, guint plane)
{
  return trial->pixels + trial->head[VOXEL_CUDA_HEAD_PLACES + plane] * trial->slice.plane_bytes;
}

static void
draw_views (Trial *trial)
{
  VoxelDihedral all[VOXEL_N_DIHEDRALS];
  gsize counted[2] = {0};

  for (guint i = 0; i < VOXEL_N_DIHEDRALS; i++)
    all[i] = i;
  trial->n_views = draw (1, VOXEL_N_DIHEDRALS);
  for (guint i = 0; i < trial->n_views; i++) {
    guint k = draw (i, VOXEL_N_DIHEDRALS - 1);
    VoxelDihedral view = all[k];

    all[k] = all[i];
    trial->views[i] = (View){view, counted[is_sideways (view)]++};
  }
}

static void
fill_fixed (Trial *trial)
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
    table (trial, VOXEL_CUDA_TABLE_VALUES)[i] = (guint16) g_test_rand_int ();
}

static void
fill_head (Trial *trial)
{
  const VoxelCudaSlice *slice = &trial->slice;
  guint seen = 0, white = slice->bytes == 1 ? 255 : 65535;

  trial->head = g_new0 (guint32, VOXEL_CUDA_HEAD_WORDS (slice));
  for (guint i = 0; i < slice->planes; i++)
    trial->head[VOXEL_CUDA_HEAD_PLACES + i] = (i * 2 + 1) % slice->planes;
  for (guint t = 0; t < trial->tiles; t++) {
    gboolean empty = draw (0, 9) == 0;

    if (!empty)
      trial->head[VOXEL_CUDA_HEAD_SEEN (slice) + seen++] = t;
    trial->head[VOXEL_CUDA_HEAD_EMPTY (slice) + t] = empty;
    for (guint i = 0; i < slice->planes; i++) {
      const VoxelPreprocess preprocess = {.zscore = (gchar *) (draw (0, 3) ? "slice" : "none"),
                                          .epsilon = 1e-6,
                                          .clip_low = -(gdouble) draw (1, 3),
                                          .clip_high = draw (1, 5),
                                          .clip_slope = draw (0, 2) / 1000.};

      voxel_preprocess_map (&preprocess, g_test_rand_double_range (0, white),
                            g_test_rand_double_range (0, white / 3.), white, map_of (trial, t, i));
    }
  }
}

/* Ties, both ends of the range and beyond. */
static gfloat
draw_logit (void)
{
  return draw (0, 1) ? (gfloat) g_test_rand_double_range (-18, 18)
                     : (gfloat) ((gint) draw (0, 1 << 17) - (1 << 16)) / 4096;
}

static gfloat *
draw_logits (const Trial *trial)
{
  gsize n = picture_pixels (trial) * trial->out_channels;
  gfloat *logits = g_new (gfloat, n);

  for (gsize i = 0; i < n; i++)
    logits[i] = draw_logit ();
  return logits;
}

static Trial *
trial_new (void)
{
  static const guint strides[] = {1, 8, 16, 32};
  Trial *trial = g_new0 (Trial, 1);
  VoxelCudaSlice *slice = &trial->slice;

  slice->width = draw (17, 90);
  slice->height = draw (17, 90);
  slice->bytes = draw (1, 2);
  slice->planes = draw (0, 1) ? 3 : 1;
  slice->plane_bytes = (gsize) slice->width * slice->height * slice->bytes + draw (0, 3) * 2;
  trial->stride = strides[draw (0, 3)];
  trial->grid = voxel_tile_grid_new (draw (0, 1), slice->width, slice->height, draw (0, 1) * draw (16, 70),
                                     draw (0, 8) / 10., draw (1, 40));
  slice->columns = trial->grid->columns;
  slice->rows = trial->grid->rows;
  slice->tile_width = trial->grid->tile_width;
  slice->tile_height = trial->grid->tile_height;
  trial->tiles = slice->columns * slice->rows;
  trial->in_channels = slice->planes == 1 ? draw (1, 3) : slice->planes;
  trial->out_channels = draw (1, 2);
  trial->channel = trial->out_channels - 1;
  draw_views (trial);
  trial->merge =
      trial->n_views > 1 ? draw (VOXEL_VIEW_MERGE_MEAN, VOXEL_VIEW_MERGE_UNION) : VOXEL_VIEW_MERGE_MEAN;
  trial->values = trial->n_views > 1 && trial->merge == VOXEL_VIEW_MERGE_MEAN && draw (0, 1);
  trial->least = draw (0, 65536);
  trial->blend = draw (VOXEL_TILE_BLEND_OR, VOXEL_TILE_BLEND_GAUSSIAN);
  trial->threshold = draw (0, 3) ? draw (20000, 60000) : 65536;
  trial->results = trial->blend != VOXEL_TILE_BLEND_OR && draw (0, 1);
  trial->batch = draw (1, 9);
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

static void
trial_free (Trial *trial)
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

/* What voxeltile, voxelviews and voxelinfer make of a plane. */
static void
expected_input (const Trial *trial, guint tile, guint plane, VoxelDihedral view, gfloat *out)
{
  const VoxelCudaSlice *slice = &trial->slice;
  guint x = trial->grid->xs[tile % slice->columns], y = trial->grid->ys[tile / slice->columns];
  gboolean sideways = is_sideways (view);
  guint width = sideways ? slice->tile_height : slice->tile_width,
        height = sideways ? slice->tile_width : slice->tile_height, columns = picture_width (trial, sideways);
  gsize bytes = slice->bytes, size = slice->tile_width * slice->tile_height * bytes;
  g_autofree guint8 *cut = g_malloc (size), *turned = g_malloc (size);

  voxel_reflect_pad (plane_of (trial, plane) + (y * slice->width + x) * bytes, slice->width * bytes,
                     MIN (slice->tile_width, slice->width - x), MIN (slice->tile_height, slice->height - y),
                     slice->bytes, cut, slice->tile_width * bytes, slice->tile_width, slice->tile_height);
  voxel_dihedral_turn (view, cut, slice->tile_width * bytes, slice->tile_width, slice->tile_height,
                       slice->bytes, turned, width * bytes);
  for (guint row = 0; row < picture_height (trial, sideways); row++)
    voxel_preprocess_row (map_of (trial, tile, plane),
                          turned + voxel_reflect_index (row, height) * width * bytes, slice->bytes, width, 0,
                          columns, out + (gsize) row * columns);
}

static void
check_input (const Trial *trial, guint tile, VoxelDihedral view, const gfloat *input)
{
  gsize pixels = picture_pixels (trial);
  g_autofree gfloat *expected = g_new (gfloat, pixels);

  for (guint c = 0; c < trial->in_channels; c++) {
    expected_input (trial, tile, MIN (c, trial->slice.planes - 1), view, expected);
    g_assert_cmpmem (input + c * pixels, pixels * sizeof *input, expected, pixels * sizeof *expected);
  }
}

/* What voxelinfer, voxelmerge and voxelstitch make of the scores. */
static void
expected_slice (const Trial *trial, gpointer out)
{
  const VoxelCudaSlice *slice = &trial->slice;
  guint pixel = trial->blend == VOXEL_TILE_BLEND_OR ? 1 : 2, hole_x, hole_y;
  gsize tile_pixels = (gsize) slice->tile_width * slice->tile_height;
  g_autoptr (VoxelTileBlend) blend = voxel_tile_blend_new (trial->blend, slice->width, slice->height);
  g_autoptr (VoxelViewMerge) merge =
      voxel_view_merge_new (trial->merge, slice->tile_width, slice->tile_height, 2);
  g_autofree guint16 *codes = g_new (guint16, trial->n_views * tile_pixels),
                     *merged = g_new (guint16, tile_pixels);

  voxel_tile_blend_begin (blend, trial->threshold);
  for (guint t = 0; t < trial->tiles; t++) {
    const VoxelTilePixels pixels = {merged,
                                    slice->tile_width * sizeof *merged,
                                    2,
                                    trial->grid->xs[t % slice->columns],
                                    trial->grid->ys[t / slice->columns],
                                    slice->tile_width,
                                    slice->tile_height};

    voxel_view_merge_begin (merge, trial->values ? table (trial, VOXEL_CUDA_TABLE_VALUES) : NULL,
                            trial->least);
    for (guint v = 0; v < trial->n_views; v++) {
      gboolean sideways = is_sideways (trial->views[v].view);
      guint width = sideways ? slice->tile_height : slice->tile_width,
            height = sideways ? slice->tile_width : slice->tile_height;
      const gfloat *logits = trial->logits[t * trial->n_views + v] + trial->channel * picture_pixels (trial);

      for (guint y = 0; y < height; y++)
        g_assert_true (voxel_score_code_row (logits + (gsize) y * picture_width (trial, sideways), width,
                                             codes + v * tile_pixels + y * width));
      if (trial->head[VOXEL_CUDA_HEAD_EMPTY (slice) + t])
        memset (codes + v * tile_pixels, 0, tile_pixels * sizeof *codes);
      voxel_view_merge_add (merge, codes + v * tile_pixels, width * sizeof *codes,
                            voxel_dihedral_inverse (trial->views[v].view));
    }
    voxel_view_merge_finish (merge, trial->values ? table (trial, VOXEL_CUDA_TABLE_CODES) : NULL, merged,
                             slice->tile_width * sizeof *merged);
    voxel_tile_blend_add (blend, &pixels);
  }
  g_assert_true (voxel_tile_blend_finish (blend,
                                          trial->results ? table (trial, VOXEL_CUDA_TABLE_RESULTS) : NULL,
                                          pixel, out, slice->width * pixel, &hole_x, &hole_y));
}

/* In any order, and with any number of blocks. */
static void
start (VoxelCudaKernel kernel, gsize elements, guint second, gboolean backwards, gconstpointer params,
       const VoxelCudaMemory *memory)
{
  VoxelCudaLaunch launch = voxel_cuda_grid (elements, second);

  launch.backwards = backwards;
  if (backwards)
    launch.blocks[0] = 1;
  g_assert_cmpint (voxel_cuda_entries[kernel](&launch, params, memory, NULL), ==, 0);
}

/* A batch: what the network is to see, and its scores added to the tiles'. */
static void
run_batch (const Trial *trial, const VoxelCudaSliceBatch *batch, gboolean sideways, gboolean backwards,
           guint32 *sums)
{
  const VoxelCudaSlice *slice = &trial->slice;
  gsize pixels = picture_pixels (trial), in = pixels * batch->in_channels, out = pixels * batch->out_channels;
  g_autofree gfloat *input = g_new (gfloat, trial->batch * in), *output = g_new (gfloat, trial->batch * out);
  VoxelCudaMemory cut = {{trial->pixels, trial->head, trial->fixed}, input, NULL};
  VoxelCudaMemory merge = {{output, trial->head, trial->fixed}, sums, (gfloat *) trial->head};
  guint last = batch->first + batch->pictures - 1;

  start (VOXEL_CUDA_KERNEL_SLICE_CUT, pixels, trial->batch, backwards, batch, &cut);
  memset (output, 0xff, trial->batch * out * sizeof *output);
  for (guint i = 0; i < trial->batch; i++) {
    guint picture = MIN (batch->first + i, last);
    guint tile = trial->head[VOXEL_CUDA_HEAD_SEEN (slice) + picture / batch->n_views];

    for (guint v = 0; v < trial->n_views; v++) {
      const View *view = &trial->views[v];

      if (is_sideways (view->view) != sideways || view->index != picture % batch->n_views)
        continue;
      check_input (trial, tile, view->view, input + i * in);
      if (i < batch->pictures)
        memcpy (output + i * out, trial->logits[tile * trial->n_views + v], out * sizeof *output);
    }
  }
  start (VOXEL_CUDA_KERNEL_SLICE_MERGE, (gsize) slice->tile_width * slice->tile_height,
         last / batch->n_views - batch->first / batch->n_views + 1, backwards, batch, &merge);
}

static void
run_slice (const Trial *trial, gboolean backwards, gpointer out)
{
  const VoxelCudaSlice *slice = &trial->slice;
  guint seen = 0;
  g_autofree guint32 *sums = g_new (guint32, (gsize) trial->tiles * slice->tile_width * slice->tile_height);
  const VoxelCudaSliceStitch stitch = {
      .slice = *slice,
      .n_views = trial->n_views,
      .merge = (VoxelCudaSliceMerge) trial->merge,
      .least = trial->least,
      .values = trial->values,
      .mask = trial->blend == VOXEL_TILE_BLEND_OR,
      .threshold = trial->threshold,
      .results = trial->results,
  };
  const VoxelCudaMemory memory = {{sums, trial->head, trial->fixed}, out, NULL};
  gboolean begins = TRUE;

  for (guint t = 0; t < trial->tiles; t++)
    seen += !trial->head[VOXEL_CUDA_HEAD_EMPTY (slice) + t];
  for (gint sideways = 0; sideways < 2; sideways++) {
    VoxelCudaSliceBatch batch = {.slice = *slice,
                                 .height = picture_height (trial, sideways),
                                 .width = picture_width (trial, sideways),
                                 .in_channels = trial->in_channels,
                                 .out_channels = trial->out_channels,
                                 .channel = trial->channel,
                                 .begins = begins,
                                 .merge = (VoxelCudaSliceMerge) trial->merge,
                                 .values = trial->values};

    for (guint v = 0; v < trial->n_views; v++)
      if (is_sideways (trial->views[v].view) == sideways)
        batch.turns[batch.n_views++] = voxel_slice_turn (trial->views[v].view);
    for (; batch.first < seen * batch.n_views; batch.first += batch.pictures) {
      batch.pictures = MIN (trial->batch, seen * batch.n_views - batch.first);
      run_batch (trial, &batch, sideways, backwards, sums);
    }
    begins &= batch.n_views == 0;
  }
  start (VOXEL_CUDA_KERNEL_SLICE_STITCH, (gsize) slice->width * slice->height, 1, backwards, &stitch,
         &memory);
}

static void
test_random (void)
{
  G_STATIC_ASSERT ((guint) VOXEL_CUDA_MERGE_UNION == VOXEL_VIEW_MERGE_UNION);
  G_STATIC_ASSERT ((guint) VOXEL_CUDA_MERGE_MAX == VOXEL_VIEW_MERGE_MAX);

  for (guint i = 0; i < TRIALS; i++) {
    Trial *trial = trial_new ();
    gsize size =
        (gsize) trial->slice.width * trial->slice.height * (trial->blend == VOXEL_TILE_BLEND_OR ? 1 : 2);
    g_autofree guint8 *expected = g_malloc (size), *got = g_malloc (size);

    expected_slice (trial, expected);
    for (guint backwards = 0; backwards < 2; backwards++) {
      memset (got, 1, size);
      run_slice (trial, backwards, got);
      g_assert_cmpmem (got, size, expected, size);
      g_assert_cmpuint (trial->head[0], ==, 0);
    }
    trial_free (trial);
  }
}

/* One score that is none is told, unless it lies where only the network's stride reaches. */
static void
test_not_finite (void)
{
  for (guint i = 0; i < 40; i++) {
    Trial *trial = trial_new ();
    const VoxelCudaSlice *slice = &trial->slice;
    guint v = draw (0, trial->n_views - 1);
    gboolean sideways = is_sideways (trial->views[v].view);
    guint width = picture_width (trial, sideways), x = draw (0, width - 1),
          y = draw (0, picture_height (trial, sideways) - 1);
    gboolean counts = x < (sideways ? slice->tile_height : slice->tile_width) &&
                      y < (sideways ? slice->tile_width : slice->tile_height) &&
                      !trial->head[VOXEL_CUDA_HEAD_EMPTY (slice)];
    g_autofree guint8 *got = g_malloc ((gsize) slice->width * slice->height * 2);

    trial->logits[v][trial->channel * picture_pixels (trial) + (gsize) y * width + x] = i % 3 == 0 ? NAN
                                                                                        : i % 3 == 1
                                                                                            ? INFINITY
                                                                                            : -INFINITY;
    run_slice (trial, i % 2, got);
    g_assert_cmpuint (trial->head[0], ==, counts);
    trial_free (trial);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/slice-kernels/random", test_random);
  g_test_add_func ("/network/slice-kernels/not-finite", test_not_finite);
  return g_test_run ();
}
