/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelsrc
 * @title: voxelsrc
 *
 * Reads a stack of TIFF slices: a folder of files (in natural order: img2 before img10), a pattern, or a file
 * of many pages, also ImageJ's stacks beyond 4 GB. Classic and BigTIFF of either byte order, in strips or
 * tiles; without compression or with LZW, Deflate, PackBits or ZSTD; grey of 1, 8, 12 or 16 bits. Out come
 * GRAY8 (1 and 8 bits) or GRAY16_LE (12 and 16 bits) buffers in the order of the slices, each with a slice
 * meta. Sizes and depths of all slices are checked before the first buffer. Seekable in time and, slice by
 * slice, in the default format. With start-index, stop-index or crop the stream is the volume cut out, whose
 * record says where it lay.
 *
 * With #GstVoxelSrc:labels every slice carries the label that belongs to it (#GstVoxelLabelMeta): another folder,
 * pattern or file of slices of the same size. Where both have a file a slice, names decide: a label is called as
 * its slice, with one and the same suffix in all (_label, -mask, .seg) or none. Otherwise the first label belongs
 * to the first slice, and so on; then there must be as many. start-index, stop-index and crop count slices and
 * pixels of both, and what is left out needs no label. A label is binary, 0 and one other value in all of the
 * volume; any other is refused unless #GstVoxelSrc:label-threshold says from which value on a pixel is vessel.
 * #GstVoxelSrc:label-ignore is the value of pixels of which nobody knows what they are. Labels are decoded by the
 * threads that read ahead.
 *
 * With semicolons location and labels name several volumes, one behind the other. All are opened and checked
 * before the first buffer; start-index, stop-index, crop and the other properties count for each. A volume has a
 * record and an id of its own (where two are called alike, the second gets #2), times from 0 on in a segment of
 * its own, whose running time goes on where the volume before ended, and new caps where its size or depth is
 * another. Position and duration are those of the volume under way, and there is no seeking then. What is called
 * like all of the text, semicolons and all, is one volume.
 *
 * With follow=true the folder may still be written to: its files are sent as they are completed, a file a
 * slice, in the order of the numbers in their names, those that are there first. A file is complete when its
 * writer has closed it or it was moved in by rename, and it can be read; where the system does not tell so
 * (shared file systems) when it did not change for a second; it is looked at twice a second then. A file that
 * comes out of order waits for those before it. After follow-timeout without a new slice the volume ends, or,
 * where slices up to stop-index are promised or a number is left out, an error names the file that is missing.
 * Such a source is live: it does not preroll, cannot seek and gives slices in PLAYING only, with the same times
 * as others (so sync=false on what shows them). Without stop-index neither the depth of the volume nor the
 * names of its slices are known.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! videoconvert ! pngenc ! multifilesink location=slice-%04d.png
 * ]|
 * |[
 * gst-launch-1.0 voxelsrc location="slices;slices" labels="labels;labels" ! voxelreslice ! voxelnormalize ! fakesink
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelsrc.h"
#include "gstvoxelsrcerror.h"
#include "gstvoxelsrcfollow.h"
#include "gstvoxelsrcpool.h"
#include "gstvoxelsrcreader.h"

#include <gst/video/video.h>

#include "voxel.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_src_debug);
#define GST_CAT_DEFAULT gst_voxel_src_debug

#define MAX_AUTO_THREADS 4

struct _GstVoxelSrc {
  GstPushSrc parent;

  GstVoxelSrcSettings settings;

  /* From start to stop: all volumes, or the one that is followed. */
  GPtrArray *volumes;
  VoxelSliceFollow *follow;
  GstVoxelSrcTime time;

  /* The volume under way; NULL before its size is known. */
  const GstVoxelSrcVolume *volume;
  guint number;
  GstVoxelSrcReader reader;
};

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

#define gst_voxel_src_parent_class parent_class
G_DEFINE_FINAL_TYPE (GstVoxelSrc, gst_voxel_src, GST_TYPE_PUSH_SRC)
GST_ELEMENT_REGISTER_DEFINE (voxelsrc, "voxelsrc", GST_RANK_NONE, GST_TYPE_VOXEL_SRC)

static void
set_volume (GstVoxelSrc *self, guint number)
{
  GST_OBJECT_LOCK (self);
  self->number = number;
  self->volume = g_ptr_array_index (self->volumes, number);
  self->time.depth = self->volume->choice.depth;
  GST_OBJECT_UNLOCK (self);
}

static gboolean
gst_voxel_src_stop (GstBaseSrc *base)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);

  gst_voxel_src_reader_close (&self->reader);
  g_clear_pointer (&self->follow, voxel_slice_follow_free);
  GST_OBJECT_LOCK (self);
  self->time.depth = 0;
  self->volume = NULL;
  GST_OBJECT_UNLOCK (self);
  g_ptr_array_set_size (self->volumes, 0);
  return TRUE;
}

