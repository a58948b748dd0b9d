/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/cpu.h"
#include "models/cpu/kernels.h"

G_BEGIN_DECLS

/* What max_pool2d and avg_pool2d share. */

/**
 * VoxelCpuPoolState:
 * @pool: what is computed
 * @pictures: N
 */
typedef struct {
  VoxelCpuPool pool;
  guint pictures;
} VoxelCpuPoolState;

typedef void (*VoxelCpuPoolRows) (const VoxelCpuPool *pool, const void *src, void *dst, void *copy,
                                  gsize begin, gsize end);

VoxelCpuPoolState *voxel_cpu_pool_new (const VoxelNode *node, const guint *kernel, const guint *stride,
                                       const guint *padding, GError **error);
void voxel_cpu_pool_run (const VoxelCpuPoolState *state, const VoxelOperands *operands,
                         VoxelCpuPoolRows rows);

G_END_DECLS
