/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "voxel-prelude.h"

G_BEGIN_DECLS

typedef struct _GstVoxelProgress GstVoxelProgress;

/**
 * GstVoxelProgress:
 *
 * When an element last told how far it is. Start from zeros.
 */
struct _GstVoxelProgress {
  gint64 posted_at;
};

GST_VOXEL_API void gst_voxel_progress_post (GstElement *element, GstVoxelProgress *progress,
                                            const gchar *stage, guint64 current, guint64 total);

G_END_DECLS
