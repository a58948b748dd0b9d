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
 * volume comes. It is kept in bricks of 64 voxels cubed: in memory as far as #GstVoxelHolder:memory-limit
 * goes, the rest in a nameless file in #GstVoxelHolder:scratch.
 *
 * Every axis is a pass with caps and a TIME segment of its own, which begins where the pass before ended;
 * slice i has the time i / framerate (25 slices a second where upstream gives none; the caps keep what
 * upstream said). The volume record that travels with the slices says which axes are promised and carries the
 * histogram of the whole volume. A part of a volume, as after a seek, becomes a volume of its own: its slices
 * are counted from 0, its record says where in the scan it lies.
 *
 * With #GstVoxelReslice:hold false z slices go on at once, with the times that they came with, and the other
 * axes follow when the volume is complete. z is then the first axis and has no histogram in its record: a
 * voxelnormalize behind it holds the slices in its stead, unless scope=slice, range=fixed or range=full.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelreslice axes=y ! videoconvert ! video/x-raw,format=GRAY16_BE \
 *   ! pngenc ! multifilesink location=y%04d.png
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelreslice.h"
#include "gstvoxelreslicerecord.h"
#include "intensity-histogram.h"
#include "slice-skip.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_reslice_debug);
#define GST_CAT_DEFAULT gst_voxel_reslice_debug

#define DEFAULT_AXES "z,y,x"
#define DEFAULT_HOLD TRUE

enum { PROP_0, PROP_AXES, PROP_HOLD, PROP_SKIP };

/**
 * GstVoxelReslice:
 *
 * Keeps a volume and sends its slices along several axes.
 */
struct _GstVoxelReslice {
  GstVoxelHolder holder;

  gchar *axes;
  gboolean hold;
  gchar *skip;
  GArray *order;
  guint skipped[GST_VOXEL_N_AXES];

  /* the volume that is held; as it was announced, and as it is sent */
  GstVoxelVolume *scan;
  GstVoxelVolume *record;
  GstVoxelContent content;
  GstCaps *caps;
  GstVideoInfo info;
  guint first;
  guint count;
  guint epoch;
  gboolean live;
  VoxelVolumeStore *store;
  VoxelIntensityHistogram *histogram;
};

