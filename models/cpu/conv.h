/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"
#include "models/cpu/kernels.h"
#include "models/ops/ops.h"

G_BEGIN_DECLS

/* What the three convolutions (plain, with pooling, transposed) share: from node to VoxelCpuConv, and the
 * run. */

typedef void (*VoxelCpuConvFunc) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);

/**
 * VoxelCpuConvState:
 * @conv: what is computed
 * @func: how
 * @scratch: bytes a worker
 * @pictures: N
 * @no_bias: zeros in place of an absent bias
 */
typedef struct {
  VoxelCpuConv conv;
  VoxelCpuConvFunc func;
  gsize scratch;
  guint pictures;
  gfloat *no_bias;
} VoxelCpuConvState;

gboolean voxel_cpu_conv_winograd (const VoxelNode *node);
gboolean voxel_cpu_conv_pairs (const VoxelNode *node);
gboolean voxel_cpu_conv_take_pairs (const VoxelNode *node, VoxelCpuConvState *state, guint threads);
VoxelCpuConvState *voxel_cpu_conv_new (VoxelPrepare *prepare, const VoxelNode *node, GError **error);
gboolean voxel_cpu_conv_bias (VoxelPrepare *prepare, const VoxelNode *node, VoxelCpuConvState *state,
                              GError **error);
void voxel_cpu_conv_divide (VoxelCpuConvState *state, guint threads, gsize pixels, gsize grain,
                            guint channels);
void voxel_cpu_conv_free (gpointer state);
gboolean voxel_cpu_conv_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding,
                             GError **error);
gint voxel_cpu_conv_in_place (const VoxelNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelCpuConvState, voxel_cpu_conv_free)

/* A convolution whose result is pooled as well, windows of 2x2: outputs the result and the maxima. */
extern const VoxelOp voxel_cpu_op_conv2d_pool;

G_END_DECLS
