/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "brick-transpose.h"
#include "brick-packed.h"

#include <string.h>

#define VOXEL guint8
#define SIDE 16
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define NAME(x) x##_8
#include "brick-transpose-type.h"

#define VOXEL guint16
#define SIDE 8
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#define NAME(x) x##_16
#include "brick-transpose-type.h"

#define VOXEL guint32
#define SIDE 4
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#define NAME(x) x##_32
#include "brick-transpose-type.h"

static const VoxelBrickKernels kernels[] = {
    {1, 1, voxel_brick_pack_1, voxel_brick_unpack_1, transpose_8, transpose_add_8, add_8},
    {2, 1, voxel_brick_pack_2, voxel_brick_unpack_2, transpose_8, transpose_add_8, add_8},
    {8, 1, NULL, NULL, transpose_8, transpose_add_8, add_8},
    {16, 2, NULL, NULL, transpose_16, transpose_add_16, add_16},
    {32, 4, NULL, NULL, transpose_32, transpose_add_32, add_32},
};

/**
 * voxel_brick_kernels_find:
 * @bits: of a voxel in a brick
 *
 * Returns: (nullable): the kernels for voxels of that size, %NULL where there are none
 */
const VoxelBrickKernels *
voxel_brick_kernels_find (guint bits)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kernels); i++) {
    if (kernels[i].bits == bits)
      return &kernels[i];
  }
  return NULL;
}
