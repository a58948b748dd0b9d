/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/axis.h"
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/executor.h"

/* Values worth a thread. */
#define GRAIN 4096

typedef struct {
  const VoxelCpuAxis *axis;
  const void *src;
  void *dst;
} Work;

static void
run_parts (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  voxel_cpu_kernels ()->softmax (work->axis, work->src, work->dst, begin, end);
}

static gboolean
softmax_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelSoftmax *attributes = step->node->attributes;
  g_autofree VoxelCpuAxis *axis = g_new0 (VoxelCpuAxis, 1);

  if (!voxel_cpu_axis (step->node, attributes->axis, axis, error))
    return FALSE;
  step->implementation = voxel_cpu_implementation ("lines");
  step->state = g_steal_pointer (&axis);
  return TRUE;
}

static gboolean
softmax_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const VoxelCpuAxis *axis = step->state;
  Work work = {axis, operands->inputs[0], operands->outputs[0]};

  voxel_executor_for (voxel_cpu_axis_parts (axis), MAX (GRAIN / MAX (axis->length, 1), 1), run_parts, &work);
  return TRUE;
}

const VoxelKernel voxel_cpu_softmax = {
    .op = &voxel_op_softmax,
    .name = "softmax",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_in_place,
    .prepare = softmax_prepare,
    .release = g_free,
    .run = softmax_run,
};
