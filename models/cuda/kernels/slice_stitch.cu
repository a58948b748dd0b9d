/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "slice.h"

/* Merged tiles to a slice: each of its pixels looks at the tiles that cover it. In: sums of views; what is told of the
 * slice; what is the same for all. */

/* Tiles that the network did not see have the lowest score in each view. */
VOXEL_DEVICE unsigned
slice_merged (const VoxelCudaSliceStitch *stitch, const VoxelCudaMemory *memory, unsigned tile, unsigned at)
{
  const VoxelCudaSlice *slice = &stitch->slice;
  unsigned empty = slice_words (memory->in[1], VOXEL_CUDA_HEAD_EMPTY (slice))[tile];
  size_t tile_pixels = (size_t) slice->tile_width * slice->tile_height;
  unsigned sum, mean;

  if (!empty)
    sum = slice_words (memory->in[0], 0)[tile * tile_pixels + at];
  else
    sum = stitch->values ? stitch->n_views * slice_look_up (memory->in[2], slice, VOXEL_CUDA_TABLE_VALUES, 0)
                         : 0;
  if (stitch->merge == VOXEL_CUDA_MERGE_MAX)
    return sum;
  if (stitch->merge == VOXEL_CUDA_MERGE_UNION)
    return sum >= stitch->least ? 65535 : 0;
  mean = (sum + stitch->n_views / 2) / stitch->n_views;
  return stitch->values ? slice_look_up (memory->in[2], slice, VOXEL_CUDA_TABLE_CODES, mean) : mean;
}

VOXEL_DEVICE void
slice_stitch (const VoxelCudaBlock *block, const VoxelCudaSliceStitch *stitch, const VoxelCudaMemory *memory,
              const int form)
{
  const VoxelCudaSlice *slice = &stitch->slice;
  const unsigned *xs = slice_words (memory->in[2], 0), *ys = xs + VOXEL_CUDA_FIXED_YS (slice);
  const unsigned *across = xs + VOXEL_CUDA_FIXED_ACROSS (slice), *down = xs + VOXEL_CUDA_FIXED_DOWN (slice);

  VOXEL_EACH (block, i, slice->width * slice->height)
  {
    unsigned x = i % slice->width, y = i / slice->width, weights = 0, mean;
    unsigned long long sum = 0;
    int any = 0;

    for (unsigned row = 0; row < slice->rows; row++) {
      unsigned tile_y = y - ys[row];

      for (unsigned column = 0; column < slice->columns && tile_y < slice->tile_height; column++) {
        unsigned tile_x = x - xs[column], code, weight;

        if (tile_x >= slice->tile_width)
          continue;
        code =
            slice_merged (stitch, memory, row * slice->columns + column, tile_y * slice->tile_width + tile_x);
        weight = across[tile_x] * down[tile_y];
        sum += (unsigned long long) weight * code;
        weights += weight;
        any |= code >= stitch->threshold;
      }
    }
    if (stitch->mask) {
      ((unsigned char *) memory->out)[i] = any ? 255 : 0;
      continue;
    }
    mean = (unsigned) ((sum + weights / 2) / weights);
    ((unsigned short *) memory->out)[i] =
        (unsigned short) (stitch->results
                              ? slice_look_up (memory->in[2], slice, VOXEL_CUDA_TABLE_RESULTS, mean)
                              : mean);
  }
}

VOXEL_KERNEL_ALONE (slice_stitch, VoxelCudaSliceStitch)
