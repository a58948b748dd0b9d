/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vote-ballot.h"

#define SET 255

/**
 * voxel_vote_ballot_bytes:
 * @mode: how votes are counted
 *
 * Returns: bytes that a ballot takes a voxel: 1 for numbers of axes, 4 for probabilities
 */
guint
voxel_vote_ballot_bytes (VoxelVoteMode mode)
{
  return mode == VOXEL_VOTE_MEAN ? 4 : 1;
}

/**
 * voxel_vote_sum_bits:
 * @mode: how votes are counted
 *
 * Returns: bits that hold the sum of three axes' ballots: 2 for their number, 1 where it does not matter which of
 * them, 32 for probabilities
 */
guint
voxel_vote_sum_bits (VoxelVoteMode mode)
{
  static const guint bits[] = {[VOXEL_VOTE_MAJORITY] = 2, [VOXEL_VOTE_UNION] = 1, [VOXEL_VOTE_MEAN] = 32};

  return bits[mode];
}

static void *
row_of (const VoxelVoteImage *image, guint y)
{
  return image->pixels + y * image->stride;
}

static void
cast_probabilities (const VoxelVoteImage *slice, const guint16 *probabilities, const VoxelVoteImage *ballots)
{
  for (guint y = 0; y < slice->height; y++) {
    const guint8 *row = row_of (slice, y);
    guint32 *ballot = row_of (ballots, y);

    for (guint x = 0; x < slice->width; x++)
      ballot[x] = probabilities[slice->bytes == 1 ? row[x] : GUINT16_FROM_LE (((const guint16 *) row)[x])];
  }
}

/**
 * voxel_vote_cast:
 * @mode: how votes are counted
 * @slice: masks or scores of one axis
 * @first_set: the lowest pixel value that is a vote (majority, union)
 * @probabilities: (nullable): VOXEL_VOTE_CODES entries: the probability (1 = VOXEL_VOTE_ONE) that each pixel value
 *   means (mean)
 * @ballots: (out): what this axis adds to the sum, of the same size
 */
void
voxel_vote_cast (VoxelVoteMode mode, const VoxelVoteImage *slice, guint first_set,
                 const guint16 *probabilities, const VoxelVoteImage *ballots)
{
  if (mode == VOXEL_VOTE_MEAN) {
    cast_probabilities (slice, probabilities, ballots);
    return;
  }
  for (guint y = 0; y < slice->height; y++) {
    const guint8 *row = row_of (slice, y);
    const guint16 *wide = row_of (slice, y);
    guint8 *ballot = row_of (ballots, y);

    if (slice->bytes == 1) {
      for (guint x = 0; x < slice->width; x++)
        ballot[x] = row[x] >= first_set;
    } else {
      for (guint x = 0; x < slice->width; x++)
        ballot[x] = GUINT16_FROM_LE (wide[x]) >= first_set;
    }
  }
}

static void
count_votes (const VoxelVoteImage *ballots, guint needed, const VoxelVoteImage *result)
{
  for (guint y = 0; y < ballots->height; y++) {
    const guint8 *votes = row_of (ballots, y);
    guint8 *mask = row_of (result, y);

    for (guint x = 0; x < ballots->width; x++)
      mask[x] = votes[x] >= needed ? SET : 0;
  }
}

static void
count_mean (const VoxelVoteImage *ballots, guint n_axes, gdouble threshold, const VoxelVoteImage *result)
{
  gdouble least = threshold * VOXEL_VOTE_ONE * n_axes;

  for (guint y = 0; y < ballots->height; y++) {
    const guint32 *sums = row_of (ballots, y);
    guint8 *mask = row_of (result, y);
    guint16 *mean = row_of (result, y);

    if (result->bytes == 1) {
      for (guint x = 0; x < ballots->width; x++)
        mask[x] = sums[x] > least ? SET : 0;
    } else {
      for (guint x = 0; x < ballots->width; x++)
        mean[x] = GUINT16_TO_LE ((guint16) ((sums[x] + n_axes / 2) / n_axes));
    }
  }
}

/**
 * voxel_vote_count:
 * @mode: how votes are counted
 * @ballots: the sum of what all axes cast
 * @n_axes: how many these are, at least 1
 * @threshold: mean probability above which a voxel is set (mean)
 * @result: (out): a mask of 8 bits, 0 or 255; or, with @VOXEL_VOTE_MEAN, 16 bits: the mean probability,
 *   rounded to nearest
 *
 * A majority is 2 votes >= @n_axes: of two axes one is enough, of one it is itself.
 */
void
voxel_vote_count (VoxelVoteMode mode, const VoxelVoteImage *ballots, guint n_axes, gdouble threshold,
                  const VoxelVoteImage *result)
{
  if (mode == VOXEL_VOTE_MEAN)
    count_mean (ballots, n_axes, threshold, result);
  else
    count_votes (ballots, mode == VOXEL_VOTE_UNION ? 1 : (n_axes + 1) / 2, result);
}
