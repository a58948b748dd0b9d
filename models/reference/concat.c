/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "models/ops/ops.h"
#include "models/reference/reference.h"

/* Inputs that lie in the result already are read and written back unchanged. */
static void
concat (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const guint *out = node->outputs[0]->shape.dim;
  gsize plane = (gsize) out[2] * out[3];
  gfloat *result = outputs[0];

  for (guint n = 0; n < out[0]; n++)
    for (guint i = 0; i < node->n_inputs; i++) {
      gsize part = node->inputs[i]->shape.dim[1] * plane;

      memcpy (result, inputs[i] + n * part, part * sizeof (gfloat));
      result += part;
    }
}

static gboolean
concat_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, concat, error);
}

const VoxelKernel voxel_reference_concat = {
    .op = &voxel_op_concat,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = concat_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
