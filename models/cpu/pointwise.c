/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/pointwise.h"

#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/executor.h"

typedef struct {
  const VoxelCpuPointwise *pointwise;
  const void *src;
  const void *other;
  void *dst;
} Work;

static void
run_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  voxel_cpu_kernels ()->pointwise (work->pointwise, work->src, work->other, work->dst, begin, end);
}

/**
 * voxel_cpu_pointwise_new:
 * @node: an operator with one or two pictures in and one out
 * @map: what it does
 * @error: which operand is in a form that is not taken
 *
 * Returns: (transfer full) (nullable): its state
 */
VoxelCpuPointwiseState *
voxel_cpu_pointwise_new (const VoxelNode *node, VoxelCpuMap map, GError **error)
{
  g_autoptr (VoxelCpuPointwiseState) state = g_new0 (VoxelCpuPointwiseState, 1);
  VoxelCpuPointwise *pointwise = &state->pointwise;

  pointwise->map = map;
  if (!voxel_cpu_view (node, node->inputs[0], &pointwise->src, error) ||
      !voxel_cpu_view (node, node->outputs[0], &pointwise->dst, error))
    return NULL;
  if (map == VOXEL_CPU_ADD && !voxel_cpu_view (node, node->inputs[1], &pointwise->other, error))
    return NULL;
  state->pictures = voxel_cpu_pictures (node->outputs[0]);
  return g_steal_pointer (&state);
}

void
voxel_cpu_pointwise_free (gpointer data)
{
  VoxelCpuPointwiseState *state = data;

  g_free (state->affine);
  g_free (state);
}

/* One picture, on all threads. */
void
voxel_cpu_pointwise_do (const VoxelCpuPointwise *pointwise, const void *src, const void *other, void *dst)
{
  Work work = {pointwise, src, other, dst};

  voxel_executor_for (pointwise->dst.height, 4, run_rows, &work);
}

gboolean
voxel_cpu_pointwise_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding,
                         GError **error)
{
  const VoxelCpuPointwiseState *state = step->state;
  const VoxelCpuPointwise *pointwise = &state->pointwise;

  for (gsize n = 0; n < state->pictures; n++) {
    const gchar *other = operands->inputs[1];

    if (pointwise->other.channels)
      other += n * voxel_cpu_view_bytes (&pointwise->other);
    voxel_cpu_pointwise_do (
        pointwise, (const gchar *) operands->inputs[0] + n * voxel_cpu_view_bytes (&pointwise->src), other,
        (gchar *) operands->outputs[0] + n * voxel_cpu_view_bytes (&pointwise->dst));
  }
  return TRUE;
}