G_DEFINE_TYPE (GstVoxelReslice, gst_voxel_reslice, GST_TYPE_VOXEL_HOLDER)
GST_ELEMENT_REGISTER_DEFINE (voxelreslice, "voxelreslice", GST_RANK_NONE, GST_TYPE_VOXEL_RESLICE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static GstVoxelHolderStream *
stream_of (GstVoxelReslice *self)
{
  return gst_voxel_holder_get_stream (GST_VOXEL_HOLDER (self));
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

static void
gst_voxel_reslice_drop (GstVoxelHolder *holder)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (holder);

  g_clear_pointer (&self->store, voxel_volume_store_free);
  g_clear_pointer (&self->scan, gst_voxel_volume_unref);
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  gst_clear_caps (&self->caps);
  self->count = 0;
}

static GstFlowReturn
send_slice (GstVoxelReslice *self, GstVoxelAxis axis, guint index, guint first, guint last)
{
  GstVoxelSender *sender = &stream_of (self)->sender;
  GstVoxelSliceMeta *slice;
  GstBuffer *buffer = NULL;
  GstVideoFrame frame;
  GstFlowReturn flow = gst_voxel_sender_acquire (sender, &buffer, &frame);
  g_autoptr (GError) error = NULL;

  if (flow != GST_FLOW_OK)
    return flow;
  voxel_volume_store_get (self->store, axis, index, GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                          (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), &error);
  gst_video_frame_unmap (&frame);
  if (error) {
    gst_buffer_unref (buffer);
    return gst_voxel_holder_fail (GST_ELEMENT (self), error);
  }
  slice = gst_buffer_add_voxel_slice_meta (buffer, self->record, axis, self->content, index, first, last);
  slice->epoch = self->epoch;
  return gst_voxel_sender_push (sender, buffer, index);
}

static GstFlowReturn
send_axis (GstVoxelReslice *self, GstVoxelAxis axis)
{
  const gchar stage[] = {'a', 'x', 'i', 's', ' ', gst_voxel_axis_to_letter (axis), '\0'};
  GstVoxelSender *sender = &stream_of (self)->sender;
  GstFlowReturn flow = GST_FLOW_OK;
  guint first = self->skipped[axis], count, height, width;

  gst_voxel_volume_get_plane (self->record, axis, &count, &height, &width);
  GST_DEBUG_OBJECT (self, "sending %u slices of %u x %u along %s, but not the first %u", count, width, height,
                    stage, first);
  if (first >= count)
    return GST_FLOW_OK;
  if (!gst_voxel_sender_begin_pass (sender, self->caps, GST_VIDEO_INFO_FORMAT (&self->info), width, height)) {
    GST_ELEMENT_ERROR (self, RESOURCE, FAILED,
                       ("No buffers for slices of %u x %u pixels along %s.", width, height, stage), (NULL));
    return GST_FLOW_ERROR;
  }
  for (guint i = first; i < count && flow == GST_FLOW_OK; i++) {
    flow = send_slice (self, axis, i, first, count - 1);
    gst_voxel_holder_post_progress (GST_VOXEL_HOLDER (self), stage, (guint64) i + 1, count);
  }
  gst_voxel_sender_end_pass (sender);
  return flow;
}

/* Now that all of the volume is there its record says how much it is. */
static void
complete_record (GstVoxelReslice *self)
{
  guint64 serial = self->record->serial;
  const guint64 *bins = NULL;

  if (self->content == GST_VOXEL_CONTENT_INTENSITY)
    bins = voxel_intensity_histogram_get_bins (self->histogram);
  gst_voxel_volume_unref (self->record);
  self->record =
      gst_voxel_reslice_record_new (self->scan, self->first, self->count, axes_promised (self), bins);
  self->record->serial = serial;
  GST_INFO_OBJECT (self,
                   "volume \"%s\": %u slices, at most %" G_GUINT64_FORMAT
                   " bytes of memory, %" G_GUINT64_FORMAT " of scratch file",
                   self->record->id, self->count, voxel_volume_store_get_peak_memory (self->store),
                   voxel_volume_store_get_scratch_size (self->store));
}

static GstFlowReturn
gst_voxel_reslice_end (GstVoxelHolder *holder)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (holder);
  GstFlowReturn flow = GST_FLOW_OK;

  if (self->store) {
    complete_record (self);
    if (!voxel_slice_skip_leaves (self->skipped, axes_promised (self), self->record->shape))
      flow = gst_voxel_holder_refuse (
          GST_ELEMENT (self), GST_STREAM_ERROR_FAILED,
          "skip leaves no slice of volume \"%s\": nobody would see it; send the last one again.",
          self->record->id);
    for (guint i = 0; i < self->order->len && flow == GST_FLOW_OK; i++) {
      GstVoxelAxis axis = g_array_index (self->order, GstVoxelAxis, i);

      if (!passes_on (self, axis))
        flow = send_axis (self, axis);
    }
  }
  gst_voxel_reslice_drop (holder);
  return flow;
}

static GstFlowReturn
begin_volume (GstVoxelReslice *self, const GstVoxelSliceMeta *slice)
{
  GstVoxelHolderStream *stream = stream_of (self);
  guint depth = slice->last == GST_VOXEL_INDEX_UNKNOWN ? 0 : slice->last - slice->first + 1;
  guint shape[] = {depth, (guint) stream->info.height, (guint) stream->info.width};

  GST_OBJECT_LOCK (self);
  self->live = !self->hold;
  GST_OBJECT_UNLOCK (self);
  if (needs_store (self)) {
    self->store = gst_voxel_holder_new_store (
        GST_VOXEL_HOLDER (self), shape, 8 * bytes_per_pixel (&stream->info), VOXEL_VOLUME_STORE_REPLACE);
    if (!self->store)
      return GST_FLOW_ERROR;
  }
  voxel_intensity_histogram_clear (self->histogram);
  self->scan = gst_voxel_volume_ref (slice->volume);
  self->record = gst_voxel_reslice_record_new (self->scan, slice->first, depth, axes_promised (self), NULL);
  self->content = slice->content;
  self->first = slice->first;
  self->epoch = slice->epoch;
  self->info = stream->info;
  gst_caps_replace (&self->caps, stream->caps);
  stream->segment_is_new = TRUE;
  return GST_FLOW_OK;
}

