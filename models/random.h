/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelRandom:
 *
 * A place in a stream of random numbers. A number is a function of seed, stream and position alone: any
 * thread can compute any part.
 */
typedef struct {
  /*< private >*/
  guint64 seed;
  guint64 position;
  guint32 stream;
  guint32 words[4];
  guint left;
} VoxelRandom;

guint32 voxel_random_stream (const gchar *name);
void voxel_random_init (VoxelRandom *random, guint64 seed, guint32 stream, guint64 position);
gdouble voxel_random_uniform (VoxelRandom *random, gdouble low, gdouble high);
gdouble voxel_random_normal (VoxelRandom *random);

gdouble voxel_math_log (gdouble x);
gdouble voxel_math_exp (gdouble x);
gdouble voxel_math_cbrt (gdouble x);
void voxel_math_sine_cosine (gdouble degrees, gdouble *sine, gdouble *cosine);

G_END_DECLS
