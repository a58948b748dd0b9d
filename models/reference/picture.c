/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/picture.h"

#include "models/graph/bf16.h"

/* Elements between neighbours in each direction. */
typedef struct {
  gsize picture, block, row, column;
  guint per_block;
} Strides;

static Strides
strides_of (const VoxelTensor *tensor)
{
  const VoxelShape *shape = &tensor->shape;
  const VoxelShape *root = &voxel_tensor_root (tensor)->shape;
  gsize width = shape->dim[3];
  gsize plane = shape->dim[2] * width;
  guint block = voxel_layout_block (tensor->layout);
  gsize channels = (gsize) (root->dim[1] + block - 1) / block * block;

  if (tensor->layout == VOXEL_LAYOUT_NHWC)
    return (Strides){channels * plane, 1, channels * width, channels, 1};
  return (Strides){channels * plane, plane * block, width * block, block, block};
}

static gsize
position (const Strides *s, guint n, guint c, guint y, guint x)
{
  return n * s->picture + c / s->per_block * s->block + c % s->per_block + y * s->row + x * s->column;
}

/**
 * voxel_reference_load:
 * @tensor: a picture, float or bf16
 * @memory: where it lies
 * @values: (out): N, C, H, W
 */
void
voxel_reference_load (const VoxelTensor *tensor, gconstpointer memory, gfloat *values)
{
  const guint *dim = tensor->shape.dim;
  Strides strides = strides_of (tensor);

  for (guint n = 0; n < dim[0]; n++)
    for (guint c = 0; c < dim[1]; c++)
      for (guint y = 0; y < dim[2]; y++)
        for (guint x = 0; x < dim[3]; x++) {
          gsize at = position (&strides, n, c, y, x);

          *values++ = tensor->type == VOXEL_DTYPE_BF16 ? voxel_bf16_to_float (((const guint16 *) memory)[at])
                                                       : ((const gfloat *) memory)[at];
        }
}

/**
 * voxel_reference_store:
 * @tensor: a picture, float or bf16
 * @values: N, C, H, W
 * @memory: (out): where it lies; channels that blocks are rounded up by become 0
 */
void
voxel_reference_store (const VoxelTensor *tensor, const gfloat *values, gpointer memory)
{
  const guint *dim = tensor->shape.dim;
  Strides strides = strides_of (tensor);
  guint channels = (dim[1] + strides.per_block - 1) / strides.per_block * strides.per_block;

  for (guint n = 0; n < dim[0]; n++)
    for (guint c = 0; c < channels; c++)
      for (guint y = 0; y < dim[2]; y++)
        for (guint x = 0; x < dim[3]; x++) {
          gsize at = position (&strides, n, c, y, x);
          gfloat value = c < dim[1] ? *values++ : 0;

          if (tensor->type == VOXEL_DTYPE_BF16)
            ((guint16 *) memory)[at] = voxel_bf16_from_float (value);
          else
            ((gfloat *) memory)[at] = value;
        }
}
