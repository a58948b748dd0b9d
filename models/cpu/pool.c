/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/pool.h"

#include "models/cpu/picture.h"
#include "models/executor.h"

typedef struct {
  const VoxelCpuPool *pool;
  VoxelCpuPoolRows rows;
  const gchar *src;
  gchar *dst;
  gchar *copy;
} Work;

static void
run_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  work->rows (work->pool, work->src, work->dst, work->copy, begin, end);
}

/**
 * voxel_cpu_pool_new:
 * @node: an operator with windows
 * @kernel: rows, columns
 * @stride: rows, columns
 * @padding: rows, columns
 * @error: which operand is in a form that is not taken
 *
 * Returns: (transfer full) (nullable): its state
 */
VoxelCpuPoolState *
voxel_cpu_pool_new (const VoxelNode *node, const guint *kernel, const guint *stride, const guint *padding,
                    GError **error)
{
  g_autofree VoxelCpuPoolState *state = g_new0 (VoxelCpuPoolState, 1);
  VoxelCpuPool *pool = &state->pool;

  if (!voxel_cpu_view (node, node->inputs[0], &pool->src, error) ||
      !voxel_cpu_view (node, node->outputs[0], &pool->dst, error))
    return NULL;
  if (node->n_outputs > 1 && !voxel_cpu_view (node, node->outputs[1], &pool->copy, error))
    return NULL;
  for (guint i = 0; i < 2; i++) {
    pool->kernel[i] = kernel[i];
    pool->stride[i] = stride[i];
    pool->padding[i] = padding[i];
  }
  state->pictures = node->outputs[0]->shape.dim[0];
  return g_steal_pointer (&state);
}

/* Picture by picture, on all threads. */
void
voxel_cpu_pool_run (const VoxelCpuPoolState *state, const VoxelOperands *operands, VoxelCpuPoolRows rows)
{
  const VoxelCpuPool *pool = &state->pool;
  Work work = {.pool = pool, .rows = rows};

  for (gsize n = 0; n < state->pictures; n++) {
    work.src = (const gchar *) operands->inputs[0] + n * voxel_cpu_view_bytes (&pool->src);
    work.dst = (gchar *) operands->outputs[0] + n * voxel_cpu_view_bytes (&pool->dst);
    if (pool->copy.channels)
      work.copy = (gchar *) operands->outputs[1] + n * voxel_cpu_view_bytes (&pool->copy);
    voxel_executor_for (pool->dst.height, 4, run_rows, &work);
  }
}
