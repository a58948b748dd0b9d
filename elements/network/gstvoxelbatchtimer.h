/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstVoxelBatchTimer GstVoxelBatchTimer;

/**
 * GstVoxelBatchTimerFunc:
 * @element: whose batch did not fill up in time
 *
 * Called on the timer's thread, which holds the sink pad's stream lock.
 *
 * Returns: as from a chain function
 */
typedef GstFlowReturn (*GstVoxelBatchTimerFunc) (GstElement *element);

GstVoxelBatchTimer *gst_voxel_batch_timer_new (GstElement *element, GstPad *sink, GstClockTime timeout,
                                               GstVoxelBatchTimerFunc expired);
void gst_voxel_batch_timer_free (GstVoxelBatchTimer *timer);
void gst_voxel_batch_timer_arm (GstVoxelBatchTimer *timer);
GstFlowReturn gst_voxel_batch_timer_disarm (GstVoxelBatchTimer *timer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstVoxelBatchTimer, gst_voxel_batch_timer_free)

G_END_DECLS
