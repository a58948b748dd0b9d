/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsample.h"

/* The last step of G. L. Steele Jr., D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
 * OOPSLA 2014: every bit of @x moves every bit of the result. */
static guint64
mix (guint64 x, guint64 more)
{
  x = (x ^ more) + G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  x = (x ^ x >> 30) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  x = (x ^ x >> 27) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return x ^ x >> 31;
}

/**
 * gst_voxel_sample_random:
 * @random: (out): a place in a stream of random numbers
 * @seed: of the run
 * @purpose: what they are for, such as "augment": different purposes have different numbers
 * @slice: the slice
 * @tile: (nullable): the tile of it
 *
 * The numbers depend on @seed, @purpose and on which picture of which epoch this is: the volume's id and place in
 * the scan, axis, epoch, slice and tile. Nothing depends on what came before, so any thread can compute any sample.
 */
void
gst_voxel_sample_random (VoxelRandom *random, guint64 seed, const gchar *purpose,
                         const GstVoxelSliceMeta *slice, const GstVoxelTileMeta *tile)
{
  const GstVoxelVolume *volume = slice->volume;
  guint64 key = mix (seed, voxel_random_stream (volume->id));

  for (guint i = 0; i < GST_VOXEL_N_AXES; i++)
    key = mix (key, volume->origin[i]);
  key = mix (key, (guint64) slice->epoch << 32 | slice->axis);
  key = mix (key, (guint64) slice->index << 32 | (tile ? tile->index : 0));
  voxel_random_init (random, key, voxel_random_stream (purpose), 0);
}
