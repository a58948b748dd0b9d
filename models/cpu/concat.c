/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"

/* Only what the joining pass could not place: each such input is copied into its channels. */
typedef struct {
  VoxelCpuView src;
  VoxelCpuView dst;
} Copy;

typedef struct {
  Copy copies[VOXEL_OP_MAX_INPUTS];
  gsize offsets[VOXEL_OP_MAX_INPUTS];
  guint pictures;
} State;

static gboolean
lies_there (const VoxelTensor *input, const VoxelTensor *output, guint channel)
{
  return voxel_tensor_root (input) == voxel_tensor_root (output) &&
         input->joint_channel == output->joint_channel + channel;
}

static gboolean
concat_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  const VoxelTensor *output = node->outputs[0];
  g_autofree State *state = g_new0 (State, 1);
  guint channel = 0;

  state->pictures = output->shape.dim[0];
  for (guint i = 0; i < node->n_inputs; i++) {
    Copy *copy = &state->copies[i];

    if (!lies_there (node->inputs[i], output, channel)) {
      if (!voxel_cpu_view (node, node->inputs[i], &copy->src, error) ||
          !voxel_cpu_view (node, output, &copy->dst, error))
        return FALSE;
      copy->dst.channels = copy->src.channels;
      state->offsets[i] = (gsize) channel * (copy->dst.bf16 ? 2 : 4);
    }
    channel += node->inputs[i]->shape.dim[1];
  }
  step->implementation = voxel_cpu_implementation ("copy");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static gboolean
concat_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;

  for (guint i = 0; i < step->node->n_inputs; i++) {
    const Copy *copy = &state->copies[i];

    for (gsize n = 0; copy->src.channels && n < state->pictures; n++)
      voxel_cpu_copy (
          &copy->src, &copy->dst, (const gchar *) operands->inputs[i] + n * voxel_cpu_view_bytes (&copy->src),
          (gchar *) operands->outputs[0] + n * voxel_cpu_view_bytes (&copy->dst) + state->offsets[i]);
  }
  return TRUE;
}

const VoxelKernel voxel_cpu_concat = {
    .op = &voxel_op_concat,
    .name = "concat",
    .slice = voxel_cpu_slice,
    .prepare = concat_prepare,
    .release = g_free,
    .run = concat_run,
};
