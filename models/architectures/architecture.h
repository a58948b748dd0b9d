/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/files/json.h"
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
 * VoxelArchitectureField:
 * @name: in the configuration
 * @fallback: what it is where it is absent, JSON
 * @what: what it means, in few words
 * @choices: (nullable): what it may be, ended by %NULL; "null" stands for null
 */
typedef struct {
  const gchar *name;
  const gchar *fallback;
  const gchar *what;
  const gchar *const *choices;
} VoxelArchitectureField;

/**
 * VoxelArchitecture:
 * @name: as in the model record
 * @what: what it is, in few words
 * @fields: all that the configuration may have, ended by one without a name
 * @info: checks the configuration, which has all fields; %VOXEL_MODEL_ERROR_RECORD names the field
 * @build: from the input to the output, logits; called with a configuration that @info took
 *
 * A network: its file and one line in the table make it known.
 */
typedef struct {
  const gchar *name;
  const gchar *what;
  const VoxelArchitectureField *fields;
  gboolean (*info) (const VoxelJson *config, VoxelArchitectureInfo *info, GError **error);
  VoxelTensor *(*build) (const VoxelJson *config, VoxelBuilder *builder, VoxelTensor *input);
} VoxelArchitecture;

extern const VoxelArchitecture voxel_architecture_attention_unet;
extern const VoxelArchitecture voxel_architecture_conv1x1;
extern const VoxelArchitecture voxel_architecture_smp_unet;
extern const VoxelArchitecture voxel_architecture_unet;

const VoxelArchitecture *voxel_architecture_find (const gchar *name, GError **error);
const VoxelArchitecture *voxel_architecture_nth (guint n);
gboolean voxel_architecture_info (const VoxelArchitecture *architecture, VoxelJson *config,
                                  VoxelArchitectureInfo *info, GError **error);
VoxelGraph *voxel_architecture_graph (const VoxelArchitecture *architecture, const gchar *config,
                                      const gchar *digest, guint n, guint side, VoxelBuilderFind find,
                                      gpointer data, GError **error);
gboolean voxel_architecture_visit (const VoxelArchitecture *architecture, VoxelJson *config,
                                   VoxelBuilderFind find, gpointer data, guint64 *parameters, GError **error);

G_END_DECLS
