/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "launch.h"
#include "slice-params.h"

/* What the kernels of slices share. */

VOXEL_DEVICE const unsigned *
slice_words (const void *memory, unsigned first)
{
  return (const unsigned *) memory + first;
}

VOXEL_DEVICE unsigned
slice_look_up (const void *fixed, const VoxelCudaSlice *slice, VoxelCudaTable table, unsigned code)
{
  return ((const unsigned short *) slice_words (fixed, VOXEL_CUDA_FIXED_TABLE (slice, table)))[code];
}

VOXEL_DEVICE unsigned
slice_larger (unsigned a, unsigned b)
{
  return a > b ? a : b;
}

VOXEL_DEVICE unsigned
slice_smaller (unsigned a, unsigned b)
{
  return a < b ? a : b;
}

/* As numpy.pad's "reflect": of 3 positions, 0 1 2 1 0 1 2 … */
VOXEL_DEVICE unsigned
slice_reflect (unsigned i, unsigned count)
{
  unsigned period = count > 1 ? 2 * (count - 1) : 1, place;

  if (i < count)
    return i;
  place = i % period;
  return place < count ? place : period - place;
}
