/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/cpu.h"
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/executor.h"

/* Queries for which it is worth while to bring keys and values into the form that products want. */
#define QUERIES 256

typedef struct {
  VoxelCpuAttention attention;
  gsize scratch;
  gsize queries;
  guint pictures;
} State;

typedef struct {
  const State *state;
  const VoxelOperands *operands;
} Work;

static gsize
chunks (const State *state)
{
  return (state->queries + state->attention.chunk - 1) / state->attention.chunk;
}

static void
run_task (gpointer data, gsize task, guint worker)
{
  const Work *work = data;
  const State *state = work->state;
  const VoxelCpuAttention *attention = &state->attention;
  const VoxelOperands *operands = work->operands;
  gsize chunk = task % chunks (state) * attention->chunk, head = task / chunks (state);
  gsize picture = head / attention->heads;
  VoxelCpuAttentionMemory memory = {
      (gchar *) operands->inputs[VOXEL_ATTENTION_QUERY] + picture * voxel_cpu_view_bytes (&attention->query),
      (gchar *) operands->inputs[VOXEL_ATTENTION_KEY_VALUE] +
          picture * voxel_cpu_view_bytes (&attention->key_value),
      (gchar *) operands->outputs[0] + picture * voxel_cpu_view_bytes (&attention->dst),
      (gchar *) operands->scratch + worker * state->scratch};

  voxel_cpu_kernels ()->attention (attention, &memory, head % attention->heads, chunk,
                                   MIN (chunk + attention->chunk, state->queries));
}

/* Whether bf16 is multiplied as it is, and faster so. */
static gboolean
has_pairs (const VoxelCpuAttention *attention)
{
  const VoxelCpuView *q = &attention->query, *kv = &attention->key_value;

  return (voxel_cpu_kernels ()->tiles || voxel_cpu_has_fast_pairs ()) && q->bf16 && kv->bf16 &&
         q->channels / attention->heads % 2 == 0;
}

static gboolean
attention_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  const VoxelAttention *attributes = node->attributes;
  g_autofree State *state = g_new0 (State, 1);
  VoxelCpuAttention *attention = &state->attention;
  gsize keys;

  if (!voxel_cpu_view (node, node->inputs[VOXEL_ATTENTION_QUERY], &attention->query, error) ||
      !voxel_cpu_view (node, node->inputs[VOXEL_ATTENTION_KEY_VALUE], &attention->key_value, error) ||
      !voxel_cpu_view (node, node->outputs[0], &attention->dst, error))
    return FALSE;
  attention->heads = attributes->heads;
  attention->pairs = has_pairs (attention);
  keys = (gsize) attention->key_value.height * attention->key_value.width;
  attention->block = MIN (keys, VOXEL_CPU_ATTENTION_KEYS);
  state->pictures = node->outputs[0]->shape.dim[0];
  state->queries = (gsize) attention->query.height * attention->query.width;
  attention->chunk =
      MAX (state->queries * state->pictures * attention->heads / (4 * prepare->target->threads), QUERIES);
  attention->chunk = MIN (attention->chunk, state->queries);
  state->scratch = voxel_cpu_kernels ()->attention_scratch (attention);
  step->scratch = state->scratch * prepare->target->threads;
  step->implementation = voxel_cpu_implementation (attention->pairs ? "fused-pairs" : "fused");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static gboolean
attention_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;
  Work work = {state, operands};

  voxel_executor_tasks (state->pictures * state->attention.heads * chunks (state), run_task, &work);
  return TRUE;
}

const VoxelKernel voxel_cpu_attention = {
    .op = &voxel_op_attention,
    .name = "attention",
    .slice = voxel_cpu_slice,
    .prepare = attention_prepare,
    .release = g_free,
    .run = attention_run,
};