static void
log_volume (gpointer data, gpointer self)
{
  const GstVoxelSrcVolume *volume = data;

  GST_INFO_OBJECT (self, "%u slices of \"%s\", %u other entries ignored",
                   voxel_slice_list_get_length (volume->list), volume->id,
                   voxel_slice_list_get_ignored (volume->list));
}

static gboolean
open_volumes (GstVoxelSrc *self, guint threads, GError **error)
{
  const GstVoxelSrcSettings *settings = &self->settings;

  if (!settings->location || !*settings->location) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
                 "No location is set: name a folder of slices, a file or a pattern");
    return FALSE;
  }
  if (settings->follow) {
    self->follow = gst_voxel_src_follow_new (settings, error);
    return self->follow != NULL;
  }
  if (!gst_voxel_src_volumes_open (settings, self->volumes, threads, error))
    return FALSE;
  g_ptr_array_foreach (self->volumes, log_volume, self);
  return TRUE;
}

static gboolean
gst_voxel_src_start (GstBaseSrc *base)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);
  const GstVoxelSrcSettings *settings = &self->settings;
  guint threads = settings->threads ? settings->threads : MIN (g_get_num_processors (), MAX_AUTO_THREADS);
  g_autoptr (GError) error = NULL;

  if (!open_volumes (self, threads, &error)) {
    gst_voxel_src_post_error (GST_ELEMENT (self), error);
    gst_voxel_src_stop (base);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  self->time = (GstVoxelSrcTime){.framerate_n = settings->framerate_n,
                                 .framerate_d = settings->framerate_d,
                                 .once = settings->follow || self->volumes->len > 1};
  GST_OBJECT_UNLOCK (self);
  gst_voxel_src_reader_open (&self->reader, threads, settings->read_ahead);
  if (!self->follow)
    set_volume (self, 0);
  return TRUE;
}

/* What comes once comes from the first slice on. */
static gboolean
is_from_start_on (const GstSegment *segment)
{
  return segment->rate == 1. && segment->format == GST_FORMAT_TIME && segment->start == 0 &&
         !GST_CLOCK_TIME_IS_VALID (segment->stop);
}

/* Each pass is of a volume of a new serial, since whatever was promised before does not hold any more. */
static void
begin_pass (GstVoxelSrc *self, guint first, guint last)
{
  const GstVoxelSrcVolume *volume = self->volume;
  guint offset = volume->choice.offset;
  gchar **names = voxel_slice_list_get_names (volume->list, offset, offset + volume->choice.depth - 1);

  gst_voxel_src_reader_begin (
      &self->reader, volume,
      gst_voxel_src_choice_make_volume (&volume->choice, volume->id, volume->list, names), first, last);
  GST_DEBUG_OBJECT (self, "slices %u to %u of %u of \"%s\"", first, last, volume->choice.depth, volume->id);
}

static gboolean
gst_voxel_src_do_seek (GstBaseSrc *base, GstSegment *segment)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);
  GstClockTime end, stop;

  if (self->time.once && !is_from_start_on (segment))
    return FALSE;
  if (self->follow)
    return TRUE;
  if (segment->rate < 0. || segment->format != GST_FORMAT_TIME)
    return FALSE;
  set_volume (self, 0);
  end = gst_voxel_src_time_of_index (&self->time, self->time.depth);
  stop = GST_CLOCK_TIME_IS_VALID (segment->stop) ? MIN (segment->stop, end) : end;
  segment->position = segment->start;
  segment->duration = end;
  begin_pass (self, (guint) gst_voxel_src_time_to_index (&self->time, MIN (segment->start, end)),
              stop > 0 ? (guint) gst_voxel_src_time_to_index (&self->time, stop - 1) : 0);
  return TRUE;
}

static gboolean
gst_voxel_src_is_seekable (GstBaseSrc *base)
{
  return !GST_VOXEL_SRC (base)->time.once;
}

