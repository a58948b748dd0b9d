/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelreslice
 * @title: voxelreslice
 * @short_description: a volume's slices along other axes
 *
 * Takes the z slices of volumes (8 or 16 bit) and sends, when a volume is complete, its slices along the axes
 * asked for, one axis after the other. A z slice has rows along y and columns along x; a y slice has rows
 * along x and columns along z; an x slice has rows along z and columns along y.
 *
 * A volume is complete at the end of the stream, at the end of a segment seek or when a slice of another
 * volume comes. It is kept in bricks of 64 voxels cubed: in memory as far as #GstVoxelReslice:memory-limit
 * goes, the rest in a nameless file in #GstVoxelReslice:scratch.
 *
 * Every axis is a pass with caps and a TIME segment of its own, which begins where the pass before ended;
 * slice i has the time i / framerate (25 slices a second where upstream gives none; the caps keep what
 * upstream said). The volume record that travels with the slices says which axes are promised and carries the
 * histogram of the whole volume. A part of a volume, as after a seek, becomes a volume of its own: its slices
 * are counted from 0, its record says where in the scan it lies.
 *
 * With #GstVoxelReslice:hold false z slices go on at once, with the times that they came with, and the other
 * axes follow when the volume is complete; z is then always the first axis, and the record of z slices has no
 * histogram.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelreslice axes=y ! videoconvert ! pngenc ! multifilesink location=y%04d.png
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelreslice.h"
#include "gstvoxelholder.h"
#include "gstvoxelreslicerecord.h"
#include "intensity-histogram.h"
#include "volume-store.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_reslice_debug);
#define GST_CAT_DEFAULT gst_voxel_reslice_debug

#define DEFAULT_AXES "z,y,x"
#define DEFAULT_MEMORY_LIMIT (G_GUINT64_CONSTANT (4) << 30)
#define DEFAULT_HOLD TRUE

enum { PROP_0, PROP_AXES, PROP_MEMORY_LIMIT, PROP_SCRATCH, PROP_HOLD, N_PROPERTIES };

static GParamSpec *properties[N_PROPERTIES];

struct _GstVoxelReslice {
  GstElement element;
  GstPad *sinkpad;

  gchar *axes;
  guint64 memory_limit;
  gchar *scratch;
  gboolean hold;

  GArray *order;
  gboolean live;

  /* what came, and is not yet part of a volume */
  GstCaps *caps;
  GstVideoInfo info;
  GstSegment segment;
  gboolean need_segment;
  GstFlowReturn flow;

  /* the volume that is held */
  GstVoxelPass pass;
  GstVoxelVolume *scan;
  GstVoxelVolume *record;
  GstVoxelContent content;
  guint first;
  guint count;
  guint epoch;
  GstCaps *held_caps;
  GstVideoInfo held_info;
  VoxelVolumeStore *store;
  VoxelIntensityHistogram *histogram;

  GstVoxelHolder holder;
  GstClockTime shift;
  GstVoxelProgress progress;
};

