/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-kind.h"

/* Convolutions over two dimensions: x, or its gradient, of N, C, H, W; w of K, C / groups, R, S; y of N, K, P, Q. */

#define SPATIAL 2

typedef struct {
  gint64 before[SPATIAL];
  gint64 after[SPATIAL];
  gint64 stride[SPATIAL];
  gint64 dilation[SPATIAL];
} Conv;

typedef struct {
  cudnnBackendAttributeName_t conv, x, w, y, alpha, beta;
} Names;

static const Names forward = {
    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,         CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
static const Names backward = {
    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,     CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};

/**
 * Product:
 * @conv: paddings and steps
 * @x: of the convolution, which backwards is the result
 * @w: filters
 * @y: of the convolution
 *
 * The tensors of an operation.
 */
typedef struct {
  Conv conv;
  CudnnTensor x, w, y;
} Product;

static void
read_pair (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name, gint64 *pair)
{
  const gint64 *values = cudnn_attribute (descriptor, name)->values;

  pair[0] = values[0];
  pair[1] = values[1];
}

static Product
product_of (const CudnnDescriptor *operation, const Names *names)
{
  const CudnnDescriptor *conv = cudnn_attribute_descriptor (operation, names->conv);
  Product product = {.x = cudnn_tensor (cudnn_attribute_descriptor (operation, names->x)),
                     .w = cudnn_tensor (cudnn_attribute_descriptor (operation, names->w)),
                     .y = cudnn_tensor (cudnn_attribute_descriptor (operation, names->y))};

  read_pair (conv, CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, product.conv.before);
  read_pair (conv, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, product.conv.after);
  read_pair (conv, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, product.conv.stride);
  read_pair (conv, CUDNN_ATTR_CONVOLUTION_DILATIONS, product.conv.dilation);
  return product;
}

static cudnnStatus_t
check_conv (CudnnDescriptor *descriptor)
{
  static const cudnnBackendAttributeName_t names[] = {
      CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS,
      CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_ATTR_CONVOLUTION_DILATIONS};
  gint64 n = cudnn_attribute_integer (descriptor, CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 0);

  if (n != SPATIAL)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a convolution over %" G_GINT64_FORMAT " dimensions", n);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const CudnnAttribute *attribute = cudnn_attribute (descriptor, names[i]);
    const gint64 *values = attribute->values;

    for (gsize k = 0; k < attribute->n; k++)
      if (attribute->n != SPATIAL || values[k] < (i < 2 ? 0 : 1))
        return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a convolution's attribute %d: %" G_GINT64_FORMAT,
                             names[i], values[k]);
  }
  if (cudnn_attribute_choice (descriptor, CUDNN_ATTR_CONVOLUTION_COMP_TYPE, -1) != CUDNN_DATA_FLOAT)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a convolution's sums must be in float");
  if (cudnn_attribute_choice (descriptor, CUDNN_ATTR_CONVOLUTION_CONV_MODE, -1) != CUDNN_CROSS_CORRELATION)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "a convolution with turned filters");
  return CUDNN_STATUS_SUCCESS;
}

/* What the convolution gives of @size. */
static gint64
result_size (const Conv *conv, guint axis, gint64 size, gint64 kernel)
{
  gint64 room = size + conv->before[axis] + conv->after[axis] - conv->dilation[axis] * (kernel - 1) - 1;

  return room < 0 ? 0 : room / conv->stride[axis] + 1;
}

static cudnnStatus_t
check (const CudnnDescriptor *operation, const Names *names)
{
  const Product p = product_of (operation, names);

  if (p.x.n != 2 + SPATIAL || p.w.n != 2 + SPATIAL || p.y.n != 2 + SPATIAL)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a convolution of %u and %u dimensions", p.x.n, p.w.n);
  if (!cudnn_tensor_is_nested (&p.x) || !cudnn_tensor_is_nested (&p.w) || !cudnn_tensor_is_nested (&p.y))
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a convolution of elements that share memory");
  if (p.x.dim[1] % p.w.dim[1])
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM,
                         "%" G_GINT64_FORMAT " channels by filters of %" G_GINT64_FORMAT, p.x.dim[1],
                         p.w.dim[1]);
  if (p.w.dim[0] % (p.x.dim[1] / p.w.dim[1]) || p.w.dim[0] != p.y.dim[1] || p.x.dim[0] != p.y.dim[0])
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM,
                         "%" G_GINT64_FORMAT " filters for %" G_GINT64_FORMAT " channels", p.w.dim[0],
                         p.y.dim[1]);
  for (guint i = 0; i < SPATIAL; i++) {
    gint64 size = result_size (&p.conv, i, p.x.dim[2 + i], p.w.dim[2 + i]);

    if (p.y.dim[2 + i] != size)
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM,
                           "a result of %" G_GINT64_FORMAT " where the convolution gives %" G_GINT64_FORMAT,
                           p.y.dim[2 + i], size);
  }
  if (cudnn_attribute_double (operation, names->alpha, 1) != 1 ||
      cudnn_attribute_double (operation, names->beta, 0) != 0)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "a convolution with factors");
  return CUDNN_STATUS_SUCCESS;
}

