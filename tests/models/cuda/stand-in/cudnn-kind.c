/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-kind.h"

static const CudnnKind *const kinds[] = {
    &cudnn_kind_tensor,
    &cudnn_kind_convolution,
    &cudnn_kind_convolution_forward,
    &cudnn_kind_convolution_backward_data,
    &cudnn_kind_pointwise,
    &cudnn_kind_pointwise_operation,
    &cudnn_kind_matmul,
    &cudnn_kind_matmul_operation,
    &cudnn_kind_attention,
    &cudnn_kind_graph,
    &cudnn_kind_device,
    &cudnn_kind_heuristics,
    &cudnn_kind_engine,
    &cudnn_kind_engine_config,
    &cudnn_kind_plan,
    &cudnn_kind_variant_pack,
};

const CudnnKind *
cudnn_kind_find (cudnnBackendDescriptorType_t type)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i]->type == type)
      return kinds[i];
  return NULL;
}

const CudnnRule *
cudnn_kind_rule (const CudnnKind *kind, cudnnBackendAttributeName_t name)
{
  for (const CudnnRule *rule = kind->rules; rule->most; rule++)
    if (rule->name == name)
      return rule;
  return NULL;
}
