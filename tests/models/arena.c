/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/arena-place.h"

/* Blocks as networks have them, and such as none has: long and short, alike and of all sizes. */

#define TRIES 300
#define MOST 200

static guint
random_blocks (GRand *random, VoxelArenaBlock *blocks)
{
  guint n = 1 + (guint) g_rand_int_range (random, 0, MOST), moments = 1 + n / 2;
  guint longest = 1 + (guint) g_rand_int_range (random, 0, (gint) moments);
  guint sizes = 1 + (guint) g_rand_int_range (random, 0, 40);

  for (guint i = 0; i < n; i++) {
    guint first = (guint) g_rand_int_range (random, 0, (gint) moments);
    guint length =
        (guint) g_rand_int_range (random, 0, (gint) (g_rand_int_range (random, 0, 8) ? 3 : longest));

    blocks[i].life = (VoxelLife){first, first + length};
    blocks[i].size = (gsize) g_rand_int_range (random, 0, (gint) sizes) * 64;
    blocks[i].offset = G_MAXSIZE;
  }
  return n;
}

/* At one moment, the slow way. */
static gsize
fullest (const VoxelArenaBlock *blocks, guint n)
{
  gsize most = 0;

  for (guint moment = 0; moment <= 2 * MOST; moment++) {
    gsize sum = 0;

    for (guint i = 0; i < n; i++)
      if (blocks[i].life.first <= moment && moment <= blocks[i].life.last)
        sum += blocks[i].size;
    most = MAX (most, sum);
  }
  return most;
}

static void
check (const VoxelArenaBlock *blocks, guint n, gsize size)
{
  for (guint i = 0; i < n; i++) {
    const VoxelArenaBlock *a = &blocks[i];

    g_assert_cmpuint (a->offset + a->size, <=, size);
    for (guint k = 0; k < i; k++) {
      const VoxelArenaBlock *b = &blocks[k];

      if (a->life.first <= b->life.last && b->life.first <= a->life.last)
        g_assert_true (a->offset + a->size <= b->offset || b->offset + b->size <= a->offset);
    }
  }
}

static void
test_random (void)
{
  g_autofree VoxelArenaBlock *blocks = g_new (VoxelArenaBlock, MOST);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  gdouble excess = 0;

  for (guint i = 0; i < TRIES; i++) {
    guint n = random_blocks (random, blocks);
    gsize size = voxel_arena_place (blocks, n), least = fullest (blocks, n);

    check (blocks, n, size);
    g_assert_cmpuint (voxel_arena_fullest (blocks, n), ==, least);
    g_assert_cmpuint (size, >=, least);
    excess += least ? (gdouble) size / (gdouble) least - 1 : 0;
  }
  g_test_message ("%.2f %% more than the fullest moment", 100 * excess / TRIES);
  g_assert_cmpfloat (excess / TRIES, <, .005);
}

static void
test_nothing (void)
{
  g_assert_cmpuint (voxel_arena_place (NULL, 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arena/random", test_random);
  g_test_add_func ("/arena/nothing", test_nothing);
  return g_test_run ();
}
