/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-tensor.h"

#include <string.h>

#include "cudnn-kind.h"
#include "models/graph/bf16.h"
#include "models/graph/f16.h"

CudnnTensor
cudnn_tensor (const CudnnDescriptor *descriptor)
{
  const CudnnAttribute *dim = cudnn_attribute (descriptor, CUDNN_ATTR_TENSOR_DIMENSIONS);
  const CudnnAttribute *stride = cudnn_attribute (descriptor, CUDNN_ATTR_TENSOR_STRIDES);
  CudnnTensor tensor = {
      .id = cudnn_attribute_integer (descriptor, CUDNN_ATTR_TENSOR_UNIQUE_ID, 0),
      .type = (cudnnDataType_t) cudnn_attribute_choice (descriptor, CUDNN_ATTR_TENSOR_DATA_TYPE, -1),
      .n = (guint) dim->n,
      .alignment = cudnn_attribute_integer (descriptor, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, 1),
      .is_virtual = cudnn_attribute_true (descriptor, CUDNN_ATTR_TENSOR_IS_VIRTUAL),
      .by_value = cudnn_attribute_true (descriptor, CUDNN_ATTR_TENSOR_IS_BY_VALUE),
  };

  memcpy (tensor.dim, dim->values, dim->n * sizeof (gint64));
  memcpy (tensor.stride, stride->values, stride->n * sizeof (gint64));
  return tensor;
}

gsize
cudnn_tensor_elements (const CudnnTensor *tensor)
{
  gsize n = 1;

  for (guint i = 0; i < tensor->n; i++)
    n *= (gsize) tensor->dim[i];
  return n;
}

/* Where an element lies, in elements; they count with the last dimension as the fastest. */
gsize
cudnn_tensor_place (const CudnnTensor *tensor, gsize element)
{
  gsize place = 0;

  for (guint i = tensor->n; i-- > 0;) {
    place += element % (gsize) tensor->dim[i] * (gsize) tensor->stride[i];
    element /= (gsize) tensor->dim[i];
  }
  return place;
}

/* Elements from the first to behind the last. */
gsize
cudnn_tensor_span (const CudnnTensor *tensor)
{
  return cudnn_tensor_place (tensor, cudnn_tensor_elements (tensor) - 1) + 1;
}

/* Whether each dimension steps over all of those with smaller steps, so that no two elements can share memory. */
gboolean
cudnn_tensor_is_nested (const CudnnTensor *tensor)
{
  for (guint i = 0; i < tensor->n; i++) {
    gint64 inside = 1;

    for (guint k = 0; k < tensor->n; k++)
      if (tensor->stride[k] < tensor->stride[i])
        inside += (tensor->dim[k] - 1) * tensor->stride[k];
    if (tensor->dim[i] > 1 && tensor->stride[i] < inside)
      return FALSE;
  }
  return TRUE;
}

/* 0 for types that nothing here computes with. */
gsize
cudnn_tensor_element_size (const CudnnTensor *tensor)
{
  if (tensor->type == CUDNN_DATA_FLOAT)
    return sizeof (gfloat);
  return tensor->type == CUDNN_DATA_HALF || tensor->type == CUDNN_DATA_BFLOAT16 ? sizeof (guint16) : 0;
}

static gdouble
load (const CudnnTensor *tensor, gconstpointer memory, gsize place)
{
  if (tensor->type == CUDNN_DATA_FLOAT)
    return ((const gfloat *) memory)[place];
  if (tensor->type == CUDNN_DATA_HALF)
    return voxel_f16_to_float (((const guint16 *) memory)[place]);
  return voxel_bf16_to_float (((const guint16 *) memory)[place]);
}

static void
store (const CudnnTensor *tensor, gpointer memory, gsize place, gfloat value)
{
  if (tensor->type == CUDNN_DATA_FLOAT)
    ((gfloat *) memory)[place] = value;
  else if (tensor->type == CUDNN_DATA_HALF)
    ((guint16 *) memory)[place] = voxel_f16_from_float (value);
  else
    ((guint16 *) memory)[place] = voxel_bf16_from_float (value);
}

/* Returns: (transfer full): the elements side by side, the last dimension fastest */
gdouble *
cudnn_tensor_load (const CudnnTensor *tensor, gconstpointer memory)
{
  gsize n = cudnn_tensor_elements (tensor);
  gdouble *values = g_new (gdouble, n);

  for (gsize i = 0; i < n; i++)
    values[i] = load (tensor, memory, cudnn_tensor_place (tensor, i));
  return values;
}

/* Devices sum up in float, and what is stored is a rounded float. */
void
cudnn_tensor_store (const CudnnTensor *tensor, const gdouble *values, gpointer memory)
{
  gsize n = cudnn_tensor_elements (tensor);

  for (gsize i = 0; i < n; i++)
    store (tensor, memory, cudnn_tensor_place (tensor, i), (gfloat) values[i]);
}

static cudnnStatus_t
check (CudnnDescriptor *descriptor)
{
  const CudnnTensor tensor = cudnn_tensor (descriptor);

  if (cudnn_attribute (descriptor, CUDNN_ATTR_TENSOR_STRIDES)->n != tensor.n)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM,
                         "a tensor with as many strides as dimensions, not %zu and %u",
                         cudnn_attribute (descriptor, CUDNN_ATTR_TENSOR_STRIDES)->n, tensor.n);
  for (guint i = 0; i < tensor.n; i++)
    if (tensor.dim[i] <= 0 || tensor.stride[i] < 0)
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "dimension %u of %" G_GINT64_FORMAT, i, tensor.dim[i]);
  if (!cudnn_tensor_element_size (&tensor))
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a tensor of type %d", tensor.type);
  if (tensor.alignment <= 0 || tensor.alignment & (tensor.alignment - 1))
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "an alignment of %" G_GINT64_FORMAT, tensor.alignment);
  return CUDNN_STATUS_SUCCESS;
}

const CudnnKind cudnn_kind_tensor = {
    .type = CUDNN_BACKEND_TENSOR_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1, 1},
            {CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, 1, CUDNN_DIM_MAX},
            {CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, 1, CUDNN_DIM_MAX},
            {CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, 1, 1},
            {CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, 1, 1},
            {CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, 0, 1},
            {CUDNN_ATTR_TENSOR_IS_BY_VALUE, CUDNN_TYPE_BOOLEAN, 0, 1},
        },
    .check = check,
};