G_DEFINE_TYPE (GstVoxelReslice, gst_voxel_reslice, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (voxelreslice, "voxelreslice", GST_RANK_NONE, GST_TYPE_VOXEL_RESLICE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static void
drop_volume (GstVoxelReslice *self)
{
  g_clear_pointer (&self->store, voxel_volume_store_free);
  g_clear_pointer (&self->scan, gst_voxel_volume_unref);
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  gst_clear_caps (&self->held_caps);
  self->count = 0;
}

static void
reset (GstVoxelReslice *self)
{
  drop_volume (self);
  gst_voxel_pass_reset (&self->pass);
  gst_voxel_holder_reset (&self->holder);
  self->flow = GST_FLOW_OK;
  self->shift = 0;
  self->need_segment = TRUE;
}

static guint
bytes_per_pixel (const GstVideoInfo *info)
{
  return (guint) GST_VIDEO_INFO_COMP_PSTRIDE (info, 0);
}

static guint
axes_promised (const GstVoxelReslice *self)
{
  guint axes = 0;

  for (guint i = 0; i < self->order->len; i++)
    axes |= 1u << g_array_index (self->order, GstVoxelAxis, i);
  return axes;
}

static gboolean
passes_on (const GstVoxelReslice *self, GstVoxelAxis axis)
{
  return self->live && axis == GST_VOXEL_AXIS_Z;
}

/* Live z slices alone need no store. */
static gboolean
needs_store (const GstVoxelReslice *self)
{
  for (guint i = 0; i < self->order->len; i++) {
    if (!passes_on (self, g_array_index (self->order, GstVoxelAxis, i)))
      return TRUE;
  }
  return FALSE;
}

static GstFlowReturn
send_slice (GstVoxelReslice *self, GstVoxelAxis axis, guint index, guint count)
{
  GstVoxelSliceMeta *slice;
  GstBuffer *buffer = NULL;
  GstVideoFrame frame;
  GstFlowReturn flow = gst_voxel_holder_acquire (&self->holder, &buffer, &frame);
  g_autoptr (GError) error = NULL;

  if (flow != GST_FLOW_OK)
    return flow;
  if (!voxel_volume_store_get (self->store, axis, index, GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                               (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), &error))
    gst_voxel_holder_post_error (GST_ELEMENT (self), error);
  gst_video_frame_unmap (&frame);
  if (error) {
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  slice = gst_buffer_add_voxel_slice_meta (buffer, self->record, axis, self->content, index, 0, count - 1);
  slice->epoch = self->epoch;
  return gst_voxel_holder_push (&self->holder, buffer, index);
}

static GstFlowReturn
send_axis (GstVoxelReslice *self, GstVoxelAxis axis)
{
  const gchar stage[] = {'a', 'x', 'i', 's', ' ', gst_voxel_axis_to_letter (axis), '\0'};
  GstFlowReturn flow = GST_FLOW_OK;
  guint count, height, width;

  gst_voxel_volume_get_plane (self->record, axis, &count, &height, &width);
  GST_DEBUG_OBJECT (self, "sending %u slices of %u x %u along %s", count, width, height, stage);
  if (!gst_voxel_holder_begin_pass (&self->holder, self->held_caps, GST_VIDEO_INFO_FORMAT (&self->held_info),
                                    width, height)) {
    GST_ELEMENT_ERROR (self, RESOURCE, FAILED,
                       ("No buffers for slices of %u x %u pixels along axis %c.", width, height,
                        gst_voxel_axis_to_letter (axis)),
                       (NULL));
    return GST_FLOW_ERROR;
  }
  for (guint i = 0; i < count && flow == GST_FLOW_OK; i++) {
    flow = send_slice (self, axis, i, count);
    gst_voxel_progress_post (GST_ELEMENT (self), &self->progress, stage, (guint64) i + 1, count);
  }
  self->shift += self->holder.length;
  gst_voxel_holder_end_pass (&self->holder);
  return flow;
}

/* Sends what is held of a volume that is complete. */
static GstFlowReturn
send_volume (GstVoxelReslice *self)
{
  GstFlowReturn flow = GST_FLOW_OK;

  if (!self->scan)
    return GST_FLOW_OK;
  if (self->store) {
    guint64 serial = self->record->serial;

    g_clear_pointer (&self->record, gst_voxel_volume_unref);
    self->record = gst_voxel_reslice_record_new (self->scan, self->first, self->count, axes_promised (self),
                                                 self->content == GST_VOXEL_CONTENT_INTENSITY
                                                     ? voxel_intensity_histogram_get_bins (self->histogram)
                                                     : NULL);
    self->record->serial = serial;
    GST_INFO_OBJECT (self,
                     "volume \"%s\": %u slices, at most %" G_GUINT64_FORMAT
                     " bytes of memory, %" G_GUINT64_FORMAT " of scratch file",
                     self->record->id, self->count, voxel_volume_store_get_peak_memory (self->store),
                     voxel_volume_store_get_scratch_size (self->store));
  }
  for (guint i = 0; i < self->order->len && flow == GST_FLOW_OK; i++) {
    GstVoxelAxis axis = g_array_index (self->order, GstVoxelAxis, i);

    if (!passes_on (self, axis))
      flow = send_axis (self, axis);
  }
  drop_volume (self);
  return flow;
}

static GstFlowReturn refuse (GstVoxelReslice *self, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static GstFlowReturn
refuse (GstVoxelReslice *self, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  GST_ELEMENT_ERROR (self, STREAM, FORMAT, ("%s", text), (NULL));
  return GST_FLOW_ERROR;
}

static GstFlowReturn
begin_volume (GstVoxelReslice *self, const GstVoxelSliceMeta *slice)
{
  guint depth = slice->last == GST_VOXEL_INDEX_UNKNOWN ? 0 : slice->last - slice->first + 1;
  guint shape[] = {depth, (guint) GST_VIDEO_INFO_HEIGHT (&self->info),
                   (guint) GST_VIDEO_INFO_WIDTH (&self->info)};
  g_autofree gchar *scratch = NULL;
  g_autoptr (GError) error = NULL;
  guint64 limit;

  if (slice->axis != GST_VOXEL_AXIS_Z)
    return refuse (self,
                   "voxelreslice takes z slices, this is slice %u of axis %c of volume \"%s\"; use one "
                   "voxelreslice with all axes",
                   slice->index, gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
  if ((slice->volume->shape[1] && slice->volume->shape[1] != shape[1]) ||
      (slice->volume->shape[2] && slice->volume->shape[2] != shape[2]))
    return refuse (self,
                   "slices of %u x %u pixels in a volume \"%s\" of %u x %u: what changes the size of slices "
                   "must not stand before voxelreslice",
                   shape[2], shape[1], slice->volume->id, slice->volume->shape[2], slice->volume->shape[1]);
  if (slice->last < slice->first)
    return refuse (self, "volume \"%s\" promises slices %u to %u", slice->volume->id, slice->first,
                   slice->last);
  GST_OBJECT_LOCK (self);
  self->live = !self->hold;
  limit = self->memory_limit;
  scratch = g_strdup (self->scratch ? self->scratch : g_get_tmp_dir ());
  GST_OBJECT_UNLOCK (self);
  if (needs_store (self)) {
    self->store = voxel_volume_store_new (shape, bytes_per_pixel (&self->info), VOXEL_VOLUME_STORE_REPLACE,
                                          limit, scratch, &error);
    if (!self->store) {
      gst_voxel_holder_post_error (GST_ELEMENT (self), error);
      return GST_FLOW_ERROR;
    }
  }
  voxel_intensity_histogram_clear (self->histogram);
  self->scan = gst_voxel_volume_ref (slice->volume);
  self->record = gst_voxel_reslice_record_new (self->scan, slice->first, depth, axes_promised (self), NULL);
  self->content = slice->content;
  self->first = slice->first;
  self->epoch = slice->epoch;
  self->held_info = self->info;
  gst_caps_replace (&self->held_caps, self->caps);
  self->need_segment = TRUE;
  return GST_FLOW_OK;
}

static GstFlowReturn
store_slice (GstVoxelReslice *self, GstBuffer *buffer, const GstVoxelSliceMeta *slice)
{
  gboolean stored;
  GstVideoFrame frame;
  g_autoptr (GError) error = NULL;

  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (
        self, STREAM, FAILED,
        ("Slice %u of volume \"%s\" is shorter than its caps say.", slice->index, slice->volume->id), (NULL));
    return GST_FLOW_ERROR;
  }
  stored = voxel_volume_store_put (self->store, GST_VOXEL_AXIS_Z, self->count,
                                   GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                                   (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), &error);
  if (stored && self->content == GST_VOXEL_CONTENT_INTENSITY)
    voxel_intensity_histogram_add (self->histogram, GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                                   (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                                   (guint) GST_VIDEO_FRAME_WIDTH (&frame),
                                   (guint) GST_VIDEO_FRAME_HEIGHT (&frame), bytes_per_pixel (&self->info));
  gst_video_frame_unmap (&frame);
  if (!stored) {
    gst_voxel_holder_post_error (GST_ELEMENT (self), error);
    return GST_FLOW_ERROR;
  }
  if (!self->live)
    gst_voxel_progress_post (GST_ELEMENT (self), &self->progress, "store", (guint64) self->count + 1,
                             self->record->shape[0]);
  return GST_FLOW_OK;
}

/* Later passes begin where this slice ends; those already sent are behind its segment. */
static void
pass_time_on (GstVoxelReslice *self, GstBuffer *buffer)
{
  GstSegment segment = self->segment;
  GstClockTime end = GST_BUFFER_PTS (buffer);

  segment.base += self->shift;
  if (self->need_segment) {
    GstEvent *event = gst_event_new_segment (&segment);

    if (self->holder.seqnum != GST_SEQNUM_INVALID)
      gst_event_set_seqnum (event, self->holder.seqnum);
    gst_pad_push_event (self->holder.pad, event);
    self->need_segment = FALSE;
  }
  if (!GST_CLOCK_TIME_IS_VALID (end))
    return;
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    end += GST_BUFFER_DURATION (buffer);
  end = gst_segment_to_running_time (&segment, GST_FORMAT_TIME, MIN (end, (GstClockTime) segment.stop));
  if (GST_CLOCK_TIME_IS_VALID (end))
    self->holder.base = MAX (self->holder.base, end);
}

static GstFlowReturn
pass_slice_on (GstVoxelReslice *self, GstBuffer *buffer, guint index)
{
  GstVoxelSliceMeta *slice;

  gst_voxel_holder_send_caps (&self->holder, self->caps);
  pass_time_on (self, buffer);
  buffer = gst_buffer_make_writable (buffer);
  slice = gst_buffer_get_voxel_slice_meta (buffer);
  gst_voxel_slice_meta_set_volume (slice, self->record);
  slice->index = index;
  slice->first = 0;
  slice->last = slice->last == GST_VOXEL_INDEX_UNKNOWN ? slice->last : slice->last - self->first;
  return gst_pad_push (self->holder.pad, buffer);
}

static GstFlowReturn
take_slice (GstVoxelReslice *self, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (GST_ELEMENT (self), buffer);
  GstFlowReturn flow = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;

  if (!slice)
    return GST_FLOW_ERROR;
  switch (gst_voxel_pass_advance (&self->pass, slice, &error)) {
  case GST_VOXEL_PASS_BROKEN:
    gst_voxel_holder_post_error (GST_ELEMENT (self), error);
    return GST_FLOW_ERROR;
  case GST_VOXEL_PASS_SAME:
    return refuse (self, "Slice %u of volume \"%s\" came twice.", slice->index, slice->volume->id);
  case GST_VOXEL_PASS_NEXT:
    break;
  default:
    flow = send_volume (self);
    if (flow == GST_FLOW_OK)
      flow = begin_volume (self, slice);
  }
  if (flow != GST_FLOW_OK)
    return flow;
  if (!gst_video_info_is_equal (&self->info, &self->held_info))
    return refuse (self, "Slice %u of volume \"%s\" has another size or depth than the slices before.",
                   slice->index, slice->volume->id);
  if (self->store)
    flow = store_slice (self, buffer, slice);
  self->count++;
  return flow;
}

static GstFlowReturn
gst_voxel_reslice_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (parent);

  if (self->flow != GST_FLOW_OK) {
    gst_buffer_unref (buffer);
    return self->flow;
  }
  self->flow = take_slice (self, buffer);
  if (self->flow == GST_FLOW_OK && passes_on (self, GST_VOXEL_AXIS_Z) && (axes_promised (self) & 1))
    self->flow = pass_slice_on (self, buffer, self->count - 1);
  else
    gst_buffer_unref (buffer);
  if (self->flow != GST_FLOW_OK)
    drop_volume (self);
  return self->flow;
}

/* Returns whether the stream came this far unharmed, so that its end may be told. */
static gboolean
finish (GstVoxelReslice *self)
{
  g_autoptr (GError) error = NULL;

  if (self->flow == GST_FLOW_OK) {
    if (gst_voxel_pass_finish (&self->pass, &error)) {
      self->flow = send_volume (self);
      if (self->flow != GST_FLOW_OK && self->flow != GST_FLOW_FLUSHING && self->flow != GST_FLOW_EOS)
        GST_ELEMENT_FLOW_ERROR (self, self->flow);
    } else {
      gst_voxel_holder_post_error (GST_ELEMENT (self), error);
      self->flow = GST_FLOW_ERROR;
    }
  }
  drop_volume (self);
  gst_voxel_pass_reset (&self->pass);
  return self->flow == GST_FLOW_OK || self->flow == GST_FLOW_EOS;
}

static gboolean
take_caps (GstVoxelReslice *self, GstEvent *event)
{
  GstCaps *caps;
  gboolean ok;

  gst_event_parse_caps (event, &caps);
  ok = gst_video_info_from_caps (&self->info, caps);
  if (ok)
    gst_caps_replace (&self->caps, caps);
  gst_event_unref (event);
  return ok;
}

static gboolean
gst_voxel_reslice_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (parent);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    return take_caps (self, event);
  case GST_EVENT_SEGMENT:
    gst_event_copy_segment (event, &self->segment);
    self->holder.seqnum = gst_event_get_seqnum (event);
    self->need_segment = TRUE;
    gst_event_unref (event);
    return TRUE;
  case GST_EVENT_FLUSH_STOP:
    reset (self);
    break;
  case GST_EVENT_EOS:
  case GST_EVENT_SEGMENT_DONE:
    if (!finish (self)) {
      gst_event_unref (event);
      return FALSE;
    }
    break;
  case GST_EVENT_GAP:
    /* Its time is not that of what comes out. */
    gst_event_unref (event);
    return TRUE;
  default:
    break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* Slices are copied out of any buffer, so upstream need not know what downstream wants. */
static gboolean
gst_voxel_reslice_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return gst_pad_query_default (pad, parent, query);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static gboolean
start (GstVoxelReslice *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *axes = NULL;

  GST_OBJECT_LOCK (self);
  axes = g_strdup (self->axes);
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&self->order, g_array_unref);
  if (gst_voxel_axes_parse (axes, &self->order, &error))
    return TRUE;
  GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
  return FALSE;
}

static GstStateChangeReturn
gst_voxel_reslice_change_state (GstElement *element, GstStateChange transition)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  result = GST_ELEMENT_CLASS (gst_voxel_reslice_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    reset (self);
    gst_clear_caps (&self->caps);
    gst_video_info_init (&self->info);
  }
  return result;
}

static void
gst_voxel_reslice_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_AXES:
    g_free (self->axes);
    self->axes = g_value_dup_string (value);
    break;
  case PROP_MEMORY_LIMIT:
    self->memory_limit = g_value_get_uint64 (value);
    break;
  case PROP_SCRATCH:
    g_free (self->scratch);
    self->scratch = g_value_dup_string (value);
    break;
  case PROP_HOLD:
    self->hold = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_reslice_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_AXES:
    g_value_set_string (value, self->axes);
    break;
  case PROP_MEMORY_LIMIT:
    g_value_set_uint64 (value, self->memory_limit);
    break;
  case PROP_SCRATCH:
    g_value_set_string (value, self->scratch);
    break;
  case PROP_HOLD:
    g_value_set_boolean (value, self->hold);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_reslice_finalize (GObject *object)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (object);

  reset (self);
  gst_clear_caps (&self->caps);
  g_clear_pointer (&self->histogram, voxel_intensity_histogram_free);
  g_clear_pointer (&self->order, g_array_unref);
  g_free (self->axes);
  g_free (self->scratch);
  G_OBJECT_CLASS (gst_voxel_reslice_parent_class)->finalize (object);
}

static void
gst_voxel_reslice_class_init (GstVoxelResliceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  GST_DEBUG_CATEGORY_INIT (gst_voxel_reslice_debug, "voxelreslice", 0, "slices along other axes");
  object_class->set_property = gst_voxel_reslice_set_property;
  object_class->get_property = gst_voxel_reslice_get_property;
  object_class->finalize = gst_voxel_reslice_finalize;
  element_class->change_state = gst_voxel_reslice_change_state;

  properties[PROP_AXES] =
      g_param_spec_string ("axes", "Axes",
                           "Directions along which slices are sent, in this order: z, y and x, "
                           "separated by commas",
                           DEFAULT_AXES, flags);
  properties[PROP_MEMORY_LIMIT] =
      g_param_spec_uint64 ("memory-limit", "Memory limit",
                           "Bytes of memory for the volume; what does not fit goes to "
                           "the scratch file (never less than one brick of 64 cubed and one slice is taken)",
                           0, G_MAXUINT64, DEFAULT_MEMORY_LIMIT, flags);
  properties[PROP_SCRATCH] = g_param_spec_string ("scratch", "Scratch directory",
                                                  "Directory for the part of a volume that does not fit in "
                                                  "memory (default: TMPDIR, else /tmp)",
                                                  g_get_tmp_dir (), flags);
  properties[PROP_HOLD] =
      g_param_spec_boolean ("hold", "Hold",
                            "Whether z slices wait until the volume and its histogram are complete; "
                            "otherwise they pass at once, and the other axes follow",
                            DEFAULT_HOLD, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel reslicer", "Filter/Video",
                                         "Keeps a volume and sends its slices along several axes",
                                         "The gst-voxel authors");
}

static void
gst_voxel_reslice_init (GstVoxelReslice *self)
{
  GstPad *srcpad = gst_pad_new_from_static_template (&src_template, "src");

  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, gst_voxel_reslice_chain);
  gst_pad_set_event_function (self->sinkpad, gst_voxel_reslice_sink_event);
  gst_pad_set_query_function (self->sinkpad, gst_voxel_reslice_sink_query);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  gst_pad_use_fixed_caps (srcpad);
  gst_element_add_pad (GST_ELEMENT (self), srcpad);

  gst_voxel_holder_init (&self->holder, srcpad);
  self->histogram = voxel_intensity_histogram_new ();
  self->axes = g_strdup (DEFAULT_AXES);
  self->memory_limit = DEFAULT_MEMORY_LIMIT;
  self->scratch = g_strdup (g_get_tmp_dir ());
  self->hold = DEFAULT_HOLD;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  gst_video_info_init (&self->info);
}
