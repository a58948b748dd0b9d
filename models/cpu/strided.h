/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/shape.h"

G_BEGIN_DECLS

/**
 * VoxelCpuStrided:
 * @shape: what is walked over, one dimension at least
 * @from: elements from one to the next of each dimension where it is read
 * @to: likewise where it is written
 * @from_bf16: type of what is read
 * @to_bf16: of what is written
 *
 * The same values in another order: copied one by one.
 */
typedef struct {
  VoxelShape shape;
  gsize from[VOXEL_SHAPE_MAX_DIMS];
  gsize to[VOXEL_SHAPE_MAX_DIMS];
  gboolean from_bf16;
  gboolean to_bf16;
} VoxelCpuStrided;

void voxel_cpu_strided_copy (const VoxelCpuStrided *strided, const void *src, void *dst);

G_END_DECLS
