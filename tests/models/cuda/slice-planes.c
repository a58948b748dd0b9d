/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/slice-planes.h"

#define PLANES 3
#define AHEAD VOXEL_CUDA_SLICES_AHEAD
#define SLICES 20u

/* Slices that see those before and behind them, as many under way as there may be: each plane is sent once, and none
 * goes while a slice under way sees it. */
static void
test_neighbours (void)
{
  g_autoptr (VoxelCudaSlicePlanes) planes = voxel_cuda_slice_planes_new (PLANES * AHEAD);
  guint at[SLICES + AHEAD][PLANES];
  guint sent = 0;

  for (guint64 user = 1; user <= SLICES; user++) {
    guint64 done = user > AHEAD ? user - AHEAD : 0;

    for (guint i = 0; i < PLANES; i++) {
      guint index = (guint) CLAMP ((gint) user - 1 + (gint) i - PLANES / 2, 0, (gint) SLICES - 1);
      const VoxelCudaSliceKey key = {.volume = 7, .axis = 1, .index = index};
      gboolean there;

      at[user][i] = voxel_cuda_slice_planes_take (planes, &key, user, done, &there);
      g_assert_cmpuint (at[user][i], <, PLANES * AHEAD);
      sent += !there;
      for (guint64 other = done + 1; other < user && !there; other++)
        for (guint k = 0; k < PLANES; k++)
          g_assert_cmpuint (at[other][k], !=, at[user][i]);
    }
  }
  g_assert_cmpuint (sent, ==, SLICES);
}

/* What differs in anything is another plane; what has no volume is like nothing, not even itself. */
static void
test_keys (void)
{
  static const VoxelCudaSliceKey keys[] = {
      {1, 0, 0, 0}, {2, 0, 0, 0}, {1, 1, 0, 0}, {1, 0, 1, 0}, {1, 0, 0, 1}};
  g_autoptr (VoxelCudaSlicePlanes) planes = voxel_cuda_slice_planes_new (G_N_ELEMENTS (keys) + 2);
  const VoxelCudaSliceKey none = {0};
  gboolean there;

  for (guint turn = 0; turn < 2; turn++)
    for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
      voxel_cuda_slice_planes_take (planes, &keys[i], 1 + turn, 0, &there);
      g_assert_cmpint (there, ==, turn == 1);
    }
  for (guint turn = 0; turn < 2; turn++) {
    voxel_cuda_slice_planes_take (planes, &none, 3, 0, &there);
    g_assert_false (there);
  }
  /* Nobody knows what became of a slice that failed. */
  voxel_cuda_slice_planes_lose (planes, 2);
  voxel_cuda_slice_planes_take (planes, &keys[0], 4, 0, &there);
  g_assert_false (there);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cuda/slice-planes/neighbours", test_neighbours);
  g_test_add_func ("/cuda/slice-planes/keys", test_keys);
  return g_test_run ();
}
