/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/executor.h"
#include "models/graph/bf16.h"

/* Values that are worth a part of the sum; parts do not depend on how many threads there are. */
#define PART 65536
#define MOST_PARTS 16

typedef struct {
  VoxelCpuView src;
  VoxelCpuView dst;
  guint pictures;
  guint parts;
} State;

typedef struct {
  const State *state;
  const gchar *src;
  gchar *dst;
  gdouble *sums;
} Work;

static gboolean
global_avg_pool2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  g_autofree State *state = g_new0 (State, 1);
  gsize values;

  if (!voxel_cpu_view (node, node->inputs[0], &state->src, error) ||
      !voxel_cpu_view (node, node->outputs[0], &state->dst, error))
    return FALSE;
  values = (gsize) state->src.height * state->src.width * state->src.channels;
  state->parts = (guint) CLAMP (values / PART, 1, MIN (MOST_PARTS, state->src.height));
  state->pictures = node->inputs[0]->shape.dim[0];
  step->scratch = state->parts * state->src.channels * sizeof (gdouble);
  step->implementation = voxel_cpu_implementation ("sum");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static void
sum_parts (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;
  const VoxelCpuView *src = &work->state->src;
  gsize parts = work->state->parts;

  for (gsize i = begin; i < end; i++) {
    gdouble *sums = work->sums + i * src->channels;

    memset (sums, 0, src->channels * sizeof *sums);
    voxel_cpu_kernels ()->sum (src, work->src, sums, src->height * i / parts, src->height * (i + 1) / parts);
  }
}

static void
store_means (const Work *work)
{
  const VoxelCpuView *src = &work->state->src;
  gdouble pixels = (gdouble) src->height * src->width;

  for (gsize c = 0; c < src->channels; c++) {
    gdouble sum = 0;

    for (gsize i = 0; i < work->state->parts; i++)
      sum += work->sums[i * src->channels + c];
    if (work->state->dst.bf16)
      ((guint16 *) (gpointer) work->dst)[c] = voxel_bf16_from_float ((gfloat) (sum / pixels));
    else
      ((gfloat *) (gpointer) work->dst)[c] = (gfloat) (sum / pixels);
  }
}

static gboolean
global_avg_pool2d_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;
  Work work = {.state = state, .sums = operands->scratch};

  for (gsize n = 0; n < state->pictures; n++) {
    work.src = (const gchar *) operands->inputs[0] + n * voxel_cpu_view_bytes (&state->src);
    work.dst = (gchar *) operands->outputs[0] + n * voxel_cpu_view_bytes (&state->dst);
    voxel_executor_for (state->parts, 1, sum_parts, &work);
    store_means (&work);
  }
  return TRUE;
}

const VoxelKernel voxel_cpu_global_avg_pool2d = {
    .op = &voxel_op_global_avg_pool2d,
    .name = "global_avg_pool2d",
    .slice = voxel_cpu_slice,
    .prepare = global_avg_pool2d_prepare,
    .release = g_free,
    .run = global_avg_pool2d_run,
};
