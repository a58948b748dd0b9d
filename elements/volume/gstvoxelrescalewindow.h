/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * GstVoxelRescaleWindow:
 * @frames: slices that are held, mapped for reading
 * @first: the one of them that came first, counted from the pass's first
 * @came: slices that came so far
 *
 * Those slices of a pass that are still needed.
 */
typedef struct {
  GPtrArray *frames;
  guint first;
  guint came;
} GstVoxelRescaleWindow;

void gst_voxel_rescale_window_init (GstVoxelRescaleWindow *window);
void gst_voxel_rescale_window_clear (GstVoxelRescaleWindow *window);
void gst_voxel_rescale_window_forget (GstVoxelRescaleWindow *window);
gboolean gst_voxel_rescale_window_add (GstVoxelRescaleWindow *window, const GstVideoInfo *info,
                                       GstBuffer *buffer);
const GstVideoFrame *gst_voxel_rescale_window_get (const GstVoxelRescaleWindow *window, gint64 index);
void gst_voxel_rescale_window_drop_before (GstVoxelRescaleWindow *window, gint64 index);

G_END_DECLS
