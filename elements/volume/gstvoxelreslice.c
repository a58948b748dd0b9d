/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelreslice
 * @title: voxelreslice
 * @short_description: a volume's slices along other axes
 *
 * Takes the z slices of volumes (8 or 16 bit) and sends, when a volume is complete, its slices along the axes
 * asked for, one axis after the other. A z slice has rows along y and columns along x; a y slice has rows
 * along x and columns along z; an x slice has rows along z and columns along y. Where z slices have labels, all
 * slices have; a volume is labelled whole or not at all.
 *
 * A volume is complete at the end of the stream, at the end of a segment seek or when a slice of another
 * volume comes. It is kept in bricks of 64 voxels cubed: in memory as far as #GstVoxelHolder:memory-limit
 * goes, labels included, the rest in nameless files in #GstVoxelHolder:scratch.
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
 * ## For learning
 * #GstVoxelReslice:oblique adds slices that lie in planes drawn at random, other ones each epoch, behind the axes:
 * squares of #GstVoxelReslice:oblique-size pixels a voxel apart, voxels interpolated linearly, labels those of the
 * nearest voxel, both 0 outside of the volume.
 *
 * With #GstVoxelReslice:epochs other than 1 or with #GstVoxelReslice:shuffle all volumes of the stream are held until
 * its end, then sent that often; the slice metas say in which epoch. The volumes that come first are in memory, those
 * that follow have what is left of #GstVoxelHolder:memory-limit, never less than a brick and a slice each. The stream
 * ends behind the last epoch; with epochs=0 it goes on until it is flushed, sought in or stopped, or downstream wants no
 * more. An EOS of the application does not get there, since the source has ended long before: identity eos-after=N
 * behind voxelreslice ends such a stream so that files are completed.
 *
 * With #GstVoxelReslice:shuffle all slices of all volumes, axes and planes of an epoch come in one random order, each
 * once; the order is a function of #GstVoxelReslice:seed and the epoch. Each slice is a pass of its own (first and last
 * are its index); times rise through the epoch, which is one segment, at the first volume's framerate. Elements that
 * put slices together refuse them.
 *
 * A shuffled slice is read alone. From bricks in memory that costs little; of bricks in the scratch file a y or an x
 * slice reads all that it goes through, 64 times its own size: fast while the system caches the file, bound to the
 * disk beyond that.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelreslice axes=y ! videoconvert ! video/x-raw,format=GRAY16_BE \
 *   ! pngenc ! multifilesink location=y%04d.png
 * ]|
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelreslice shuffle=true seed=1 epochs=2 oblique=16 \
 *   ! voxelnormalize bits=8 ! fakesink
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelreslice.h"
#include "gstvoxelreslicerecord.h"
#include "gstvoxelreslicesend.h"
#include "gstvoxelreslicesettings.h"
#include "gstvoxelreslicevolume.h"

GST_DEBUG_CATEGORY (gst_voxel_reslice_debug);
#define GST_CAT_DEFAULT gst_voxel_reslice_debug

/**
 * GstVoxelReslice:
 *
 * Keeps a volume and sends its slices along several axes.
 */
struct _GstVoxelReslice {
  GstVoxelHolder holder;

  GstVoxelResliceSettings settings;
  GstVoxelReslicePlan plan;

