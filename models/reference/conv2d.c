/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/reference/reference.h"

/* One output value: the sum over the window's taps inside the picture. */
static gdouble
window (const VoxelNode *node, const gfloat *x, const gfloat *weight, guint n, guint o, guint oy, guint ox)
{
  const VoxelConv2d *conv = node->attributes;
  const guint *in = node->inputs[VOXEL_CONV2D_X]->shape.dim;
  const guint *w = node->inputs[VOXEL_CONV2D_WEIGHT]->shape.dim;
  gsize first = (gsize) o / (w[0] / conv->groups) * w[1];
  gdouble sum = 0;

  for (guint c = 0; c < w[1]; c++)
    for (guint ky = 0; ky < w[2]; ky++)
      for (guint kx = 0; kx < w[3]; kx++) {
        gint64 y = (gint64) oy * conv->stride[0] + (gint64) ky * conv->dilation[0] - conv->padding[0];
        gint64 z = (gint64) ox * conv->stride[1] + (gint64) kx * conv->dilation[1] - conv->padding[1];

        if (y < 0 || z < 0 || y >= in[2] || z >= in[3])
          continue;
        sum += (gdouble) x[((n * in[1] + first + c) * in[2] + y) * in[3] + z] *
               weight[(((gsize) o * w[1] + c) * w[2] + ky) * w[3] + kx];
      }
  return sum;
}

static void
conv2d (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  voxel_reference_convolve (node, inputs, outputs, window);
}

static gint
conv2d_in_place (const VoxelNode *node)
{
  return node->n_inputs > VOXEL_CONV2D_SUM && node->inputs[VOXEL_CONV2D_SUM] ? VOXEL_CONV2D_SUM : -1;
}

static gboolean
conv2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, conv2d, error);
}

const VoxelKernel voxel_reference_conv2d = {
    .op = &voxel_op_conv2d,
    .name = "reference",
    .slice = voxel_reference_slice,
    .in_place = conv2d_in_place,
    .prepare = conv2d_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
