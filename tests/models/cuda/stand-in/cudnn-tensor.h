/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-descriptor.h"

G_BEGIN_DECLS

/**
 * CudnnTensor:
 * @id: by which variant packs call it
 * @type: of its elements
 * @n: dimensions
 * @dim: in the order of the operations, whatever the memory's
 * @stride: elements from one to the next
 * @alignment: bytes of which its address is a multiple
 * @is_virtual: between operations only, never in memory
 * @by_value: in the memory of this process, read when the plan is executed
 *
 * What a tensor's descriptor says.
 */
typedef struct {
  gint64 id;
  cudnnDataType_t type;
  guint n;
  gint64 dim[CUDNN_DIM_MAX];
  gint64 stride[CUDNN_DIM_MAX];
  gint64 alignment;
  gboolean is_virtual;
  gboolean by_value;
} CudnnTensor;

CudnnTensor cudnn_tensor (const CudnnDescriptor *descriptor);
gsize cudnn_tensor_elements (const CudnnTensor *tensor);
gsize cudnn_tensor_place (const CudnnTensor *tensor, gsize element);
gsize cudnn_tensor_span (const CudnnTensor *tensor);
gsize cudnn_tensor_element_size (const CudnnTensor *tensor);
gboolean cudnn_tensor_is_nested (const CudnnTensor *tensor);
gdouble *cudnn_tensor_load (const CudnnTensor *tensor, gconstpointer memory);
void cudnn_tensor_store (const CudnnTensor *tensor, const gdouble *values, gpointer memory);

G_END_DECLS
