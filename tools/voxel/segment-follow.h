/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelSegmentFollow:
 * @wanted: whether the scan is still being written
 * @timeout: seconds without a new slice after which it has ended; 0 = wait for ever
 * @count: slices promised, 0 where nobody knows
 *
 * A scan that is segmented while it is made.
 */
typedef struct {
  gboolean wanted;
  gdouble timeout;
  gint count;
} VoxelSegmentFollow;

#define VOXEL_SEGMENT_FOLLOW_INIT \
  { \
    FALSE, 60., 0 \
  }

void voxel_segment_follow_add_options (VoxelSegmentFollow *follow, GOptionContext *context);
gboolean voxel_segment_follow_check (const VoxelSegmentFollow *follow, const gchar *slices, const gchar *mask,
                                     GError **error);
void voxel_segment_follow_add_values (const VoxelSegmentFollow *follow, gboolean hold, GHashTable *values);

G_END_DECLS
