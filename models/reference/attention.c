/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/ops/ops.h"
#include "models/reference/reference.h"

/* A picture's token @t has channel @c of head @head at ((head * depth) + c) * tokens + t. */
typedef struct {
  const gfloat *query, *key, *value;
  gsize queries, keys, depth;
} Head;

static gdouble
score (const Head *head, gsize query, gsize key)
{
  gdouble sum = 0;

  for (gsize c = 0; c < head->depth; c++)
    sum += (gdouble) head->query[c * head->queries + query] * head->key[c * head->keys + key];
  return sum / sqrt (head->depth);
}

static void
attend (const Head *head, gfloat *out)
{
  g_autofree gdouble *weights = g_new (gdouble, head->keys);

  for (gsize q = 0; q < head->queries; q++) {
    gdouble most = -INFINITY, total = 0;

    for (gsize k = 0; k < head->keys; k++)
      most = MAX (most, weights[k] = score (head, q, k));
    for (gsize k = 0; k < head->keys; k++)
      total += weights[k] = exp (weights[k] - most);
    for (gsize c = 0; c < head->depth; c++) {
      gdouble sum = 0;

      for (gsize k = 0; k < head->keys; k++)
        sum += weights[k] * head->value[c * head->keys + k];
      out[c * head->queries + q] = (gfloat) (sum / total);
    }
  }
}

/* Vaswani et al.: Attention Is All You Need, 2017, equation 1. */
static void
attention (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelAttention *attributes = node->attributes;
  const guint *q = node->inputs[VOXEL_ATTENTION_QUERY]->shape.dim;
  const guint *kv = node->inputs[VOXEL_ATTENTION_KEY_VALUE]->shape.dim;
  Head head = {
      .queries = (gsize) q[2] * q[3], .keys = (gsize) kv[2] * kv[3], .depth = q[1] / attributes->heads};

  for (gsize n = 0; n < q[0]; n++)
    for (gsize h = 0; h < attributes->heads; h++) {
      gsize query = (n * q[1] + h * head.depth) * head.queries;
      gsize key = (n * kv[1] + h * head.depth) * head.keys;

      head.query = inputs[VOXEL_ATTENTION_QUERY] + query;
      head.key = inputs[VOXEL_ATTENTION_KEY_VALUE] + key;
      head.value = head.key + q[1] * head.keys;
      attend (&head, outputs[0] + query);
    }
}

static gboolean
attention_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, attention, error);
}

const VoxelKernel voxel_reference_attention = {
    .op = &voxel_op_attention,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = attention_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
