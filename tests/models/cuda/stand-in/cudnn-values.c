/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-values.h"

#include <math.h>

void
cudnn_values_init (CudnnValues *values, GArray *bindings, gboolean tf32)
{
  *values =
      (CudnnValues){bindings, g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free), tf32};
}

void
cudnn_values_clear (CudnnValues *values)
{
  g_hash_table_unref (values->known);
}

CudnnBinding *
cudnn_binding_find (GArray *bindings, gint64 id)
{
  for (guint i = 0; i < bindings->len; i++)
    if (g_array_index (bindings, CudnnBinding, i).id == id)
      return &g_array_index (bindings, CudnnBinding, i);
  return NULL;
}

/* Returns: (transfer none): the elements side by side, the last dimension fastest */
const gdouble *
cudnn_values_read (CudnnValues *values, const CudnnTensor *tensor)
{
  gdouble *known = g_hash_table_lookup (values->known, &tensor->id);

  if (!known) {
    known = cudnn_tensor_load (tensor, cudnn_binding_find (values->bindings, tensor->id)->memory);
    g_hash_table_insert (values->known, g_memdup2 (&tensor->id, sizeof tensor->id), known);
  }
  return known;
}

/* As tensor cores take floats: 11 bits, the first of which is not stored. */
static gdouble
to_tf32 (gdouble value)
{
  gint exponent = 0;
  gdouble fraction = frexp (value, &exponent);

  return isfinite (value) ? ldexp (round (ldexp (fraction, 11)), exponent - 11) : value;
}

/* Returns: (transfer full): values as they are multiplied */
gdouble *
cudnn_values_read_factors (CudnnValues *values, const CudnnTensor *tensor)
{
  gsize n = cudnn_tensor_elements (tensor);
  gdouble *factors = g_memdup2 (cudnn_values_read (values, tensor), n * sizeof *factors);

  if (values->tf32 && tensor->type == CUDNN_DATA_FLOAT)
    for (gsize i = 0; i < n; i++)
      factors[i] = to_tf32 (factors[i]);
  return factors;
}

/* Takes the result. Values between operations are floats that no memory holds. */
void
cudnn_values_write (CudnnValues *values, const CudnnTensor *tensor, gdouble *result)
{
  gsize n = cudnn_tensor_elements (tensor);

  if (!tensor->is_virtual)
    cudnn_tensor_store (tensor, result, cudnn_binding_find (values->bindings, tensor->id)->memory);
  for (gsize i = 0; i < n && tensor->is_virtual; i++)
    result[i] = (gdouble) (gfloat) result[i];
  g_hash_table_insert (values->known, g_memdup2 (&tensor->id, sizeof tensor->id), result);
}
