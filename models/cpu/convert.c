/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"
#include "models/cpu/value.h"
#include "models/executor.h"

/* Pictures of a few channels, at the ends of the network, are turned between NCHW and NHWC value by value. */
typedef struct {
  const VoxelTensor *in;
  const VoxelTensor *out;
  const void *src;
  void *dst;
} Work;

/* Elements from a row, a column, a channel to the next. */
typedef struct {
  gsize picture, channel, row, column;
} Strides;

static Strides
strides_of (const VoxelTensor *tensor)
{
  gsize height = tensor->shape.dim[2], width = tensor->shape.dim[3], pitch = voxel_tensor_pitch (tensor);

  if (tensor->layout == VOXEL_LAYOUT_NHWC)
    return (Strides){height * width * pitch, 1, width * pitch, pitch};
  return (Strides){height * width * tensor->shape.dim[1], height * width, width, 1};
}

static void
turn_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;
  const VoxelShape *shape = &work->in->shape;
  Strides in = strides_of (work->in), out = strides_of (work->out);
  gboolean in_bf16 = work->in->type == VOXEL_DTYPE_BF16, out_bf16 = work->out->type == VOXEL_DTYPE_BF16;

  for (gsize i = begin; i < end; i++) {
    gsize n = i / shape->dim[2], y = i % shape->dim[2];

    for (gsize c = 0; c < shape->dim[1]; c++)
      for (gsize x = 0; x < shape->dim[3]; x++)
        voxel_cpu_write (
            work->dst, n * out.picture + c * out.channel + y * out.row + x * out.column,
            voxel_cpu_read (work->src, n * in.picture + c * in.channel + y * in.row + x * in.column, in_bf16),
            out_bf16);
  }
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
  const VoxelNode *node = step->node;
  Work work = {node->inputs[0], node->outputs[0], operands->inputs[0], operands->outputs[0]};

  if (step->state)
    return voxel_cpu_pointwise_run (step, operands, binding, error);
  voxel_executor_for ((gsize) work.in->shape.dim[0] * work.in->shape.dim[2], 16, turn_rows, &work);
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
