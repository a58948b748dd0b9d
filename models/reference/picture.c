/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/picture.h"

#include "models/graph/bf16.h"
#include "models/graph/f16.h"

/* N, C, H, W: all that is no picture counts as one row. */
static void
extents (const VoxelShape *shape, gsize *dim)
{
  gsize elements = 0;

  for (guint i = 0; i < 4; i++)
    dim[i] = shape->n == 4 ? shape->dim[i] : 1;
  if (shape->n != 4 && voxel_shape_elements (shape, &elements))
    dim[3] = elements;
}

/* Elements between neighbours in each direction. */
typedef struct {
  gsize picture, block, row, column;
  guint per_block;
} Strides;

static Strides
strides_of (const VoxelTensor *tensor)
{
  guint block = voxel_layout_block (tensor->layout);
  gsize dim[4], channels, plane;

  extents (&voxel_tensor_root (tensor)->shape, dim);
  channels = (dim[1] + block - 1) / block * block;
  plane = dim[2] * dim[3];
  if (tensor->layout == VOXEL_LAYOUT_NHWC)
    return (Strides){channels * plane, 1, channels * dim[3], channels, 1};
  return (Strides){channels * plane, plane * block, dim[3] * block, block, block};
}

static gsize
position (const Strides *s, gsize n, gsize c, gsize y, gsize x)
{
  return n * s->picture + c / s->per_block * s->block + c % s->per_block + y * s->row + x * s->column;
}

static gfloat
get (const VoxelTensor *tensor, gconstpointer memory, gsize at)
{
  if (tensor->type == VOXEL_DTYPE_F32)
    return ((const gfloat *) memory)[at];
  return tensor->type == VOXEL_DTYPE_BF16 ? voxel_bf16_to_float (((const guint16 *) memory)[at])
                                          : voxel_f16_to_float (((const guint16 *) memory)[at]);
}

static void
put (const VoxelTensor *tensor, gpointer memory, gsize at, gfloat value)
{
  if (tensor->type == VOXEL_DTYPE_F32)
    ((gfloat *) memory)[at] = value;
  else
    ((guint16 *) memory)[at] =
        tensor->type == VOXEL_DTYPE_BF16 ? voxel_bf16_from_float (value) : voxel_f16_from_float (value);
}

/**
 * voxel_reference_load:
 * @tensor: float, half or bf16
 * @memory: where it lies
 * @values: (out): in the order of its shape
 */
void
voxel_reference_load (const VoxelTensor *tensor, gconstpointer memory, gfloat *values)
{
  Strides strides = strides_of (tensor);
  gsize dim[4];

  extents (&tensor->shape, dim);
  for (gsize n = 0; n < dim[0]; n++)
    for (gsize c = 0; c < dim[1]; c++)
      for (gsize y = 0; y < dim[2]; y++)
        for (gsize x = 0; x < dim[3]; x++)
          *values++ = get (tensor, memory, position (&strides, n, c, y, x));
}

/**
 * voxel_reference_store:
 * @tensor: float, half or bf16
 * @values: in the order of its shape
 * @memory: (out): where it lies; channels that blocks are rounded up by become 0
 */
void
voxel_reference_store (const VoxelTensor *tensor, const gfloat *values, gpointer memory)
{
  Strides strides = strides_of (tensor);
  gsize dim[4], channels;

  extents (&tensor->shape, dim);
  channels = (dim[1] + strides.per_block - 1) / strides.per_block * strides.per_block;

  for (gsize n = 0; n < dim[0]; n++)
    for (gsize c = 0; c < channels; c++)
      for (gsize y = 0; y < dim[2]; y++)
        for (gsize x = 0; x < dim[3]; x++)
          put (tensor, memory, position (&strides, n, c, y, x), c < dim[1] ? *values++ : 0);
}
