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
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelsrc.h"
#include "gstvoxelsrcchoice.h"
#include "gstvoxelsrcerror.h"
#include "gstvoxelsrcfollow.h"
#include "gstvoxelsrcpool.h"
#include "gstvoxelsrctask.h"
#include "gstvoxelsrctime.h"
#include "slice-prefetch.h"

#include <gst/video/video.h>

#include "voxel.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_src_debug);
#define GST_CAT_DEFAULT gst_voxel_src_debug

#define MAX_AUTO_THREADS 4

struct _GstVoxelSrc {
  GstPushSrc parent;

  GstVoxelSrcSettings settings;

  /* From start to stop. */
  VoxelSliceList *list;
  VoxelSlicePrefetch *prefetch;
  VoxelSliceFollow *follow;
  GstVoxelSrcChoice choice;
  gboolean chosen;
  GstVoxelSrcTime time;
  guint read_ahead;

  /* The pass: a seek sets it. */
  GstVoxelVolume *volume;
  guint first;
  guint last;
  guint next_task;
};

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

#define gst_voxel_src_parent_class parent_class
G_DEFINE_FINAL_TYPE (GstVoxelSrc, gst_voxel_src, GST_TYPE_PUSH_SRC)
GST_ELEMENT_REGISTER_DEFINE (voxelsrc, "voxelsrc", GST_RANK_NONE, GST_TYPE_VOXEL_SRC)

static gboolean
gst_voxel_src_stop (GstBaseSrc *base)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);

  if (self->prefetch)
    voxel_slice_prefetch_clear (self->prefetch, gst_voxel_src_task_free, NULL);
  g_clear_pointer (&self->prefetch, voxel_slice_prefetch_free);
  g_clear_pointer (&self->follow, voxel_slice_follow_free);
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  GST_OBJECT_LOCK (self);
  self->time.depth = 0;
  self->chosen = FALSE;
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&self->list, voxel_slice_list_free);
  return TRUE;
}

static gboolean
open_stack (GstVoxelSrc *self, guint threads, GError **error)
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
  self->list = voxel_slice_list_new (settings->location, threads, error);
  if (!self->list)
    return FALSE;
  GST_INFO_OBJECT (self, "%u slices of \"%s\", %u other entries ignored",
                   voxel_slice_list_get_length (self->list), voxel_slice_list_get_id (self->list),
                   voxel_slice_list_get_ignored (self->list));
  return gst_voxel_src_choose (settings, self->list, &self->choice, error);
}

static gboolean
gst_voxel_src_start (GstBaseSrc *base)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);
  const GstVoxelSrcSettings *settings = &self->settings;
  guint threads = settings->threads ? settings->threads : MIN (g_get_num_processors (), MAX_AUTO_THREADS);
  g_autoptr (GError) error = NULL;

  if (!open_stack (self, threads, &error)) {
    gst_voxel_src_post_error (GST_ELEMENT (self), error);
    gst_voxel_src_stop (base);
    return FALSE;
  }
  self->read_ahead = settings->read_ahead;
  if (self->list)
    self->prefetch = voxel_slice_prefetch_new (self->list, self->read_ahead ? threads : 0);
  GST_OBJECT_LOCK (self);
  self->chosen = self->list != NULL;
  self->time = (GstVoxelSrcTime){.framerate_n = settings->framerate_n,
                                 .framerate_d = settings->framerate_d,
                                 .depth = self->chosen ? self->choice.depth : 0,
                                 .live = settings->follow};
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

/* Slices that are followed come once, from the first one on. */
static gboolean
is_from_start_on (const GstSegment *segment)
{
  return segment->rate == 1. && segment->format == GST_FORMAT_TIME && segment->start == 0 &&
         !GST_CLOCK_TIME_IS_VALID (segment->stop);
}

