/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "view-merge.h"

G_BEGIN_DECLS

typedef enum {
  GST_VOXEL_MERGE_MEAN_LOGIT,
  GST_VOXEL_MERGE_MEAN,
  GST_VOXEL_MERGE_MAX,
  GST_VOXEL_MERGE_UNION,
} GstVoxelMergeMode;

/**
 * GstVoxelMergeRule:
 * @contents: 1 << GstVoxelContent of what a mode takes
 * @how: what it does with it
 * @remedy: what takes the rest
 */
typedef struct {
  guint contents;
  VoxelViewMergeMode how;
  const gchar *remedy;
} GstVoxelMergeRule;

#define GST_TYPE_VOXEL_MERGE_MODE (gst_voxel_merge_mode_get_type ())
GType gst_voxel_merge_mode_get_type (void);
const GstVoxelMergeRule *gst_voxel_merge_mode_get_rule (GstVoxelMergeMode mode);
const guint16 *gst_voxel_merge_mode_get_logits (void);

G_END_DECLS
