/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "npy.h"
#include "shard-place.h"

G_BEGIN_DECLS

/* What stands behind a sample's key and a dot: what WebDataset calls its columns. */
#define VOXEL_SHARD_IMAGE "image.npy"
#define VOXEL_SHARD_LABEL "label.npy"
#define VOXEL_SHARD_RECORD "json"

typedef struct _VoxelShardWriter VoxelShardWriter;

/**
 * VoxelShardPicture:
 * @form: width, height and depth
 * @pixels: the first row
 * @stride: bytes from row to row
 */
typedef struct {
  VoxelNpy form;
  const guint8 *pixels;
  gsize stride;
} VoxelShardPicture;

/**
 * VoxelShardTotals:
 * @samples: written
 * @shards: files that are complete
 * @bytes: of them
 */
typedef struct {
  guint64 samples;
  guint64 shards;
  guint64 bytes;
} VoxelShardTotals;

VoxelShardWriter *voxel_shard_writer_new (const VoxelShardPlace *place, guint64 max_samples,
                                          guint64 max_bytes, GError **error);
gboolean voxel_shard_writer_add (VoxelShardWriter *self, const VoxelShardPicture *image,
                                 const VoxelShardPicture *label, JsonObject *record, GError **error);
gboolean voxel_shard_writer_finish (VoxelShardWriter *self, GError **error);
const VoxelShardTotals *voxel_shard_writer_get_totals (const VoxelShardWriter *self);
void voxel_shard_writer_free (VoxelShardWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelShardWriter, voxel_shard_writer_free)

G_END_DECLS