/* Each seek begins a volume of a new serial, since whatever was promised before does not hold any more. */
static gboolean
gst_voxel_src_do_seek (GstBaseSrc *base, GstSegment *segment)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);
  GstClockTime end = gst_voxel_src_time_of_index (&self->time, self->time.depth);
  GstClockTime stop = GST_CLOCK_TIME_IS_VALID (segment->stop) ? MIN (segment->stop, end) : end;
  guint offset = self->choice.offset;

  if (self->follow)
    return is_from_start_on (segment);
  if (segment->rate < 0. || segment->format != GST_FORMAT_TIME)
    return FALSE;
  voxel_slice_prefetch_clear (self->prefetch, gst_voxel_src_task_free, NULL);
  self->first = (guint) gst_voxel_src_time_to_index (&self->time, MIN (segment->start, end));
  self->last = stop > 0 ? (guint) gst_voxel_src_time_to_index (&self->time, stop - 1) : 0;
  self->next_task = self->first;
  segment->position = segment->start;
  segment->duration = end;
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  self->volume = gst_voxel_src_choice_make_volume (
      &self->choice, self->settings.id, self->list,
      voxel_slice_list_get_names (self->list, offset, offset + self->choice.depth - 1));
  GST_DEBUG_OBJECT (self, "slices %u to %u of %u", self->first, self->last, self->time.depth);
  return TRUE;
}

static gboolean
gst_voxel_src_is_seekable (GstBaseSrc *base)
{
  return !GST_VOXEL_SRC (base)->follow;
}

/* Without a slice nobody knows its size. */
static gboolean
gst_voxel_src_negotiate (GstBaseSrc *base)
{
  return !GST_VOXEL_SRC (base)->chosen || GST_BASE_SRC_CLASS (parent_class)->negotiate (base);
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
  if (self->chosen)
    caps = gst_video_info_to_caps (&self->choice.info);
  GST_OBJECT_UNLOCK (self);
  if (!caps)
    caps = gst_pad_get_pad_template_caps (GST_BASE_SRC_PAD (base));
  return filter ? gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST) : g_steal_pointer (&caps);
}

static gboolean
gst_voxel_src_decide_allocation (GstBaseSrc *base, GstQuery *query)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);

  return !self->chosen || gst_voxel_src_pool_decide (query, &self->choice.info);
}

/* Takes @buffer. */
static GstVoxelSrcTask *
make_task (GstVoxelSrc *self, GstBuffer *buffer)
{
  GstVoxelSrcTask *task = gst_voxel_src_task_new (&self->choice, self->next_task, buffer);

  if (!task)
    GST_ELEMENT_ERROR (self, RESOURCE, WRITE, ("A buffer for a slice cannot be written."), (NULL));
  return task;
}

/* Hands out work until as many slices are under way as read-ahead says or the pool runs dry. */
static GstFlowReturn
look_ahead (GstVoxelSrc *self)
{
  g_autoptr (GstBufferPool) pool = gst_base_src_get_buffer_pool (GST_BASE_SRC (self));

  while (self->next_task <= self->last && self->next_task < self->time.depth) {
    guint under_way = voxel_slice_prefetch_get_length (self->prefetch);
    GstBufferPoolAcquireParams params = {.flags = under_way ? GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT : 0};
    GstBuffer *buffer = NULL;
    GstFlowReturn flow;
    GstVoxelSrcTask *task;

    if (under_way > self->read_ahead)
      break;
    flow = gst_buffer_pool_acquire_buffer (pool, &buffer, &params);
    if (flow == GST_FLOW_EOS && under_way)
      break;
    if (flow != GST_FLOW_OK)
      return flow;
    task = make_task (self, buffer);
    if (!task)
      return GST_FLOW_ERROR;
    voxel_slice_prefetch_push (self->prefetch, &task->job);
    self->next_task++;
  }
  return GST_FLOW_OK;
}