static GstFlowReturn
store_slice (GstVoxelReslice *self, GstBuffer *buffer, const GstVoxelSliceMeta *slice)
{
  guint bytes = bytes_per_pixel (&self->info);
  g_autoptr (GError) error = NULL;
  GstVideoFrame frame;
  gboolean stored;

  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ))
    return gst_voxel_holder_refuse (GST_ELEMENT (self), GST_STREAM_ERROR_FAILED,
                                    "Slice %u of volume \"%s\" is shorter than its caps say.", slice->index,
                                    slice->volume->id);
  stored = voxel_volume_store_put (self->store, GST_VOXEL_AXIS_Z, self->count,
                                   GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                                   (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), &error);
  if (stored && self->content == GST_VOXEL_CONTENT_INTENSITY)
    voxel_intensity_histogram_add (self->histogram, GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                                   (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), (guint) self->info.width,
                                   (guint) self->info.height, bytes);
  gst_video_frame_unmap (&frame);
  if (!stored)
    return gst_voxel_holder_fail (GST_ELEMENT (self), error);
  if (!self->live)
    gst_voxel_holder_post_progress (GST_VOXEL_HOLDER (self), "store", (guint64) self->count + 1,
                                    self->record->shape[0]);
  return GST_FLOW_OK;
}

/* A live slice keeps its time, behind the passes that were put in between; later ones begin where it ends. */
static void
pass_time_on (GstVoxelReslice *self, GstBuffer *buffer)
{
  GstVoxelHolderStream *stream = stream_of (self);
  GstSegment segment = stream->segment;
  GstClockTime end = GST_BUFFER_PTS (buffer);

  segment.base += stream->sender.sent;
  if (stream->segment_is_new) {
    gst_voxel_sender_send_segment (&stream->sender, &segment);
    stream->segment_is_new = FALSE;
  }
  if (!GST_CLOCK_TIME_IS_VALID (end) || segment.format != GST_FORMAT_TIME)
    return;
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    end += GST_BUFFER_DURATION (buffer);
  end = gst_segment_to_running_time (&segment, GST_FORMAT_TIME, MIN (end, (GstClockTime) segment.stop));
  if (GST_CLOCK_TIME_IS_VALID (end))
    stream->sender.base = MAX (stream->sender.base, end);
}

/* Takes @buffer. */
static GstFlowReturn
pass_slice_on (GstVoxelReslice *self, GstBuffer *buffer, guint index)
{
  GstVoxelSender *sender = &stream_of (self)->sender;
  GstVoxelSliceMeta *slice;

  gst_voxel_sender_send_caps (sender, stream_of (self)->caps);
  pass_time_on (self, buffer);
  buffer = gst_buffer_make_writable (buffer);
  slice = gst_buffer_get_voxel_slice_meta (buffer);
  gst_voxel_slice_meta_set_volume (slice, self->record);
  slice->index = index;
  slice->first = 0;
  slice->last = slice->last == GST_VOXEL_INDEX_UNKNOWN ? slice->last : slice->last - self->first;
  return gst_pad_push (sender->pad, buffer);
}

static GstFlowReturn
keep_slice (GstVoxelReslice *self, GstBuffer *buffer, GstVoxelPassStep step)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  GstFlowReturn flow = GST_FLOW_OK;

  if (step != GST_VOXEL_PASS_NEXT) {
    flow = gst_voxel_reslice_end (GST_VOXEL_HOLDER (self));
    if (flow == GST_FLOW_OK)
      flow = gst_voxel_reslice_record_check (GST_ELEMENT (self), slice, &stream_of (self)->info);
    if (flow == GST_FLOW_OK)
      flow = begin_volume (self, slice);
  }
  if (flow != GST_FLOW_OK)
    return flow;
  if (!gst_video_info_is_equal (&stream_of (self)->info, &self->info))
    return gst_voxel_holder_refuse (
        GST_ELEMENT (self), GST_STREAM_ERROR_FORMAT,
        "Slice %u of volume \"%s\" has another size or depth than the slices before.", slice->index,
        slice->volume->id);
  if (self->store)
    flow = store_slice (self, buffer, slice);
  self->count++;
  return flow;
}

