/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/model.h"

#include <string.h>

#include "models/architectures/architecture.h"
#include "models/model-private.h"
#include "models/weights-survey.h"

#define EXPORT_AGAIN \
  "the record's configuration is of another network; export the model again with the one it was trained " \
  "with"
#define OTHER_WEIGHTS \
  "the weights are of another architecture or config than was given; tools/convert-checkpoint finds out " \
  "which"

struct _VoxelModel {
  gatomicrefcount refs;
  VoxelModelRecord *record;
  VoxelWeights *weights;
  const VoxelArchitecture *architecture;
  VoxelArchitectureInfo info;
  VoxelJson *config;
  guint64 parameters;
  VoxelPlanCache *plans;
};

static VoxelConstant *
find_weight (gpointer data, const gchar *name, const VoxelShape *shape, const VoxelInitial *initial,
             GError **error)
{
  return voxel_weights_find (data, name, shape, error);
}

static VoxelGraph *
build (VoxelModel *model, const VoxelShape *shape, VoxelBuilderFind find, gpointer data,
       VoxelBuilder *builder, GError **error)
{
  g_autoptr (VoxelGraph) graph = voxel_graph_new (voxel_model_get_digest (model));
  VoxelTensor *output;

  voxel_builder_init (builder, graph, find, data);
  output = model->architecture->build (model->config, builder, voxel_graph_input (graph, shape));
  if (!voxel_builder_finish (builder, output, error))
    return NULL;
  return g_steal_pointer (&graph);
}

/* A network for the smallest picture tells whether all weights are there. */
static gboolean
check_weights (VoxelModel *model, gboolean foreign, GError **error)
{
  const VoxelArchitectureInfo *info = &model->info;
  g_auto (VoxelWeightsSurvey) survey = {.weights = model->weights};
  VoxelBuilder builder;
  g_autoptr (VoxelGraph) graph =
      build (model, &VOXEL_SHAPE_4 (1, info->in_channels, info->stride, info->stride),
             voxel_weights_survey_find, &survey, &builder, error);
  gboolean complete = graph != NULL;

  if (complete) {
    voxel_weights_survey_rest (&survey, builder.used, model->architecture->name);
    complete = voxel_weights_survey_judge (&survey, foreign ? OTHER_WEIGHTS : EXPORT_AGAIN, error);
  }
  model->parameters = builder.parameters;
  voxel_builder_clear (&builder);
  return complete;
}

static gboolean
read_config (VoxelModel *model, GError **error)
{
  const gchar *text = model->record->config ? model->record->config : "{}";

  model->config = voxel_json_parse_object (text, strlen (text), NULL);
  if (!model->config) {
    g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                         "The architecture's configuration is no JSON object");
    return FALSE;
  }
  return voxel_architecture_info (model->architecture, model->config, &model->info, error);
}

static gboolean
read_record (VoxelModel *model, const gchar *text, const gchar *architecture, const gchar *config,
             GError **error)
{
  model->record = voxel_model_record_choose (text, architecture, config, error);
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
 * voxel_model_load_as:
 * @path: a safetensors file
 * @architecture: (nullable): what it is, where it has no model record
 * @config: (nullable): JSON object, the architecture's configuration; %NULL for its defaults
 * @error: %VOXEL_MODEL_ERROR, naming the file and what is wrong in it
 *
 * As voxel_model_load(), for weights of others too, whose tensors are named as the architecture's. A record that
 * says something else is an error.
 *
 * Returns: (transfer full) (nullable): the model
 */
VoxelModel *
voxel_model_load_as (const gchar *path, const gchar *architecture, const gchar *config, GError **error)
{
  g_autoptr (VoxelWeights) weights = voxel_weights_open (path, error);
  g_autoptr (VoxelModel) model = NULL;
  const gchar *text;

  if (!weights)
    return NULL;
  text = voxel_safetensors_metadata (voxel_weights_file (weights), VOXEL_MODEL_RECORD_KEY);
  model = g_new0 (VoxelModel, 1);
  g_atomic_ref_count_init (&model->refs);
  model->weights = g_steal_pointer (&weights);
  model->plans = voxel_plan_cache_new ();
  if (!read_record (model, text, architecture, config, error) || !check_record (model, error) ||
      !check_weights (model, !text, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&model);
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
  return voxel_model_load_as (path, NULL, NULL, error);
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
  g_clear_pointer (&model->config, voxel_json_free);
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
  VoxelGraph *graph = build (model, input, find_weight, model->weights, &builder, error);

  voxel_builder_clear (&builder);
  return graph;
}

VoxelPlanCache *
voxel_model_get_plans (VoxelModel *model)
{
  return model->plans;
}
