/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"

/* A batch norm that no convolution took up: a scale and a shift per channel. */
static gboolean
batch_norm_affine (VoxelCpuPointwiseState *state, const VoxelNode *node, GError **error)
{
  const VoxelBatchNorm *attributes = node->attributes;
  gsize channels = state->pointwise.dst.channels;
  gfloat *values[VOXEL_BATCH_NORM_INPUTS] = {NULL};
  gboolean complete = TRUE;

  state->affine = g_new0 (gfloat, 2 * channels);
  state->pointwise.scale = state->affine;
  state->pointwise.shift = state->affine + channels;
  for (guint i = VOXEL_BATCH_NORM_WEIGHT; i < VOXEL_BATCH_NORM_INPUTS && complete; i++) {
    if (!node->inputs[i]->constant)
      complete = voxel_node_unsupported (node, error, "its statistics are computed");
    else
      complete = (values[i] = voxel_constant_evaluate (node->inputs[i]->constant, error)) != NULL;
  }
  for (gsize c = 0; complete && c < channels; c++) {
    gdouble scale = values[VOXEL_BATCH_NORM_WEIGHT][c] /
                    sqrt ((gdouble) values[VOXEL_BATCH_NORM_VARIANCE][c] + attributes->epsilon);

    state->affine[c] = scale;
    state->affine[channels + c] = values[VOXEL_BATCH_NORM_BIAS][c] - values[VOXEL_BATCH_NORM_MEAN][c] * scale;
  }
  for (guint i = 0; i < VOXEL_BATCH_NORM_INPUTS; i++)
    g_free (values[i]);
  return complete;
}

static gboolean
batch_norm_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  g_autoptr (VoxelCpuPointwiseState) state = voxel_cpu_pointwise_new (step->node, VOXEL_CPU_AFFINE, error);

  if (!state || !batch_norm_affine (state, step->node, error))
    return FALSE;
  step->implementation = voxel_cpu_implementation ("pointwise");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

const VoxelKernel voxel_cpu_batch_norm = {
    .op = &voxel_op_batch_norm,
    .name = "batch_norm",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_in_place,
    .prepare = batch_norm_prepare,
    .release = voxel_cpu_pointwise_free,
    .run = voxel_cpu_pointwise_run,
};
