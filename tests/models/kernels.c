/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels.h"

#include <string.h>

#include "models/cuda/backend.h"
#include "models/cuda/kernels/work.h"
#include "models/graph/passes.h"
#include "models/reference/reference.h"

typedef struct {
  VoxelCudaWork work;
  gconstpointer constants[VOXEL_OP_MAX_INPUTS];
} State;

static gboolean
prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  g_autofree State *state = g_new0 (State, 1);

  if (!voxel_cuda_planner (node->op)->plan (node, &state->work, error) ||
      !voxel_cuda_constants (prepare, node, VOXEL_DTYPE_F32, state->constants, error))
    return FALSE;
  step->scratch = state->work.scratch;
  step->state = g_steal_pointer (&state);
  return TRUE;
}

/* Bytes that the result may lie in, from where it begins. */
static gsize
extent (const VoxelTensor *tensor)
{
  gsize bytes = 0;

  voxel_tensor_size (voxel_tensor_root (tensor), &bytes);
  return bytes - voxel_tensor_joint_offset (tensor);
}

/* Where each thread goes on with what no thread began: any number of blocks will do. */
static gboolean
takes_turns (const VoxelCudaCall *call)
{
  return call->kernel != VOXEL_CUDA_KERNEL_GLOBAL_AVG_POOL2D &&
         call->kernel != VOXEL_CUDA_KERNEL_GROUP_NORM && call->kernel != VOXEL_CUDA_KERNEL_GROUP_NORM_FINISH;
}

static void
run_in_order (const State *state, const VoxelOperands *operands, gboolean backwards)
{
  g_autofree VoxelCudaWork *work = g_memdup2 (&state->work, sizeof *work);
  gconstpointer inputs[VOXEL_OP_MAX_INPUTS];

  for (guint i = 0; i < VOXEL_OP_MAX_INPUTS; i++)
    inputs[i] = state->constants[i] ? state->constants[i] : operands->inputs[i];
  for (guint i = 0; i < work->n_calls; i++) {
    work->calls[i].launch.backwards = backwards;
    if (backwards && takes_turns (&work->calls[i]))
      work->calls[i].launch.blocks[0] = 1;
  }
  if (work->scratch)
    memset (operands->scratch, 0xff, work->scratch);
  g_assert_cmpint (
      voxel_cuda_work_run (work, voxel_cuda_entries, inputs, operands->outputs[0], operands->scratch, NULL),
      ==, 0);
}

/* Twice from the same state of the memory, which an operand may share. */
static gboolean
run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  gsize bytes = extent (step->node->outputs[0]);
  g_autofree gpointer before = g_memdup2 (operands->outputs[0], bytes), forwards = NULL;

  run_in_order (step->state, operands, FALSE);
  forwards = g_memdup2 (operands->outputs[0], bytes);
  memcpy (operands->outputs[0], before, bytes);
  run_in_order (step->state, operands, TRUE);
  g_assert_cmpmem (forwards, bytes, operands->outputs[0], bytes);
  return TRUE;
}

static gboolean
slice (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint, guint channel)
{
  return joint->layout == VOXEL_LAYOUT_NHWC;
}

static gint
in_place (const VoxelNode *node)
{
  const VoxelCudaPlanner *planner = voxel_cuda_planner (node->op);

  return planner->in_place ? planner->in_place (node) : -1;
}

#define KERNEL(which) \
  static const VoxelKernel kernel_##which = { \
      .op = &voxel_op_##which, \
      .name = "kernel", \
      .slice = slice, \
      .in_place = in_place, \
      .prepare = prepare, \
      .release = g_free, \
      .run = run, \
  };

KERNEL (add)
KERNEL (multiply)
KERNEL (relu)
KERNEL (sigmoid)
KERNEL (silu)
KERNEL (leaky_relu)
KERNEL (gelu)
KERNEL (convert)
KERNEL (concat)
KERNEL (upsample)
KERNEL (pad)
KERNEL (max_pool2d)
KERNEL (avg_pool2d)
KERNEL (attention)
KERNEL (softmax)
KERNEL (layer_norm)
KERNEL (global_avg_pool2d)
KERNEL (group_norm)
KERNEL (matmul)
KERNEL (linear)
KERNEL (reshape)
KERNEL (transpose)

static const VoxelKernel *const kernels[] = {
    &kernel_add,
    &kernel_multiply,
    &kernel_relu,
    &kernel_sigmoid,
    &kernel_silu,
    &kernel_leaky_relu,
    &kernel_gelu,
    &kernel_convert,
    &kernel_concat,
    &kernel_upsample,
    &kernel_pad,
    &kernel_max_pool2d,
    &kernel_avg_pool2d,
    &kernel_attention,
    &kernel_softmax,
    &kernel_layer_norm,
    &kernel_global_avg_pool2d,
    &kernel_group_norm,
    &kernel_matmul,
    &kernel_linear,
    &kernel_reshape,
    &kernel_transpose,
    &voxel_reference_conv2d,
    &voxel_reference_conv_transpose2d,
    &voxel_reference_batch_norm,
    NULL,
};

static gboolean
lower (VoxelGraph *graph, const VoxelTarget *target, GError **error)
{
  return voxel_pass_turn_input (graph, error) && voxel_pass_turn_output (graph, error) &&
         voxel_pass_turn_pictures (graph, error);
}

static gboolean
lower_to_half (VoxelGraph *graph, const VoxelTarget *target, GError **error)
{
  for (guint i = 0; i < graph->tensors->len; i++) {
    VoxelTensor *tensor = graph->tensors->pdata[i];

    if (tensor->type == VOXEL_DTYPE_BF16)
      tensor->type = VOXEL_DTYPE_F16;
  }
  return lower (graph, target, error);
}

static gboolean
probe (VoxelPrecision precision, GError **error)
{
  return precision == VOXEL_PRECISION_FP32 || precision == VOXEL_PRECISION_BF16;
}

static gboolean
probe_half (VoxelPrecision precision, GError **error)
{
  return precision == VOXEL_PRECISION_BF16;
}

const VoxelBackend fixture_kernels = {
    .name = "kernels",
    .probe = probe,
    .lower = lower,
    .kernels = kernels,
};

const VoxelBackend fixture_kernels_half = {
    .name = "kernels-half",
    .probe = probe_half,
    .lower = lower_to_half,
    .kernels = kernels,
};

gboolean
fixture_kernels_compute (const VoxelOp *op)
{
  return voxel_cuda_planner (op) != NULL;
}
