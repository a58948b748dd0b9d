/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/architecture.h"

#include <string.h>

#include "models/files/model-record.h"

static const VoxelArchitecture *const architectures[] = {
    &voxel_architecture_attention_unet,
    &voxel_architecture_conv1x1,
    &voxel_architecture_smp_unet,
    &voxel_architecture_unet,
};

/**
 * voxel_architecture_find:
 * @name: as in the model record
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED, with the names there are
 *
 * Returns: (transfer none) (nullable): the architecture
 */
const VoxelArchitecture *
voxel_architecture_find (const gchar *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (architectures); i++) {
    if (g_strcmp0 (architectures[i]->name, name) == 0)
      return architectures[i];
    g_string_append_printf (known, "%s%s", i ? ", " : "", architectures[i]->name);
  }
  g_set_error (
      error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
      "This build does not know the architecture %s; it knows %s: convert the model, or update gst-voxel",
      name, known->str);
  return NULL;
}

/**
 * voxel_architecture_nth:
 * @n: from 0
 *
 * Returns: (transfer none) (nullable): one of all there are, %NULL behind the last
 */
const VoxelArchitecture *
voxel_architecture_nth (guint n)
{
  return n < G_N_ELEMENTS (architectures) ? architectures[n] : NULL;
}

static gboolean
check_name (const VoxelArchitecture *architecture, const gchar *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (const VoxelArchitectureField *field = architecture->fields; field->name; field++) {
    if (g_str_equal (field->name, name))
      return TRUE;
    g_string_append_printf (known, "%s%s", known->len ? ", " : "", field->name);
  }
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
               "The architecture %s has no field \"%s\"; it has %s", architecture->name, name, known->str);
  return FALSE;
}

/**
 * voxel_architecture_info:
 * @architecture: an architecture
 * @config: its configuration; fields that are absent are added with their defaults
 * @info: (out): what it says of itself
 * @error: %VOXEL_MODEL_ERROR_RECORD naming the field: unknown, or of a wrong type or value
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_architecture_info (const VoxelArchitecture *architecture, VoxelJson *config,
                         VoxelArchitectureInfo *info, GError **error)
{
  for (guint i = 0; i < voxel_json_length (config); i++)
    if (!check_name (architecture, voxel_json_nth (config, i)->name, error))
      return FALSE;
  for (const VoxelArchitectureField *field = architecture->fields; field->name; field++)
    if (!voxel_json_get (config, field->name))
      voxel_json_set (config, field->name,
                      voxel_json_parse (field->fallback, strlen (field->fallback), NULL));
  return architecture->info (config, info, error);
}

static VoxelConstant *
find_nothing (gpointer data, const gchar *name, const VoxelShape *shape, const VoxelInitial *initial,
              GError **error)
{
  return voxel_constant_new_absent (name, shape);
}

/**
 * voxel_architecture_visit:
 * @architecture: an architecture
 * @config: as of voxel_architecture_info()
 * @find: (nullable): told of each weight
 * @data: for @find
 * @parameters: (out): how many training learns
 * @error: of @config or of @find
 *
 * Builds the network for the smallest picture and forgets it: only @find learns what there is.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_architecture_visit (const VoxelArchitecture *architecture, VoxelJson *config, VoxelBuilderFind find,
                          gpointer data, guint64 *parameters, GError **error)
{
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("");
  VoxelArchitectureInfo info;
  VoxelBuilder builder;
  VoxelTensor *input;
  gboolean whole;

  if (!voxel_architecture_info (architecture, config, &info, error))
    return FALSE;
  input = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, info.in_channels, info.stride, info.stride));
  voxel_builder_init (&builder, graph, find ? find : find_nothing, data);
  whole = voxel_builder_finish (&builder, architecture->build (config, &builder, input), error);
  *parameters = builder.parameters;
  voxel_builder_clear (&builder);
  return whole;
}

/**
 * voxel_architecture_graph:
 * @architecture: an architecture
 * @config: its configuration, JSON
 * @digest: unique for what @find gives
 * @n: pictures of the input
 * @side: of the input, which is square; 0 for the smallest that the network takes
 * @find: where weights come from
 * @data: for @find
 * @error: of @config or of @find
 *
 * Returns: (transfer full) (nullable): the network
 */
VoxelGraph *
voxel_architecture_graph (const VoxelArchitecture *architecture, const gchar *config, const gchar *digest,
                          guint n, guint side, VoxelBuilderFind find, gpointer data, GError **error)
{
  g_autoptr (VoxelJson) fields = voxel_json_parse_object (config, strlen (config), error);
  g_autoptr (VoxelGraph) graph = voxel_graph_new (digest);
  VoxelArchitectureInfo info;
  VoxelBuilder builder;
  VoxelTensor *input;
  gboolean whole;

  if (!fields || !voxel_architecture_info (architecture, fields, &info, error))
    return NULL;
  side = side ? side : info.stride;
  input = voxel_graph_input (graph, &VOXEL_SHAPE_4 (n, info.in_channels, side, side));
  voxel_builder_init (&builder, graph, find, data);
  whole = voxel_builder_finish (&builder, architecture->build (fields, &builder, input), error);
  voxel_builder_clear (&builder);
  return whole ? g_steal_pointer (&graph) : NULL;
}
