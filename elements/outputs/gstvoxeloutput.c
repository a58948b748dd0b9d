/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxeloutput.h"

#include <gio/gio.h>

G_DEFINE_ABSTRACT_TYPE (GstVoxelOutput, gst_voxel_output, GST_TYPE_BASE_SINK)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

/**
 * gst_voxel_output_require_slice:
 * @self: the element
 * @buffer: what it received
 *
 * Returns: (nullable) (transfer none): the slice meta of a whole slice; %NULL after an error that names the
 *   remedy has been posted on @self
 */
GstVoxelSliceMeta *
gst_voxel_output_require_slice (GstVoxelOutput *self, GstBuffer *buffer)
{
  const GstVideoInfo *info = &self->info;
  GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (GST_ELEMENT (self), buffer);
  guint count, height, width;

  if (!slice)
    return NULL;
  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  /* The depth of a live volume may not be known yet. */
  if ((width == 0 || (guint) GST_VIDEO_INFO_WIDTH (info) == width) &&
      (height == 0 || (guint) GST_VIDEO_INFO_HEIGHT (info) == height))
    return slice;
  GST_ELEMENT_ERROR (
      self, STREAM, WRONG_TYPE, ("This stream carries parts of slices, not whole slices."),
      ("Slice %u of axis %c of volume \"%s\" has %ux%u voxels, the buffer %dx%d: add voxelstitch behind "
       "voxeltile.",
       slice->index, gst_voxel_axis_to_letter (slice->axis), slice->volume->id, width, height,
       GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info)));
  return NULL;
}

/* Names the slices that are missing, out of order or there twice. */
static GstVoxelPassStep
advance (GstVoxelPass *pass, const GstVoxelSliceMeta *slice, GError **error)
{
  GstVoxelPassStep step = gst_voxel_pass_advance (pass, slice, error);

  if (step == GST_VOXEL_PASS_BROKEN || !gst_voxel_pass_check_order (pass, error))
    return GST_VOXEL_PASS_BROKEN;
  if (step != GST_VOXEL_PASS_SAME)
    return step;
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
               "slice %u of axis %c of volume \"%s\" came twice: tiles need voxelstitch, views voxelmerge",
               slice->index, gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
  return GST_VOXEL_PASS_BROKEN;
}

/* GIO's errors in GStreamer's domains. */
static void
post_error (GstVoxelOutput *self, const GError *error)
{
  if (error->domain == GST_STREAM_ERROR)
    GST_ELEMENT_ERROR (self, STREAM, FAILED, ("%s", error->message), (NULL));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    GST_ELEMENT_ERROR (self, RESOURCE, NO_SPACE_LEFT, ("%s", error->message), (NULL));
  else
    GST_ELEMENT_ERROR (self, RESOURCE, WRITE, ("%s", error->message), (NULL));
}

static void
forget (GstVoxelOutput *self)
{
  GST_VOXEL_OUTPUT_GET_CLASS (self)->reset (self);
  gst_voxel_pass_reset (&self->pass);
  self->begun = FALSE;
}

static gboolean
write_slice (GstVoxelOutput *self, const GstVoxelSliceMeta *slice, GstBuffer *buffer, GError **error)
{
  GstVoxelOutputClass *klass = GST_VOXEL_OUTPUT_GET_CLASS (self);
  GstVoxelPassStep step = klass->any_order ? GST_VOXEL_PASS_NEXT : advance (&self->pass, slice, error);
  GstVideoFrame frame;
  gboolean written;

  if (step == GST_VOXEL_PASS_BROKEN || (klass->begin && !klass->begin (self, step, error)))
    return FALSE;
  self->begun = TRUE;
  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ)) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, "cannot map slice %u", slice->index);
    return FALSE;
  }
  written = klass->write (self, slice, &frame, error);
  gst_video_frame_unmap (&frame);
  return written;
}

