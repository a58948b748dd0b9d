/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

/* Padding is at most half the kernel, so some pixel of every window is inside. */
static gfloat
window (const VoxelAvgPool2d *pool, const guint *in, const gfloat *plane, guint oy, guint ox)
{
  guint count = pool->kernel[0] * pool->kernel[1], inside = 0;
  gdouble sum = 0;

  for (guint ky = 0; ky < pool->kernel[0]; ky++)
    for (guint kx = 0; kx < pool->kernel[1]; kx++) {
      gint64 y = (gint64) oy * pool->stride[0] + ky - pool->padding[0];
      gint64 x = (gint64) ox * pool->stride[1] + kx - pool->padding[1];

      if (y < 0 || x < 0 || y >= in[2] || x >= in[3])
        continue;
      sum += plane[y * in[3] + x];
      inside++;
    }
  return (gfloat) (sum / (pool->count_padding ? count : inside));
}

static void
avg_pool2d (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelAvgPool2d *pool = node->attributes;
  const guint *in = node->inputs[0]->shape.dim;
  const guint *out = node->outputs[0]->shape.dim;
  gfloat *result = outputs[0];

  for (gsize k = 0; k < (gsize) in[0] * in[1]; k++)
    for (guint y = 0; y < out[2]; y++)
      for (guint x = 0; x < out[3]; x++)
        *result++ = window (pool, in, inputs[0] + k * in[2] * in[3], y, x);
}

static gboolean
avg_pool2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, avg_pool2d, error);
}

const VoxelKernel voxel_reference_avg_pool2d = {
    .op = &voxel_op_avg_pool2d,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = avg_pool2d_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
