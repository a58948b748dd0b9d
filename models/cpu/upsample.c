/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/cpu.h"
#include "models/cpu/isa.h"
#include "models/cpu/pick.h"
#include "models/cpu/picture.h"
#include "models/executor.h"

/* Bilinear, or nearest pixels, which are picked. */
typedef struct {
  gpointer nearest;
  VoxelCpuUpsample upsample;
  VoxelCpuLine *rows;
  VoxelCpuLine *columns;
  guint pictures;
} State;

typedef struct {
  const VoxelCpuUpsample *upsample;
  const gchar *src;
  gchar *dst;
} Work;

static void
state_free (gpointer data)
{
  State *state = data;

  voxel_cpu_pick_free (state->nearest);
  g_free (state->rows);
  g_free (state->columns);
  g_free (state);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (State, state_free)

/* Where each of @out lines lies among @in: pixel centres at (i + .5) / scale - .5, clamped to the first; with
 * corners aligned at i (in - 1) / (out - 1). As PyTorch's interpolate(). */
static VoxelCpuLine *
lines_new (guint in, guint out, gboolean align_corners)
{
  VoxelCpuLine *lines = g_new0 (VoxelCpuLine, out);

  for (guint i = 0; i < out; i++) {
    gdouble at =
        align_corners ? (out > 1 ? i * (gdouble) (in - 1) / (out - 1) : 0) : (i + .5) * in / out - .5;
    guint first = MIN ((guint) MAX (at, 0), in - 1);

    lines[i].index[0] = first;
    lines[i].index[1] = MIN (first + 1, in - 1);
    lines[i].weight = MAX (at, 0) - first;
  }
  return lines;
}

static guint
nearest_line (const VoxelNode *node, guint side, guint i, guint size)
{
  return i / ((const VoxelUpsample *) node->attributes)->scale[side];
}

static gboolean
prepare_bilinear (VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  const VoxelUpsample *attributes = node->attributes;
  g_autoptr (State) state = g_new0 (State, 1);
  VoxelCpuUpsample *upsample = &state->upsample;

  if (!voxel_cpu_view (node, node->inputs[0], &upsample->src, error) ||
      !voxel_cpu_view (node, node->outputs[0], &upsample->dst, error))
    return FALSE;
  state->rows = lines_new (upsample->src.height, upsample->dst.height, attributes->align_corners);
  state->columns = lines_new (upsample->src.width, upsample->dst.width, attributes->align_corners);
  upsample->rows = state->rows;
  upsample->columns = state->columns;
  state->pictures = node->outputs[0]->shape.dim[0];
  step->implementation = voxel_cpu_implementation ("bilinear");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static gboolean
upsample_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  g_autoptr (State) state = NULL;

  if (!((const VoxelUpsample *) step->node->attributes)->nearest)
    return prepare_bilinear (step, error);
  state = g_new0 (State, 1);
  state->nearest = voxel_cpu_pick_new (step->node, nearest_line, error);
  if (!state->nearest)
    return FALSE;
  step->state = g_steal_pointer (&state);
  step->implementation = voxel_cpu_implementation ("pick");
  return TRUE;
}

static void
run_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  voxel_cpu_kernels ()->upsample (work->upsample, work->src, work->dst, begin, end);
}

static gboolean
upsample_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;
  Work work = {&state->upsample};

  if (state->nearest) {
    voxel_cpu_pick_run (state->nearest, operands);
    return TRUE;
  }
  for (gsize n = 0; n < state->pictures; n++) {
    work.src = (const gchar *) operands->inputs[0] + n * voxel_cpu_view_bytes (&state->upsample.src);
    work.dst = (gchar *) operands->outputs[0] + n * voxel_cpu_view_bytes (&state->upsample.dst);
    voxel_executor_for (state->upsample.dst.height, 4, run_rows, &work);
  }
  return TRUE;
}

const VoxelKernel voxel_cpu_upsample = {
    .op = &voxel_op_upsample,
    .name = "upsample",
    .slice = voxel_cpu_slice,
    .prepare = upsample_prepare,
    .release = state_free,
    .run = upsample_run,
};
