/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/ops/ops.h"
#include "models/reference/reference.h"

/* Where the centre of output pixel @i lies among @size input pixels, and the pixels on both sides of it; as
 * PyTorch's interpolate: without align_corners (i + .5) / scale - .5, but not below 0. */
static gdouble
source (const VoxelUpsample *up, guint side, guint i, guint size, guint *below, guint *above)
{
  guint scale = up->scale[side], length = size * scale;
  gdouble at;

  if (up->nearest)
    at = i / scale;
  else if (up->align_corners)
    at = length > 1 ? (gdouble) i * (size - 1) / (length - 1) : 0;
  else
    at = MAX ((i + .5) / scale - .5, 0);
  *below = MIN ((guint) at, size - 1);
  *above = MIN (*below + 1, size - 1);
  return at - *below;
}

static void
upsample (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelUpsample *up = node->attributes;
  const guint *in = node->inputs[0]->shape.dim;
  const guint *out = node->outputs[0]->shape.dim;
  gfloat *result = outputs[0];

  for (gsize k = 0; k < (gsize) in[0] * in[1]; k++) {
    const gfloat *plane = inputs[0] + k * in[2] * in[3];

    for (guint y = 0; y < out[2]; y++)
      for (guint x = 0; x < out[3]; x++) {
        guint y0, y1, x0, x1;
        gdouble fy = source (up, 0, y, in[2], &y0, &y1);
        gdouble fx = source (up, 1, x, in[3], &x0, &x1);
        const gfloat *upper = plane + (gsize) y0 * in[3], *lower = plane + (gsize) y1 * in[3];

        *result++ = (gfloat) ((1 - fy) * ((1 - fx) * upper[x0] + fx * upper[x1]) +
                              fy * ((1 - fx) * lower[x0] + fx * lower[x1]));
      }
  }
}

static gboolean
upsample_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, upsample, error);
}

const VoxelKernel voxel_reference_upsample = {
    .op = &voxel_op_upsample,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = upsample_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
