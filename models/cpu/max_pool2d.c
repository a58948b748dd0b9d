/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/cpu.h"
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/executor.h"

typedef struct {
  VoxelCpuPool pool;
  guint pictures;
} State;

typedef struct {
  const VoxelCpuPool *pool;
  const gchar *src;
  gchar *dst;
  gchar *copy;
} Work;

static void
run_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  voxel_cpu_kernels ()->max_pool (work->pool, work->src, work->dst, work->copy, begin, end);
}

/* The copy is made window by window, so windows must tile the picture. */
static gboolean
max_pool2d_copies (const VoxelNode *node)
{
  const VoxelMaxPool2d *attributes = node->attributes;

  for (guint i = 0; i < 2; i++)
    if (attributes->kernel[i] != attributes->stride[i] || attributes->padding[i] != 0 ||
        node->inputs[0]->shape.dim[2 + i] % attributes->stride[i] != 0)
      return FALSE;
  return TRUE;
}

static gboolean
max_pool2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  const VoxelMaxPool2d *attributes = node->attributes;
  g_autofree State *state = g_new0 (State, 1);

  if (!voxel_cpu_view (node, node->inputs[0], &state->pool.src, error) ||
      !voxel_cpu_view (node, node->outputs[0], &state->pool.dst, error))
    return FALSE;
  if (attributes->copy && !voxel_cpu_view (node, node->outputs[1], &state->pool.copy, error))
    return FALSE;
  if (attributes->copy && state->pool.copy.bf16 != state->pool.src.bf16)
    return voxel_node_unsupported (node, error, "its copy is of another type");
  for (guint i = 0; i < 2; i++) {
    state->pool.kernel[i] = attributes->kernel[i];
    state->pool.stride[i] = attributes->stride[i];
    state->pool.padding[i] = attributes->padding[i];
  }
  state->pictures = node->outputs[0]->shape.dim[0];
  step->implementation = voxel_cpu_implementation ("maxima");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static gboolean
max_pool2d_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;
  const VoxelCpuPool *pool = &state->pool;
  Work work = {pool};

  for (gsize n = 0; n < state->pictures; n++) {
    work.src = (const gchar *) operands->inputs[0] + n * voxel_cpu_view_bytes (&pool->src);
    work.dst = (gchar *) operands->outputs[0] + n * voxel_cpu_view_bytes (&pool->dst);
    if (pool->copy.channels)
      work.copy = (gchar *) operands->outputs[1] + n * voxel_cpu_view_bytes (&pool->copy);
    voxel_executor_for (pool->dst.height, 4, run_rows, &work);
  }
  return TRUE;
}

const VoxelKernel voxel_cpu_max_pool2d = {
    .op = &voxel_op_max_pool2d,
    .name = "max_pool2d",
    .slice = voxel_cpu_slice,
    .copies = max_pool2d_copies,
    .prepare = max_pool2d_prepare,
    .release = g_free,
    .run = max_pool2d_run,
};
