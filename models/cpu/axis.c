/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/axis.h"

#include "models/cpu/isa.h"
#include "models/cpu/picture.h"

static void
set_strides (const VoxelCpuAxis *axis, const VoxelCpuView *view, gboolean innermost,
             VoxelCpuAxisStrides *strides)
{
  strides->bf16 = view->bf16;
  strides->middle = view->pitch;
  strides->step = innermost ? 1 : axis->middle * view->pitch;
  strides->outer = innermost ? view->pitch : axis->length * strides->step;
}

/**
 * voxel_cpu_axis:
 * @node: one operand, one result of the same shape
 * @dimension: along which it works
 * @axis: (out): the lines along it
 * @error: which of the two is in a form that is not taken
 */
gboolean
voxel_cpu_axis (const VoxelNode *node, guint dimension, VoxelCpuAxis *axis, GError **error)
{
  VoxelCpuView src, dst;
  VoxelShape shape;

  if (!voxel_cpu_view (node, node->inputs[0], &src, error) ||
      !voxel_cpu_view (node, node->outputs[0], &dst, error))
    return FALSE;
  voxel_tensor_order_nhwc (node->outputs[0], &shape, &dimension);
  *axis = (VoxelCpuAxis){.outer = 1, .length = shape.dim[dimension], .middle = 1, .inner = 1};
  for (guint i = 0; i < dimension; i++)
    axis->outer *= shape.dim[i];
  for (guint i = dimension + 1; i + 1 < shape.n; i++)
    axis->middle *= shape.dim[i];
  if (dimension + 1 < shape.n)
    axis->inner = shape.dim[shape.n - 1];
  set_strides (axis, &src, dimension + 1 == shape.n, &axis->src);
  set_strides (axis, &dst, dimension + 1 == shape.n, &axis->dst);
  return TRUE;
}

/**
 * voxel_cpu_axis_parts:
 * @axis: lines
 *
 * Returns: how many parts they are worked on in: a line each, or as many neighbouring ones as a vector holds
 */
gsize
voxel_cpu_axis_parts (const VoxelCpuAxis *axis)
{
  guint lanes = voxel_cpu_kernels ()->lanes;

  return axis->outer * axis->middle * ((axis->inner + lanes - 1) / lanes);
}
