/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "models/plan.h"

G_BEGIN_DECLS

/**
 * GstVoxelInferSettings:
 * @model: path of the model file
 * @architecture: (nullable): of a model file without a record
 * @config: (nullable): likewise
 * @backend: who computes
 * @devices: (nullable): of the backend
 * @precision: of the arithmetic
 * @batch: pictures collected; 0: as many as pay
 * @batch_timeout: ns without a picture until fewer are run; 0: none
 * @threads: of the network; 0: one a core
 * @memory_limit: bytes that a picture may take in the network; 0: half of what is available
 * @skip_below: pictures darker than this everywhere are background
 *
 * The properties of voxelinfer.
 */
typedef struct {
  gchar *model;
  gchar *architecture;
  gchar *config;
  gchar *backend;
  gchar *devices;
  VoxelPrecision precision;
  guint batch;
  guint64 batch_timeout;
  guint threads;
  guint64 memory_limit;
  guint skip_below;
} GstVoxelInferSettings;

void gst_voxel_infer_settings_init (GstVoxelInferSettings *settings);
void gst_voxel_infer_settings_clear (GstVoxelInferSettings *settings);
gboolean gst_voxel_infer_settings_set (GstVoxelInferSettings *settings, guint id, const GValue *value);
gboolean gst_voxel_infer_settings_get (const GstVoxelInferSettings *settings, guint id, GValue *value);
void gst_voxel_infer_settings_install (GObjectClass *object_class, gboolean threads);
void gst_voxel_infer_settings_install_busy (GObjectClass *object_class, guint id);

G_END_DECLS