  /* those that are held; slices go to the last one */
  GPtrArray *volumes;
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

static GstVoxelResliceVolume *
last_volume (const GstVoxelReslice *self)
{
  return self->volumes->len > 0 ? g_ptr_array_index (self->volumes, self->volumes->len - 1) : NULL;
}

/* Live z slices alone need no store. */
static gboolean
needs_store (const GstVoxelReslice *self)
{
  return self->plan.hold || self->plan.axes->len > 1 ||
         g_array_index (self->plan.axes, GstVoxelAxis, 0) != GST_VOXEL_AXIS_Z;
}

static void
gst_voxel_reslice_drop (GstVoxelHolder *holder)
{
  g_ptr_array_set_size (GST_VOXEL_RESLICE (holder)->volumes, 0);
}

static guint64
memory_left (GstVoxelReslice *self)
{
  guint64 left = gst_voxel_holder_get_memory_limit (GST_VOXEL_HOLDER (self));

  for (guint i = 0; i < self->volumes->len; i++)
    left -= MIN (left, gst_voxel_reslice_volume_get_memory (g_ptr_array_index (self->volumes, i)));
  return left;
}

static void
tell_size (GstVoxelReslice *self)
{
  const GstVoxelResliceVolume *volume = last_volume (self);
  guint64 memory = gst_voxel_reslice_volume_get_peak_memory (volume);

  for (guint i = 0; i < self->volumes->len - 1; i++)
    memory += gst_voxel_reslice_volume_get_memory (g_ptr_array_index (self->volumes, i));
  GST_INFO_OBJECT (self,
                   "volume \"%s\": %u slices%s, at most %" G_GUINT64_FORMAT
                   " bytes of memory with volumes before it, %" G_GUINT64_FORMAT " of scratch file",
                   volume->record->id, volume->count, volume->labels ? " with labels" : "", memory,
                   gst_voxel_reslice_volume_get_scratch_size (volume));
}

/* Nothing more of the last volume comes. */
static GstFlowReturn
end_volume (GstVoxelReslice *self)
{
  GstVoxelResliceVolume *volume = last_volume (self);
  g_autoptr (GError) error = NULL;

  if (!volume || !volume->voxels)
    return GST_FLOW_OK;
  gst_voxel_reslice_volume_complete (volume);
  tell_size (self);
  if (!gst_voxel_reslice_plan_holds_all (&self->plan) ||
      gst_voxel_reslice_volume_set_slab (volume, 0, &error))
    return GST_FLOW_OK;
  return gst_voxel_holder_fail (GST_ELEMENT (self), error);
}

/* Nothing more of the stream comes, or of what is sent together. */
static GstFlowReturn
gst_voxel_reslice_end (GstVoxelHolder *holder)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (holder);
  GstVoxelResliceVolume *volume = last_volume (self);
  GstFlowReturn flow = end_volume (self);

  if (flow == GST_FLOW_OK &&
      (volume ? volume->voxels != NULL : gst_voxel_reslice_plan_holds_all (&self->plan)))
    flow = gst_voxel_reslice_send (holder, &self->plan, self->volumes);
  gst_voxel_reslice_drop (holder);
  return flow;
}

static GstFlowReturn
begin_volume (GstVoxelReslice *self, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  GstVoxelHolderStream *stream = stream_of (self);
  GstVoxelResliceVolume *volume;
  guint64 memory = memory_left (self);

  if (gst_voxel_reslice_record_check (GST_ELEMENT (self), slice, &stream->info) != GST_FLOW_OK)
    return GST_FLOW_ERROR;
  volume = gst_voxel_reslice_volume_new (GST_VOXEL_HOLDER (self), buffer,
                                         gst_voxel_reslice_plan_axes (&self->plan));
  g_ptr_array_add (self->volumes, volume);
  stream->segment_is_new = TRUE;
  if (needs_store (self) && !gst_voxel_reslice_volume_keep (volume, GST_VOXEL_HOLDER (self), memory))
    return GST_FLOW_ERROR;
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
pass_slice_on (GstVoxelReslice *self, GstBuffer *buffer)
{
  GstVoxelSender *sender = &stream_of (self)->sender;
  const GstVoxelResliceVolume *volume = last_volume (self);
  GstVoxelSliceMeta *slice;

  gst_voxel_sender_send_caps (sender, stream_of (self)->caps);
  pass_time_on (self, buffer);
  buffer = gst_buffer_make_writable (buffer);
  slice = gst_buffer_get_voxel_slice_meta (buffer);
  gst_voxel_slice_meta_set_volume (slice, volume->record);
  slice->index = volume->count - 1;
  slice->first = 0;
  slice->last = slice->last == GST_VOXEL_INDEX_UNKNOWN ? slice->last : slice->last - volume->first;
  return gst_pad_push (sender->pad, buffer);
}

static GstFlowReturn
keep_slice (GstVoxelReslice *self, GstBuffer *buffer, GstVoxelPassStep step)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  GstVoxelResliceVolume *volume;
  GstFlowReturn flow = GST_FLOW_OK;

  if (step != GST_VOXEL_PASS_NEXT) {
    if (gst_voxel_reslice_plan_holds_all (&self->plan))
      flow = end_volume (self);
    else if (self->volumes->len > 0)
      flow = gst_voxel_reslice_end (GST_VOXEL_HOLDER (self));
    if (flow == GST_FLOW_OK)
      flow = begin_volume (self, buffer);
  }
  if (flow != GST_FLOW_OK)
    return flow;
  volume = last_volume (self);
  if (!gst_video_info_is_equal (&stream_of (self)->info, &volume->info))
    return gst_voxel_holder_refuse (
        GST_ELEMENT (self), GST_STREAM_ERROR_FORMAT,
        "Slice %u of volume \"%s\" has another size or depth than the slices before.", slice->index,
        slice->volume->id);
  flow = gst_voxel_reslice_volume_put (volume, GST_ELEMENT (self), buffer);
  if (flow == GST_FLOW_OK && self->plan.hold)
    gst_voxel_holder_post_progress (GST_VOXEL_HOLDER (self), "store", volume->count,
                                    volume->record->shape[0]);
  return flow;
}

