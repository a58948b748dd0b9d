/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelholder.h"

/* Where nobody says how fast slices follow each other, times still have to rise. */
#define FALLBACK_RATE 25

/**
 * gst_voxel_holder_init:
 * @holder: to be set up, once
 * @pad: the element's source pad
 */
void
gst_voxel_holder_init (GstVoxelHolder *holder, GstPad *pad)
{
  *holder = (GstVoxelHolder){.pad = pad, .seqnum = GST_SEQNUM_INVALID};
}

static void
drop_pool (GstVoxelHolder *holder)
{
  if (!holder->pool)
    return;
  gst_buffer_pool_set_active (holder->pool, FALSE);
  gst_clear_object (&holder->pool);
}

/**
 * gst_voxel_holder_reset:
 * @holder: after FLUSH_STOP and in stop: running time begins anew
 */
void
gst_voxel_holder_reset (GstVoxelHolder *holder)
{
  drop_pool (holder);
  gst_clear_caps (&holder->caps);
  holder->base = 0;
  holder->length = 0;
  holder->seqnum = GST_SEQNUM_INVALID;
}

/**
 * gst_voxel_holder_send_caps:
 * @holder: the holder
 * @caps: (transfer none): of the buffers that follow
 *
 * Refusal shows when the first buffer is pushed.
 */
void
gst_voxel_holder_send_caps (GstVoxelHolder *holder, GstCaps *caps)
{
  if (holder->caps && gst_caps_is_equal (holder->caps, caps))
    return;
  gst_caps_replace (&holder->caps, caps);
  drop_pool (holder);
  gst_pad_push_event (holder->pad, gst_event_new_caps (caps));
}

/**
 * gst_voxel_holder_prepare:
 * @holder: the holder, caps sent
 *
 * What comes out is packed as everybody expects it, so downstream need not be asked for anything.
 *
 * Returns: whether buffers for these caps can be had
 */
gboolean
gst_voxel_holder_prepare (GstVoxelHolder *holder)
{
  GstStructure *config;

  if (holder->pool)
    return TRUE;
  if (!gst_video_info_from_caps (&holder->info, holder->caps))
    return FALSE;
  holder->pool = gst_video_buffer_pool_new ();
  config = gst_buffer_pool_get_config (holder->pool);
  gst_buffer_pool_config_set_params (config, holder->caps, (guint) GST_VIDEO_INFO_SIZE (&holder->info), 0, 0);
  return gst_buffer_pool_set_config (holder->pool, config) && gst_buffer_pool_set_active (holder->pool, TRUE);
}

/**
 * gst_voxel_holder_begin_pass:
 * @holder: the holder
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
gst_voxel_holder_begin_pass (GstVoxelHolder *holder, GstCaps *like, GstVideoFormat format, guint width,
                             guint height)
{
  g_autoptr (GstCaps) caps = gst_caps_copy (like);
  GstSegment segment;
  GstEvent *event;

  gst_caps_set_simple (caps, "format", G_TYPE_STRING, gst_video_format_to_string (format), "width",
                       G_TYPE_INT, (gint) width, "height", G_TYPE_INT, (gint) height, NULL);
  gst_voxel_holder_send_caps (holder, caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.base = holder->base;
  event = gst_event_new_segment (&segment);
  if (holder->seqnum != GST_SEQNUM_INVALID)
    gst_event_set_seqnum (event, holder->seqnum);
  gst_pad_push_event (holder->pad, event);
  holder->length = 0;
  return gst_voxel_holder_prepare (holder);
}

/**
 * gst_voxel_holder_acquire:
 * @holder: the holder, in a pass
 * @buffer: (out) (transfer full): an empty slice
 * @frame: (out): its pixels, mapped for writing; the caller unmaps
 *
 * Returns: GST_FLOW_OK, else nothing is out
 */
GstFlowReturn
gst_voxel_holder_acquire (GstVoxelHolder *holder, GstBuffer **buffer, GstVideoFrame *frame)
{
  GstFlowReturn flow = gst_buffer_pool_acquire_buffer (holder->pool, buffer, NULL);

  if (flow != GST_FLOW_OK)
    return flow;
  if (gst_video_frame_map (frame, &holder->info, *buffer, GST_MAP_WRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
    return GST_FLOW_OK;
  gst_clear_buffer (buffer);
  return GST_FLOW_ERROR;
}

static GstClockTime
time_at (const GstVoxelHolder *holder, guint position)
{
  guint64 rate = (guint64) GST_VIDEO_INFO_FPS_N (&holder->info),
          per = (guint64) GST_VIDEO_INFO_FPS_D (&holder->info);

  if (rate == 0) {
    rate = FALLBACK_RATE;
    per = 1;
  }
  return gst_util_uint64_scale (position, per * GST_SECOND, rate);
}

/**
 * gst_voxel_holder_push:
 * @holder: the holder, in a pass
 * @buffer: (transfer full): a slice
 * @position: in the pass
 *
 * Returns: what downstream said
 */
GstFlowReturn
gst_voxel_holder_push (GstVoxelHolder *holder, GstBuffer *buffer, guint position)
{
  GST_BUFFER_PTS (buffer) = time_at (holder, position);
  GST_BUFFER_DURATION (buffer) = time_at (holder, position + 1) - GST_BUFFER_PTS (buffer);
  GST_BUFFER_OFFSET (buffer) = position;
  GST_BUFFER_OFFSET_END (buffer) = (guint64) position + 1;
  holder->length = time_at (holder, position + 1);
  return gst_pad_push (holder->pad, buffer);
}

/**
 * gst_voxel_holder_end_pass:
 * @holder: the holder; the next pass begins where this one ended
 */
void
gst_voxel_holder_end_pass (GstVoxelHolder *holder)
{
  holder->base += holder->length;
  holder->length = 0;
}

static gint
resource_code (const GError *error)
{
  if (!g_error_matches (error, G_FILE_ERROR, error->code))
    return GST_RESOURCE_ERROR_FAILED;
  if (error->code == G_FILE_ERROR_NOSPC)
    return GST_RESOURCE_ERROR_NO_SPACE_LEFT;
  if (error->code == G_FILE_ERROR_NOENT || error->code == G_FILE_ERROR_ACCES ||
      error->code == G_FILE_ERROR_NOTDIR || error->code == G_FILE_ERROR_ROFS)
    return GST_RESOURCE_ERROR_OPEN_WRITE;
  return GST_RESOURCE_ERROR_FAILED;
}

/**
 * gst_voxel_holder_post_error:
 * @element: who failed
 * @error: #GFileError of a volume store, or a stream's error
 *
 * Posts @error in the domain that it belongs to.
 */
void
gst_voxel_holder_post_error (GstElement *element, const GError *error)
{
  gboolean of_stream = error->domain == GST_STREAM_ERROR;

  gst_element_message_full (element, GST_MESSAGE_ERROR, of_stream ? GST_STREAM_ERROR : GST_RESOURCE_ERROR,
                            of_stream ? error->code : resource_code (error), g_strdup (error->message), NULL,
                            __FILE__, GST_FUNCTION, __LINE__);
}
