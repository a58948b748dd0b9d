/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>
#include "elements/stream/voxel.h"

G_BEGIN_DECLS

typedef struct _GstVoxelSender GstVoxelSender;

/**
 * GstVoxelSender:
 * @pad: where slices go
 * @base: running time at which the next pass begins
 * @sent: time that the passes so far took, of which upstream knows nothing
 * @seqnum: of the segments that are sent
 *
 * How an element sends slices that are no longer the buffers they came in: caps, a TIME segment for every pass that begins where the
 * pass before ended, times by position. All calls come from the thread that feeds the element; the other
 * fields are private.
 */
struct _GstVoxelSender {
  GstPad *pad;
  GstClockTime base;
  GstClockTime sent;
  guint32 seqnum;
  GstCaps *caps;
  GstBufferPool *pool;
  GstVideoInfo info;
  GstClockTime length;
};

void gst_voxel_sender_init (GstVoxelSender *sender, GstPad *pad);
void gst_voxel_sender_reset (GstVoxelSender *sender);
void gst_voxel_sender_send_caps (GstVoxelSender *sender, GstCaps *caps);
void gst_voxel_sender_send_segment (GstVoxelSender *sender, const GstSegment *segment);
gboolean gst_voxel_sender_prepare (GstVoxelSender *sender);
gboolean gst_voxel_sender_begin_pass (GstVoxelSender *sender, GstCaps *like, GstVideoFormat format,
                                      guint width, guint height);
gboolean gst_voxel_sender_change_size (GstVoxelSender *sender, GstCaps *like, GstVideoFormat format,
                                       guint width, guint height);
GstFlowReturn gst_voxel_sender_acquire (GstVoxelSender *sender, GstBuffer **buffer, GstVideoFrame *frame);
GstFlowReturn gst_voxel_sender_push (GstVoxelSender *sender, GstBuffer *buffer, guint position);
void gst_voxel_sender_end_pass (GstVoxelSender *sender);

G_END_DECLS
