/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "cudnn-kind.h"

/* Functions of single values: y = f (x) or f (x, b), dimensions of 1 repeated. */

/**
 * Parameters:
 * @low: where a ReLU begins to be the identity
 * @high: where it ends to be
 * @slope: of a ReLU below @low
 * @beta: of swish
 */
typedef struct {
  gdouble low, high, slope, beta;
} Parameters;

typedef gdouble (*Function) (gdouble x, gdouble b, const Parameters *parameters);

static gdouble
add (gdouble x, gdouble b, const Parameters *parameters)
{
  return x + b;
}

static gdouble
multiply (gdouble x, gdouble b, const Parameters *parameters)
{
  return x * b;
}

static gdouble
identity (gdouble x, gdouble b, const Parameters *parameters)
{
  return x;
}

/* A NaN stays one. */
static gdouble
relu (gdouble x, gdouble b, const Parameters *parameters)
{
  if (x < parameters->low)
    return parameters->low + parameters->slope * (x - parameters->low);
  return x > parameters->high ? parameters->high : x;
}

static gdouble
sigmoid (gdouble x, gdouble b, const Parameters *parameters)
{
  return 1 / (1 + exp (-x));
}

static gdouble
swish (gdouble x, gdouble b, const Parameters *parameters)
{
  return x / (1 + exp (-parameters->beta * x));
}

static gdouble
gelu (gdouble x, gdouble b, const Parameters *parameters)
{
  return x / 2 * (1 + erf (x * M_SQRT1_2));
}

static const struct {
  cudnnPointwiseMode_t mode;
  Function function;
  gboolean binary;
} modes[] = {
    {CUDNN_POINTWISE_ADD, add, TRUE},       {CUDNN_POINTWISE_MUL, multiply, TRUE},
    {CUDNN_POINTWISE_IDENTITY, identity},   {CUDNN_POINTWISE_RELU_FWD, relu},
    {CUDNN_POINTWISE_SIGMOID_FWD, sigmoid}, {CUDNN_POINTWISE_SWISH_FWD, swish},
    {CUDNN_POINTWISE_GELU_FWD, gelu},
};

static gint
find (const CudnnDescriptor *pointwise)
{
  gint mode = cudnn_attribute_choice (pointwise, CUDNN_ATTR_POINTWISE_MODE, -1);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if ((gint) modes[i].mode == mode)
      return (gint) i;
  return -1;
}

static cudnnStatus_t
check_pointwise (CudnnDescriptor *descriptor)
{
  if (cudnn_attribute_choice (descriptor, CUDNN_ATTR_POINTWISE_MATH_PREC, -1) != CUDNN_DATA_FLOAT)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "a function that is not computed in float");
  if (find (descriptor) < 0)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "function %d",
                         cudnn_attribute_choice (descriptor, CUDNN_ATTR_POINTWISE_MODE, -1));
  return CUDNN_STATUS_SUCCESS;
}

/* Whether it is a bias or a ReLU, which most convolutions can have after them. */
gboolean
cudnn_pointwise_is_usual (const CudnnDescriptor *operation)
{
  const CudnnDescriptor *pointwise =
      cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR);
  const CudnnDescriptor *b = cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_BDESC);
  CudnnTensor bias;

  if (!b)
    return cudnn_attribute_choice (pointwise, CUDNN_ATTR_POINTWISE_MODE, -1) == CUDNN_POINTWISE_RELU_FWD &&
           !cudnn_attribute (pointwise, CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP_SLOPE);
  bias = cudnn_tensor (b);
  return cudnn_tensor_elements (&bias) == (gsize) bias.dim[1];
}

static gboolean
repeats (const CudnnTensor *large, const CudnnTensor *small)
{
  for (guint i = 0; i < large->n; i++)
    if (small->n != large->n || (small->dim[i] != 1 && small->dim[i] != large->dim[i]))
      return FALSE;
  return TRUE;
}

static cudnnStatus_t
check_operation (CudnnDescriptor *operation)
{
  const CudnnDescriptor *pointwise =
      cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR);
  const CudnnDescriptor *b = cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_BDESC);
  const CudnnTensor x =
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_XDESC));
  const CudnnTensor y =
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_YDESC));
  gint mode = find (pointwise);

  if (modes[mode].binary != (b != NULL))
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "function %d %s", modes[mode].mode,
                         b ? "takes one value" : "takes two values");
  if (!repeats (&y, &x))
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "the first values cannot be repeated to the result's shape");
  if (b) {
    const CudnnTensor other = cudnn_tensor (b);

    if (!repeats (&y, &other))
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM,
                           "the second values cannot be repeated to the result's shape");
  }
  return CUDNN_STATUS_SUCCESS;
}

/* Which of @small's values belongs to an element of @large. */
static gsize
repeated (const CudnnTensor *large, const CudnnTensor *small, gsize element)
{
  gsize place = 0, step = 1;

  for (guint i = large->n; i-- > 0;) {
    if (small->dim[i] > 1)
      place += element % (gsize) large->dim[i] * step;
    step *= (gsize) small->dim[i];
    element /= (gsize) large->dim[i];
  }
  return place;
}

static void
run (const CudnnDescriptor *operation, CudnnValues *values)
{
  const CudnnDescriptor *pointwise =
      cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR);
  const CudnnDescriptor *second =
      cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_BDESC);
  const CudnnTensor x =
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_XDESC));
  const CudnnTensor y =
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_YDESC));
  const CudnnTensor b = second ? cudnn_tensor (second) : x;
  const Parameters parameters = {
      cudnn_attribute_double (pointwise, CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP, 0),
      cudnn_attribute_double (pointwise, CUDNN_ATTR_POINTWISE_RELU_UPPER_CLIP, INFINITY),
      cudnn_attribute_double (pointwise, CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP_SLOPE, 0),
      cudnn_attribute_double (pointwise, CUDNN_ATTR_POINTWISE_SWISH_BETA, 1),
  };
  const gdouble *of_x = cudnn_values_read (values, &x), *of_b = cudnn_values_read (values, &b);
  Function function = modes[find (pointwise)].function;
  gsize n = cudnn_tensor_elements (&y);
  gdouble *result = g_new (gdouble, n);

  for (gsize i = 0; i < n; i++)
    result[i] = function (of_x[repeated (&y, &x, i)], of_b[repeated (&y, &b, i)], &parameters);
  cudnn_values_write (values, &y, result);
}

const CudnnKind cudnn_kind_pointwise = {
    .type = CUDNN_BACKEND_POINTWISE_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, 1, 1},
            {CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, 1, 1},
            {CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP, CUDNN_TYPE_DOUBLE, 0, 1},
            {CUDNN_ATTR_POINTWISE_RELU_UPPER_CLIP, CUDNN_TYPE_DOUBLE, 0, 1},
            {CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP_SLOPE, CUDNN_TYPE_DOUBLE, 0, 1},
            {CUDNN_ATTR_POINTWISE_SWISH_BETA, CUDNN_TYPE_DOUBLE, 0, 1},
        },
    .check = check_pointwise,
};

const CudnnKind cudnn_kind_pointwise_operation = {
    .type = CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_pointwise},
            {CUDNN_ATTR_OPERATION_POINTWISE_XDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ_AT},
            {CUDNN_ATTR_OPERATION_POINTWISE_BDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ_AT},
            {CUDNN_ATTR_OPERATION_POINTWISE_YDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_WRITE},
        },
    .check = check_operation,
    .run = run,
};