static GstFlowReturn
gst_voxel_reslice_slice (GstVoxelHolder *holder, GstBuffer *buffer, GstVoxelPassStep step)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (holder);
  GstFlowReturn flow = keep_slice (self, buffer, step);

  if (flow == GST_FLOW_OK && !self->plan.hold &&
      (gst_voxel_reslice_plan_axes (&self->plan) & 1u << GST_VOXEL_AXIS_Z))
    return pass_slice_on (self, buffer);
  gst_buffer_unref (buffer);
  return flow;
}

static gboolean
gst_voxel_reslice_start (GstVoxelHolder *holder, GError **error)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (holder);
  gboolean read;

  GST_OBJECT_LOCK (self);
  read = gst_voxel_reslice_plan_read (&self->plan, &self->settings, error);
  GST_OBJECT_UNLOCK (self);
  return read;
}

static void
gst_voxel_reslice_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (object);
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = gst_voxel_reslice_settings_set (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_voxel_reslice_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (object);
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = gst_voxel_reslice_settings_get (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_voxel_reslice_finalize (GObject *object)
{
  GstVoxelReslice *self = GST_VOXEL_RESLICE (object);

  g_ptr_array_unref (self->volumes);
  gst_voxel_reslice_plan_clear (&self->plan);
  gst_voxel_reslice_settings_clear (&self->settings);
  G_OBJECT_CLASS (gst_voxel_reslice_parent_class)->finalize (object);
}

static void
gst_voxel_reslice_class_init (GstVoxelResliceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVoxelHolderClass *holder_class = GST_VOXEL_HOLDER_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_voxel_reslice_debug, "voxelreslice", 0, "slices along other axes");
  object_class->set_property = gst_voxel_reslice_set_property;
  object_class->get_property = gst_voxel_reslice_get_property;
  object_class->finalize = gst_voxel_reslice_finalize;
  holder_class->start = gst_voxel_reslice_start;
  holder_class->slice = gst_voxel_reslice_slice;
  holder_class->end = gst_voxel_reslice_end;
  holder_class->drop = gst_voxel_reslice_drop;
  gst_voxel_reslice_settings_install (object_class);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel reslicer", "Filter/Video",
                                         "Keeps volumes and sends their slices along several axes",
                                         "The gst-voxel authors");
}

static void
gst_voxel_reslice_init (GstVoxelReslice *self)
{
  self->volumes = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_voxel_reslice_volume_free);
  gst_voxel_reslice_settings_init (&self->settings);
}
