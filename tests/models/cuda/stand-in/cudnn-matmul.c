/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-kind.h"

/* C = A B: matrices are the last two dimensions, those before them are repeated where they are 1. */

typedef struct {
  CudnnTensor a, b, c;
} Product;

static Product
product_of (const CudnnDescriptor *operation)
{
  return (Product){cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_MATMUL_ADESC)),
                   cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_MATMUL_BDESC)),
                   cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_MATMUL_CDESC))};
}

static cudnnStatus_t
check_matmul (CudnnDescriptor *matmul)
{
  if (cudnn_attribute_choice (matmul, CUDNN_ATTR_MATMUL_COMP_TYPE, -1) != CUDNN_DATA_FLOAT)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "a product whose sums are not in float");
  return CUDNN_STATUS_SUCCESS;
}

static cudnnStatus_t
check_operation (CudnnDescriptor *operation)
{
  const Product p = product_of (operation);
  guint n = p.c.n;

  if (n < 2 || p.a.n != n || p.b.n != n)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a product of %u and %u dimensions in %u", p.a.n, p.b.n, n);
  if (p.a.dim[n - 1] != p.b.dim[n - 2] || p.a.dim[n - 2] != p.c.dim[n - 2] ||
      p.b.dim[n - 1] != p.c.dim[n - 1])
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "matrices that cannot be multiplied");
  for (guint i = 0; i + 2 < n; i++)
    if ((p.a.dim[i] != 1 && p.a.dim[i] != p.c.dim[i]) || (p.b.dim[i] != 1 && p.b.dim[i] != p.c.dim[i]))
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "numbers of matrices that do not belong together");
  return CUDNN_STATUS_SUCCESS;
}

/* Which of a tensor's matrices is multiplied for one of the result's. */
static gsize
matrix_of (const CudnnTensor *tensor, const CudnnTensor *c, gsize index)
{
  gsize matrix = 0, step = 1;

  for (guint i = c->n - 2; i-- > 0;) {
    if (tensor->dim[i] > 1)
      matrix += index % (gsize) c->dim[i] * step;
    step *= (gsize) tensor->dim[i];
    index /= (gsize) c->dim[i];
  }
  return matrix;
}

static void
multiply (const gdouble *a, const gdouble *b, gdouble *c, gint64 rows, gint64 inner, gint64 columns)
{
  for (gint64 i = 0; i < rows; i++)
    for (gint64 k = 0; k < inner; k++)
      for (gint64 j = 0; j < columns; j++)
        c[i * columns + j] += a[i * inner + k] * b[k * columns + j];
}

static void
run (const CudnnDescriptor *operation, CudnnValues *values)
{
  const Product p = product_of (operation);
  gint64 rows = p.c.dim[p.c.n - 2], columns = p.c.dim[p.c.n - 1], inner = p.a.dim[p.c.n - 1];
  gsize n = cudnn_tensor_elements (&p.c);
  g_autofree gdouble *a = cudnn_values_read_factors (values, &p.a);
  g_autofree gdouble *b = cudnn_values_read_factors (values, &p.b);
  gdouble *c = g_new0 (gdouble, n);

  for (gsize i = 0; i < n / (gsize) (rows * columns); i++)
    multiply (a + matrix_of (&p.a, &p.c, i) * (gsize) (rows * inner),
              b + matrix_of (&p.b, &p.c, i) * (gsize) (inner * columns), c + i * (gsize) (rows * columns),
              rows, inner, columns);
  cudnn_values_write (values, &p.c, c);
}

const CudnnKind cudnn_kind_matmul = {
    .type = CUDNN_BACKEND_MATMUL_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_MATMUL_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1, 1},
        },
    .check = check_matmul,
};

const CudnnKind cudnn_kind_matmul_operation = {
    .type = CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_OPERATION_MATMUL_ADESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_MATMUL_BDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_MATMUL_CDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_WRITE},
            {CUDNN_ATTR_OPERATION_MATMUL_DESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_matmul},
        },
    .check = check_operation,
    .run = run,
};