/* Without a slice nobody knows its size. */
static gboolean
gst_voxel_src_negotiate (GstBaseSrc *base)
{
  return !GST_VOXEL_SRC (base)->volume || GST_BASE_SRC_CLASS (parent_class)->negotiate (base);
}

static gboolean
gst_voxel_src_event (GstBaseSrc *base, GstEvent *event)
{
  gdouble rate;

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK) {
    gst_event_parse_seek (event, &rate, NULL, NULL, NULL, NULL, NULL, NULL);
    if (rate <= 0.) {
      GST_INFO_OBJECT (base, "slices go upwards only: seek of rate %g refused", rate);
      return FALSE;
    }
  }
  return GST_BASE_SRC_CLASS (parent_class)->event (base, event);
}

static gboolean
gst_voxel_src_query (GstBaseSrc *base, GstQuery *query)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);
  GstVoxelSrcTime time;
  gboolean handled, answer;

  GST_OBJECT_LOCK (self);
  time = self->time;
  time.position = base->segment.position;
  GST_OBJECT_UNLOCK (self);
  answer = gst_voxel_src_time_answer (&time, query, &handled);
  return handled ? answer : GST_BASE_SRC_CLASS (parent_class)->query (base, query);
}

static GstCaps *
gst_voxel_src_get_caps (GstBaseSrc *base, GstCaps *filter)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);
  g_autoptr (GstCaps) caps = NULL;

  GST_OBJECT_LOCK (self);
  if (self->volume)
    caps = gst_video_info_to_caps (&self->volume->choice.info);
  GST_OBJECT_UNLOCK (self);
  if (!caps)
    caps = gst_pad_get_pad_template_caps (GST_BASE_SRC_PAD (base));
  return filter ? gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST) : g_steal_pointer (&caps);
}

static gboolean
gst_voxel_src_decide_allocation (GstBaseSrc *base, GstQuery *query)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);

  return !self->volume || gst_voxel_src_pool_decide (query, &self->volume->choice.info);
}

static GstFlowReturn
negotiate_volume (GstVoxelSrc *self)
{
  if (gst_base_src_negotiate (GST_BASE_SRC (self)))
    return GST_FLOW_OK;
  return GST_PAD_IS_FLUSHING (GST_BASE_SRC_PAD (self)) ? GST_FLOW_FLUSHING : GST_FLOW_NOT_NEGOTIATED;
}

/* Its times begin at 0 again, its running time where that of the volume before ends. */
static GstFlowReturn
begin_next_volume (GstVoxelSrc *self)
{
  GstBaseSrc *base = GST_BASE_SRC (self);
  GstVideoInfo before = self->volume->choice.info;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.base = base->segment.base + gst_voxel_src_time_of_index (&self->time, self->time.depth);
  set_volume (self, self->number + 1);
  segment.duration = gst_voxel_src_time_of_index (&self->time, self->time.depth);
  begin_pass (self, 0, self->time.depth - 1);
  gst_base_src_new_segment (base, &segment);
  return gst_video_info_is_equal (&before, &self->volume->choice.info) ? GST_FLOW_OK
                                                                       : negotiate_volume (self);
}

/* The first slice of a folder that is followed says what all will be like. */
static GstFlowReturn
begin_followed (GstVoxelSrc *self, const VoxelSliceList *slice)
{
  g_autoptr (GError) error = NULL;
  GstVoxelSrcVolume *volume = gst_voxel_src_volume_new_followed (&self->settings, slice, &error);
  guint depth;

  if (!volume) {
    gst_voxel_src_post_error (GST_ELEMENT (self), error);
    return GST_FLOW_ERROR;
  }
  g_ptr_array_add (self->volumes, volume);
  set_volume (self, 0);
  depth = volume->choice.depth;
  gst_voxel_src_reader_begin (&self->reader, volume,
                              gst_voxel_src_choice_make_volume (&volume->choice, volume->id, slice,
                                                                voxel_slice_follow_get_names (self->follow)),
                              0, depth ? depth - 1 : GST_VOXEL_INDEX_UNKNOWN);
  return negotiate_volume (self);
}

