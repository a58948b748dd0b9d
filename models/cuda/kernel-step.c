/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/backend.h"

#include "models/cuda/cuda.h"
#include "models/cuda/kernels/work.h"

/* Steps that kernels of our own compute. */

typedef struct {
  const VoxelCuda *cuda;
  VoxelCudaWork work;
  gconstpointer constants[VOXEL_OP_MAX_INPUTS];
} State;

gboolean
voxel_cuda_step_slice (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint,
                       guint channel)
{
  return joint->layout == VOXEL_LAYOUT_NHWC;
}

gint
voxel_cuda_step_in_place (const VoxelNode *node)
{
  const VoxelCudaPlanner *planner = voxel_cuda_planner (node->op);

  return planner->in_place ? planner->in_place (node) : -1;
}

gboolean
voxel_cuda_step_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  g_autofree State *state = g_new0 (State, 1);

  state->cuda = voxel_cuda_get (error);
  if (!state->cuda || !voxel_cuda_planner (step->node->op)->plan (step->node, &state->work, error) ||
      !voxel_cuda_constants (prepare, step->node, VOXEL_DTYPE_F32, state->constants, error))
    return FALSE;
  step->scratch = state->work.scratch;
  step->state = g_steal_pointer (&state);
  return TRUE;
}

gboolean
voxel_cuda_step_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;
  gconstpointer inputs[VOXEL_OP_MAX_INPUTS];

  for (guint i = 0; i < VOXEL_OP_MAX_INPUTS; i++)
    inputs[i] = state->constants[i] ? state->constants[i] : operands->inputs[i];
  return voxel_cuda_check (state->cuda,
                           voxel_cuda_work_run (&state->work, state->cuda->module->kernels, inputs,
                                                operands->outputs[0], operands->scratch,
                                                voxel_cuda_queue_stream (operands->queue)),
                           error, "start %s (%s)", step->node->name, step->node->op->name);
}
