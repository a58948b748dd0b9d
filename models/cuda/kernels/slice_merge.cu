/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "slice.h"

/* Scores of a batch of views, turned back and added to those of their tiles: sums of codes, or the highest one; whole
 * numbers, so that no order of batches and views changes them. In: the network's output, float NCHW; what is told of
 * the slice; what is the same for all. The grid's second dimension are the tiles that the batch shows. */

/* 32768 + 2048 logit, to the nearest, ties to even; the product is exact. */
VOXEL_DEVICE unsigned
slice_code (float logit)
{
  float code = logit * 2048.f + 32768.f;

  code = code > 0.f ? code : 0.f;
  return (unsigned) rintf (code < 65535.f ? code : 65535.f);
}

/* Where in the network's pictures a pixel of the tile was shown. */
VOXEL_DEVICE size_t
slice_shown (const VoxelCudaSliceBatch *batch, unsigned turn, unsigned x, unsigned y)
{
  if (turn & VOXEL_CUDA_TURN_COLUMNS)
    x = batch->slice.tile_width - 1 - x;
  if (turn & VOXEL_CUDA_TURN_ROWS)
    y = batch->slice.tile_height - 1 - y;
  return turn & VOXEL_CUDA_TURN_SWAP ? (size_t) x * batch->width + y : (size_t) y * batch->width + x;
}

VOXEL_DEVICE void
slice_merge (const VoxelCudaBlock *block, const VoxelCudaSliceBatch *batch, const VoxelCudaMemory *memory,
             const int form)
{
  const VoxelCudaSlice *slice = &batch->slice;
  unsigned seen = batch->first / batch->n_views + block->y, views = seen * batch->n_views;
  unsigned begin = slice_larger (views, batch->first);
  unsigned end = slice_smaller (views + batch->n_views, batch->first + batch->pictures);
  unsigned tile = slice_words (memory->in[1], VOXEL_CUDA_HEAD_SEEN (slice))[seen];
  unsigned pixels = slice->tile_width * slice->tile_height;
  unsigned *sums = (unsigned *) memory->out + (size_t) tile * pixels;
  int bad = 0;

  VOXEL_EACH (block, i, pixels)
  {
    unsigned sum = batch->begins && begin == views ? 0 : sums[i];

    for (unsigned k = begin; k < end; k++) {
      size_t plane = (size_t) (k - batch->first) * batch->out_channels + batch->channel;
      size_t at = slice_shown (batch, batch->turns[k - views], i % slice->tile_width, i / slice->tile_width);
      float logit = ((const float *) memory->in[0])[plane * batch->height * batch->width + at];
      unsigned code = slice_code (logit);

      bad |= (voxel_cuda_to_bits (logit) & 0x7f800000u) == 0x7f800000u;
      if (batch->values)
        code = slice_look_up (memory->in[2], slice, VOXEL_CUDA_TABLE_VALUES, code);
      sum = batch->merge == VOXEL_CUDA_MERGE_MEAN ? sum + code : slice_larger (sum, code);
    }
    sums[i] = sum;
  }
  /* Whoever writes it writes the same. */
  if (bad)
    *(unsigned *) memory->scratch = 1;
}

VOXEL_KERNEL_ALONE (slice_merge, VoxelCudaSliceBatch)