static GstFlowReturn
gst_voxel_output_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstVoxelOutput *self = GST_VOXEL_OUTPUT (sink);
  GstVoxelSliceMeta *slice = GST_VOXEL_OUTPUT_GET_CLASS (self)->any_order
                                 ? gst_voxel_slice_meta_require (GST_ELEMENT (self), buffer)
                                 : gst_voxel_output_require_slice (self, buffer);
  g_autoptr (GError) error = NULL;

  if (!slice)
    return GST_FLOW_ERROR;
  if (write_slice (self, slice, buffer, &error))
    return GST_FLOW_OK;
  forget (self);
  post_error (self, error);
  return GST_FLOW_ERROR;
}

static gboolean
complete (GstVoxelOutput *self, GError **error)
{
  if (!self->begun) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "no slice came: %s was not written",
                 self->location);
    return FALSE;
  }
  return gst_voxel_pass_finish (&self->pass, error) &&
         GST_VOXEL_OUTPUT_GET_CLASS (self)->complete (self, error);
}

static gboolean
gst_voxel_output_event (GstBaseSink *sink, GstEvent *event)
{
  GstVoxelOutput *self = GST_VOXEL_OUTPUT (sink);
  g_autoptr (GError) error = NULL;

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    forget (self);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    gboolean written = complete (self, &error);

    forget (self);
    if (!written) {
      post_error (self, error);
      gst_event_unref (event);
      return FALSE;
    }
  }
  return GST_BASE_SINK_CLASS (gst_voxel_output_parent_class)->event (sink, event);
}

static gboolean
gst_voxel_output_set_caps (GstBaseSink *sink, GstCaps *caps)
{
  return gst_video_info_from_caps (&GST_VOXEL_OUTPUT (sink)->info, caps);
}

static gboolean
gst_voxel_output_propose_allocation (GstBaseSink *sink, GstQuery *query)
{
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static gboolean
gst_voxel_output_start (GstVoxelOutput *self)
{
  if (self->location && *self->location)
    return TRUE;
  GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND, ("No file name to write to."),
                     ("Set the property location."));
  return FALSE;
}

static void
gst_voxel_output_stop (GstVoxelOutput *self)
{
  forget (self);
}

static GstStateChangeReturn
gst_voxel_output_change_state (GstElement *element, GstStateChange transition)
{
  GstVoxelOutput *self = GST_VOXEL_OUTPUT (element);
  GstStateChangeReturn changed;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !GST_VOXEL_OUTPUT_GET_CLASS (self)->start (self))
    return GST_STATE_CHANGE_FAILURE;
  changed = GST_ELEMENT_CLASS (gst_voxel_output_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && changed == GST_STATE_CHANGE_FAILURE))
    GST_VOXEL_OUTPUT_GET_CLASS (self)->stop (self);
  return changed;
}

static void
gst_voxel_output_finalize (GObject *object)
{
  g_free (GST_VOXEL_OUTPUT (object)->location);
  G_OBJECT_CLASS (gst_voxel_output_parent_class)->finalize (object);
}

static void
gst_voxel_output_init (GstVoxelOutput *self)
{
  gst_base_sink_set_sync (GST_BASE_SINK (self), FALSE);
  /* The first slice may only come when the volume has ended upstream: nobody beside a tee waits for it. */
  gst_base_sink_set_async_enabled (GST_BASE_SINK (self), FALSE);
}

static void
gst_voxel_output_class_init (GstVoxelOutputClass *klass)
{
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_voxel_output_finalize;
  gst_element_class_add_static_pad_template (GST_ELEMENT_CLASS (klass), &sink_template);
  gst_type_mark_as_plugin_api (GST_TYPE_VOXEL_OUTPUT, 0);
  GST_ELEMENT_CLASS (klass)->change_state = GST_DEBUG_FUNCPTR (gst_voxel_output_change_state);
  klass->start = gst_voxel_output_start;
  klass->stop = gst_voxel_output_stop;
  sink_class->set_caps = GST_DEBUG_FUNCPTR (gst_voxel_output_set_caps);
  sink_class->propose_allocation = GST_DEBUG_FUNCPTR (gst_voxel_output_propose_allocation);
  sink_class->render = GST_DEBUG_FUNCPTR (gst_voxel_output_render);
  sink_class->event = GST_DEBUG_FUNCPTR (gst_voxel_output_event);
}
