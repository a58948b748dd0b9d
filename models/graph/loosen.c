/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/lives.h"
#include "models/graph/passes.h"
#include "models/ops/ops.h"

/* A skip that is written where the decoder's concat will read it keeps room for the rest of that buffer through
 * all of the encoder. A copy takes less than a hundredth of the network's time and no room. */

/* What joint buffers may cost, as a multiple of what pictures need that share nothing. */
#define ALLOWED 1.2

typedef struct {
  VoxelGraph *graph;
  VoxelLife *lives;
  VoxelLife *roots;
} Loosening;

static gsize
size_of (const VoxelTensor *tensor)
{
  gsize bytes = 0;

  return voxel_tensor_size (tensor, &bytes) ? bytes : 0;
}

static gboolean
lives_at (const VoxelLife *life, guint moment)
{
  return life->first != G_MAXUINT && life->first <= moment && moment <= life->last;
}

/* The fullest moment and what is in use then. */
static gsize
find_fullest (const Loosening *loosening, guint *moment)
{
  const VoxelGraph *graph = loosening->graph;
  g_autofree gsize *alive = g_new0 (gsize, graph->nodes->len + 1);
  gsize most = 0;

  for (guint t = 0; t < graph->tensors->len; t++) {
    const VoxelLife *life = &loosening->roots[t];

    if (life->first == G_MAXUINT)
      continue;
    alive[life->first] += size_of (graph->tensors->pdata[t]);
    alive[life->last + 1] -= size_of (graph->tensors->pdata[t]);
  }
  for (guint n = 0; n < graph->nodes->len; n++) {
    alive[n] += n ? alive[n - 1] : 0;
    if (alive[n] <= most)
      continue;
    most = alive[n];
    *moment = n;
  }
  return most;
}

/* Room that @whole keeps at @moment for inputs of the concat which are yet to come. */
static gsize
idle_room (const Loosening *loosening, const VoxelTensor *whole, guint moment)
{
  const VoxelNode *concat = whole->producer;
  gsize room = size_of (whole);

  if (!lives_at (&loosening->roots[whole->id], moment) || lives_at (&loosening->lives[whole->id], moment))
    return 0;
  for (guint i = 0; i < concat->n_inputs; i++) {
    const VoxelTensor *input = concat->inputs[i];

    if (input->joint != whole || loosening->lives[input->id].first > moment)
      continue;
    /* The copy that a pooling makes exists only to lie here. */
    if (input->producer->op == &voxel_op_max_pool2d)
      return 0;
    room -= size_of (input);
  }
  return room;
}

static void
take_out (const Loosening *loosening, const VoxelTensor *whole, guint moment)
{
  const VoxelNode *concat = whole->producer;

  for (guint i = 0; i < concat->n_inputs; i++)
    if (concat->inputs[i]->joint == whole && loosening->lives[concat->inputs[i]->id].first <= moment) {
      concat->inputs[i]->joint = NULL;
      concat->inputs[i]->joint_channel = 0;
    }
}

/* The buffer with the least idle room that is as much as @excess, or with the most. */
static VoxelTensor *
find_idle (const Loosening *loosening, guint moment, gsize excess)
{
  VoxelTensor *found = NULL;
  gsize best = 0;

  for (guint n = moment + 1; n < loosening->graph->nodes->len; n++) {
    VoxelNode *node = loosening->graph->nodes->pdata[n];
    gsize room = node->op == &voxel_op_concat ? idle_room (loosening, node->outputs[0], moment) : 0;

    if (best >= excess ? room < excess || room >= best : room <= best)
      continue;
    best = room;
    found = node->outputs[0];
  }
  return found;
}

static gboolean
loosen_one (VoxelGraph *graph, gsize allowed)
{
  g_autofree VoxelLife *lives = voxel_graph_lives (graph);
  g_autofree VoxelLife *roots = voxel_graph_root_lives (graph);
  const Loosening loosening = {graph, lives, roots};
  const VoxelTensor *whole;
  guint moment = 0;
  gsize fullest = find_fullest (&loosening, &moment);

  if (fullest <= allowed)
    return FALSE;
  whole = find_idle (&loosening, moment, fullest - allowed);
  if (whole)
    take_out (&loosening, whole, moment);
  return whole != NULL;
}

/**
 * voxel_pass_loosen:
 * @graph: a graph whose tensors share memory
 * @most: bytes in use at the fullest moment before they did
 *
 * Takes inputs out of the buffers of concats which wait too long for the others, until no more than a fifth more is
 * needed than without sharing.
 */
void
voxel_pass_loosen (VoxelGraph *graph, gsize most)
{
  while (loosen_one (graph, (gsize) ((gdouble) most * ALLOWED)))
    ;
}
