/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "brick-transpose.h"

G_BEGIN_DECLS

/* A brick is 64 planes (z) of 64 rows (y) of 64 voxels (x). */
#define VOXEL_BRICK_SIDE 64
#define VOXEL_BRICK_PLANE (VOXEL_BRICK_SIDE * VOXEL_BRICK_SIDE)
#define VOXEL_BRICK_VOXELS (VOXEL_BRICK_PLANE * VOXEL_BRICK_SIDE)

typedef struct _VoxelBrickSlices VoxelBrickSlices;

/**
 * VoxelBrickSlices:
 * @data: the first voxel that lies in the brick: first slice, first row, first column
 * @pitch: voxels from one row to the next
 * @slice: voxels from one slice to the next
 * @axis: direction of the slices: 0 z (rows y, columns x), 1 y (rows x, columns z), 2 x (rows z, columns y)
 * @from: first slice, counted within the brick
 * @count: slices
 * @rows: rows of them that lie in the brick
 * @columns: columns of them that lie in the brick
 * @next: bytes from this brick to the one that is going to be moved next, 0 for none
 *
 * The part of a run of neighbouring slices that lies in one brick.
 */
struct _VoxelBrickSlices {
  guint8 *data;
  gsize pitch;
  gsize slice;
  guint axis;
  guint from;
  guint count;
  guint rows;
  guint columns;
  gsize next;
};

void voxel_brick_read (const VoxelBrickKernels *kernels, const guint8 *brick, const VoxelBrickSlices *slices);
void voxel_brick_write (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *slices);
void voxel_brick_add (const VoxelBrickKernels *kernels, guint8 *brick, const VoxelBrickSlices *slices);

G_END_DECLS
