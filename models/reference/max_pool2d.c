/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "models/ops/ops.h"
#include "models/reference/reference.h"

static gfloat
window (const VoxelMaxPool2d *pool, const guint *in, const gfloat *plane, guint oy, guint ox)
{
  gfloat most = -INFINITY;

  for (guint ky = 0; ky < pool->kernel[0]; ky++)
    for (guint kx = 0; kx < pool->kernel[1]; kx++) {
      gint64 y = (gint64) oy * pool->stride[0] + ky - pool->padding[0];
      gint64 x = (gint64) ox * pool->stride[1] + kx - pool->padding[1];

      if (y >= 0 && x >= 0 && y < in[2] && x < in[3])
        most = MAX (most, plane[y * in[3] + x]);
    }
  return most;
}

static void
max_pool2d (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelMaxPool2d *pool = node->attributes;
  const guint *in = node->inputs[0]->shape.dim;
  const guint *out = node->outputs[0]->shape.dim;
  gsize pictures = (gsize) in[0] * in[1], plane = (gsize) in[2] * in[3];
  gfloat *result = outputs[0];

  for (gsize k = 0; k < pictures; k++)
    for (guint y = 0; y < out[2]; y++)
      for (guint x = 0; x < out[3]; x++)
        *result++ = window (pool, in, inputs[0] + k * plane, y, x);
  if (pool->copy)
    memcpy (outputs[1], inputs[0], pictures * plane * sizeof (gfloat));
}

static gboolean
max_pool2d_copies (const VoxelNode *node)
{
  return TRUE;
}

static gboolean
max_pool2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, max_pool2d, error);
}

const VoxelKernel voxel_reference_max_pool2d = {
    .op = &voxel_op_max_pool2d,
    .name = "reference",
    .slice = voxel_reference_slice,
    .copies = max_pool2d_copies,
    .prepare = max_pool2d_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
