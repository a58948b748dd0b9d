/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/arena.h"

#include "models/files/model-record.h"

typedef struct {
  guint tensor;
  guint first, last;
  gsize size, offset;
} Block;

static gboolean
block_init (Block *block, const VoxelTensor *tensor, GError **error)
{
  gsize bytes;

  if (!voxel_tensor_size (tensor, &bytes) || bytes > G_MAXSIZE - VOXEL_ARENA_ALIGNMENT) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "Tensor %s is too large",
                 tensor->name);
    return FALSE;
  }
  block->tensor = tensor->id;
  block->first = G_MAXUINT;
  block->last = 0;
  block->size = (bytes + VOXEL_ARENA_ALIGNMENT - 1) / VOXEL_ARENA_ALIGNMENT * VOXEL_ARENA_ALIGNMENT;
  block->offset = 0;
  return TRUE;
}

static void
touch (Block *blocks, const VoxelTensor *tensor, guint step)
{
  Block *block;

  if (!tensor || tensor->constant)
    return;
  block = &blocks[voxel_tensor_root (tensor)->id];
  block->first = MIN (block->first, step);
  block->last = MAX (block->last, step);
}

/* Lifetimes of roots, in steps: of all that lies in them. Input and output live all the time, so that the one
 * can be read while the other is filled. */
static GArray *
live_blocks (const VoxelGraph *graph, GError **error)
{
  g_autofree Block *all = g_new (Block, graph->tensors->len);
  GArray *blocks;

  for (guint t = 0; t < graph->tensors->len; t++)
    if (!block_init (&all[t], graph->tensors->pdata[t], error))
      return NULL;
  for (guint n = 0; n < graph->nodes->len; n++) {
    const VoxelNode *node = graph->nodes->pdata[n];

    for (guint i = 0; i < node->n_inputs; i++)
      touch (all, node->inputs[i], n);
    for (guint i = 0; i < node->n_outputs; i++)
      touch (all, node->outputs[i], n);
  }
  for (guint end = 0; end < 2; end++) {
    touch (all, end ? graph->output : graph->input, 0);
    touch (all, end ? graph->output : graph->input, graph->nodes->len);
  }
  blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  for (guint t = 0; t < graph->tensors->len; t++)
    if (all[t].first != G_MAXUINT)
      g_array_append_val (blocks, all[t]);
  return blocks;
}

static gint
larger_first (gconstpointer a, gconstpointer b)
{
  const Block *x = a, *y = b;

  if (x->size != y->size)
    return x->size < y->size ? 1 : -1;
  return x->tensor < y->tensor ? -1 : x->tensor > y->tensor;
}

static gint
lower_first (gconstpointer a, gconstpointer b)
{
  const Block *x = *(Block *const *) a, *y = *(Block *const *) b;

  return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* The tightest gap that holds @block among those placed which live at the same time; behind them else. */
static gsize
find_gap (const Block *block, GPtrArray *together)
{
  gsize end = 0, best = G_MAXSIZE, best_gap = G_MAXSIZE;

  g_ptr_array_sort (together, lower_first);
  for (guint i = 0; i < together->len; i++) {
    const Block *other = together->pdata[i];

    if (other->offset >= end && other->offset - end >= block->size && other->offset - end < best_gap) {
      best = end;
      best_gap = other->offset - end;
    }
    end = MAX (end, other->offset + other->size);
  }
  return best == G_MAXSIZE ? end : best;
}

/* Greedy by size (Pisarchyk, Lee: Efficient memory management for deep neural net inference, 2020). */
static gsize
place (GArray *blocks)
{
  gsize size = 0;

  g_array_sort (blocks, larger_first);
  for (guint i = 0; i < blocks->len; i++) {
    Block *block = &g_array_index (blocks, Block, i);
    g_autoptr (GPtrArray) together = g_ptr_array_new ();

    for (guint k = 0; k < i; k++) {
      Block *other = &g_array_index (blocks, Block, k);

      if (other->first <= block->last && block->first <= other->last)
        g_ptr_array_add (together, other);
    }
    block->offset = find_gap (block, together);
    size = MAX (size, block->offset + block->size);
  }
  return size;
}

static gsize
most_alive (const GArray *blocks, guint steps)
{
  gsize most = 0;

  for (guint step = 0; step <= steps; step++) {
    gsize alive = 0;

    for (guint i = 0; i < blocks->len; i++) {
      const Block *block = &g_array_index (blocks, Block, i);

      alive += block->first <= step && step <= block->last ? block->size : 0;
    }
    most = MAX (most, alive);
  }
  return most;
}

/**
 * voxel_arena_plan:
 * @arena: (out): to fill
 * @graph: a lowered graph
 * @error: what does not fit into the address space
 *
 * Gives every tensor its place in one piece of memory, such that those alive at the same time do not overlap.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_arena_plan (VoxelArena *arena, const VoxelGraph *graph, GError **error)
{
  g_autoptr (GArray) blocks = live_blocks (graph, error);
  gsize total = 0;

  if (!blocks)
    return FALSE;
  for (guint i = 0; i < blocks->len; i++)
    if (!g_size_checked_add (&total, total, g_array_index (blocks, Block, i).size)) {
      g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                           "The network's tensors do not fit into memory");
      return FALSE;
    }
  arena->size = place (blocks);
  arena->lower_bound = most_alive (blocks, graph->nodes->len);
  arena->offset = g_new (gsize, graph->tensors->len);
  for (guint t = 0; t < graph->tensors->len; t++)
    arena->offset[t] = G_MAXSIZE;
  for (guint i = 0; i < blocks->len; i++) {
    const Block *block = &g_array_index (blocks, Block, i);

    arena->offset[block->tensor] = block->offset;
  }
  for (guint t = 0; t < graph->tensors->len; t++) {
    const VoxelTensor *tensor = graph->tensors->pdata[t];

    if (tensor->joint && arena->offset[tensor->joint->id] != G_MAXSIZE)
      arena->offset[t] = arena->offset[tensor->joint->id] + voxel_tensor_joint_offset (tensor);
  }
  return TRUE;
}

void
voxel_arena_clear (VoxelArena *arena)
{
  g_clear_pointer (&arena->offset, g_free);
}
