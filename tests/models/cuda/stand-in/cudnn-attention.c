/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "cudnn-kind.h"

/* softmax (scale Q K') V: tensors of pictures, heads, tokens, channels. */

typedef struct {
  CudnnTensor query, key, value, result;
} Attention;

static Attention
attention_of (const CudnnDescriptor *operation)
{
  return (Attention){
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_SDPA_FWD_QDESC)),
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_SDPA_FWD_KDESC)),
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_SDPA_FWD_VDESC)),
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_SDPA_FWD_ODESC))};
}

static cudnnStatus_t
check (CudnnDescriptor *operation)
{
  const Attention a = attention_of (operation);
  const CudnnTensor *all[] = {&a.query, &a.key, &a.value, &a.result};

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i]->n != 4 || all[i]->dim[0] != a.query.dim[0] || all[i]->dim[1] != a.query.dim[1])
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "attention of %u dimensions, or other heads", all[i]->n);
  if (a.key.dim[3] != a.query.dim[3] || a.value.dim[2] != a.key.dim[2] || a.result.dim[2] != a.query.dim[2] ||
      a.result.dim[3] != a.value.dim[3])
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "attention of tokens that do not belong together");
  return CUDNN_STATUS_SUCCESS;
}

/* One token's weights of the others. */
static void
weigh (const gdouble *query, const gdouble *keys, gdouble scale, gint64 channels, gint64 tokens,
       gdouble *weights)
{
  gdouble most = -INFINITY, sum = 0;

  for (gint64 t = 0; t < tokens; t++) {
    weights[t] = 0;
    for (gint64 c = 0; c < channels; c++)
      weights[t] += query[c] * keys[t * channels + c];
    weights[t] *= scale;
    most = MAX (most, weights[t]);
  }
  for (gint64 t = 0; t < tokens; t++)
    sum += weights[t] = exp (weights[t] - most);
  for (gint64 t = 0; t < tokens; t++)
    weights[t] /= sum;
}

static void
run (const CudnnDescriptor *operation, CudnnValues *values)
{
  const Attention a = attention_of (operation);
  const CudnnDescriptor *factor =
      cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_SDPA_FWD_SCALEDESC);
  g_autofree gdouble *query = cudnn_values_read_factors (values, &a.query);
  g_autofree gdouble *key = cudnn_values_read_factors (values, &a.key);
  g_autofree gdouble *value = cudnn_values_read_factors (values, &a.value);
  gint64 from = a.query.dim[2], tokens = a.key.dim[2], channels = a.query.dim[3], width = a.value.dim[3];
  gdouble *result = g_new0 (gdouble, cudnn_tensor_elements (&a.result)), scale = 1;
  g_autofree gdouble *weights = g_new (gdouble, tokens);

  if (factor) {
    const CudnnTensor tensor = cudnn_tensor (factor);

    scale = *cudnn_values_read (values, &tensor);
  }
  for (gint64 i = 0; i < a.query.dim[0] * a.query.dim[1] * from; i++) {
    gint64 head = i / from;

    weigh (query + i * channels, key + head * tokens * channels, scale, channels, tokens, weights);
    for (gint64 t = 0; t < tokens; t++)
      for (gint64 c = 0; c < width; c++)
        result[i * width + c] += weights[t] * value[(head * tokens + t) * width + c];
  }
  cudnn_values_write (values, &a.result, result);
}

const CudnnKind cudnn_kind_attention = {
    .type = CUDNN_BACKEND_OPERATION_SDPA_FWD_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_OPERATION_SDPA_FWD_QDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_SDPA_FWD_KDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_SDPA_FWD_VDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ},
            {CUDNN_ATTR_OPERATION_SDPA_FWD_ODESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_tensor,
             CUDNN_USE_WRITE},
            {CUDNN_ATTR_OPERATION_SDPA_FWD_SCALEDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, 1, &cudnn_kind_tensor,
             CUDNN_USE_READ},
        },
    .check = check,
    .run = run,
};