/* Leaves @buffer alone where the slice turns out to be unreadable: it is waited for. */
static GstFlowReturn
read_followed (GstVoxelSrc *self, VoxelSliceList *slice, GstBuffer **buffer)
{
  guint index = voxel_slice_follow_get_length (self->follow);
  GError *error = NULL;
  GstFlowReturn flow =
      gst_voxel_src_reader_read_one (&self->reader, &self->time, slice, index, buffer, &error);

  if (error) {
    GST_DEBUG_OBJECT (self, "slice %u: %s", index, error->message);
    voxel_slice_follow_reject (self->follow, error);
  } else if (flow == GST_FLOW_OK) {
    voxel_slice_follow_accept (self->follow);
  }
  return flow;
}

static GstFlowReturn
create_followed (GstVoxelSrc *self, GstBuffer **buffer)
{
  GstFlowReturn flow = GST_FLOW_OK;
  VoxelSliceList *slice;

  for (*buffer = NULL; flow == GST_FLOW_OK && !*buffer;) {
    flow = gst_voxel_src_follow_wait (GST_ELEMENT (self), self->follow, &slice);
    if (flow == GST_FLOW_OK && !self->volume)
      flow = begin_followed (self, slice);
    if (flow == GST_FLOW_OK)
      flow = read_followed (self, slice, buffer);
  }
  return flow;
}

static GstFlowReturn
gst_voxel_src_create (GstPushSrc *push, GstBuffer **buffer)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (push);
  GstFlowReturn flow;

  if (self->follow)
    return create_followed (self, buffer);
  flow = gst_voxel_src_reader_read (&self->reader, &self->time, buffer);
  if (flow != GST_FLOW_EOS || self->number + 1 == self->volumes->len)
    return flow;
  flow = begin_next_volume (self);
  return flow == GST_FLOW_OK ? gst_voxel_src_reader_read (&self->reader, &self->time, buffer) : flow;
}

static gboolean
set_flushing (GstBaseSrc *base, gboolean flushing)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);

  gst_voxel_src_reader_set_flushing (&self->reader, flushing);
  if (self->follow)
    voxel_slice_follow_set_flushing (self->follow, flushing);
  return TRUE;
}

static gboolean
gst_voxel_src_unlock (GstBaseSrc *base)
{
  return set_flushing (base, TRUE);
}

static gboolean
gst_voxel_src_unlock_stop (GstBaseSrc *base)
{
  return set_flushing (base, FALSE);
}

static void
gst_voxel_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (object);
  gboolean known, follow;

  GST_OBJECT_LOCK (self);
  known = gst_voxel_src_settings_set (&self->settings, id, value);
  follow = self->settings.follow;
  GST_OBJECT_UNLOCK (self);
  gst_base_src_set_live (GST_BASE_SRC (self), follow);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_voxel_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (object);
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = gst_voxel_src_settings_get (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_voxel_src_finalize (GObject *object)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (object);

  g_ptr_array_unref (self->volumes);
  gst_voxel_src_settings_clear (&self->settings);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_voxel_src_class_init (GstVoxelSrcClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GstElementClass *element_class = GST_ELEMENT_CLASS (class);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (class);

  GST_DEBUG_CATEGORY_INIT (gst_voxel_src_debug, "voxelsrc", 0, "Voxel slice source");
  object_class->set_property = gst_voxel_src_set_property;
  object_class->get_property = gst_voxel_src_get_property;
  object_class->finalize = gst_voxel_src_finalize;
  gst_voxel_src_settings_install (object_class);

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel slice source", "Source/File/Video",
                                         "Reads the slices of a scan from TIFF files",
                                         "The gst-voxel authors");

  base_class->start = gst_voxel_src_start;
  base_class->stop = gst_voxel_src_stop;
  base_class->unlock = gst_voxel_src_unlock;
  base_class->unlock_stop = gst_voxel_src_unlock_stop;
  base_class->is_seekable = gst_voxel_src_is_seekable;
  base_class->do_seek = gst_voxel_src_do_seek;
  base_class->event = gst_voxel_src_event;
  base_class->negotiate = gst_voxel_src_negotiate;
  base_class->query = gst_voxel_src_query;
  base_class->get_caps = gst_voxel_src_get_caps;
  base_class->decide_allocation = gst_voxel_src_decide_allocation;
  GST_PUSH_SRC_CLASS (class)->create = gst_voxel_src_create;
}

static void
gst_voxel_src_init (GstVoxelSrc *self)
{
  gst_voxel_src_settings_init (&self->settings);
  self->reader.src = GST_BASE_SRC (self);
  self->volumes = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_voxel_src_volume_free);
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}
