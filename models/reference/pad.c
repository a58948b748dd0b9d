/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

/* Which of @size pixels is at @i of the padded side; -1 for none. */
static gint64
source (VoxelPadMode mode, guint size, gint64 i)
{
  if (i >= 0 && i < size)
    return i;
  if (mode == VOXEL_PAD_ZERO)
    return -1;
  if (mode == VOXEL_PAD_REPLICATE)
    return i < 0 ? 0 : size - 1;
  return i < 0 ? -i : 2 * ((gint64) size - 1) - i;
}

static void
pad (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelPad *attributes = node->attributes;
  const guint *in = node->inputs[0]->shape.dim;
  const guint *out = node->outputs[0]->shape.dim;
  gfloat *result = outputs[0];

  for (gsize k = 0; k < (gsize) in[0] * in[1]; k++)
    for (guint oy = 0; oy < out[2]; oy++)
      for (guint ox = 0; ox < out[3]; ox++) {
        gint64 y = source (attributes->mode, in[2], (gint64) oy - attributes->before[0]);
        gint64 x = source (attributes->mode, in[3], (gint64) ox - attributes->before[1]);

        *result++ = y < 0 || x < 0 ? 0 : inputs[0][(k * in[2] + y) * in[3] + x];
      }
}

static gboolean
pad_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, pad, error);
}

const VoxelKernel voxel_reference_pad = {
    .op = &voxel_op_pad,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = pad_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
