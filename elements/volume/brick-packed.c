/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "brick-packed.h"
#include "brick-move.h"

/* The voxels that share a byte lie an eighth or a quarter of a plane apart, so that neighbouring bytes are made of
 * neighbouring voxels and compilers do many at once. */
#define EIGHTH (VOXEL_BRICK_PLANE / 8)
#define QUARTER (VOXEL_BRICK_PLANE / 4)

/**
 * voxel_brick_pack_1:
 * @plane: VOXEL_BRICK_PLANE voxels of a byte
 * @packed: (out): an eighth as many bytes; all above 1 is 1 there
 */
void
voxel_brick_pack_1 (const guint8 *plane, guint8 *packed)
{
  for (guint i = 0; i < EIGHTH; i++) {
    guint8 bits = 0;

#pragma GCC unroll 8
    for (guint k = 0; k < 8; k++)
      bits |= (guint8) (MIN (plane[k * EIGHTH + i], 1) << k);
    packed[i] = bits;
  }
}

/**
 * voxel_brick_unpack_1:
 * @packed: as voxel_brick_pack_1() makes it
 * @plane: (out): VOXEL_BRICK_PLANE voxels, 0 or 1
 */
void
voxel_brick_unpack_1 (const guint8 *packed, guint8 *plane)
{
#pragma GCC unroll 8
  for (guint k = 0; k < 8; k++) {
    for (guint i = 0; i < EIGHTH; i++)
      plane[k * EIGHTH + i] = packed[i] >> k & 1;
  }
}

/**
 * voxel_brick_pack_2:
 * @plane: VOXEL_BRICK_PLANE voxels of a byte
 * @packed: (out): a quarter as many bytes; all above 3 is 3 there
 */
void
voxel_brick_pack_2 (const guint8 *plane, guint8 *packed)
{
  for (guint i = 0; i < QUARTER; i++) {
    guint8 bits = 0;

#pragma GCC unroll 4
    for (guint k = 0; k < 4; k++)
      bits |= (guint8) (MIN (plane[k * QUARTER + i], 3) << (2 * k));
    packed[i] = bits;
  }
}

/**
 * voxel_brick_unpack_2:
 * @packed: as voxel_brick_pack_2() makes it
 * @plane: (out): VOXEL_BRICK_PLANE voxels, 0 to 3
 */
void
voxel_brick_unpack_2 (const guint8 *packed, guint8 *plane)
{
#pragma GCC unroll 4
  for (guint k = 0; k < 4; k++) {
    for (guint i = 0; i < QUARTER; i++)
      plane[k * QUARTER + i] = packed[i] >> (2 * k) & 3;
  }
}
