/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsender.h"

/* Where nobody says how fast slices follow each other, times still have to rise. */
#define FALLBACK_RATE 25

/**
 * gst_voxel_sender_init:
 * @sender: to be set up, once
 * @pad: the element's source pad
 */
void
gst_voxel_sender_init (GstVoxelSender *sender, GstPad *pad)
{
  *sender = (GstVoxelSender){.pad = pad, .seqnum = GST_SEQNUM_INVALID};
}

static void
drop_pool (GstVoxelSender *sender)
{
  if (!sender->pool)
    return;
  gst_buffer_pool_set_active (sender->pool, FALSE);
  gst_clear_object (&sender->pool);
}

/**
 * gst_voxel_sender_reset:
 * @sender: after FLUSH_STOP and in stop: running time begins anew
 */
void
gst_voxel_sender_reset (GstVoxelSender *sender)
{
  drop_pool (sender);
  gst_clear_caps (&sender->caps);
  sender->base = 0;
  sender->sent = 0;
  sender->length = 0;
  sender->seqnum = GST_SEQNUM_INVALID;
}

/**
 * gst_voxel_sender_send_caps:
 * @sender: the sender
 * @caps: (transfer none): of the buffers that follow
 *
 * Refusal shows when the first buffer is pushed.
 */
void
gst_voxel_sender_send_caps (GstVoxelSender *sender, GstCaps *caps)
{
  if (sender->caps && gst_caps_is_equal (sender->caps, caps))
    return;
  gst_caps_replace (&sender->caps, caps);
  drop_pool (sender);
  gst_pad_push_event (sender->pad, gst_event_new_caps (caps));
}

/**
 * gst_voxel_sender_prepare:
 * @sender: the sender, caps sent
 *
 * What comes out is packed as everybody expects it, so downstream need not be asked for anything.
 *
 * Returns: whether buffers for these caps can be had
 */
gboolean
gst_voxel_sender_prepare (GstVoxelSender *sender)
{
  GstStructure *config;

  if (sender->pool)
    return TRUE;
  if (!gst_video_info_from_caps (&sender->info, sender->caps))
    return FALSE;
  sender->pool = gst_video_buffer_pool_new ();
  config = gst_buffer_pool_get_config (sender->pool);
  gst_buffer_pool_config_set_params (config, sender->caps, (guint) GST_VIDEO_INFO_SIZE (&sender->info), 0, 0);
  return gst_buffer_pool_set_config (sender->pool, config) && gst_buffer_pool_set_active (sender->pool, TRUE);
}

/**
 * gst_voxel_sender_send_segment:
 * @sender: the sender
 * @segment: of the buffers that follow
 */
void
gst_voxel_sender_send_segment (GstVoxelSender *sender, const GstSegment *segment)
{
  GstEvent *event = gst_event_new_segment (segment);

  if (sender->seqnum != GST_SEQNUM_INVALID)
    gst_event_set_seqnum (event, sender->seqnum);
  gst_pad_push_event (sender->pad, event);
}

static void
send_size (GstVoxelSender *sender, GstCaps *like, GstVideoFormat format, guint width, guint height)
{
  g_autoptr (GstCaps) caps = gst_caps_copy (like);

  gst_caps_set_simple (caps, "format", G_TYPE_STRING, gst_video_format_to_string (format), "width",
                       G_TYPE_INT, (gint) width, "height", G_TYPE_INT, (gint) height, NULL);
  gst_voxel_sender_send_caps (sender, caps);
}

/**
 * gst_voxel_sender_begin_pass:
 * @sender: the sender
 * @like: caps whose framerate and other fields are kept
 * @format: of the pixels
 * @width: columns
 * @height: rows
 *
 * Sends caps and a segment.
 *
 * Returns: whether buffers of that size can be had
 */
gboolean
gst_voxel_sender_begin_pass (GstVoxelSender *sender, GstCaps *like, GstVideoFormat format, guint width,
                             guint height)
{
  GstSegment segment;

  send_size (sender, like, format, width, height);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.base = sender->base;
  gst_voxel_sender_send_segment (sender, &segment);
  sender->length = 0;
  return gst_voxel_sender_prepare (sender);
}

/**
 * gst_voxel_sender_change_size:
 * @sender: the sender, in a pass
 * @like: as in gst_voxel_sender_begin_pass()
 * @format: of the pixels
 * @width: columns
 * @height: rows
 *
 * Sends caps where they differ; the segment goes on.
 *
 * Returns: whether buffers of that size can be had
 */
gboolean
gst_voxel_sender_change_size (GstVoxelSender *sender, GstCaps *like, GstVideoFormat format, guint width,
                              guint height)
{
  const GstVideoInfo *info = &sender->info;

  if (sender->pool && GST_VIDEO_INFO_FORMAT (info) == format && (guint) info->width == width &&
      (guint) info->height == height)
    return TRUE;
  send_size (sender, like, format, width, height);
  return gst_voxel_sender_prepare (sender);
}

/**
 * gst_voxel_sender_acquire:
 * @sender: the sender, in a pass
 * @buffer: (out) (transfer full): an empty slice
 * @frame: (out): its pixels, mapped for writing; the caller unmaps
 *
 * Returns: GST_FLOW_OK, else nothing is out
 */
GstFlowReturn
gst_voxel_sender_acquire (GstVoxelSender *sender, GstBuffer **buffer, GstVideoFrame *frame)
{
  GstFlowReturn flow = gst_buffer_pool_acquire_buffer (sender->pool, buffer, NULL);

  if (flow != GST_FLOW_OK)
    return flow;
  if (gst_video_frame_map (frame, &sender->info, *buffer, GST_MAP_WRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
    return GST_FLOW_OK;
  gst_clear_buffer (buffer);
  return GST_FLOW_ERROR;
}

static GstClockTime
time_at (const GstVoxelSender *sender, guint position)
{
  guint64 rate = (guint64) GST_VIDEO_INFO_FPS_N (&sender->info),
          per = (guint64) GST_VIDEO_INFO_FPS_D (&sender->info);

  if (rate == 0) {
    rate = FALLBACK_RATE;
    per = 1;
  }
  return gst_util_uint64_scale (position, per * GST_SECOND, rate);
}

/**
 * gst_voxel_sender_push:
 * @sender: the sender, in a pass
 * @buffer: (transfer full): a slice
 * @position: in the pass
 *
 * Returns: what downstream said
 */
GstFlowReturn
gst_voxel_sender_push (GstVoxelSender *sender, GstBuffer *buffer, guint position)
{
  GST_BUFFER_PTS (buffer) = time_at (sender, position);
  GST_BUFFER_DURATION (buffer) = time_at (sender, position + 1) - GST_BUFFER_PTS (buffer);
  GST_BUFFER_OFFSET (buffer) = position;
  GST_BUFFER_OFFSET_END (buffer) = (guint64) position + 1;
  sender->length = time_at (sender, position + 1);
  return gst_pad_push (sender->pad, buffer);
}

/**
 * gst_voxel_sender_end_pass:
 * @sender: the sender; the next pass begins where this one ended
 */
void
gst_voxel_sender_end_pass (GstVoxelSender *sender)
{
  sender->base += sender->length;
  sender->sent += sender->length;
  sender->length = 0;
}
