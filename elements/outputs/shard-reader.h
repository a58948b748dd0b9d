/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "label-count.h"
#include "npy.h"

G_BEGIN_DECLS

typedef struct _VoxelShardReader VoxelShardReader;

/**
 * VoxelShardSample:
 * @key: its name in the shard
 * @form: of the image
 * @image: pixels, rows without gaps; of 16 bits little-endian
 * @label: (nullable): a byte a pixel: VOXEL_LABEL_BACKGROUND, _IGNORE or _SET
 * @count: of the label's pixels
 * @record: (nullable): what else is known of it
 */
typedef struct {
  const gchar *key;
  VoxelNpy form;
  const guint8 *image;
  const guint8 *label;
  VoxelLabelCount count;
  JsonObject *record;
} VoxelShardSample;

VoxelShardReader *voxel_shard_reader_new (const gchar *path, gboolean need_labels, GError **error);
const VoxelShardSample *voxel_shard_reader_next (VoxelShardReader *self, GError **error);
void voxel_shard_reader_free (VoxelShardReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelShardReader, voxel_shard_reader_free)

G_END_DECLS