static cudnnStatus_t
check_forward (CudnnDescriptor *operation)
{
  return check (operation, &forward);
}

static cudnnStatus_t
check_backward (CudnnDescriptor *operation)
{
  return check (operation, &backward);
}

/* The places of the result, along an axis, that a filter's element reads inside the picture. */
static void
inside (const Product *p, guint axis, gint64 element, gint64 *first, gint64 *end)
{
  gint64 offset = element * p->conv.dilation[axis] - p->conv.before[axis], stride = p->conv.stride[axis];

  *first = offset < 0 ? (-offset + stride - 1) / stride : 0;
  *end = MIN (p->y.dim[2 + axis], (p->x.dim[2 + axis] - 1 - offset + stride) / stride);
}

/* One element of one filter over one plane: y += w x, or backwards x += w y. */
static void
add_element (const Product *p, gdouble weight, gint64 r, gint64 s, gdouble *x, gdouble *y, gboolean back)
{
  gint64 rows[2], columns[2], step = p->conv.stride[1];

  inside (p, 0, r, &rows[0], &rows[1]);
  inside (p, 1, s, &columns[0], &columns[1]);
  for (gint64 i = rows[0]; i < rows[1]; i++) {
    gint64 row = i * p->conv.stride[0] + r * p->conv.dilation[0] - p->conv.before[0];
    gint64 at = row * p->x.dim[3] + s * p->conv.dilation[1] - p->conv.before[1];
    gdouble *line = y + i * p->y.dim[3];

    if (back)
      for (gint64 j = columns[0]; j < columns[1]; j++)
        x[at + j * step] += weight * line[j];
    else
      for (gint64 j = columns[0]; j < columns[1]; j++)
        line[j] += weight * x[at + j * step];
  }
}

static void
multiply (const Product *p, const gdouble *w, gdouble *x, gdouble *y, gboolean back)
{
  const gint64 *of = p->w.dim;
  gint64 per_group = of[0] / (p->x.dim[1] / of[1]);

  for (gint64 n = 0; n < p->x.dim[0]; n++)
    for (gint64 k = 0; k < of[0]; k++)
      for (gint64 c = 0; c < of[1]; c++)
        for (gint64 element = 0; element < of[2] * of[3]; element++)
          add_element (p, w[(k * of[1] + c) * of[2] * of[3] + element], element / of[3], element % of[3],
                       x + (n * p->x.dim[1] + k / per_group * of[1] + c) * p->x.dim[2] * p->x.dim[3],
                       y + (n * of[0] + k) * p->y.dim[2] * p->y.dim[3], back);
}

static void
run (const CudnnDescriptor *operation, const Names *names, CudnnValues *values, gboolean back)
{
  const Product p = product_of (operation, names);
  const CudnnTensor *from = back ? &p.y : &p.x, *to = back ? &p.x : &p.y;
  g_autofree gdouble *factors = cudnn_values_read_factors (values, from);
  g_autofree gdouble *w = cudnn_values_read_factors (values, &p.w);
  gdouble *sums = g_new0 (gdouble, cudnn_tensor_elements (to));

  multiply (&p, w, back ? sums : factors, back ? factors : sums, back);
  cudnn_values_write (values, to, sums);
}

static void
run_forward (const CudnnDescriptor *operation, CudnnValues *values)
{
  run (operation, &forward, values, FALSE);
}

static void
run_backward (const CudnnDescriptor *operation, CudnnValues *values)
{
  run (operation, &backward, values, TRUE);
}

const CudnnKind cudnn_kind_convolution = {
    .type = CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1, 1},
            {CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, 1, 1},
            {CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64, 1, 1},
            {CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64, 1, CUDNN_DIM_MAX},
            {CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64, 1, CUDNN_DIM_MAX},
            {CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64, 1, CUDNN_DIM_MAX},
            {CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, 1, CUDNN_DIM_MAX},
        },
    .check = check_conv,
};

const CudnnKind cudnn_kind_convolution_forward = {
    .type = CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_convolution},
            {CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_tensor, CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_tensor, CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_tensor, CUDNN_USE_WRITE},
            {CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, CUDNN_TYPE_DOUBLE, 0, 1},
            {CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, CUDNN_TYPE_DOUBLE, 0, 1},
        },
    .check = check_forward,
    .run = run_forward,
};

const CudnnKind cudnn_kind_convolution_backward_data = {
    .type = CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_convolution},
            {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_tensor, CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_tensor, CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1,
             &cudnn_kind_tensor, CUDNN_USE_WRITE},
            {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, CUDNN_TYPE_DOUBLE, 0, 1},
            {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, CUDNN_TYPE_DOUBLE, 0, 1},
        },
    .check = check_backward,
    .run = run_backward,
};