static GstBuffer *
finish_task (GstVoxelSrc *self, GstVoxelSrcTask *task)
{
  guint index = task->job.index - self->choice.offset;
  GstBuffer *buffer = gst_voxel_src_task_finish (task);

  GST_BUFFER_PTS (buffer) = gst_voxel_src_time_of_index (&self->time, index);
  GST_BUFFER_DURATION (buffer) =
      gst_voxel_src_time_of_index (&self->time, index + 1) - GST_BUFFER_PTS (buffer);
  GST_BUFFER_OFFSET (buffer) = index;
  GST_BUFFER_OFFSET_END (buffer) = index + 1;
  gst_buffer_add_voxel_slice_meta (buffer, self->volume, GST_VOXEL_AXIS_Z,
                                   self->choice.mask ? GST_VOXEL_CONTENT_MASK : GST_VOXEL_CONTENT_INTENSITY,
                                   index, self->first, self->last);
  return buffer;
}

/* The first slice of a folder that is followed says what all will be like. */
static GstFlowReturn
begin_followed (GstVoxelSrc *self, const VoxelSliceList *slice)
{
  GstVoxelSrcChoice choice;
  g_autoptr (GError) error = NULL;

  if (!gst_voxel_src_choose (&self->settings, slice, &choice, &error)) {
    gst_voxel_src_post_error (GST_ELEMENT (self), error);
    return GST_FLOW_ERROR;
  }
  GST_OBJECT_LOCK (self);
  self->choice = choice;
  self->chosen = TRUE;
  self->time.depth = choice.depth;
  GST_OBJECT_UNLOCK (self);
  self->first = 0;
  self->last = choice.depth ? choice.depth - 1 : GST_VOXEL_INDEX_UNKNOWN;
  self->volume = gst_voxel_src_choice_make_volume (&self->choice, self->settings.id, slice,
                                                   voxel_slice_follow_get_names (self->follow));
  return gst_base_src_negotiate (GST_BASE_SRC (self)) ? GST_FLOW_OK : GST_FLOW_NOT_NEGOTIATED;
}

/* Leaves @buffer alone where the slice turns out to be unreadable: it is waited for. */
static GstFlowReturn
read_followed (GstVoxelSrc *self, VoxelSliceList *slice, GstBuffer **buffer)
{
  g_autoptr (GstBufferPool) pool = gst_base_src_get_buffer_pool (GST_BASE_SRC (self));
  GstFlowReturn flow;
  GstBuffer *empty = NULL;
  GstVoxelSrcTask *task;

  flow = gst_buffer_pool_acquire_buffer (pool, &empty, NULL);
  if (flow != GST_FLOW_OK)
    return flow;
  self->next_task = voxel_slice_follow_get_length (self->follow);
  task = make_task (self, empty);
  if (!task)
    return GST_FLOW_ERROR;
  voxel_slice_job_run (&task->job, slice, 0);
  if (task->job.error) {
    GST_DEBUG_OBJECT (self, "slice %u: %s", self->next_task, task->job.error->message);
    voxel_slice_follow_reject (self->follow, g_steal_pointer (&task->job.error));
    gst_voxel_src_task_free (task, NULL);
    return GST_FLOW_OK;
  }
  *buffer = finish_task (self, task);
  voxel_slice_follow_accept (self->follow);
  return GST_FLOW_OK;
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
  GstVoxelSrcTask *task;

  if (self->follow)
    return create_followed (self, buffer);
  flow = look_ahead (self);
  if (flow != GST_FLOW_OK)
    return flow;
  if (voxel_slice_prefetch_get_length (self->prefetch) == 0)
    return GST_FLOW_EOS;
  task = (GstVoxelSrcTask *) voxel_slice_prefetch_pop (self->prefetch);
  if (!task)
    return GST_FLOW_FLUSHING;
  if (task->job.error) {
    g_prefix_error (&task->job.error, "Slice %u: ", task->job.index);
    gst_voxel_src_post_error (GST_ELEMENT (self), task->job.error);
    gst_voxel_src_task_free (task, NULL);
    return GST_FLOW_ERROR;
  }
  *buffer = finish_task (self, task);
  return GST_FLOW_OK;
}

static gboolean
set_flushing (GstBaseSrc *base, gboolean flushing)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);

  if (self->prefetch)
    voxel_slice_prefetch_set_flushing (self->prefetch, flushing);
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
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}
