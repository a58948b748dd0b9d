/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelrescaler.h"

#include "gstvoxelholder.h"
#include "gstvoxelreslicerecord.h"

/**
 * gst_voxel_rescaler_init:
 * @self: (out): set up
 * @element: whose errors are posted
 * @pad: its source pad
 */
void
gst_voxel_rescaler_init (GstVoxelRescaler *self, GstElement *element, GstPad *pad)
{
  *self = (GstVoxelRescaler){.element = element};
  gst_voxel_sender_init (&self->sender, pad);
  gst_voxel_rescale_window_init (&self->window);
}

/**
 * gst_voxel_rescaler_clear:
 * @self: no longer needed
 */
void
gst_voxel_rescaler_clear (GstVoxelRescaler *self)
{
  gst_voxel_rescaler_forget (self);
  gst_voxel_rescale_window_clear (&self->window);
  gst_voxel_sender_reset (&self->sender);
  gst_clear_event (&self->segment);
  gst_clear_caps (&self->caps);
}

/**
 * gst_voxel_rescaler_forget:
 * @self: what is held of the pass is no longer needed
 */
void
gst_voxel_rescaler_forget (GstVoxelRescaler *self)
{
  gst_voxel_rescale_window_forget (&self->window);
  g_clear_pointer (&self->rescale, voxel_volume_rescale_free);
  g_clear_pointer (&self->slices, g_free);
  g_clear_pointer (&self->scan, gst_voxel_volume_unref);
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  self->next = 0;
}

/* Caps go before the segment. */
static gboolean
send_caps (GstVoxelRescaler *self, GstCaps *caps)
{
  gst_voxel_sender_send_caps (&self->sender, caps);
  if (self->segment)
    gst_pad_push_event (self->sender.pad, g_steal_pointer (&self->segment));
  return gst_voxel_sender_prepare (&self->sender);
}

static GstCaps *
make_caps (const GstVoxelRescaler *self)
{
  GstCaps *caps = gst_caps_copy (self->caps);
  gint n = GST_VIDEO_INFO_FPS_N (&self->info), d = GST_VIDEO_INFO_FPS_D (&self->info);

  if (n > 0 && self->ratio[0] != 1.) {
    gst_util_double_to_fraction (n / (d * self->ratio[0]), &n, &d);
    gst_caps_set_simple (caps, "framerate", GST_TYPE_FRACTION, n, d, NULL);
  }
  gst_caps_set_simple (caps, "width", G_TYPE_INT, (gint) self->record->shape[2], "height", G_TYPE_INT,
                       (gint) self->record->shape[1], NULL);
  return caps;
}

static void
set_time (const GstVoxelRescaler *self, GstBuffer *out, const GstBuffer *nearest, guint nearest_index)
{
  GstClockTime time = GST_BUFFER_PTS (nearest), duration = GST_BUFFER_DURATION (nearest);

  GST_BUFFER_OFFSET (out) = self->next;
  GST_BUFFER_OFFSET_END (out) = (guint64) self->next + 1;
  GST_BUFFER_PTS (out) = time;
  if (!GST_CLOCK_TIME_IS_VALID (time) || !GST_CLOCK_TIME_IS_VALID (duration))
    return;
  GST_BUFFER_PTS (out) = (GstClockTime) MAX (
      (gdouble) time + (self->next * self->ratio[0] - nearest_index) * (gdouble) duration + .5, 0.);
  GST_BUFFER_DURATION (out) = (GstClockTime) ((gdouble) duration * self->ratio[0] + .5);
}

/* What was true for the label of the nearest slice is true for this one's. */
static gboolean
add_label (GstVoxelRescaler *self, GstBuffer *out, GstBuffer *nearest)
{
  const GstVoxelLabelMeta *meta = gst_buffer_get_voxel_label_meta (nearest);
  g_autoptr (GstBuffer) label = NULL;
  GstVideoFrame from, to;
  GstVideoInfo info;

  if (!meta)
    return TRUE;
  if (!gst_voxel_label_meta_map (meta, (guint) self->info.width, (guint) self->info.height, &from))
    return FALSE;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY8, self->record->shape[2], self->record->shape[1]);
  label = gst_buffer_new_allocate (NULL, info.size, NULL);
  if (!gst_video_frame_map (&to, &info, label, GST_MAP_WRITE)) {
    gst_video_frame_unmap (&from);
    return FALSE;
  }
  voxel_volume_rescale_label (
      self->rescale, GST_VIDEO_FRAME_PLANE_DATA (&from, 0), (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&from, 0),
      GST_VIDEO_FRAME_PLANE_DATA (&to, 0), (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&to, 0));
  gst_video_frame_unmap (&to);
  gst_video_frame_unmap (&from);
  gst_buffer_add_voxel_label_meta (out, label, meta->weight);
  return TRUE;
}

