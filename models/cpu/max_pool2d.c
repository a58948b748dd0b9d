/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/pool.h"

/* The copy is made window by window, so windows must tile the picture. */
static gboolean
max_pool2d_copies (const VoxelNode *node)
{
  const VoxelMaxPool2d *attributes = node->attributes;

  for (guint i = 0; i < 2; i++)
    if (attributes->kernel[i] != attributes->stride[i] || attributes->padding[i] != 0 ||
        node->inputs[0]->shape.dim[2 + i] % attributes->stride[i] != 0)
      return FALSE;
  return TRUE;
}

static gboolean
max_pool2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelMaxPool2d *attributes = step->node->attributes;
  g_autofree VoxelCpuPoolState *state =
      voxel_cpu_pool_new (step->node, attributes->kernel, attributes->stride, attributes->padding, error);

  if (!state)
    return FALSE;
  if (attributes->copy && state->pool.copy.bf16 != state->pool.src.bf16)
    return voxel_node_unsupported (step->node, error, "its copy is of another type");
  step->state = g_steal_pointer (&state);
  step->implementation = voxel_cpu_implementation ("maxima");
  return TRUE;
}

static gboolean
max_pool2d_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  voxel_cpu_pool_run (step->state, operands, voxel_cpu_kernels ()->max_pool);
  return TRUE;
}

const VoxelKernel voxel_cpu_max_pool2d = {
    .op = &voxel_op_max_pool2d,
    .name = "max_pool2d",
    .slice = voxel_cpu_slice,
    .copies = max_pool2d_copies,
    .prepare = max_pool2d_prepare,
    .release = g_free,
    .run = max_pool2d_run,
};
