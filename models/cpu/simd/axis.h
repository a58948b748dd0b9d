/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/simd/reduce.h"

/* Lines along an axis whose values are no neighbours are done a vector of neighbouring lines at a time. */

/* First value of the lines of part @i. */
SIMD_INLINE gchar *
axis_at (const VoxelCpuAxis *axis, const VoxelCpuAxisStrides *strides, const void *data, gsize i)
{
  gsize vectors = (axis->inner + LANES - 1) / LANES, line = i / vectors;

  return (gchar *) data + (line / axis->middle * strides->outer + line % axis->middle * strides->middle +
                           i % vectors * LANES) *
                              element_size (strides->bf16);
}

/* Lines of part @i. */
SIMD_INLINE guint
axis_beside (const VoxelCpuAxis *axis, gsize i)
{
  gsize vectors = (axis->inner + LANES - 1) / LANES;

  return MIN (LANES, axis->inner - i % vectors * LANES);
}