static GstFlowReturn
make_slice (GstVoxelRescaler *self, GstBuffer **out)
{
  GstVideoFrame frame;
  GstFlowReturn flow = gst_voxel_sender_acquire (&self->sender, out, &frame);
  guint taps;
  gint64 first = voxel_volume_rescale_window (self->rescale, self->next, &taps);

  if (flow != GST_FLOW_OK)
    return flow;
  for (guint k = 0; k < taps; k++) {
    const GstVideoFrame *slice = gst_voxel_rescale_window_get (&self->window, first + k);

    self->slices[k] = (VoxelVolumeRescaleSlice){GST_VIDEO_FRAME_PLANE_DATA (slice, 0),
                                                (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (slice, 0)};
  }
  voxel_volume_rescale_slice (self->rescale, self->next, self->slices, GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                              (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0));
  gst_video_frame_unmap (&frame);
  return GST_FLOW_OK;
}

static GstFlowReturn
send_next (GstVoxelRescaler *self)
{
  guint nearest = MIN (voxel_rescale_nearest (self->ratio[0], self->next), self->window.came - 1), taps;
  GstBuffer *in = gst_voxel_rescale_window_get (&self->window, nearest)->buffer, *out = NULL;
  const GstVoxelSliceMeta *from = gst_buffer_get_voxel_slice_meta (in);
  guint last = self->record->shape[0] ? self->record->shape[0] - 1 : GST_VOXEL_INDEX_UNKNOWN;
  GstVoxelSliceMeta *slice;
  GstFlowReturn flow = make_slice (self, &out);

  if (flow != GST_FLOW_OK)
    return flow;
  slice = gst_buffer_add_voxel_slice_meta (out, self->record, GST_VOXEL_AXIS_Z, from->content, self->next, 0,
                                           last);
  slice->epoch = from->epoch;
  set_time (self, out, in, nearest);
  if (!add_label (self, out, in)) {
    gst_buffer_unref (out);
    return gst_voxel_holder_refuse (
        self->element, GST_STREAM_ERROR_FAILED,
        "The label of slice %u of volume \"%s\" is not of the slice's size, a byte a pixel.", from->index,
        from->volume->id);
  }
  self->next++;
  gst_voxel_rescale_window_drop_before (&self->window,
                                        voxel_volume_rescale_window (self->rescale, self->next, &taps));
  return gst_pad_push (self->sender.pad, out);
}

/* Whether all that the next slice is made of has come. While nobody knows where the volume ends the last one waits, so
 * that there is one to tell. */
static gboolean
next_is_ready (const GstVoxelRescaler *self)
{
  guint came = self->window.came, taps;
  gint64 end = voxel_volume_rescale_window (self->rescale, self->next, &taps) + taps;

  if (self->record->shape[0])
    return self->next < self->record->shape[0] && MIN (end, self->depth) <= came;
  return end <= came && self->next + 1 < voxel_rescale_side (came, self->ratio[0]);
}

/**
 * gst_voxel_rescaler_end:
 * @self: nothing more of the pass comes, if there is one
 *
 * Sends what is left of it.
 *
 * Returns: what downstream said
 */
GstFlowReturn
gst_voxel_rescaler_end (GstVoxelRescaler *self)
{
  GstFlowReturn flow = GST_FLOW_OK;

  if (self->rescale && self->record->shape[0] == 0) {
    GstVoxelVolume *whole =
        gst_voxel_rescale_record_new (&self->aim, self->scan, self->window.came, self->ratio);

    whole->serial = self->record->serial;
    gst_voxel_volume_unref (self->record);
    self->record = whole;
  }
  while (self->rescale && flow == GST_FLOW_OK && self->next < self->record->shape[0])
    flow = send_next (self);
  gst_voxel_rescaler_forget (self);
  return flow;
}

/* The volume that this pass is: all of one, or a part that becomes a volume of its own. */
static GstVoxelVolume *
volume_of (const GstVoxelRescaler *self, const GstVoxelSliceMeta *slice)
{
  GstVoxelVolume *volume =
      gst_voxel_reslice_record_new (slice->volume, slice->first, self->depth, slice->volume->axes, NULL);

  volume->shape[1] = (guint) self->info.height;
  volume->shape[2] = (guint) self->info.width;
  return volume;
}

static GstFlowReturn
check_pass (const GstVoxelRescaler *self, const GstVoxelSliceMeta *slice, GstVoxelPassStep step)
{
  GstElement *element = self->element;
  const GstVoxelVolume *volume = slice->volume;

  if (slice->axis != GST_VOXEL_AXIS_Z || volume->axes & ~(1u << GST_VOXEL_AXIS_Z))
    return gst_voxel_holder_refuse (element, GST_STREAM_ERROR_FORMAT,
                                    "voxelrescale takes the z slices of a volume only, and volume \"%s\" "
                                    "comes along several axes: put it "
                                    "before voxelreslice, or behind voxelvote.",
                                    volume->id);
  if (step == GST_VOXEL_PASS_NEW_AXIS && slice->first > 0)
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FORMAT,
        "Slices of volume \"%s\" come in no order, and each is made of those around it: put voxelrescale "
        "before voxelreslice.",
        volume->id);
  if (gst_voxel_reslice_record_check (element, slice, &self->info) != GST_FLOW_OK)
    return GST_FLOW_ERROR;
  if (self->aim.back && volume->shape[0] && (slice->first > 0 || slice->last + 1 < volume->shape[0]))
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FAILED,
        "Slices %u to %u of the %u of volume \"%s\" are not enough to give all of the scan.", slice->first,
        slice->last, volume->shape[0], volume->id);
  if (slice->content == GST_VOXEL_CONTENT_MASK && GST_VIDEO_INFO_COMP_DEPTH (&self->info, 0) != 8)
    return gst_voxel_holder_refuse (element, GST_STREAM_ERROR_WRONG_TYPE,
                                    "A mask has 8 bits, that of volume \"%s\" has %u.", volume->id,
                                    (guint) GST_VIDEO_INFO_COMP_DEPTH (&self->info, 0));
  return GST_FLOW_OK;
}

