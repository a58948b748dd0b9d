/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/reslice-order.h"

#include <string.h>

static const VoxelResliceRun runs[] = {{0, 0, 0, 40}, {0, 1, 7, 90}, {0, 3, 0, 5},
                                       {1, 0, 0, 1},  {1, 2, 4, 4},  {1, 3, 0, 64}};

static guint
key (const VoxelResliceItem *item)
{
  return item->run * 1000 + item->index;
}

static GArray *
order_of (guint n_runs, guint64 seed, guint epoch)
{
  GArray *order = voxel_reslice_order_new (runs, n_runs);

  voxel_reslice_order_shuffle (order, seed, epoch);
  return order;
}

static gboolean
equal (const GArray *a, const GArray *b)
{
  return a->len == b->len &&
         (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (VoxelResliceItem)) == 0);
}

static void
test_in_turn (void)
{
  g_autoptr (GArray) order = voxel_reslice_order_new (runs, G_N_ELEMENTS (runs));
  guint at = 0;

  for (guint r = 0; r < G_N_ELEMENTS (runs); r++) {
    for (guint i = runs[r].first; i < runs[r].end; i++, at++) {
      g_assert_cmpuint (at, <, order->len);
      g_assert_cmpuint (key (&g_array_index (order, VoxelResliceItem, at)), ==, r * 1000 + i);
    }
  }
  g_assert_cmpuint (at, ==, order->len);
  g_assert_cmpuint (at, ==, 40 + 83 + 5 + 1 + 64);
}

/* Every slice once, whatever the seed; the same order for the same seed and epoch, another one for others. */
static void
test_properties (void)
{
  for (guint n = 0; n <= G_N_ELEMENTS (runs); n++) {
    g_autoptr (GArray) in_turn = voxel_reslice_order_new (runs, n);

    for (guint64 seed = 0; seed < 50; seed++) {
      for (guint epoch = 0; epoch < 3; epoch++) {
        guint64 s = seed * G_GUINT64_CONSTANT (0x123456789abcdef);
        g_autoptr (GArray) order = order_of (n, s, epoch);
        g_autoptr (GArray) same = order_of (n, s, epoch);
        g_autoptr (GArray) next = order_of (n, s, epoch + 1);
        g_autoptr (GArray) other = order_of (n, s + 1, epoch);
        g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

        g_assert_cmpuint (order->len, ==, in_turn->len);
        for (guint i = 0; i < order->len; i++) {
          const VoxelResliceItem *item = &g_array_index (order, VoxelResliceItem, i);

          g_assert_cmpuint (item->run, <, n);
          g_assert_cmpuint (item->index, >=, runs[item->run].first);
          g_assert_cmpuint (item->index, <, runs[item->run].end);
          g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (key (item) + 1)));
        }
        g_assert_true (equal (order, same));
        if (n == 0)
          continue;
        g_assert_false (equal (order, in_turn));
        g_assert_false (equal (order, next));
        g_assert_false (equal (order, other));
      }
    }
  }
}

/* Over many seeds each slice comes at each place equally often: 24 orders of 4 slices, 2000 of each expected; what
 * strays further than 5 deviations is not chance. */
static void
test_all_orders (void)
{
  static const VoxelResliceRun four[] = {{0, 0, 0, 4}};
  guint counts[256] = {0}, orders = 0;

  for (guint64 seed = 0; seed < 48000; seed++) {
    g_autoptr (GArray) order = voxel_reslice_order_new (four, 1);
    guint code = 0;

    voxel_reslice_order_shuffle (order, seed, 5);
    for (guint i = 0; i < 4; i++)
      code = code * 4 + g_array_index (order, VoxelResliceItem, i).index;
    counts[code]++;
  }
  for (guint code = 0; code < G_N_ELEMENTS (counts); code++) {
    if (counts[code] == 0)
      continue;
    orders++;
    g_assert_cmpuint (counts[code], >, 2000 - 5 * 44);
    g_assert_cmpuint (counts[code], <, 2000 + 5 * 44);
  }
  g_assert_cmpuint (orders, ==, 24);
}

/* The stream of a seed is the same on every machine and in every version. */
static void
test_fixed (void)
{
  static const VoxelResliceRun ten[] = {{0, 0, 0, 10}};
  g_autoptr (GArray) order = voxel_reslice_order_new (ten, 1);
  g_autoptr (GString) text = g_string_new (NULL);

  voxel_reslice_order_shuffle (order, 1, 2);
  for (guint i = 0; i < order->len; i++)
    g_string_append_printf (text, "%u ", g_array_index (order, VoxelResliceItem, i).index);
  g_assert_cmpstr (text->str, ==, "3 9 8 6 7 1 4 5 2 0 ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reslice-order/in-turn", test_in_turn);
  g_test_add_func ("/reslice-order/properties", test_properties);
  g_test_add_func ("/reslice-order/all-orders", test_all_orders);
  g_test_add_func ("/reslice-order/fixed", test_fixed);
  return g_test_run ();
}
