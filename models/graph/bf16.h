/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

static inline gfloat
voxel_bf16_to_float (guint16 value)
{
  guint32 bits = (guint32) value << 16;
  gfloat result;

  memcpy (&result, &bits, sizeof result);
  return result;
}

/* To nearest, ties to even, as the CPU's instruction; a NaN stays one. */
static inline guint16
voxel_bf16_from_float (gfloat value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  if ((bits & 0x7fffffff) > 0x7f800000)
    return (guint16) ((bits >> 16) | 0x40);
  return (guint16) ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

G_END_DECLS
