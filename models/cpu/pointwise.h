/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/cpu.h"
#include "models/cpu/kernels.h"

G_BEGIN_DECLS

/* What the operators share that compute each value of the result from those at the same place. */

/**
 * VoxelCpuPointwiseState:
 * @pointwise: what is computed
 * @pictures: N
 * @affine: scale and shift of a batch norm that nothing took up
 */
typedef struct {
  VoxelCpuPointwise pointwise;
  guint pictures;
  gfloat *affine;
} VoxelCpuPointwiseState;

VoxelCpuPointwiseState *voxel_cpu_pointwise_new (const VoxelNode *node, VoxelCpuMap map, GError **error);
void voxel_cpu_pointwise_free (gpointer state);
void voxel_cpu_pointwise_do (const VoxelCpuPointwise *pointwise, const void *src, const void *other,
                             void *dst);
gboolean voxel_cpu_pointwise_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelCpuPointwiseState, voxel_cpu_pointwise_free)

G_END_DECLS
