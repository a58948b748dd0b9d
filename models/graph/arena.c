/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/arena.h"

#include "models/files/model-record.h"
#include "models/graph/arena-place.h"

/* More would be no address. */
static gboolean
count (gsize *total, gsize bytes, GError **error)
{
  if (g_size_checked_add (total, *total, bytes))
    return TRUE;
  g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                       "The network's tensors do not fit into memory");
  return FALSE;
}

static gboolean
align (gsize bytes, gsize *aligned, GError **error)
{
  *aligned = 0;
  if (!count (aligned, bytes, error) || !count (aligned, VOXEL_ARENA_ALIGNMENT - 1, error))
    return FALSE;
  *aligned = *aligned / VOXEL_ARENA_ALIGNMENT * VOXEL_ARENA_ALIGNMENT;
  return TRUE;
}

static gboolean
size_of (const VoxelTensor *tensor, gsize *bytes, GError **error)
{
  if (voxel_tensor_size (tensor, bytes))
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "Tensor %s is too large",
               tensor->name);
  return FALSE;
}

/**
 * voxel_arena_alive:
 * @graph: a graph
 * @error: what does not fit into the address space
 *
 * Of tensors that all have memory of their own from when they are computed until they are read last.
 *
 * Returns: (transfer full) (nullable): bytes of them at each node
 */
gsize *
voxel_arena_alive (const VoxelGraph *graph, GError **error)
{
  g_autofree VoxelLife *lives = voxel_graph_lives (graph);
  g_autofree gsize *alive = g_new0 (gsize, graph->nodes->len + 1);
  gsize total = 0, bytes;

  for (guint t = 0; t < graph->tensors->len; t++) {
    if (lives[t].first == G_MAXUINT)
      continue;
    if (!size_of (graph->tensors->pdata[t], &bytes, error) || !count (&total, bytes, error))
      return NULL;
    alive[lives[t].first] += bytes;
    alive[lives[t].last + 1] -= bytes;
  }
  for (guint n = 1; n < graph->nodes->len; n++)
    alive[n] += alive[n - 1];
  return g_steal_pointer (&alive);
}

typedef struct {
  GArray *array;
  gsize total;
} Blocks;

static gboolean
add_block (Blocks *blocks, const VoxelLife *life, gsize bytes, GError **error)
{
  VoxelArenaBlock block = {*life, 0, 0};

  if (!align (bytes, &block.size, error) || !count (&blocks->total, block.size, error))
    return FALSE;
  g_array_append_val (blocks->array, block);
  return TRUE;
}

static gboolean
add_blocks (Blocks *blocks, const VoxelGraph *graph, const VoxelLife *lives, const gsize *scratch,
            GError **error)
{
  gsize bytes;

  for (guint t = 0; t < graph->tensors->len; t++) {
    if (lives[t].first == G_MAXUINT)
      continue;
    if (!size_of (graph->tensors->pdata[t], &bytes, error) || !add_block (blocks, &lives[t], bytes, error))
      return FALSE;
  }
  for (guint n = 0; n < graph->nodes->len; n++)
    if (!add_block (blocks, &(VoxelLife){n, n}, scratch[n], error))
      return FALSE;
  return TRUE;
}

/* In the order in which they were added. */
static void
take_offsets (VoxelArena *arena, const VoxelGraph *graph, const VoxelLife *lives,
              const VoxelArenaBlock *blocks)
{
  guint tensors = graph->tensors->len;

  arena->offset = g_new (gsize, tensors);
  arena->scratch = g_new (gsize, graph->nodes->len);
  for (guint t = 0; t < tensors; t++)
    arena->offset[t] = lives[t].first == G_MAXUINT ? G_MAXSIZE : (blocks++)->offset;
  for (guint n = 0; n < graph->nodes->len; n++)
    arena->scratch[n] = (blocks++)->offset;
  for (guint t = 0; t < tensors; t++) {
    const VoxelTensor *tensor = graph->tensors->pdata[t];

    if (tensor->joint && arena->offset[tensor->joint->id] != G_MAXSIZE)
      arena->offset[t] = arena->offset[tensor->joint->id] + voxel_tensor_joint_offset (tensor);
  }
}

/**
 * voxel_arena_plan:
 * @arena: (out): to fill
 * @graph: a graph whose tensors share memory where they may
 * @scratch: bytes that each node wants while it is computed
 * @error: what does not fit into the address space
 *
 * Gives every tensor and every scratchpad its place in one piece of memory, such that what is in use at the
 * same time does not overlap.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_arena_plan (VoxelArena *arena, const VoxelGraph *graph, const gsize *scratch, GError **error)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (VoxelArenaBlock));
  g_autofree VoxelLife *lives = voxel_graph_root_lives (graph);
  Blocks blocks = {array, 0};
  VoxelArenaBlock *first;

  if (!add_blocks (&blocks, graph, lives, scratch, error))
    return FALSE;
  first = (VoxelArenaBlock *) (gpointer) array->data;
  arena->size = voxel_arena_place (first, array->len);
  arena->fullest = voxel_arena_fullest (first, array->len);
  take_offsets (arena, graph, lives, first);
  return TRUE;
}

void
voxel_arena_clear (VoxelArena *arena)
{
  g_clear_pointer (&arena->offset, g_free);
  g_clear_pointer (&arena->scratch, g_free);
}