static GstFlowReturn
begin_rescaling (GstVoxelRescaler *self, const GstVoxelSliceMeta *slice)
{
  gboolean intensity = slice->content == GST_VOXEL_CONTENT_INTENSITY;
  g_autoptr (GstVoxelVolume) volume = volume_of (self, slice);
  g_autoptr (GstCaps) caps = NULL;
  VoxelVolumeRescaleForm form = {
      .in = {volume->shape[1], volume->shape[2]},
      .ratio = {self->ratio[0], self->ratio[1], self->ratio[2]},
      .pixel_size = (guint) GST_VIDEO_INFO_COMP_PSTRIDE (&self->info, 0),
      .mask = slice->content == GST_VOXEL_CONTENT_MASK,
  };
  guint taps;

  form.method = intensity ? self->interpolation : VOXEL_RESCALE_LINEAR;
  form.antialias = intensity && self->antialias;
  self->record = gst_voxel_rescale_record_new (&self->aim, volume, self->depth, self->ratio);
  form.out[0] = self->record->shape[1];
  form.out[1] = self->record->shape[2];
  caps = make_caps (self);
  if (MAX (MAX (form.out[0], form.out[1]), self->record->shape[0]) > G_MAXINT || !send_caps (self, caps))
    return gst_voxel_holder_refuse (self->element, GST_STREAM_ERROR_FORMAT,
                                    "Volume \"%s\" of %u x %u x %u voxels would become one of %u x %u x %u.",
                                    volume->id, self->depth, form.in[0], form.in[1], self->record->shape[0],
                                    form.out[0], form.out[1]);
  self->rescale = voxel_volume_rescale_new (&form, self->threads);
  voxel_volume_rescale_window (self->rescale, 0, &taps);
  self->slices = g_new (VoxelVolumeRescaleSlice, taps);
  GST_INFO_OBJECT (self->element, "volume \"%s\": %u x %u x %u voxels to %u x %u x %u, %u slices for one",
                   volume->id, self->depth, form.in[0], form.in[1], self->record->shape[0], form.out[0],
                   form.out[1], taps);
  return GST_FLOW_OK;
}

/**
 * gst_voxel_rescaler_begin:
 * @self: after gst_voxel_rescaler_end()
 * @slice: the first one of a pass
 * @step: what it is to what came before
 *
 * Returns: GST_FLOW_OK where the pass can be resampled as is asked for; otherwise an error was posted
 */
GstFlowReturn
gst_voxel_rescaler_begin (GstVoxelRescaler *self, const GstVoxelSliceMeta *slice, GstVoxelPassStep step)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow;

  if (!gst_voxel_rescale_aim_get_ratio (&self->aim, slice->volume, self->ratio, &error))
    return gst_voxel_holder_fail (self->element, error);
  self->depth = slice->last == GST_VOXEL_INDEX_UNKNOWN ? 0 : slice->last - slice->first + 1;
  if (gst_voxel_rescale_ratio_is_one (self->ratio)) {
    send_caps (self, self->caps);
    return GST_FLOW_OK;
  }
  flow = check_pass (self, slice, step);
  return flow == GST_FLOW_OK ? begin_rescaling (self, slice) : flow;
}

/**
 * gst_voxel_rescaler_take:
 * @self: in a pass
 * @buffer: (transfer full): its next slice
 *
 * Returns: what downstream said to what could be sent
 */
GstFlowReturn
gst_voxel_rescaler_take (GstVoxelRescaler *self, GstBuffer *buffer)
{
  g_autoptr (GstBuffer) in = buffer;
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (in);
  GstFlowReturn flow = GST_FLOW_OK;

  if (!self->rescale)
    return gst_pad_push (self->sender.pad, g_steal_pointer (&in));
  g_clear_pointer (&self->scan, gst_voxel_volume_unref);
  self->scan = gst_voxel_volume_ref (slice->volume);
  if (!gst_voxel_rescale_window_add (&self->window, &self->info, in))
    return gst_voxel_holder_refuse (self->element, GST_STREAM_ERROR_FAILED,
                                    "Slice %u of volume \"%s\" is shorter than its caps say.", slice->index,
                                    slice->volume->id);
  while (flow == GST_FLOW_OK && next_is_ready (self))
    flow = send_next (self);
  return flow;
}
