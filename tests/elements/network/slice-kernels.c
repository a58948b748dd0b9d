/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The CUDA kernels between slices and networks, compiled for the CPU, against what the elements of the chain compute:
 * every input of the network, and every pixel of the slice that comes of its scores, to the bit. The network is a table
 * of random scores. */

#include <math.h>
#include <string.h>

#include "elements/network/score-code.h"
#include "elements/tiles/dihedral.h"
#include "elements/tiles/reflect.h"
#include "elements/tiles/tile-blend.h"
#include "elements/tiles/tile-grid.h"
#include "elements/tiles/view-merge.h"
#include "models/cuda/kernels/operand.h"
#include "slice-trial.h"

#define TRIALS 120

/* What voxeltile, voxelviews and voxelinfer make of a plane. */
static void
expected_input (const SliceTrial *trial, guint tile, guint plane, VoxelDihedral view, gfloat *out)
{
  const VoxelCudaSlice *slice = &trial->slice;
  guint x = trial->grid->xs[tile % slice->columns], y = trial->grid->ys[tile / slice->columns];
  gboolean sideways = slice_trial_is_sideways (view);
  guint width = sideways ? slice->tile_height : slice->tile_width,
        height = sideways ? slice->tile_width : slice->tile_height,
        columns = slice_trial_width (trial, sideways);
  gsize bytes = slice->bytes, size = slice->tile_width * slice->tile_height * bytes;
  g_autofree guint8 *cut = g_malloc (size), *turned = g_malloc (size);

  voxel_reflect_pad (slice_trial_plane (trial, plane) + (y * slice->width + x) * bytes, slice->width * bytes,
                     MIN (slice->tile_width, slice->width - x), MIN (slice->tile_height, slice->height - y),
                     slice->bytes, cut, slice->tile_width * bytes, slice->tile_width, slice->tile_height);
  voxel_dihedral_turn (view, cut, slice->tile_width * bytes, slice->tile_width, slice->tile_height,
                       slice->bytes, turned, width * bytes);
  for (guint row = 0; row < slice_trial_height (trial, sideways); row++)
    voxel_preprocess_row (slice_trial_map (trial, tile, plane),
                          turned + voxel_reflect_index (row, height) * width * bytes, slice->bytes, width, 0,
                          columns, out + (gsize) row * columns);
}

static void
check_input (const SliceTrial *trial, guint tile, VoxelDihedral view, const gfloat *input)
{
  gsize pixels = slice_trial_pixels (trial);
  g_autofree gfloat *expected = g_new (gfloat, pixels);

  for (guint c = 0; c < trial->in_channels; c++) {
    expected_input (trial, tile, MIN (c, trial->slice.planes - 1), view, expected);
    g_assert_cmpmem (input + c * pixels, pixels * sizeof *input, expected, pixels * sizeof *expected);
  }
}

/* What voxelinfer, voxelmerge and voxelstitch make of the scores. */
static void
expected_slice (const SliceTrial *trial, gpointer out)
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

    voxel_view_merge_begin (merge, trial->values ? slice_trial_table (trial, VOXEL_CUDA_TABLE_VALUES) : NULL,
                            trial->least);
    for (guint v = 0; v < trial->n_views; v++) {
      gboolean sideways = slice_trial_is_sideways (trial->views[v].view);
      guint width = sideways ? slice->tile_height : slice->tile_width,
            height = sideways ? slice->tile_width : slice->tile_height;
      const gfloat *logits =
          trial->logits[t * trial->n_views + v] + trial->channel * slice_trial_pixels (trial);

      for (guint y = 0; y < height; y++)
        g_assert_true (voxel_score_code_row (logits + (gsize) y * slice_trial_width (trial, sideways), width,
                                             codes + v * tile_pixels + y * width));
      if (trial->head[VOXEL_CUDA_HEAD_EMPTY (slice) + t])
        memset (codes + v * tile_pixels, 0, tile_pixels * sizeof *codes);
      voxel_view_merge_add (merge, codes + v * tile_pixels, width * sizeof *codes,
                            voxel_dihedral_inverse (trial->views[v].view));
    }
    voxel_view_merge_finish (merge, trial->values ? slice_trial_table (trial, VOXEL_CUDA_TABLE_CODES) : NULL,
                             merged, slice->tile_width * sizeof *merged);
    voxel_tile_blend_add (blend, &pixels);
  }
  g_assert_true (voxel_tile_blend_finish (
      blend, trial->results ? slice_trial_table (trial, VOXEL_CUDA_TABLE_RESULTS) : NULL, pixel, out,
      slice->width * pixel, &hole_x, &hole_y));
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
run_batch (const SliceTrial *trial, const VoxelCudaSliceBatch *batch, gboolean sideways, gboolean backwards,
           guint32 *sums)
{
  const VoxelCudaSlice *slice = &trial->slice;
  gsize pixels = slice_trial_pixels (trial), in = pixels * batch->in_channels,
        out = pixels * batch->out_channels;
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
      const SliceView *view = &trial->views[v];

      if (slice_trial_is_sideways (view->view) != sideways || view->index != picture % batch->n_views)
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
run_slice (const SliceTrial *trial, gboolean backwards, gpointer out)
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
                                 .height = slice_trial_height (trial, sideways),
                                 .width = slice_trial_width (trial, sideways),
                                 .in_channels = trial->in_channels,
                                 .out_channels = trial->out_channels,
                                 .channel = trial->channel,
                                 .begins = begins,
                                 .merge = (VoxelCudaSliceMerge) trial->merge,
                                 .values = trial->values};

    for (guint v = 0; v < trial->n_views; v++)
      if (slice_trial_is_sideways (trial->views[v].view) == sideways)
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
    SliceTrial *trial = slice_trial_new ();
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
    slice_trial_free (trial);
  }
}

/* One score that is none is told, unless it lies where only the network's stride reaches. */
static void
test_not_finite (void)
{
  for (guint i = 0; i < 40; i++) {
    SliceTrial *trial = slice_trial_new ();
    const VoxelCudaSlice *slice = &trial->slice;
    guint v = slice_trial_draw (0, trial->n_views - 1);
    gboolean sideways = slice_trial_is_sideways (trial->views[v].view);
    guint width = slice_trial_width (trial, sideways), x = slice_trial_draw (0, width - 1),
          y = slice_trial_draw (0, slice_trial_height (trial, sideways) - 1);
    gboolean counts = x < (sideways ? slice->tile_height : slice->tile_width) &&
                      y < (sideways ? slice->tile_width : slice->tile_height) &&
                      !trial->head[VOXEL_CUDA_HEAD_EMPTY (slice)];
    g_autofree guint8 *got = g_malloc ((gsize) slice->width * slice->height * 2);

    trial->logits[v][trial->channel * slice_trial_pixels (trial) + (gsize) y * width + x] = i % 3 == 0 ? NAN
                                                                                            : i % 3 == 1
                                                                                                ? INFINITY
                                                                                                : -INFINITY;
    run_slice (trial, i % 2, got);
    g_assert_cmpuint (trial->head[0], ==, counts);
    slice_trial_free (trial);
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
