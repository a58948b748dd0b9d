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
#include "gstvoxelsrctime.h"
#include "slice-prefetch.h"

#include <string.h>

#include <gst/video/video.h>

#include "voxel.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_src_debug);
#define GST_CAT_DEFAULT gst_voxel_src_debug

#define MAX_AUTO_THREADS 4

typedef struct {
  VoxelSliceJob job;
  GstBuffer *buffer;
  GstVideoFrame frame;
} Task;

struct _GstVoxelSrc {
  GstPushSrc parent;

  GstVoxelSrcSettings settings;

  /* From start to stop. */
  VoxelSliceList *list;
  VoxelSlicePrefetch *prefetch;
  GstVoxelSrcChoice choice;
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

static void
free_task (gpointer data, gpointer unused)
{
  Task *task = data;

  gst_video_frame_unmap (&task->frame);
  gst_buffer_unref (task->buffer);
  g_clear_error (&task->job.error);
  g_free (task);
}

static gboolean
gst_voxel_src_stop (GstBaseSrc *base)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);

  if (self->prefetch)
    voxel_slice_prefetch_clear (self->prefetch, free_task, NULL);
  g_clear_pointer (&self->prefetch, voxel_slice_prefetch_free);
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  GST_OBJECT_LOCK (self);
  self->time.depth = 0;
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
  self->prefetch = voxel_slice_prefetch_new (self->list, self->read_ahead ? threads : 0);
  GST_OBJECT_LOCK (self);
  self->time = (GstVoxelSrcTime){settings->framerate_n, settings->framerate_d, self->choice.depth, 0};
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

/* Each seek begins a volume of a new serial, since whatever was promised before does not hold any more. */
static gboolean
gst_voxel_src_do_seek (GstBaseSrc *base, GstSegment *segment)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);
  GstClockTime end = gst_voxel_src_time_of_index (&self->time, self->time.depth);
  GstClockTime stop = GST_CLOCK_TIME_IS_VALID (segment->stop) ? MIN (segment->stop, end) : end;

  if (segment->rate < 0. || segment->format != GST_FORMAT_TIME)
    return FALSE;
  voxel_slice_prefetch_clear (self->prefetch, free_task, NULL);
  self->first = (guint) gst_voxel_src_time_to_index (&self->time, MIN (segment->start, end));
  self->last = stop > 0 ? (guint) gst_voxel_src_time_to_index (&self->time, stop - 1) : 0;
  self->next_task = self->first;
  segment->position = segment->start;
  segment->duration = end;
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  self->volume = gst_voxel_src_choice_make_volume (&self->choice, self->settings.id, self->list);
  GST_DEBUG_OBJECT (self, "slices %u to %u of %u", self->first, self->last, self->time.depth);
  return TRUE;
}

static gboolean
gst_voxel_src_is_seekable (GstBaseSrc *base)
{
  return TRUE;
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
  if (self->time.depth > 0)
    caps = gst_video_info_to_caps (&self->choice.info);
  GST_OBJECT_UNLOCK (self);
  if (!caps)
    caps = gst_pad_get_pad_template_caps (GST_BASE_SRC_PAD (base));
  return filter ? gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST) : g_steal_pointer (&caps);
}

static gboolean
set_up_pool (GstVoxelSrc *self, GstBufferPool *pool, GstQuery *query, guint size, guint min, guint max)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstAllocator *allocator = NULL;
  GstAllocationParams params;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  gst_buffer_pool_config_set_params (config, caps, size, min, max);
  if (gst_query_get_n_allocation_params (query) > 0) {
    gst_query_parse_nth_allocation_param (query, 0, &allocator, &params);
    gst_buffer_pool_config_set_allocator (config, allocator, &params);
    gst_clear_object (&allocator);
  }
  if (gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL) &&
      gst_buffer_pool_has_option (pool, GST_BUFFER_POOL_OPTION_VIDEO_META))
    gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  return gst_buffer_pool_set_config (pool, config);
}

