/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pixel values there can be, and what a probability of 1 is in 16 bits. */
#define VOXEL_VOTE_CODES 65536
#define VOXEL_VOTE_ONE 65535

/**
 * VoxelVoteMode:
 * @VOXEL_VOTE_MAJORITY: set where at least half of the axes say so
 * @VOXEL_VOTE_UNION: set where any axis says so
 * @VOXEL_VOTE_MEAN: the mean of the axes' probabilities decides
 */
typedef enum {
  VOXEL_VOTE_MAJORITY,
  VOXEL_VOTE_UNION,
  VOXEL_VOTE_MEAN,
} VoxelVoteMode;

typedef struct _VoxelVoteImage VoxelVoteImage;

/**
 * VoxelVoteImage:
 * @pixels: the first row
 * @stride: bytes from row to row
 * @bytes: of a pixel: 1, or 2 (little endian); 4 (host order) for ballots of @VOXEL_VOTE_MEAN
 * @width: columns
 * @height: rows
 */
struct _VoxelVoteImage {
  guint8 *pixels;
  gsize stride;
  guint bytes;
  guint width;
  guint height;
};

guint voxel_vote_ballot_bytes (VoxelVoteMode mode);
guint voxel_vote_sum_bits (VoxelVoteMode mode);
void voxel_vote_cast (VoxelVoteMode mode, const VoxelVoteImage *slice, guint first_set,
                      const guint16 *probabilities, const VoxelVoteImage *ballots);
void voxel_vote_count (VoxelVoteMode mode, const VoxelVoteImage *ballots, guint n_axes, gdouble threshold,
                       const VoxelVoteImage *result);

G_END_DECLS
