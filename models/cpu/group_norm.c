/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/cpu/cpu.h"
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/executor.h"

/**
 * State:
 * @weight: of the channels, %NULL for 1
 * @bias: likewise, %NULL for 0
 */
typedef struct {
  VoxelCpuGroupNorm norm;
  gfloat *weight;
  gfloat *bias;
  guint groups;
  gdouble epsilon;
  gsize pixels;
  guint pictures;
} State;

static void
state_free (gpointer data)
{
  State *state = data;

  g_free (state->weight);
  g_free (state->bias);
  g_free (state);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (State, state_free)

typedef struct {
  const State *state;
  const void *src;
  void *dst;
  gfloat *statistics, *scale, *shift;
} Work;

static void
measure_blocks (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  voxel_cpu_kernels ()->group_norm_measure (&work->state->norm.src, work->src, work->statistics, begin, end);
}

static void
scale_pixels (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  voxel_cpu_kernels ()->group_norm_scale (&work->state->norm, work->src, work->dst, work->scale, work->shift,
                                          begin, end);
}

static gsize
blocks (const State *state)
{
  return (state->pixels + VOXEL_CPU_NORM_BLOCK - 1) / VOXEL_CPU_NORM_BLOCK;
}

static gdouble
mean_of (const Work *work, guint first, guint n)
{
  const State *state = work->state;
  gsize pitch = 2 * (gsize) state->norm.src.channels;
  gdouble sum = 0;

  for (gsize b = 0; b < blocks (state); b++) {
    gsize pixels = MIN (VOXEL_CPU_NORM_BLOCK, state->pixels - b * VOXEL_CPU_NORM_BLOCK);

    for (guint c = first; c < first + n; c++)
      sum += (gdouble) work->statistics[b * pitch + c] * pixels;
  }
  return sum / ((gdouble) state->pixels * n);
}

static gdouble
variance_of (const Work *work, guint first, guint n, gdouble mean)
{
  const State *state = work->state;
  gsize channels = state->norm.src.channels;
  gdouble sum = 0;

  for (gsize b = 0; b < blocks (state); b++) {
    gsize pixels = MIN (VOXEL_CPU_NORM_BLOCK, state->pixels - b * VOXEL_CPU_NORM_BLOCK);
    const gfloat *means = work->statistics + b * 2 * channels;

    for (guint c = first; c < first + n; c++)
      sum += means[channels + c] + (means[c] - mean) * (means[c] - mean) * pixels;
  }
  return sum / ((gdouble) state->pixels * n);
}

static void
set_group (gpointer data, gsize group, guint worker)
{
  const Work *work = data;
  const State *state = work->state;
  guint n = state->norm.src.channels / state->groups, first = group * n;
  gdouble mean = mean_of (work, first, n);
  gdouble scale = 1 / sqrt (variance_of (work, first, n, mean) + state->epsilon);

  for (guint c = first; c < first + n; c++) {
    gdouble weight = state->weight ? state->weight[c] : 1, bias = state->bias ? state->bias[c] : 0;

    work->scale[c] = scale * weight;
    work->shift[c] = bias - mean * scale * weight;
  }
}

static gboolean
take_vector (const VoxelNode *node, guint index, gfloat **values, GError **error)
{
  const VoxelTensor *tensor = node->inputs[index];

  if (!tensor)
    return TRUE;
  if (!tensor->constant)
    return voxel_node_unsupported (node, error, "its weights are computed");
  *values = voxel_constant_evaluate (tensor->constant, error);
  return *values != NULL;
}

static gboolean
group_norm_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  const VoxelGroupNorm *attributes = node->attributes;
  g_autoptr (State) state = g_new0 (State, 1);
  VoxelCpuView *src = &state->norm.src;

  if (!voxel_cpu_view (node, node->inputs[0], src, error) ||
      !voxel_cpu_view (node, node->outputs[0], &state->norm.dst, error) ||
      !take_vector (node, VOXEL_NORM_WEIGHT, &state->weight, error) ||
      !take_vector (node, VOXEL_NORM_BIAS, &state->bias, error))
    return FALSE;
  state->groups = attributes->groups;
  state->epsilon = attributes->epsilon;
  state->pixels = (gsize) src->height * src->width;
  state->pictures = node->outputs[0]->shape.dim[0];
  step->scratch = (blocks (state) + 1) * 2 * src->channels * sizeof (gfloat);
  step->implementation = voxel_cpu_implementation ("blocks");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static gboolean
group_norm_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;
  Work work = {state};

  work.scale = operands->scratch;
  work.shift = work.scale + state->norm.src.channels;
  work.statistics = work.shift + state->norm.src.channels;
  for (gsize n = 0; n < state->pictures; n++) {
    work.src = (const gchar *) operands->inputs[0] + n * voxel_cpu_view_bytes (&state->norm.src);
    work.dst = (gchar *) operands->outputs[0] + n * voxel_cpu_view_bytes (&state->norm.dst);
    voxel_executor_for (blocks (state), 4, measure_blocks, &work);
    voxel_executor_tasks (state->groups, set_group, &work);
    voxel_executor_for (state->pixels, 4 * VOXEL_CPU_NORM_BLOCK, scale_pixels, &work);
  }
  return TRUE;
}

const VoxelKernel voxel_cpu_group_norm = {
    .op = &voxel_op_group_norm,
    .name = "group_norm",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_in_place,
    .prepare = group_norm_prepare,
    .release = state_free,
    .run = group_norm_run,
};
