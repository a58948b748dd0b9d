/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelcaps.h"

#include <math.h>

/**
 * gst_voxel_logit_encode:
 * @logit: a network's score before the sigmoid
 *
 * Returns: its code, 32768 + 2048 @logit rounded to nearest, clamped to 0..65535; a NaN gives 0.
 */
guint16
gst_voxel_logit_encode (gfloat logit)
{
  gfloat code = logit * GST_VOXEL_LOGIT_SCALE + GST_VOXEL_LOGIT_ZERO;

  if (!(code > 0.f))
    return 0;
  if (code >= 65535.f)
    return 65535;
  return (guint16) lrintf (code);
}

/**
 * gst_voxel_logit_decode:
 * @code: a pixel of a buffer of logits
 *
 * Returns: the logit
 */
gfloat
gst_voxel_logit_decode (guint16 code)
{
  return ((gint) code - GST_VOXEL_LOGIT_ZERO) / (gfloat) GST_VOXEL_LOGIT_SCALE;
}

/**
 * gst_voxel_logit_from_probability:
 * @probability: 0..1
 *
 * Returns: the code of the logit of @probability; 0 and 1 give the ends of the range
 */
guint16
gst_voxel_logit_from_probability (gdouble probability)
{
  if (!(probability > 0.))
    return 0;
  if (probability >= 1.)
    return 65535;
  return gst_voxel_logit_encode ((gfloat) log (probability / (1. - probability)));
}

/**
 * gst_voxel_probability_encode:
 * @probability: 0..1, clamped
 *
 * Returns: the pixel of a buffer of probabilities: 65535 p to nearest, halves down, so that .5 itself is not
 *   above a threshold of .5
 */
guint16
gst_voxel_probability_encode (gdouble probability)
{
  return (guint16) ceil (CLAMP (probability, 0., 1.) * GST_VOXEL_PROBABILITY_ONE - .5);
}

static gpointer
make_table (gpointer unused)
{
  guint16 *table = g_new (guint16, 65536);

  for (guint code = 0; code < 65536; code++)
    table[code] = gst_voxel_probability_encode (1. / (1. + exp (-gst_voxel_logit_decode ((guint16) code))));
  return table;
}

/**
 * gst_voxel_logit_probability_table: (skip)
 *
 * Returns: 65536 entries: the probability pixel of every logit code (sigmoid)
 */
const guint16 *
gst_voxel_logit_probability_table (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_table, NULL);
}
