/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/arena-place.h"

#include <stdlib.h>
#include <string.h>

/* Finding the least memory is NP-hard (Garey, Johnson, 1979: dynamic storage allocation). A few greedy orders
 * (Pisarchyk, Lee: Efficient memory management for deep neural net inference, 2020, compare some) are tried, and
 * what was in the way put right, until no more is needed than what is in use at the fullest moment. */

#define ATTEMPTS 12 /* for each order */

typedef struct {
  VoxelArenaBlock *block;
  guint index;
  gsize breadth;
} Entry;

typedef gint (*Order) (gconstpointer a, gconstpointer b);

static gint
compare (guint64 a, guint64 b)
{
  return (a > b) - (a < b);
}

static gint
larger_first (gconstpointer a, gconstpointer b)
{
  const Entry *x = a, *y = b;
  gint order = compare (y->block->size, x->block->size);

  return order ? order : compare (x->index, y->index);
}

static gint
longer_first (gconstpointer a, gconstpointer b)
{
  const VoxelLife *x = &((const Entry *) a)->block->life, *y = &((const Entry *) b)->block->life;
  gint order = compare (y->last - y->first, x->last - x->first);

  return order ? order : larger_first (a, b);
}

/* What is there at the fullest moments, when there is least to choose. */
static gint
broader_first (gconstpointer a, gconstpointer b)
{
  const Entry *x = a, *y = b;
  gint order = compare (y->breadth, x->breadth);

  return order ? order : larger_first (a, b);
}

/* The tightest gap that holds @block among those of @placed, by offset, that live at the same time; behind them
 * else. */
static gsize
find_gap (const VoxelArenaBlock *block, VoxelArenaBlock *const *placed, guint n)
{
  gsize end = 0, best = G_MAXSIZE, best_gap = G_MAXSIZE;

  for (guint i = 0; i < n; i++) {
    const VoxelArenaBlock *other = placed[i];

    if (!voxel_life_meets (&other->life, &block->life))
      continue;
    if (other->offset >= end && other->offset - end >= block->size && other->offset - end < best_gap) {
      best = end;
      best_gap = other->offset - end;
    }
    end = MAX (end, other->offset + other->size);
  }
  return best == G_MAXSIZE ? end : best;
}

static gsize
place_in_order (const Entry *entries, guint n)
{
  g_autofree VoxelArenaBlock **placed = g_new (VoxelArenaBlock *, n);
  gsize size = 0;

  for (guint i = 0; i < n; i++) {
    VoxelArenaBlock *block = entries[i].block;
    guint at = i;

    block->offset = find_gap (block, placed, i);
    size = MAX (size, block->offset + block->size);
    while (at > 0 && placed[at - 1]->offset > block->offset)
      at--;
    memmove (&placed[at + 1], &placed[at], (i - at) * sizeof *placed);
    placed[at] = block;
  }
  return size;
}

/* Bytes in use at each moment. */
static gsize *
breadths (const VoxelArenaBlock *blocks, guint n, guint *moments)
{
  gsize *alive;

  *moments = 0;
  for (guint i = 0; i < n; i++)
    *moments = MAX (*moments, blocks[i].life.last + 1);
  alive = g_new0 (gsize, *moments + 1);
  for (guint i = 0; i < n; i++) {
    alive[blocks[i].life.first] += blocks[i].size;
    alive[blocks[i].life.last + 1] -= blocks[i].size;
  }
  for (guint m = 1; m < *moments; m++)
    alive[m] += alive[m - 1];
  return alive;
}

static Entry *
list (VoxelArenaBlock *blocks, guint n)
{
  Entry *entries = g_new (Entry, n);
  guint moments;
  g_autofree gsize *alive = breadths (blocks, n, &moments);

  for (guint i = 0; i < n; i++) {
    entries[i] = (Entry){&blocks[i], i, 0};
    for (guint m = blocks[i].life.first; m <= blocks[i].life.last; m++)
      entries[i].breadth = MAX (entries[i].breadth, alive[m]);
  }
  return entries;
}

/**
 * voxel_arena_fullest:
 * @blocks: blocks
 * @n: how many
 *
 * Returns: bytes in use at the fullest moment: no arena could be smaller
 */
gsize
voxel_arena_fullest (const VoxelArenaBlock *blocks, guint n)
{
  guint moments;
  g_autofree gsize *alive = breadths (blocks, n, &moments);
  gsize most = 0;

  for (guint m = 0; m < moments; m++)
    most = MAX (most, alive[m]);
  return most;
}

/* The block that reaches farthest gets a place before all others. */
static void
promote (Entry *entries, guint n)
{
  guint top = 0;
  Entry entry;

  for (guint i = 1; i < n; i++) {
    const VoxelArenaBlock *a = entries[i].block, *b = entries[top].block;

    if (a->offset + a->size > b->offset + b->size)
      top = i;
  }
  entry = entries[top];
  memmove (&entries[1], &entries[0], top * sizeof *entries);
  entries[0] = entry;
}

/**
 * voxel_arena_place:
 * @blocks: blocks, whose sizes together are no more than %G_MAXSIZE; they get their offsets
 * @n: how many
 *
 * Lays blocks that are in use at the same time beside each other, and others over each other.
 *
 * Returns: bytes that all of them take
 */
gsize
voxel_arena_place (VoxelArenaBlock *blocks, guint n)
{
  static const Order orders[] = {larger_first, broader_first, longer_first};
  g_autofree Entry *entries = list (blocks, n);
  g_autofree gsize *offsets = g_new0 (gsize, n);
  gsize fullest = voxel_arena_fullest (blocks, n), best = G_MAXSIZE;

  if (n == 0)
    return 0;
  for (guint try = 0; try < G_N_ELEMENTS (orders) * ATTEMPTS && best > fullest; try++) {
    gsize size;

    if (try % ATTEMPTS == 0)
      qsort (entries, n, sizeof *entries, orders[try / ATTEMPTS]);
    else
      promote (entries, n);
    size = place_in_order (entries, n);
    if (size >= best)
      continue;
    best = size;
    for (guint i = 0; i < n; i++)
      offsets[i] = blocks[i].offset;
  }
  for (guint i = 0; i < n; i++)
    blocks[i].offset = offsets[i];
  return best;
}
