/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "models/graph/builder.h"

G_BEGIN_DECLS

/**
 * VoxelArchitectureInfo:
 * @stride: sides of a picture must be multiples of this
 * @in_channels: of the input
 * @out_channels: of the output, which is as large as the input
 */
typedef struct {
  guint stride;
  guint in_channels;
  guint out_channels;
} VoxelArchitectureInfo;

/**
 * VoxelArchitecture:
 * @name: as in the model record
 * @fields: names of all fields that the configuration may have, ended by %NULL
 * @info: checks the configuration; %VOXEL_MODEL_ERROR_RECORD names the field
 * @build: from the input to the output, logits; called with a configuration that @info took
 *
 * A network: its file and one line in the table make it known.
 */
typedef struct {
  const gchar *name;
  const gchar *const *fields;
  gboolean (*info) (JsonObject *config, VoxelArchitectureInfo *info, GError **error);
  VoxelTensor *(*build) (JsonObject *config, VoxelBuilder *builder, VoxelTensor *input);
} VoxelArchitecture;

extern const VoxelArchitecture voxel_architecture_conv1x1;
extern const VoxelArchitecture voxel_architecture_unet;

const VoxelArchitecture *voxel_architecture_find (const gchar *name, GError **error);
gboolean voxel_architecture_info (const VoxelArchitecture *architecture, JsonObject *config,
                                  VoxelArchitectureInfo *info, GError **error);

gboolean voxel_config_uint (JsonObject *config, const gchar *field, guint fallback, guint least, guint most,
                            guint *value, GError **error);
gboolean voxel_config_boolean (JsonObject *config, const gchar *field, gboolean fallback, gboolean *value,
                               GError **error);
gboolean voxel_config_choice (JsonObject *config, const gchar *field, const gchar *const *choices,
                              guint *value, GError **error);

G_END_DECLS
