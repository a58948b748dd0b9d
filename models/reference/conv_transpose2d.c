/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/reference/reference.h"

/* One output value: the sum over the inputs whose windows reach it. */
static gdouble
reached (const VoxelNode *node, const gfloat *x, const gfloat *weight, guint n, guint o, guint oy, guint ox)
{
  const VoxelConv2d *conv = node->attributes;
  const guint *in = node->inputs[VOXEL_CONV2D_X]->shape.dim;
  const guint *w = node->inputs[VOXEL_CONV2D_WEIGHT]->shape.dim;
  guint group = o / w[1], per_group = w[0] / conv->groups;
  gdouble sum = 0;

  for (guint ky = 0; ky < w[2]; ky++)
    for (guint kx = 0; kx < w[3]; kx++) {
      gint64 y = (gint64) oy + conv->padding[0] - ky;
      gint64 z = (gint64) ox + conv->padding[1] - kx;

      if (y < 0 || z < 0 || y % conv->stride[0] || z % conv->stride[1])
        continue;
      y /= conv->stride[0];
      z /= conv->stride[1];
      if (y >= in[2] || z >= in[3])
        continue;
      for (guint k = 0; k < per_group; k++) {
        gsize c = (gsize) group * per_group + k;

        sum += (gdouble) x[((n * in[1] + c) * in[2] + y) * in[3] + z] *
               weight[((c * w[1] + o % w[1]) * w[2] + ky) * w[3] + kx];
      }
    }
  return sum;
}

static void
conv_transpose2d (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  voxel_reference_convolve (node, inputs, outputs, reached);
}

static gboolean
conv_transpose2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, conv_transpose2d, error);
}

const VoxelKernel voxel_reference_conv_transpose2d = {
    .op = &voxel_op_conv_transpose2d,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = conv_transpose2d_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
