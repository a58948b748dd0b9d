/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/cpu.h"
#include "models/cpu/picture.h"
#include "models/cpu/value.h"
#include "models/executor.h"

/**
 * State:
 * @shape: of the result
 * @strides: elements from one to the next of its dimensions in the operand
 */
typedef struct {
  VoxelShape shape;
  gsize strides[VOXEL_SHAPE_MAX_DIMS];
  gboolean from_bf16;
  gboolean to_bf16;
} State;

typedef struct {
  const State *state;
  const void *src;
  void *dst;
} Work;

/* Rows of the result, value by value. */
static void
run_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;
  const State *state = work->state;
  guint last = state->shape.n - 1;

  for (gsize row = begin; row < end; row++) {
    gsize from = 0, left = row;

    for (guint d = last; d-- > 0; left /= state->shape.dim[d])
      from += left % state->shape.dim[d] * state->strides[d];
    for (gsize i = 0; i < state->shape.dim[last]; i++)
      voxel_cpu_write (work->dst, row * state->shape.dim[last] + i,
                       voxel_cpu_read (work->src, from + i * state->strides[last], state->from_bf16),
                       state->to_bf16);
  }
}

static gboolean
transpose_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  const VoxelTranspose *attributes = node->attributes;
  const VoxelShape *in = &node->inputs[0]->shape;
  g_autofree State *state = g_new0 (State, 1);
  VoxelCpuView src, dst;

  if (!voxel_cpu_rows (node, node->inputs[0], &src, error) ||
      !voxel_cpu_rows (node, node->outputs[0], &dst, error))
    return FALSE;
  state->shape = node->outputs[0]->shape;
  state->from_bf16 = src.bf16;
  state->to_bf16 = dst.bf16;
  for (guint d = 0; d < in->n; d++) {
    state->strides[d] = 1;
    for (guint i = attributes->order[d] + 1; i < in->n; i++)
      state->strides[d] *= in->dim[i];
  }
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static gboolean
transpose_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;
  Work work = {state, operands->inputs[0], operands->outputs[0]};
  gsize elements = 0;

  voxel_shape_elements (&state->shape, &elements);
  if (elements)
    voxel_executor_for (elements / state->shape.dim[state->shape.n - 1], 16, run_rows, &work);
  return TRUE;
}

const VoxelKernel voxel_cpu_transpose = {
    .op = &voxel_op_transpose,
    .name = "transpose",
    .prepare = transpose_prepare,
    .release = g_free,
    .run = transpose_run,
};
