/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstVoxelBigTiff:
 * @GST_VOXEL_BIG_TIFF_AUTO: where a file may grow beyond 4 GB
 * @GST_VOXEL_BIG_TIFF_ALWAYS: for all files
 *
 * When voxelsink writes BigTIFF.
 */
typedef enum {
  GST_VOXEL_BIG_TIFF_AUTO,
  GST_VOXEL_BIG_TIFF_ALWAYS,
} GstVoxelBigTiff;

/**
 * GstVoxelShardLabels:
 * @GST_VOXEL_SHARD_LABELS_REQUIRED: every sample must have one
 * @GST_VOXEL_SHARD_LABELS_OPTIONAL: samples without are written without
 *
 * Whether voxelshardsink takes samples without a label.
 */
typedef enum {
  GST_VOXEL_SHARD_LABELS_REQUIRED,
  GST_VOXEL_SHARD_LABELS_OPTIONAL,
} GstVoxelShardLabels;

#define GST_TYPE_VOXEL_TIFF_COMPRESSION (gst_voxel_tiff_compression_get_type ())
GType gst_voxel_tiff_compression_get_type (void);

#define GST_TYPE_VOXEL_BIG_TIFF (gst_voxel_big_tiff_get_type ())
GType gst_voxel_big_tiff_get_type (void);

#define GST_TYPE_VOXEL_SHARD_LABELS (gst_voxel_shard_labels_get_type ())
GType gst_voxel_shard_labels_get_type (void);

G_END_DECLS
