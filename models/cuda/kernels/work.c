/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/work.h"

static const VoxelCudaPlanner planners[] = {
    {&voxel_op_add, voxel_cuda_plan_pointwise, voxel_cuda_in_place},
    {&voxel_op_multiply, voxel_cuda_plan_pointwise, voxel_cuda_in_place},
    {&voxel_op_relu, voxel_cuda_plan_pointwise, voxel_cuda_in_place},
    {&voxel_op_sigmoid, voxel_cuda_plan_pointwise, voxel_cuda_in_place},
    {&voxel_op_silu, voxel_cuda_plan_pointwise, voxel_cuda_in_place},
    {&voxel_op_leaky_relu, voxel_cuda_plan_pointwise, voxel_cuda_in_place},
    {&voxel_op_gelu, voxel_cuda_plan_pointwise, voxel_cuda_in_place},
    {&voxel_op_convert, voxel_cuda_plan_pointwise, NULL},
    {&voxel_op_concat, voxel_cuda_plan_concat, NULL},
    {&voxel_op_upsample, voxel_cuda_plan_upsample, NULL},
    {&voxel_op_pad, voxel_cuda_plan_pad, NULL},
    {&voxel_op_max_pool2d, voxel_cuda_plan_max_pool2d, NULL},
    {&voxel_op_avg_pool2d, voxel_cuda_plan_avg_pool2d, NULL},
    {&voxel_op_attention, voxel_cuda_plan_attention, NULL},
    {&voxel_op_softmax, voxel_cuda_plan_softmax, voxel_cuda_in_place},
    {&voxel_op_layer_norm, voxel_cuda_plan_layer_norm, voxel_cuda_in_place},
    {&voxel_op_global_avg_pool2d, voxel_cuda_plan_global_avg_pool2d, NULL},
    {&voxel_op_matmul, voxel_cuda_plan_matmul, NULL},
    {&voxel_op_linear, voxel_cuda_plan_linear, NULL},
    {&voxel_op_reshape, voxel_cuda_plan_reshape, NULL},
    {&voxel_op_transpose, voxel_cuda_plan_transpose, NULL},
    {&voxel_op_group_norm, voxel_cuda_plan_group_norm, voxel_cuda_in_place},
};

/**
 * voxel_cuda_planner:
 * @op: an operator
 *
 * Returns: (transfer none) (nullable): who makes launches of it; %NULL where these kernels do not compute it
 */
const VoxelCudaPlanner *
voxel_cuda_planner (const VoxelOp *op)
{
  for (guint i = 0; i < G_N_ELEMENTS (planners); i++)
    if (planners[i].op == op)
      return &planners[i];
  return NULL;
}

/* Each value is read for the last time by the thread that writes its place, so elements must be of one size. */
gint
voxel_cuda_in_place (const VoxelNode *node)
{
  for (guint i = 0; i < node->n_inputs; i++)
    if (node->inputs[i] && !node->inputs[i]->constant && node->inputs[i]->type == node->outputs[0]->type &&
        voxel_shape_equal (&node->inputs[i]->shape, &node->outputs[0]->shape))
      return (gint) i;
  return -1;
}

/**
 * voxel_cuda_work_run:
 * @work: launches of a node
 * @entries: what starts the kernels, a module's table
 * @inputs: addresses of all its operands, constants included
 * @output: that of its result
 * @scratch: of as many bytes as @work wants
 * @stream: a cudaStream_t, that they follow each other on
 *
 * Returns: a cudaError_t, 0 where all were started
 */
int
voxel_cuda_work_run (const VoxelCudaWork *work, const VoxelCudaEntry *entries, gconstpointer const *inputs,
                     gpointer output, gpointer scratch, gpointer stream)
{
  for (guint i = 0; i < work->n_calls; i++) {
    const VoxelCudaCall *call = &work->calls[i];
    VoxelCudaMemory memory = {.out = (gchar *) output + call->offset, .scratch = scratch};
    int error;

    for (guint k = 0; k < G_N_ELEMENTS (call->inputs); k++)
      if (call->inputs[k] != VOXEL_CUDA_NO_INPUT)
        memory.in[k] = inputs[call->inputs[k]];
    error = entries[call->kernel](&call->launch, &call->params, &memory, stream);
    if (error)
      return error;
  }
  return 0;
}
