/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>
#include "elements/stream/voxel.h"

G_BEGIN_DECLS

typedef struct _GstVoxelHolder GstVoxelHolder;

/**
 * GstVoxelHolder:
 * @pad: where slices go
 * @base: running time at which the next pass begins
 * @seqnum: of the segments that are sent
 *
 * How an element that held a volume sends slices: caps, a TIME segment for every pass that begins where the
 * pass before ended, times by position. All calls come from the thread that feeds the element; the other
 * fields are private.
 */
struct _GstVoxelHolder {
  GstPad *pad;
  GstClockTime base;
  guint32 seqnum;
  GstCaps *caps;
  GstBufferPool *pool;
  GstVideoInfo info;
  GstClockTime length;
};

void gst_voxel_holder_init (GstVoxelHolder *holder, GstPad *pad);
void gst_voxel_holder_reset (GstVoxelHolder *holder);
void gst_voxel_holder_send_caps (GstVoxelHolder *holder, GstCaps *caps);
gboolean gst_voxel_holder_prepare (GstVoxelHolder *holder);
gboolean gst_voxel_holder_begin_pass (GstVoxelHolder *holder, GstCaps *like, GstVideoFormat format,
                                      guint width, guint height);
GstFlowReturn gst_voxel_holder_acquire (GstVoxelHolder *holder, GstBuffer **buffer, GstVideoFrame *frame);
GstFlowReturn gst_voxel_holder_push (GstVoxelHolder *holder, GstBuffer *buffer, guint position);
void gst_voxel_holder_end_pass (GstVoxelHolder *holder);
void gst_voxel_holder_post_error (GstElement *element, const GError *error);

G_END_DECLS
