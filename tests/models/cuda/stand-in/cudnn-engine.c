/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-engine.h"

#include "cudnn-device.h"

/* Kernels of the others are compiled when a plan is made of them. */
static gboolean
is_stored (const CudnnDescriptor *graph)
{
  return cudnn_graph_operation (graph, 0)->kind == &cudnn_kind_convolution_forward &&
         cudnn_graph_size (graph) == 1;
}

static CudnnDescriptor *
engine_new (CudnnDescriptor *graph, guint kind)
{
  CudnnDescriptor *engine = cudnn_descriptor_new (&cudnn_kind_engine);
  const gint tensor_core = CUDNN_NUMERICAL_NOTE_TENSOR_CORE;
  const gint compiled = CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION;
  gint64 index = kind + (is_stored (graph) ? 0 : CUDNN_ENGINES);

  cudnn_descriptor_put (engine, CUDNN_ATTR_ENGINE_OPERATION_GRAPH, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &graph);
  cudnn_descriptor_put (engine, CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, 1, &index);
  cudnn_descriptor_put (engine, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
                        kind == CUDNN_ENGINE_TENSOR_CORES, &tensor_core);
  cudnn_descriptor_put (engine, CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_TYPE_BEHAVIOR_NOTE, !is_stored (graph),
                        &compiled);
  engine->finalized = TRUE;
  return engine;
}

/* Returns: (transfer full): the engine as plans take it */
CudnnDescriptor *
cudnn_engine_config (CudnnDescriptor *graph, guint kind)
{
  CudnnDescriptor *config = cudnn_descriptor_new (&cudnn_kind_engine_config);
  g_autoptr (CudnnDescriptor) engine = engine_new (graph, kind);

  cudnn_descriptor_put (config, CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &engine);
  config->finalized = TRUE;
  return config;
}

/* Whether floats are rounded before they are multiplied. */
gboolean
cudnn_engine_rounds (const CudnnDescriptor *engine)
{
  return cudnn_attribute (engine, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE)->n > 0;
}

/* Products of matrices and attention are on tensor cores only, and what is fused of single values says to be; some
 * convolutions never are. */
static gboolean
has_engine (const CudnnDescriptor *graph, guint kind)
{
  const CudnnKind *first = cudnn_graph_operation (graph, 0)->kind;
  cudnnDataType_t type;

  if (cudnn_support_single_channels (graph, &type) || cudnn_support_joint_transposed (graph, &type))
    return kind == CUDNN_ENGINE_PLAIN;
  return kind == CUDNN_ENGINE_TENSOR_CORES || first == &cudnn_kind_convolution_forward ||
         first == &cudnn_kind_convolution_backward_data;
}

/* Without a device nothing is found; what is not supported is said there and here. */
static cudnnStatus_t
choose (CudnnDescriptor *heuristics)
{
  CudnnDescriptor *graph = cudnn_attribute_descriptor (heuristics, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH);
  const CudnnDescriptor *device = cudnn_attribute_descriptor (heuristics, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP);
  CudnnDescriptor *configs[CUDNN_ENGINES];
  guint n = 0;

  if (device && !cudnn_support (graph, cudnn_device_version (cudnn_device_text (device))))
    for (guint kind = 0; kind < CUDNN_ENGINES; kind++)
      if (has_engine (graph, kind))
        configs[n++] = cudnn_engine_config (graph, kind);
  cudnn_descriptor_put (heuristics, CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, n, configs);
  while (n > 0)
    cudnn_descriptor_unref (configs[--n]);
  return CUDNN_STATUS_SUCCESS;
}

const CudnnKind cudnn_kind_heuristics = {
    .type = CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, 1, &cudnn_kind_graph},
            {CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1, 1},
            {CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, 1, &cudnn_kind_device},
        },
    .check = choose,
};

/* Not made by hand: heuristics name them. */
const CudnnKind cudnn_kind_engine = {.type = CUDNN_BACKEND_ENGINE_DESCRIPTOR};
const CudnnKind cudnn_kind_engine_config = {.type = CUDNN_BACKEND_ENGINECFG_DESCRIPTOR};
