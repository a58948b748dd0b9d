/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/conv.h"
#include "models/cpu/cpu.h"
#include "models/cpu/picture.h"

/* The rows of any tensor are the pixels of a picture one pixel wide, and their product with a matrix its 1x1
 * convolution. */

static void
as_picture (const VoxelTensor *tensor, const VoxelCpuView *rows, VoxelTensor *picture)
{
  *picture = *tensor;
  picture->shape = VOXEL_SHAPE_4 (1, rows->channels, rows->height, 1);
  picture->layout = VOXEL_LAYOUT_NHWC;
  picture->joint = NULL;
}

static gboolean
prepare_convolution (VoxelPrepare *prepare, VoxelStep *step, VoxelNode *conv, GError **error)
{
  VoxelTensor weight = *conv->inputs[VOXEL_CONV2D_WEIGHT];
  VoxelStep inner = {.node = conv, .kernel = &voxel_cpu_conv2d};
  g_autoptr (VoxelConstant) reshaped = NULL;
  gboolean done;

  weight.shape = VOXEL_SHAPE_4 (weight.shape.dim[0], weight.shape.dim[1], 1, 1);
  reshaped = voxel_constant_new_reshaped (weight.constant, &weight.shape);
  weight.constant = reshaped;
  conv->inputs[VOXEL_CONV2D_WEIGHT] = &weight;
  done = voxel_cpu_conv2d.prepare (prepare, &inner, error);
  step->state = inner.state;
  step->scratch = inner.scratch;
  step->implementation = inner.implementation;
  return done;
}

static gboolean
linear_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  VoxelConv2d attributes = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  const VoxelNode *node = step->node;
  VoxelNode conv = *node;
  VoxelTensor x, y;
  VoxelCpuView rows;

  if (!node->inputs[VOXEL_CONV2D_WEIGHT]->constant)
    return voxel_node_unsupported (node, error, "its weights are computed");
  if (!voxel_cpu_rows (node, node->inputs[VOXEL_CONV2D_X], &rows, error))
    return FALSE;
  as_picture (node->inputs[VOXEL_CONV2D_X], &rows, &x);
  if (!voxel_cpu_rows (node, node->outputs[0], &rows, error))
    return FALSE;
  as_picture (node->outputs[0], &rows, &y);
  conv.op = &voxel_op_conv2d;
  conv.attributes = &attributes;
  conv.inputs[VOXEL_CONV2D_X] = &x;
  conv.outputs[0] = &y;
  return prepare_convolution (prepare, step, &conv, error);
}

const VoxelKernel voxel_cpu_linear = {
    .op = &voxel_op_linear,
    .name = "linear",
    .prepare = linear_prepare,
    .release = voxel_cpu_conv_free,
    .run = voxel_cpu_conv_run,
};
