/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"
#include "models/cuda/kernels/params.h"
#include "models/ops/ops.h"

G_BEGIN_DECLS

/* From nodes to launches. What is decided here depends on shapes, types and layouts alone, so that it is the same
 * with and without a device. */

/**
 * VoxelCudaParams:
 *
 * Of any kernel.
 */
typedef union {
  VoxelCudaPointwise pointwise;
  VoxelCudaUpsample upsample;
  VoxelCudaPad pad;
  VoxelCudaPool2d pool2d;
  VoxelCudaAttention attention;
  VoxelCudaLines lines;
  VoxelCudaReduce reduce;
  VoxelCudaMatmul matmul;
} VoxelCudaParams;

/**
 * VoxelCudaCall:
 * @kernel: which
 * @launch: grid, block, form
 * @params: of the kernel
 * @inputs: the node's operands that are the kernel's; %VOXEL_CUDA_NO_INPUT for none
 * @offset: bytes from the beginning of the result to where this kernel begins to write
 */
#define VOXEL_CUDA_NO_INPUT G_MAXUINT

typedef struct {
  VoxelCudaKernel kernel;
  VoxelCudaLaunch launch;
  VoxelCudaParams params;
  guint inputs[3];
  gsize offset;
} VoxelCudaCall;

/**
 * VoxelCudaWork:
 * @calls: kernels, one after the other
 * @n_calls: how many; none where nothing is left to do
 * @scratch: bytes that they want
 */
typedef struct {
  VoxelCudaCall calls[VOXEL_OP_MAX_INPUTS];
  guint n_calls;
  gsize scratch;
} VoxelCudaWork;

/**
 * VoxelCudaPlanner:
 * @op: the operator
 * @plan: fills an empty work; the error names what the kernels do not take
 * @in_place: as #VoxelKernel has it
 *
 * Constants among the operands are floats, pictures in the order N, H, W, C. Any operand may lie in any NHWC buffer.
 */
typedef struct {
  const VoxelOp *op;
  gboolean (*plan) (const VoxelNode *node, VoxelCudaWork *work, GError **error);
  gint (*in_place) (const VoxelNode *node);
} VoxelCudaPlanner;

const VoxelCudaPlanner *voxel_cuda_planner (const VoxelOp *op);
gint voxel_cuda_in_place (const VoxelNode *node);

gboolean voxel_cuda_plan_pointwise (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_concat (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_matmul (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_linear (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_reshape (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_transpose (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_upsample (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_pad (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_max_pool2d (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_avg_pool2d (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_attention (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_softmax (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_layer_norm (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_global_avg_pool2d (const VoxelNode *node, VoxelCudaWork *work, GError **error);
gboolean voxel_cuda_plan_group_norm (const VoxelNode *node, VoxelCudaWork *work, GError **error);

int voxel_cuda_work_run (const VoxelCudaWork *work, const VoxelCudaEntry *entries,
                         gconstpointer const *inputs, gpointer output, gpointer scratch, gpointer stream);

G_END_DECLS