static GstFlowReturn
gst_voxel_reslice_slice (GstVoxelHolder *holder, GstBuffer *buffer, GstVoxelPassStep step)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (holder);
  GstFlowReturn flow = keep_slice (self, buffer, step);

  if (flow == GST_FLOW_OK && passes_on (self, GST_VOXEL_AXIS_Z) &&
      (axes_promised (self) & 1u << GST_VOXEL_AXIS_Z))
    return pass_slice_on (self, buffer, self->count - 1);
  gst_buffer_unref (buffer);
  return flow;
}

static gboolean
gst_voxel_reslice_start (GstVoxelHolder *holder, GError **error)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (holder);
  g_autofree gchar *axes = NULL, *skip = NULL;
  gboolean hold;

  GST_OBJECT_LOCK (self);
  axes = g_strdup (self->axes);
  skip = g_strdup (self->skip);
  hold = self->hold;
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&self->order, g_array_unref);
  if (!hold && skip && *skip) {
    g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
                         "skip needs hold=true: elements behind may need the whole volume's histogram");
    return FALSE;
  }
  return voxel_slice_skip_parse (skip, self->skipped, error) &&
         gst_voxel_axes_parse (axes, &self->order, error);
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
  case PROP_HOLD:
    self->hold = g_value_get_boolean (value);
    break;
  case PROP_SKIP:
    g_free (self->skip);
    self->skip = g_value_dup_string (value);
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
  case PROP_HOLD:
    g_value_set_boolean (value, self->hold);
    break;
  case PROP_SKIP:
    g_value_set_string (value, self->skip);
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

  g_clear_pointer (&self->histogram, voxel_intensity_histogram_free);
  g_clear_pointer (&self->order, g_array_unref);
  g_free (self->axes);
  g_free (self->skip);
  G_OBJECT_CLASS (gst_voxel_reslice_parent_class)->finalize (object);
}

static void
gst_voxel_reslice_class_init (GstVoxelResliceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVoxelHolderClass *holder_class = GST_VOXEL_HOLDER_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  GST_DEBUG_CATEGORY_INIT (gst_voxel_reslice_debug, "voxelreslice", 0, "slices along other axes");
  object_class->set_property = gst_voxel_reslice_set_property;
  object_class->get_property = gst_voxel_reslice_get_property;
  object_class->finalize = gst_voxel_reslice_finalize;
  holder_class->start = gst_voxel_reslice_start;
  holder_class->slice = gst_voxel_reslice_slice;
  holder_class->end = gst_voxel_reslice_end;
  holder_class->drop = gst_voxel_reslice_drop;

  g_object_class_install_property (
      object_class, PROP_AXES,
      g_param_spec_string ("axes", "Axes",
                           "Directions along which slices are sent, in this order: z, y and x, "
                           "separated by commas",
                           DEFAULT_AXES, flags));
  g_object_class_install_property (
      object_class, PROP_HOLD,
      g_param_spec_boolean ("hold", "Hold",
                            "Whether z slices wait until the volume and its histogram are complete; "
                            "otherwise they pass at once, and the other axes follow",
                            DEFAULT_HOLD, flags));
  g_object_class_install_property (
      object_class, PROP_SKIP,
      g_param_spec_string (
          "skip", "Skip", "How many first slices of which axes are not sent, such as z:560,y:13 (needs hold)",
          NULL, flags));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel reslicer", "Filter/Video",
                                         "Keeps a volume and sends its slices along several axes",
                                         "The gst-voxel authors");
}

static void
gst_voxel_reslice_init (GstVoxelReslice *self)
{
  self->histogram = voxel_intensity_histogram_new ();
  self->axes = g_strdup (DEFAULT_AXES);
  self->hold = DEFAULT_HOLD;
}
