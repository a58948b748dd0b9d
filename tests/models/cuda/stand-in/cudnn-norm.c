/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "cudnn-kind.h"

/* Layer norm: values of the dimensions that the scale has are normalised together, for each of the first dimension. */

typedef struct {
  CudnnTensor x, scale, bias, epsilon, y;
} Norm;

static Norm
norm_of (const CudnnDescriptor *operation)
{
  return (Norm){
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_NORM_FWD_XDESC)),
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_NORM_FWD_SCALE_DESC)),
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_NORM_FWD_BIAS_DESC)),
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_NORM_FWD_EPSILON_DESC)),
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_NORM_FWD_YDESC))};
}

static cudnnStatus_t
check (CudnnDescriptor *operation)
{
  const Norm norm = norm_of (operation);

  if (cudnn_attribute_choice (operation, CUDNN_ATTR_OPERATION_NORM_FWD_MODE, -1) != CUDNN_LAYER_NORM ||
      cudnn_attribute_choice (operation, CUDNN_ATTR_OPERATION_NORM_FWD_PHASE, -1) != CUDNN_NORM_FWD_INFERENCE)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "a norm that is no layer norm, or is trained");
  for (guint i = 0; i < norm.x.n; i++)
    if (norm.y.n != norm.x.n || norm.scale.n != norm.x.n || norm.bias.n != norm.x.n ||
        norm.y.dim[i] != norm.x.dim[i] || norm.bias.dim[i] != norm.scale.dim[i] ||
        norm.scale.dim[i] != (i ? norm.x.dim[i] : 1))
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a norm of dimension %u of %" G_GINT64_FORMAT, i,
                           norm.x.dim[i]);
  if (cudnn_tensor_elements (&norm.epsilon) != 1)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a norm with more than one epsilon");
  return CUDNN_STATUS_SUCCESS;
}

static void
normalise (const gdouble *x, gsize n, gdouble epsilon, const gdouble *scale, const gdouble *bias, gdouble *y)
{
  gdouble mean = 0, variance = 0;

  for (gsize i = 0; i < n; i++)
    mean += x[i] / (gdouble) n;
  for (gsize i = 0; i < n; i++)
    variance += (x[i] - mean) * (x[i] - mean) / (gdouble) n;
  for (gsize i = 0; i < n; i++)
    y[i] = (x[i] - mean) / sqrt (variance + epsilon) * scale[i] + bias[i];
}

static void
run (const CudnnDescriptor *operation, CudnnValues *values)
{
  const Norm norm = norm_of (operation);
  gsize n = cudnn_tensor_elements (&norm.scale);
  const gdouble *x = cudnn_values_read (values, &norm.x), *scale = cudnn_values_read (values, &norm.scale);
  const gdouble *bias = cudnn_values_read (values, &norm.bias);
  gdouble epsilon = *cudnn_values_read (values, &norm.epsilon);
  gdouble *y = g_new (gdouble, cudnn_tensor_elements (&norm.y));

  for (gsize i = 0; i < (gsize) norm.x.dim[0]; i++)
    normalise (x + i * n, n, epsilon, scale, bias, y + i * n);
  cudnn_values_write (values, &norm.y, y);
}

const CudnnKind cudnn_kind_norm = {
    .type = CUDNN_BACKEND_OPERATION_NORM_FORWARD_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_OPERATION_NORM_FWD_MODE, CUDNN_TYPE_NORM_MODE, 1, 1},
            {CUDNN_ATTR_OPERATION_NORM_FWD_PHASE, CUDNN_TYPE_NORM_FWD_PHASE, 1, 1},
            {CUDNN_ATTR_OPERATION_NORM_FWD_XDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_NORM_FWD_SCALE_DESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_tensor, CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_NORM_FWD_BIAS_DESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_NORM_FWD_EPSILON_DESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_tensor, CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_NORM_FWD_YDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_WRITE},
        },
    .check = check,
    .run = run,
};
