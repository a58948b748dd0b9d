/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/bf16.h"

G_BEGIN_DECLS

static inline gfloat
voxel_cpu_read (const void *data, gsize i, gboolean bf16)
{
  return bf16 ? voxel_bf16_to_float (((const guint16 *) data)[i]) : ((const gfloat *) data)[i];
}

static inline void
voxel_cpu_write (void *data, gsize i, gfloat value, gboolean bf16)
{
  if (bf16)
    ((guint16 *) data)[i] = voxel_bf16_from_float (value);
  else
    ((gfloat *) data)[i] = value;
}

G_END_DECLS
