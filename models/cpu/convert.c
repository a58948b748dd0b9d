/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"
#include "models/cpu/strided.h"

/* Pictures of a few channels, at the ends of the network, are turned between NCHW and NHWC value by value. */

/* Elements from a picture, a row, a channel, a column to the next. */
static void
set_strides (const VoxelTensor *tensor, gsize *strides)
{
  gsize height = tensor->shape.dim[2], width = tensor->shape.dim[3], pitch = voxel_tensor_pitch (tensor);

  if (tensor->layout == VOXEL_LAYOUT_NHWC) {
    strides[0] = height * width * pitch;
    strides[1] = width * pitch;
    strides[2] = 1;
    strides[3] = pitch;
    return;
  }
  strides[0] = height * width * tensor->shape.dim[1];
  strides[1] = width;
  strides[2] = height * width;
  strides[3] = 1;
}

static gboolean
is_turn (const VoxelNode *node)
{
  return node->inputs[0]->layout != node->outputs[0]->layout && node->inputs[0]->shape.n == 4 &&
         node->inputs[0]->shape.dim[1] > 1;
}

static gboolean
takes (const VoxelTensor *tensor)
{
  return (tensor->layout == VOXEL_LAYOUT_NCHW || tensor->layout == VOXEL_LAYOUT_NHWC) &&
         (tensor->type == VOXEL_DTYPE_F32 || tensor->type == VOXEL_DTYPE_BF16);
}

static gboolean
convert_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;

  if (!is_turn (node))
    return voxel_cpu_pointwise_prepare (prepare, step, error);
  if (!takes (node->inputs[0]) || !takes (node->outputs[0]))
    return voxel_node_unsupported (node, error, "between such types or layouts");
  step->implementation = g_strdup ("turn");
  return TRUE;
}

static gboolean
convert_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const VoxelTensor *in = step->node->inputs[0], *out = step->node->outputs[0];
  const guint *dim = in->shape.dim;
  VoxelCpuStrided turn = {VOXEL_SHAPE_4 (dim[0], dim[2], dim[1], dim[3])};

  if (step->state)
    return voxel_cpu_pointwise_run (step, operands, binding, error);
  set_strides (in, turn.from);
  set_strides (out, turn.to);
  turn.from_bf16 = in->type == VOXEL_DTYPE_BF16;
  turn.to_bf16 = out->type == VOXEL_DTYPE_BF16;
  voxel_cpu_strided_copy (&turn, operands->inputs[0], operands->outputs[0]);
  return TRUE;
}

const VoxelKernel voxel_cpu_convert = {
    .op = &voxel_op_convert,
    .name = "convert",
    .slice = voxel_cpu_slice,
    .prepare = convert_prepare,
    .release = g_free,
    .run = convert_run,
};
