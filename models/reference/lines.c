/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

/* Lines along @axis of a tensor in the order of its shape. */
VoxelReferenceLines
voxel_reference_lines (const VoxelShape *shape, guint axis)
{
  VoxelReferenceLines lines = {1, shape->dim[axis], 1};

  for (guint i = 0; i < shape->n; i++) {
    lines.n *= i == axis ? 1 : shape->dim[i];
    lines.step *= i > axis ? shape->dim[i] : 1;
  }
  return lines;
}

/* Index of the first value of line @i. */
gsize
voxel_reference_line (const VoxelReferenceLines *lines, gsize i)
{
  return i / lines->step * lines->length * lines->step + i % lines->step;
}
