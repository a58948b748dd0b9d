/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstVoxelSrcTime GstVoxelSrcTime;

/**
 * GstVoxelSrcTime:
 * @framerate_n: slices
 * @framerate_d: in so many seconds
 * @depth: slices in all, 0 while unknown
 * @once: whether slices come once only, so that nobody can seek
 * @position: time reached
 *
 * How slices and time go together.
 */
struct _GstVoxelSrcTime {
  gint framerate_n;
  gint framerate_d;
  guint depth;
  gboolean once;
  GstClockTime position;
};

GstClockTime gst_voxel_src_time_of_index (const GstVoxelSrcTime *time, guint64 index);
guint64 gst_voxel_src_time_to_index (const GstVoxelSrcTime *time, GstClockTime at);
gboolean gst_voxel_src_time_answer (const GstVoxelSrcTime *time, GstQuery *query, gboolean *handled);

G_END_DECLS
