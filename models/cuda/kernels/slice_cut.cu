/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "slice.h"

/* Pixels of slices to views of tiles, prepared: the network's input, float NCHW. In: slices, what is told of this one,
 * what is the same for all. The grid's second dimension are the pictures of a batch. */

VOXEL_DEVICE float
slice_prepare (const VoxelCudaPixels *map, unsigned pixel)
{
  float value = ((float) pixel - map->zero) * map->scale;
  float inside = value > map->low ? value : map->low;

  inside = inside < map->high ? inside : map->high;
  return inside + voxel_cuda_product (value - inside, map->slope);
}

/* Which pixel of the slice a picture's pixel shows. What the network's stride adds to a view is reflected in the view,
 * what lies beyond the slice in the tile. */
VOXEL_DEVICE size_t
slice_source (const VoxelCudaSliceBatch *batch, const unsigned *fixed, unsigned tile, unsigned turn,
              unsigned x, unsigned y)
{
  const VoxelCudaSlice *slice = &batch->slice;
  int swap = turn & VOXEL_CUDA_TURN_SWAP;
  unsigned left = fixed[tile % slice->columns],
           top = fixed[VOXEL_CUDA_FIXED_YS (slice) + tile / slice->columns];
  unsigned view_x = slice_reflect (x, swap ? slice->tile_height : slice->tile_width);
  unsigned view_y = slice_reflect (y, swap ? slice->tile_width : slice->tile_height);
  unsigned tile_x = swap ? view_y : view_x, tile_y = swap ? view_x : view_y;

  if (turn & VOXEL_CUDA_TURN_COLUMNS)
    tile_x = slice->tile_width - 1 - tile_x;
  if (turn & VOXEL_CUDA_TURN_ROWS)
    tile_y = slice->tile_height - 1 - tile_y;
  tile_x = left + slice_reflect (tile_x, slice_smaller (slice->tile_width, slice->width - left));
  tile_y = top + slice_reflect (tile_y, slice_smaller (slice->tile_height, slice->height - top));
  return (size_t) tile_y * slice->width + tile_x;
}

VOXEL_DEVICE void
slice_cut (const VoxelCudaBlock *block, const VoxelCudaSliceBatch *batch, const VoxelCudaMemory *memory,
           const int form)
{
  const VoxelCudaSlice *slice = &batch->slice;
  const unsigned *head = slice_words (memory->in[1], 0);
  unsigned picture = batch->first + slice_smaller (block->y, batch->pictures - 1);
  unsigned tile = head[VOXEL_CUDA_HEAD_SEEN (slice) + picture / batch->n_views];
  unsigned turn = batch->turns[picture % batch->n_views], pixels = batch->height * batch->width;
  const VoxelCudaPixels *maps =
      (const VoxelCudaPixels *) (head + VOXEL_CUDA_HEAD_PIXELS (slice)) + (size_t) tile * slice->planes;
  float *out = (float *) memory->out + (size_t) block->y * batch->in_channels * pixels;

  VOXEL_EACH (block, i, pixels)
  {
    size_t at =
        slice_source (batch, slice_words (memory->in[2], 0), tile, turn, i % batch->width, i / batch->width);
    float value = 0;

    for (unsigned c = 0; c < batch->in_channels; c++) {
      if (c < slice->planes) {
        const unsigned char *plane =
            (const unsigned char *) memory->in[0] + head[VOXEL_CUDA_HEAD_PLACES + c] * slice->plane_bytes;

        value =
            slice_prepare (&maps[c], slice->bytes == 1 ? plane[at] : ((const unsigned short *) plane)[at]);
      }
      out[(size_t) c * pixels + i] = value;
    }
  }
}

VOXEL_KERNEL_ALONE (slice_cut, VoxelCudaSliceBatch)
