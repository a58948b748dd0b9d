/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/pick.h"
#include "models/cpu/picture.h"

static guint
source_line (const VoxelNode *node, guint side, guint i, guint size)
{
  const VoxelPad *pad = node->attributes;
  guint before = pad->before[side];

  if (i >= before && i - before < size)
    return i - before;
  if (pad->mode == VOXEL_PAD_ZERO)
    return G_MAXUINT;
  if (pad->mode == VOXEL_PAD_REPLICATE)
    return i < before ? 0 : size - 1;
  return i < before ? before - i : 2 * (size - 1) - (i - before);
}

static gboolean
pad_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  step->state = voxel_cpu_pick_new (step->node, source_line, error);
  if (!step->state)
    return FALSE;
  step->implementation = voxel_cpu_implementation ("pick");
  return TRUE;
}

static gboolean
pad_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  voxel_cpu_pick_run (step->state, operands);
  return TRUE;
}

const VoxelKernel voxel_cpu_pad = {
    .op = &voxel_op_pad,
    .name = "pad",
    .slice = voxel_cpu_slice,
    .prepare = pad_prepare,
    .release = voxel_cpu_pick_free,
    .run = pad_run,
};
