/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/masks/vote-ballot.h"

#include <string.h>

static void
test_cast (void)
{
  guint8 pixels[] = {0, 127, 128, 255, 9, 9};
  guint16 wide[] = {GUINT16_TO_LE (0), GUINT16_TO_LE (32768), GUINT16_TO_LE (32769), GUINT16_TO_LE (65535)};
  guint8 votes[4] = {7, 7, 7, 7};
  VoxelVoteImage slice = {pixels, 3, 1, 2, 2}, ballots = {votes, 2, 1, 2, 2};

  voxel_vote_cast (VOXEL_VOTE_MAJORITY, &slice, 127, NULL, &ballots);
  g_assert_cmpmem (votes, 4, "\0\1\1\0", 4);
  slice = (VoxelVoteImage){(guint8 *) wide, 4, 2, 2, 2};
  voxel_vote_cast (VOXEL_VOTE_UNION, &slice, 32769, NULL, &ballots);
  g_assert_cmpmem (votes, 4, "\0\0\1\1", 4);
  voxel_vote_cast (VOXEL_VOTE_UNION, &slice, 65536, NULL, &ballots);
  g_assert_cmpmem (votes, 4, "\0\0\0\0", 4);
}

static void
test_cast_mean (void)
{
  g_autofree guint16 *table = g_new0 (guint16, VOXEL_VOTE_CODES);
  guint16 wide[] = {GUINT16_TO_LE (5), GUINT16_TO_LE (65535)};
  guint32 sums[2] = {1, 1};
  VoxelVoteImage slice = {(guint8 *) wide, 4, 2, 2, 1}, ballots = {(guint8 *) sums, 8, 4, 2, 1};

  table[5] = 700;
  table[65535] = 65535;
  voxel_vote_cast (VOXEL_VOTE_MEAN, &slice, 0, table, &ballots);
  g_assert_cmpuint (sums[0], ==, 700);
  g_assert_cmpuint (sums[1], ==, 65535);
}

static void
test_count (void)
{
  guint8 votes[4] = {0, 1, 2, 3}, mask[4];
  VoxelVoteImage ballots = {votes, 4, 1, 4, 1}, result = {mask, 4, 1, 4, 1};
  const struct {
    VoxelVoteMode mode;
    guint n;
    guint8 expected[4];
  } cases[] = {
      {VOXEL_VOTE_MAJORITY, 1, {0, 255, 255, 255}}, {VOXEL_VOTE_MAJORITY, 2, {0, 255, 255, 255}},
      {VOXEL_VOTE_MAJORITY, 3, {0, 0, 255, 255}},   {VOXEL_VOTE_UNION, 1, {0, 255, 255, 255}},
      {VOXEL_VOTE_UNION, 3, {0, 255, 255, 255}},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    voxel_vote_count (cases[i].mode, &ballots, cases[i].n, .5, &result);
    g_assert_cmpmem (mask, 4, cases[i].expected, 4);
  }
}

static void
test_count_mean (void)
{
  guint32 sums[4] = {0, 98302, 98303, 196605};
  guint16 mean[4];
  guint8 mask[4];
  VoxelVoteImage ballots = {(guint8 *) sums, 16, 4, 4, 1}, result = {mask, 4, 1, 4, 1};

  voxel_vote_count (VOXEL_VOTE_MEAN, &ballots, 3, .5, &result);
  g_assert_cmpmem (mask, 4, "\0\0\377\377", 4);
  result = (VoxelVoteImage){(guint8 *) mean, 8, 2, 4, 1};
  voxel_vote_count (VOXEL_VOTE_MEAN, &ballots, 3, .5, &result);
  g_assert_cmpuint (GUINT16_FROM_LE (mean[0]), ==, 0);
  g_assert_cmpuint (GUINT16_FROM_LE (mean[1]), ==, 32767);
  g_assert_cmpuint (GUINT16_FROM_LE (mean[2]), ==, 32768);
  g_assert_cmpuint (GUINT16_FROM_LE (mean[3]), ==, 65535);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vote-ballot/cast", test_cast);
  g_test_add_func ("/vote-ballot/cast-mean", test_cast_mean);
  g_test_add_func ("/vote-ballot/count", test_count);
  g_test_add_func ("/vote-ballot/count-mean", test_count_mean);
  return g_test_run ();
}
