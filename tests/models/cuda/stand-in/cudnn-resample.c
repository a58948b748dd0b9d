/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "cudnn-kind.h"

/* Pooling by windows over the last two dimensions. Interpolation is refused where plans are made. */

#define SPATIAL 2

typedef struct {
  cudnnResampleMode_t mode;
  cudnnPaddingMode_t padded_with;
  gint64 window[SPATIAL];
  gint64 stride[SPATIAL];
  gint64 before[SPATIAL];
  gint64 after[SPATIAL];
} Pool;

static gboolean
read_pair (const CudnnDescriptor *resample, cudnnBackendAttributeName_t name, gint64 *pair)
{
  const CudnnAttribute *attribute = cudnn_attribute (resample, name);
  const cudnnFraction_t *fractions = attribute->values;

  for (guint i = 0; i < SPATIAL; i++) {
    if (attribute->n != SPATIAL || fractions[i].denominator <= 0 ||
        fractions[i].numerator % fractions[i].denominator)
      return FALSE;
    pair[i] = fractions[i].numerator / fractions[i].denominator;
  }
  return TRUE;
}

/* Fails where it is no pooling by whole numbers. */
static gboolean
read_pool (const CudnnDescriptor *resample, Pool *pool)
{
  pool->mode = (cudnnResampleMode_t) cudnn_attribute_choice (resample, CUDNN_ATTR_RESAMPLE_MODE, -1);
  pool->padded_with = (cudnnPaddingMode_t) cudnn_attribute_choice (resample, CUDNN_ATTR_RESAMPLE_PADDING_MODE,
                                                                   CUDNN_ZERO_PAD);
  return read_pair (resample, CUDNN_ATTR_RESAMPLE_WINDOW_DIMS, pool->window) &&
         read_pair (resample, CUDNN_ATTR_RESAMPLE_STRIDES, pool->stride) &&
         read_pair (resample, CUDNN_ATTR_RESAMPLE_PRE_PADDINGS, pool->before) &&
         read_pair (resample, CUDNN_ATTR_RESAMPLE_POST_PADDINGS, pool->after);
}

static cudnnStatus_t
check_resample (CudnnDescriptor *descriptor)
{
  Pool pool;

  if (!read_pool (descriptor, &pool))
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "windows and steps that are not two whole numbers each");
  if (pool.mode != CUDNN_RESAMPLE_MAXPOOL && pool.mode != CUDNN_RESAMPLE_AVGPOOL_INCLUDE_PADDING &&
      pool.mode != CUDNN_RESAMPLE_AVGPOOL_EXCLUDE_PADDING)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "resampling of mode %d", pool.mode);
  if (pool.mode == CUDNN_RESAMPLE_MAXPOOL && pool.padded_with != CUDNN_NEG_INF_PAD)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "the largest of a picture and padding of kind %d",
                         pool.padded_with);
  if (pool.mode != CUDNN_RESAMPLE_MAXPOOL && pool.padded_with != CUDNN_ZERO_PAD)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "the mean of a picture and padding of kind %d",
                         pool.padded_with);
  for (guint i = 0; i < SPATIAL; i++)
    if (pool.window[i] < 1 || pool.stride[i] < 1 || pool.before[i] < 0 || pool.after[i] < 0)
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a window of %" G_GINT64_FORMAT, pool.window[i]);
  return CUDNN_STATUS_SUCCESS;
}

static cudnnStatus_t
check_forward (CudnnDescriptor *operation)
{
  const CudnnTensor x =
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_XDESC));
  const CudnnTensor y =
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_YDESC));
  Pool pool;

  read_pool (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_DESC), &pool);
  if (x.n != 2 + SPATIAL || y.n != x.n || x.dim[0] != y.dim[0] || x.dim[1] != y.dim[1])
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a pooling to another number of pictures or channels");
  for (guint i = 0; i < SPATIAL; i++) {
    gint64 room = x.dim[2 + i] + pool.before[i] + pool.after[i] - pool.window[i];

    if (room < 0 || y.dim[2 + i] != room / pool.stride[i] + 1)
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM,
                           "a result of %" G_GINT64_FORMAT " that its windows do not give", y.dim[2 + i]);
  }
  return CUDNN_STATUS_SUCCESS;
}

static gdouble
pool_window (const Pool *pool, const CudnnTensor *x, const gdouble *plane, const gint64 *from)
{
  gdouble most = -INFINITY, sum = 0;
  gint64 n = 0;

  for (gint64 i = MAX (from[0], 0); i < MIN (from[0] + pool->window[0], x->dim[2]); i++)
    for (gint64 j = MAX (from[1], 0); j < MIN (from[1] + pool->window[1], x->dim[3]); j++) {
      gdouble value = plane[i * x->dim[3] + j];

      most = value > most || isnan (value) ? value : most;
      sum += value;
      n++;
    }
  if (pool->mode == CUDNN_RESAMPLE_MAXPOOL)
    return most;
  return sum / (gdouble) (pool->mode == CUDNN_RESAMPLE_AVGPOOL_EXCLUDE_PADDING
                              ? n
                              : pool->window[0] * pool->window[1]);
}

static void
run (const CudnnDescriptor *operation, CudnnValues *values)
{
  const CudnnTensor x =
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_XDESC));
  const CudnnTensor y =
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_YDESC));
  const gdouble *of_x = cudnn_values_read (values, &x);
  gsize n = cudnn_tensor_elements (&y);
  gint64 plane = y.dim[2] * y.dim[3];
  gdouble *result = g_new (gdouble, n);
  Pool pool;

  read_pool (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_DESC), &pool);
  for (gint64 i = 0; i < (gint64) n; i++) {
    const gint64 from[] = {i % plane / y.dim[3] * pool.stride[0] - pool.before[0],
                           i % y.dim[3] * pool.stride[1] - pool.before[1]};

    result[i] = pool_window (&pool, &x, of_x + i / plane * x.dim[2] * x.dim[3], from);
  }
  cudnn_values_write (values, &y, result);
}

const CudnnKind cudnn_kind_resample = {
    .type = CUDNN_BACKEND_RESAMPLE_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_RESAMPLE_MODE, CUDNN_TYPE_RESAMPLE_MODE, 1, 1},
            {CUDNN_ATTR_RESAMPLE_PADDING_MODE, CUDNN_TYPE_PADDING_MODE, 0, 1},
            {CUDNN_ATTR_RESAMPLE_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1, 1},
            {CUDNN_ATTR_RESAMPLE_SPATIAL_DIMS, CUDNN_TYPE_INT64, 1, 1},
            {CUDNN_ATTR_RESAMPLE_WINDOW_DIMS, CUDNN_TYPE_FRACTION, 1, CUDNN_DIM_MAX},
            {CUDNN_ATTR_RESAMPLE_STRIDES, CUDNN_TYPE_FRACTION, 1, CUDNN_DIM_MAX},
            {CUDNN_ATTR_RESAMPLE_PRE_PADDINGS, CUDNN_TYPE_FRACTION, 1, CUDNN_DIM_MAX},
            {CUDNN_ATTR_RESAMPLE_POST_PADDINGS, CUDNN_TYPE_FRACTION, 1, CUDNN_DIM_MAX},
        },
    .check = check_resample,
};

const CudnnKind cudnn_kind_resample_forward = {
    .type = CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_OPERATION_RESAMPLE_FWD_DESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_resample},
            {CUDNN_ATTR_OPERATION_RESAMPLE_FWD_XDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_RESAMPLE_FWD_YDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_WRITE},
        },
    .check = check_forward,
    .run = run,
};
