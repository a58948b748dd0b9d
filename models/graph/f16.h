/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

G_BEGIN_DECLS

/* IEEE 754 binary16: 5 bits of exponent with bias 15, 10 of fraction. */

static inline gfloat
voxel_f16_to_float (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16;
  guint exponent = half >> 10 & 31;
  guint32 fraction = half & 0x3ff, bits = sign | (exponent + 112) << 23 | fraction << 13;
  gfloat value;

  if (exponent == 0)
    return (sign ? -1.0f : 1.0f) * ldexpf ((gfloat) fraction, -24);
  if (exponent == 31)
    bits = sign | 0x7f800000 | fraction << 13;
  memcpy (&value, &bits, sizeof value);
  return value;
}

/* To nearest, ties to even; beyond 65504 and half a step to infinity; a NaN stays one. */
static inline guint16
voxel_f16_from_float (gfloat value)
{
  gfloat size = fabsf (value);
  guint16 sign = signbit (value) ? 0x8000 : 0;
  guint32 bits;

  if (isnan (value))
    return sign | 0x7e00;
  if (size >= 65520)
    return sign | 0x7c00;
  if (size < 0x1p-14f)
    return sign | (guint16) rintf (size * 0x1p24f);
  memcpy (&bits, &size, sizeof bits);
  bits += 0xfff + (bits >> 13 & 1);
  return sign | (guint16) ((bits >> 13) - (112 << 10));
}

G_END_DECLS
