/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pixels of a label: those of #GstVoxelLabelMeta. */
#define VOXEL_SLICE_LABEL_BACKGROUND 0
#define VOXEL_SLICE_LABEL_IGNORE 128
#define VOXEL_SLICE_LABEL_SET 255

/* What a rule's @threshold and @ignore are where there is none. */
#define VOXEL_SLICE_LABEL_NO_THRESHOLD 0
#define VOXEL_SLICE_LABEL_NO_IGNORE -1

typedef struct _VoxelSliceLabelRule VoxelSliceLabelRule;

/**
 * VoxelSliceLabelRule:
 * @threshold: values from it on are vessel; VOXEL_SLICE_LABEL_NO_THRESHOLD = there are 0 and one other value
 * @ignore: a value of which nobody says what it is, or VOXEL_SLICE_LABEL_NO_IGNORE
 *
 * What the pixels of a label's file mean.
 */
struct _VoxelSliceLabelRule {
  guint threshold;
  gint ignore;
};

gboolean voxel_slice_label_row (const VoxelSliceLabelRule *rule, guint bits, const guint8 *row, guint count,
                                guint8 *label, guint *found, guint *odd_at);

G_END_DECLS
