/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "models/random.h"

#include <math.h>

/* log, exp, cbrt, sin and cos of the C library differ in the last digit between machines. What is named by a seed is to be
 * the same everywhere, so these few are made of what IEEE 754 defines to the bit: + - * / and sqrt. */

/**
 * voxel_math_log:
 * @x: above 0
 *
 * Returns: natural logarithm, to 1e-15
 */
gdouble
voxel_math_log (gdouble x)
{
  gdouble s, square, sum = 0;
  gint exponent;

  x = frexp (x, &exponent);
  if (x < G_SQRT2 / 2) {
    x *= 2;
    exponent--;
  }
  s = (x - 1) / (x + 1);
  square = s * s;
  for (gint k = 21; k > 0; k -= 2)
    sum = sum * square + 1.0 / k;
  return exponent * G_LN2 + 2 * s * sum;
}

/**
 * voxel_math_exp:
 * @x: from -100 to 100
 *
 * Returns: e to the power of @x, to 1e-11
 */
gdouble
voxel_math_exp (gdouble x)
{
  gdouble small = x / 1024, sum = 1;

  for (gint k = 12; k > 0; k--)
    sum = 1 + sum * small / k;
  for (gint k = 0; k < 10; k++)
    sum *= sum;
  return sum;
}

/**
 * voxel_math_cbrt:
 * @x: from 0 to 1
 *
 * Returns: cube root, by Newton's method
 */
gdouble
voxel_math_cbrt (gdouble x)
{
  gdouble root = 1;

  if (x <= 0)
    return 0;
  for (gint k = 0; k < 40; k++)
    root = (2 * root + x / (root * root)) / 3;
  return root;
}

/**
 * voxel_math_sine_cosine:
 * @degrees: an angle
 * @sine: (out): its sine, to 1e-15; that of quarters is exact
 * @cosine: (out): its cosine, likewise
 *
 * Taylor's series up to half a quarter.
 */
void
voxel_math_sine_cosine (gdouble degrees, gdouble *sine, gdouble *cosine)
{
  gdouble quarter = floor (degrees / 90 + .5), x = (degrees - 90 * quarter) * (G_PI / 180), s = 1, c = 1;
  guint turns = (guint) (quarter - 4 * floor (quarter / 4));

  for (gint k = 20; k > 0; k -= 2) {
    s = 1 - s * x * x / (k * (k + 1));
    c = 1 - c * x * x / (k * (k - 1));
  }
  s *= x;
  *sine = turns == 0 ? s : turns == 1 ? c : turns == 2 ? -s : -c;
  *cosine = turns == 0 ? c : turns == 1 ? -s : turns == 2 ? -c : s;
}

/* Philox 4x32-10: J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
static void
philox (guint64 seed, guint64 block, guint32 stream, guint32 out[4])
{
  guint32 a = (guint32) block, b = (guint32) (block >> 32), c = stream, d = 0;
  guint32 k = (guint32) seed, l = (guint32) (seed >> 32);

  for (guint round = 0; round < 10; round++) {
    guint64 p = (guint64) 0xD2511F53 * a, q = (guint64) 0xCD9E8D57 * c;

    a = (guint32) (q >> 32) ^ b ^ k;
    b = (guint32) q;
    c = (guint32) (p >> 32) ^ d ^ l;
    d = (guint32) p;
    k += 0x9E3779B9;
    l += 0xBB67AE85;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

/**
 * voxel_random_stream:
 * @name: of anything
 *
 * FNV-1a of 32 bits: G. Fowler, L. C. Noll, K.-P. Vo, "The FNV non-cryptographic hash algorithm".
 *
 * Returns: a stream of its own for @name
 */
guint32
voxel_random_stream (const gchar *name)
{
  guint32 hash = 2166136261u;

  for (; *name; name++)
    hash = (hash ^ (guint8) *name) * 16777619u;
  return hash;
}

/**
 * voxel_random_init:
 * @random: (out): the place
 * @seed: of all streams
 * @stream: streams do not resemble each other
 * @position: how many numbers of the stream come before
 */
void
voxel_random_init (VoxelRandom *random, guint64 seed, guint32 stream, guint64 position)
{
  random->seed = seed;
  random->stream = stream;
  random->position = position;
  random->left = 0;
  if (position % 4 != 0) {
    philox (seed, position / 4, stream, random->words);
    random->left = 4 - position % 4;
  }
}

static guint32
next_word (VoxelRandom *random)
{
  if (random->left == 0) {
    philox (random->seed, random->position / 4, random->stream, random->words);
    random->left = 4;
  }
  random->position++;
  return random->words[4 - random->left--];
}

/**
 * voxel_random_uniform:
 * @random: the place, moved on by one
 * @low: lower end
 * @high: upper end
 *
 * Returns: a number between both ends, neither included
 */
gdouble
voxel_random_uniform (VoxelRandom *random, gdouble low, gdouble high)
{
  return low + (high - low) * ((next_word (random) + .5) * 0x1p-32);
}

/**
 * voxel_random_normal:
 * @random: the place, moved on by one
 *
 * One uniform number through the inverse of the normal distribution function: PPND7 of M. J. Wichura,
 * "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988).
 *
 * Returns: a number of mean 0 and deviation 1
 */
gdouble
voxel_random_normal (VoxelRandom *random)
{
  gdouble p = voxel_random_uniform (random, 0, 1), q = p - .5, r, z;

  if (fabs (q) <= .425) {
    r = .180625 - q * q;
    return q * (((5.9109374720e1 * r + 1.5929113202e2) * r + 5.0434271938e1) * r + 3.3871327179) /
           (((6.7187563600e1 * r + 7.8757757664e1) * r + 1.7895169469e1) * r + 1);
  }
  r = sqrt (-voxel_math_log (q < 0 ? p : 1 - p));
  if (r <= 5) {
    r -= 1.6;
    z = (((1.7023821103e-1 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) /
        ((1.2021132975e-1 * r + 7.3700164250e-1) * r + 1);
  } else {
    r -= 5;
    z = (((1.7337203997e-2 * r + 4.2868294337e-1) * r + 3.0812263860) * r + 6.6579051150) /
        ((1.2258202635e-2 * r + 2.4197894225e-1) * r + 1);
  }
  return q < 0 ? -z : z;
}
