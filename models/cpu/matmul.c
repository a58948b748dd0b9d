/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "models/cpu/cpu.h"
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/executor.h"

/* Rows for which it is worth while to bring the other operand into the form that products want. */
#define ROWS 128

/**
 * State:
 * @constants: operands that are no tensors of the run
 * @rows: of a product
 * @parts: tasks of a product
 * @scratch: bytes a worker
 */
typedef struct {
  VoxelCpuMatmul matmul;
  const gfloat *constants[2];
  gsize products;
  gsize rows;
  gsize parts;
  gsize scratch;
} State;

typedef struct {
  const State *state;
  const VoxelOperands *operands;
} Work;

static const gchar *
operand (const Work *work, guint index, const VoxelCpuView *view, gsize product)
{
  const State *state = work->state;
  const gchar *first =
      state->constants[index] ? (const gchar *) state->constants[index] : work->operands->inputs[index];

  return first + product * voxel_cpu_view_bytes (view);
}

static void
run_task (gpointer data, gsize task, guint worker)
{
  const Work *work = data;
  const State *state = work->state;
  const VoxelCpuMatmul *matmul = &state->matmul;
  gsize product = task / state->parts, part = task % state->parts;

  voxel_cpu_kernels ()->matmul (
      matmul, operand (work, 0, &matmul->a, product), operand (work, 1, &matmul->b, product),
      (gchar *) work->operands->outputs[0] + product * voxel_cpu_view_bytes (&matmul->dst),
      (gchar *) work->operands->scratch + worker * state->scratch, state->rows * part / state->parts,
      state->rows * (part + 1) / state->parts);
}

static gboolean
pack_as_is (const gfloat *values, const VoxelShape *shape, gpointer packed, gpointer data, GError **error)
{
  gsize elements = 0;

  voxel_shape_elements (shape, &elements);
  memcpy (packed, values, elements * sizeof (gfloat));
  return TRUE;
}

/* The last two dimensions are a matrix. */
static gboolean
take_operand (VoxelPrepare *prepare, const VoxelNode *node, guint index, State *state, VoxelCpuView *view,
              GError **error)
{
  const VoxelTensor *tensor = node->inputs[index];
  gsize elements = 0;

  if (!voxel_cpu_rows (node, tensor, view, error))
    return FALSE;
  view->height = tensor->shape.dim[tensor->shape.n - 2];
  if (!tensor->constant)
    return TRUE;
  voxel_shape_elements (&tensor->shape, &elements);
  state->constants[index] = voxel_prepare_constant (prepare, tensor, "cpu/matrix", elements * sizeof (gfloat),
                                                    pack_as_is, NULL, error);
  return state->constants[index] != NULL;
}

static gboolean
matmul_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  const VoxelMatmul *attributes = node->attributes;
  const VoxelShape *out = &node->outputs[0]->shape;
  g_autofree State *state = g_new0 (State, 1);
  VoxelCpuMatmul *matmul = &state->matmul;

  if (!take_operand (prepare, node, 0, state, &matmul->a, error) ||
      !take_operand (prepare, node, 1, state, &matmul->b, error) ||
      !voxel_cpu_rows (node, node->outputs[0], &matmul->dst, error))
    return FALSE;
  state->rows = out->dim[out->n - 2];
  state->products = state->rows ? matmul->dst.height / state->rows : 0;
  matmul->dst.height = state->rows;
  matmul->transpose = attributes->transpose;
  matmul->scale = attributes->scale;
  state->parts = CLAMP (state->rows / ROWS, 1, 4 * prepare->target->threads);
  state->scratch = (voxel_cpu_kernels ()->matmul_scratch (matmul) + 63) & ~(gsize) 63;
  step->scratch = state->scratch * prepare->target->threads;
  step->implementation = voxel_cpu_implementation ("strips");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static gboolean
matmul_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;
  Work work = {state, operands};

  voxel_executor_tasks (state->products * state->parts, run_task, &work);
  return TRUE;
}

const VoxelKernel voxel_cpu_matmul = {
    .op = &voxel_op_matmul,
    .name = "matmul",
    .prepare = matmul_prepare,
    .release = g_free,
    .run = matmul_run,
};
