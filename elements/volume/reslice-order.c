/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reslice-order.h"

#include "models/random.h"

/**
 * voxel_reslice_order_new:
 * @runs: slices of every volume and axis
 * @n_runs: how many
 *
 * Returns: (transfer full) (element-type VoxelResliceItem): every slice of every run, one run after the other
 */
GArray *
voxel_reslice_order_new (const VoxelResliceRun *runs, guint n_runs)
{
  GArray *order = g_array_new (FALSE, FALSE, sizeof (VoxelResliceItem));

  for (guint run = 0; run < n_runs; run++) {
    for (guint index = runs[run].first; index < runs[run].end; index++) {
      VoxelResliceItem item = {run, index};

      g_array_append_val (order, item);
    }
  }
  return order;
}

/**
 * voxel_reslice_order_shuffle:
 * @order: (element-type VoxelResliceItem): as voxel_reslice_order_new() made it
 * @seed: of the run
 * @epoch: which time the slices are sent
 *
 * Every order is as likely as any other; which one it is depends on @seed and @epoch alone. After D. E. Knuth, The
 * Art of Computer Programming, volume 2, algorithm 3.4.2 P.
 */
void
voxel_reslice_order_shuffle (GArray *order, guint64 seed, guint epoch)
{
  VoxelResliceItem *items = (VoxelResliceItem *) (gpointer) order->data;
  VoxelRandom random;

  /* An epoch needs fewer than 2^32 numbers. */
  voxel_random_init (&random, seed, voxel_random_stream ("order of slices"), (guint64) epoch << 32);
  for (guint left = order->len; left > 1; left--) {
    guint chosen = (guint) voxel_random_uniform (&random, 0, left);
    VoxelResliceItem item = items[chosen];

    items[chosen] = items[left - 1];
    items[left - 1] = item;
  }
}