/* Downstream's pool where it offers one that fits, else one of our own, so that pages of memory are reused.
 */
static gboolean
gst_voxel_src_decide_allocation (GstBaseSrc *base, GstQuery *query)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (base);
  gboolean offered = gst_query_get_n_allocation_pools (query) > 0;
  guint size = 0, min = 0, max = 0;
  g_autoptr (GstBufferPool) pool = NULL;

  if (offered)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, &size, &min, &max);
  size = MAX (size, (guint) GST_VIDEO_INFO_SIZE (&self->choice.info));
  if (!pool || !set_up_pool (self, pool, query, size, min, max)) {
    gst_clear_object (&pool);
    pool = gst_video_buffer_pool_new ();
    size = (guint) GST_VIDEO_INFO_SIZE (&self->choice.info);
    min = max = 0;
    if (!set_up_pool (self, pool, query, size, min, max))
      return FALSE;
  }
  if (offered)
    gst_query_set_nth_allocation_pool (query, 0, pool, size, min, max);
  else
    gst_query_add_allocation_pool (query, pool, size, min, max);
  return TRUE;
}

static Task *
make_task (GstVoxelSrc *self, GstBuffer *buffer)
{
  Task *task = g_new0 (Task, 1);

  if (!gst_video_frame_map (&task->frame, &self->choice.info, buffer, GST_MAP_WRITE)) {
    g_free (task);
    return NULL;
  }
  task->buffer = buffer;
  task->job.index = self->choice.offset + self->next_task;
  task->job.region = self->choice.region;
  task->job.mask = self->choice.mask;
  task->job.pixels = GST_VIDEO_FRAME_PLANE_DATA (&task->frame, 0);
  task->job.stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&task->frame, 0);
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
    Task *task;

    if (under_way > self->read_ahead)
      break;
    flow = gst_buffer_pool_acquire_buffer (pool, &buffer, &params);
    if (flow == GST_FLOW_EOS && under_way)
      break;
    if (flow != GST_FLOW_OK)
      return flow;
    task = make_task (self, buffer);
    if (!task) {
      gst_buffer_unref (buffer);
      GST_ELEMENT_ERROR (self, RESOURCE, WRITE, ("A buffer for a slice cannot be written."), (NULL));
      return GST_FLOW_ERROR;
    }
    voxel_slice_prefetch_push (self->prefetch, &task->job);
    self->next_task++;
  }
  return GST_FLOW_OK;
}

/* What lies between a row's end and the next row's begin goes into files with the rest. */
static void
clear_row_ends (const Task *task)
{
  gsize row =
      (gsize) GST_VIDEO_FRAME_WIDTH (&task->frame) * (gsize) GST_VIDEO_FRAME_COMP_PSTRIDE (&task->frame, 0);

  for (guint y = 0; y < task->job.region.height && row < task->job.stride; y++)
    memset (task->job.pixels + y * task->job.stride + row, 0, MIN (task->job.stride - row, 3));
}

static GstBuffer *
finish_task (GstVoxelSrc *self, Task *task)
{
  GstBuffer *buffer = gst_buffer_ref (task->buffer);
  guint index = task->job.index - self->choice.offset;

  clear_row_ends (task);
  free_task (task, NULL);
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

static GstFlowReturn
gst_voxel_src_create (GstPushSrc *push, GstBuffer **buffer)
{
  GstVoxelSrc *self = GST_VOXEL_SRC (push);
  GstFlowReturn flow = look_ahead (self);
  Task *task;

  if (flow != GST_FLOW_OK)
    return flow;
  if (voxel_slice_prefetch_get_length (self->prefetch) == 0)
    return GST_FLOW_EOS;
  task = (Task *) voxel_slice_prefetch_pop (self->prefetch);
  if (!task)
    return GST_FLOW_FLUSHING;
  if (task->job.error) {
    gst_voxel_src_post_error (GST_ELEMENT (self), task->job.error);
    free_task (task, NULL);
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
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = gst_voxel_src_settings_set (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
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
