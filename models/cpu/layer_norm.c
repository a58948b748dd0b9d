/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/axis.h"
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/weights.h"
#include "models/executor.h"

/* Values worth a thread. */
#define GRAIN 8192

typedef struct {
  VoxelCpuNorm norm;
  gfloat *absent;
} State;

static void
state_free (gpointer data)
{
  State *state = data;

  g_free (state->absent);
  g_free (state);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (State, state_free)

typedef struct {
  const VoxelCpuNorm *norm;
  const void *src;
  void *dst;
} Work;

static void
run_parts (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  voxel_cpu_kernels ()->layer_norm (work->norm, work->src, work->dst, begin, end);
}

/* Weight and bias in whole vectors; 1 and 0 in place of absent ones. */
static gboolean
set_weights (VoxelPrepare *prepare, const VoxelNode *node, State *state, GError **error)
{
  guint padded = VOXEL_CPU_PADDED (voxel_cpu_kernels ()->lanes, state->norm.axis.length);
  const gfloat **vectors[] = {&state->norm.weight, &state->norm.bias};

  state->absent = g_new (gfloat, 2 * padded);
  for (guint i = 0; i < 2; i++) {
    const VoxelTensor *tensor = node->inputs[VOXEL_NORM_WEIGHT + i];

    for (guint c = 0; c < padded; c++)
      state->absent[i * padded + c] = 1 - i;
    *vectors[i] = state->absent + i * padded;
    if (!tensor)
      continue;
    if (!tensor->constant)
      return voxel_node_unsupported (node, error, "its weights are computed");
    *vectors[i] = voxel_cpu_pack (prepare, tensor, VOXEL_CPU_PACK_BIAS, 1, error);
    if (!*vectors[i])
      return FALSE;
  }
  return TRUE;
}

static gboolean
layer_norm_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelLayerNorm *attributes = step->node->attributes;
  g_autoptr (State) state = g_new0 (State, 1);

  state->norm.epsilon = attributes->epsilon;
  if (!voxel_cpu_axis (step->node, attributes->axis, &state->norm.axis, error) ||
      !set_weights (prepare, step->node, state, error))
    return FALSE;
  step->implementation = voxel_cpu_implementation ("lines");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static gboolean
layer_norm_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;
  Work work = {&state->norm, operands->inputs[0], operands->outputs[0]};

  voxel_executor_for (voxel_cpu_axis_parts (&state->norm.axis), MAX (GRAIN / state->norm.axis.length, 1),
                      run_parts, &work);
  return TRUE;
}

const VoxelKernel voxel_cpu_layer_norm = {
    .op = &voxel_op_layer_norm,
    .name = "layer_norm",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_in_place,
    .prepare = layer_norm_prepare,
    .release = state_free,
    .run = layer_norm_run,
};
