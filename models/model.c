/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/model.h"

#include <string.h>

#include "models/architectures/architecture.h"
#include "models/model-private.h"
#include "models/weights.h"

struct _VoxelModel {
  gatomicrefcount refs;
  VoxelModelRecord *record;
  VoxelWeights *weights;
  const VoxelArchitecture *architecture;
  VoxelArchitectureInfo info;
  JsonObject *config;
  guint64 parameters;
  VoxelPlanCache *plans;
};

static VoxelConstant *
find_weight (gpointer data, const gchar *name, const VoxelShape *shape, const VoxelInitial *initial,
             GError **error)
{
  return voxel_weights_find (data, name, shape, error);
}

/* PyTorch counts the batches behind running statistics; nothing here needs the number. */
static gboolean
ignored (const gchar *name)
{
  return g_str_has_suffix (name, ".num_batches_tracked");
}

static gboolean
check_tensors (const VoxelModel *model, const VoxelBuilder *builder, GError **error)
{
  const VoxelSafetensors *file = voxel_weights_file (model->weights);

  for (guint i = 0; i < voxel_safetensors_count (file); i++) {
    const VoxelTensorView *tensor = voxel_safetensors_nth (file, i);

    if (ignored (tensor->name))
      continue;
    if (g_hash_table_contains (builder->used, tensor->name)) {
      if (!voxel_weights_check_values (tensor, error))
        return FALSE;
      continue;
    }
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
                 "Tensor %s belongs to no layer of this %s: the configuration does not match the weights; "
                 "export the model again with the one it was trained with",
                 tensor->name, model->architecture->name);
    return FALSE;
  }
  return TRUE;
}

static VoxelGraph *
build (VoxelModel *model, const VoxelShape *shape, VoxelBuilder *builder, GError **error)
{
  g_autoptr (VoxelGraph) graph = voxel_graph_new (voxel_model_get_digest (model));
  VoxelTensor *output;

  voxel_builder_init (builder, graph, find_weight, model->weights);
  output = model->architecture->build (model->config, builder, voxel_graph_input (graph, shape));
  if (!voxel_builder_finish (builder, output, error))
    return NULL;
  return g_steal_pointer (&graph);
}

/* A network for the smallest picture tells whether all weights are there. */
static gboolean
check_weights (VoxelModel *model, GError **error)
{
  const VoxelArchitectureInfo *info = &model->info;
  VoxelBuilder builder;
  g_autoptr (VoxelGraph) graph =
      build (model, &VOXEL_SHAPE_4 (1, info->in_channels, info->stride, info->stride), &builder, error);
  gboolean complete = graph && check_tensors (model, &builder, error);

  model->parameters = builder.parameters;
  voxel_builder_clear (&builder);
  return complete;
}

static gboolean
read_config (VoxelModel *model, GError **error)
{
  const gchar *text = model->record->config ? model->record->config : "{}";
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  if (!node || !JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                         "The architecture's configuration is no JSON object");
    return FALSE;
  }
  model->config = json_node_dup_object (node);
  return voxel_architecture_info (model->architecture, model->config, &model->info, error);
}

static gboolean
read_record (VoxelModel *model, GError **error)
{
  const gchar *text =
      voxel_safetensors_metadata (voxel_weights_file (model->weights), VOXEL_MODEL_RECORD_KEY);

  if (!text) {
    g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                         "No model record (\"" VOXEL_MODEL_RECORD_KEY
                         "\" in the file's metadata): these are weights of an unknown network; save them "
                         "with a record, as models/weights/train.py does");
    return FALSE;
  }
  model->record = voxel_model_record_parse (text, error);
  if (!model->record)
    return FALSE;
  model->architecture = voxel_architecture_find (model->record->architecture, error);
  return model->architecture && read_config (model, error);
}

static gboolean
check_record (const VoxelModel *model, GError **error)
{
  const VoxelInference *inference = &model->record->inference;

  if (inference->output_channel >= model->info.out_channels) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                 "output_channel is %u, but the network has %u output channels, counted from 0",
                 inference->output_channel, model->info.out_channels);
    return FALSE;
  }
  return TRUE;
}

/**
 * voxel_model_load:
 * @path: a safetensors file with a model record
 * @error: %VOXEL_MODEL_ERROR, naming the file and what is wrong in it
 *
 * Reads the file, and checks that its tensors are those of the architecture in its record, by name, shape and
 * type (F32, F16 or BF16), and that all their values are finite.
 *
 * Returns: (transfer full) (nullable): the model
 */
VoxelModel *
voxel_model_load (const gchar *path, GError **error)
{
  g_autoptr (VoxelWeights) weights = voxel_weights_open (path, error);
  g_autoptr (VoxelModel) model = NULL;

  if (!weights)
    return NULL;
  model = g_new0 (VoxelModel, 1);
  g_atomic_ref_count_init (&model->refs);
  model->weights = g_steal_pointer (&weights);
  model->plans = voxel_plan_cache_new ();
  if (!read_record (model, error) || !check_record (model, error) || !check_weights (model, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&model);
}

VoxelModel *
voxel_model_ref (VoxelModel *model)
{
  g_atomic_ref_count_inc (&model->refs);
  return model;
}

void
voxel_model_unref (VoxelModel *model)
{
  if (!g_atomic_ref_count_dec (&model->refs))
    return;
  voxel_plan_cache_free (model->plans);
  g_clear_pointer (&model->config, json_object_unref);
  g_clear_pointer (&model->record, voxel_model_record_free);
  voxel_weights_unref (model->weights);
  g_free (model);
}

const VoxelModelRecord *
voxel_model_get_record (VoxelModel *model)
{
  return model->record;
}

const gchar *
voxel_model_get_digest (VoxelModel *model)
{
  return voxel_safetensors_digest (voxel_weights_file (model->weights));
}

/**
 * voxel_model_get_parameters:
 * @model: a model
 *
 * Returns: number of learnt weights; running statistics are none
 */
guint64
voxel_model_get_parameters (VoxelModel *model)
{
  return model->parameters;
}

/**
 * voxel_model_get_stride:
 * @model: a model
 *
 * Returns: what rows and columns of a picture must be multiples of
 */
guint
voxel_model_get_stride (VoxelModel *model)
{
  return model->info.stride;
}

guint
voxel_model_get_in_channels (VoxelModel *model)
{
  return model->info.in_channels;
}

guint
voxel_model_get_out_channels (VoxelModel *model)
{
  return model->info.out_channels;
}

/* The network for pictures of shape @input. */
VoxelGraph *
voxel_model_build (VoxelModel *model, const VoxelShape *input, GError **error)
{
  VoxelBuilder builder;
  VoxelGraph *graph = build (model, input, &builder, error);

  voxel_builder_clear (&builder);
  return graph;
}

VoxelPlanCache *
voxel_model_get_plans (VoxelModel *model)
{
  return model->plans;
}
