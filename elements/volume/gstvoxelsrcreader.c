/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrcreader.h"
#include "gstvoxelsrcerror.h"
#include "gstvoxelsrcpool.h"
#include "gstvoxelsrctask.h"

/**
 * gst_voxel_src_reader_open:
 * @reader: a reader that is closed
 * @threads: that decode
 * @read_ahead: slices decoded ahead of the one that is asked for; 0 = none, nor any threads
 */
void
gst_voxel_src_reader_open (GstVoxelSrcReader *reader, guint threads, guint read_ahead)
{
  reader->read_ahead = read_ahead;
  reader->prefetch = voxel_slice_prefetch_new (read_ahead ? threads : 0);
}

static void
drop_tasks (GstVoxelSrcReader *reader)
{
  if (reader->prefetch)
    voxel_slice_prefetch_clear (reader->prefetch, gst_voxel_src_task_free, NULL);
}

static void
drop_label_pool (GstVoxelSrcReader *reader)
{
  if (reader->label_pool)
    gst_buffer_pool_set_active (reader->label_pool, FALSE);
  gst_clear_object (&reader->label_pool);
}

/**
 * gst_voxel_src_reader_close:
 * @reader: a reader, closed or not
 */
void
gst_voxel_src_reader_close (GstVoxelSrcReader *reader)
{
  drop_tasks (reader);
  drop_label_pool (reader);
  g_clear_pointer (&reader->prefetch, voxel_slice_prefetch_free);
  g_clear_pointer (&reader->record, gst_voxel_volume_unref);
  reader->volume = NULL;
}

/* Kept from volume to volume where they are alike. */
static void
make_label_pool (GstVoxelSrcReader *reader)
{
  const GstVideoInfo *info = &reader->volume->label_info;

  if (reader->label_pool && reader->volume->labels && gst_video_info_is_equal (info, &reader->label_info))
    return;
  drop_label_pool (reader);
  if (!reader->volume->labels)
    return;
  reader->label_info = *info;
  reader->label_pool = gst_voxel_src_pool_new (info);
}

/**
 * gst_voxel_src_reader_begin:
 * @reader: an open reader, or one of a volume that is followed
 * @volume: (transfer none): a volume that outlives the reading
 * @record: (transfer full): of @volume
 * @first: first slice of the pass
 * @last: last slice of the pass
 *
 * Forgets what was under way.
 */
void
gst_voxel_src_reader_begin (GstVoxelSrcReader *reader, const GstVoxelSrcVolume *volume,
                            GstVoxelVolume *record, guint first, guint last)
{
  drop_tasks (reader);
  g_clear_pointer (&reader->record, gst_voxel_volume_unref);
  reader->record = record;
  reader->volume = volume;
  reader->first = first;
  reader->last = last;
  reader->next_task = first;
  make_label_pool (reader);
}

/**
 * gst_voxel_src_reader_set_flushing:
 * @reader: a reader
 * @flushing: whether gst_voxel_src_reader_read() returns at once, from whatever thread
 */
void
gst_voxel_src_reader_set_flushing (GstVoxelSrcReader *reader, gboolean flushing)
{
  if (reader->prefetch)
    voxel_slice_prefetch_set_flushing (reader->prefetch, flushing);
}

/* Takes @buffer. */
static GstVoxelSrcTask *
make_task (GstVoxelSrcReader *reader, guint index, GstBuffer *buffer)
{
  GstVoxelSrcTask *task;
  GstBuffer *label = NULL;

  if (reader->volume->labels &&
      gst_buffer_pool_acquire_buffer (reader->label_pool, &label, NULL) != GST_FLOW_OK)
    gst_clear_buffer (&buffer);
  task = buffer ? gst_voxel_src_task_new (reader->volume, index, buffer, label) : NULL;
  if (!task)
    GST_ELEMENT_ERROR (reader->src, RESOURCE, WRITE, ("A buffer for a slice cannot be written."), (NULL));
  return task;
}

/* Hands out work until as many slices are under way as read-ahead says or the pool runs dry. */
static GstFlowReturn
look_ahead (GstVoxelSrcReader *reader)
{
  g_autoptr (GstBufferPool) pool = gst_base_src_get_buffer_pool (reader->src);

  while (reader->next_task <= reader->last && reader->next_task < reader->volume->choice.depth) {
    guint under_way = voxel_slice_prefetch_get_length (reader->prefetch);
    GstBufferPoolAcquireParams params = {.flags = under_way ? GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT : 0};
    GstBuffer *buffer = NULL;
    GstFlowReturn flow;
    GstVoxelSrcTask *task;

    if (under_way > reader->read_ahead)
      break;
    flow = gst_buffer_pool_acquire_buffer (pool, &buffer, &params);
    if (flow == GST_FLOW_EOS && under_way)
      break;
    if (flow != GST_FLOW_OK)
      return flow;
    task = make_task (reader, reader->next_task, buffer);
    if (!task)
      return GST_FLOW_ERROR;
    voxel_slice_prefetch_push (reader->prefetch, &task->job);
    reader->next_task++;
  }
  return GST_FLOW_OK;
}

/* A threshold meant for labels of 0 and 255 makes nothing of those of 0 and 1, and nobody would see it. */
static void
warn_of_missed (const GstVoxelSrcReader *reader)
{
  guint missed = voxel_slice_labels_get_missed (reader->volume->labels);

  if (missed > 0)
    GST_ELEMENT_WARNING (reader->src, STREAM, FAILED,
                         ("No pixel of the labels of volume \"%s\" is vessel: their highest value is %u: set "
                          "label-threshold to that or less, or to 0 where they are binary.",
                          reader->volume->id, missed),
                         (NULL));
}

/* Takes @task. */
static GstBuffer *
finish_task (const GstVoxelSrcReader *reader, const GstVoxelSrcTime *time, GstVoxelSrcTask *task)
{
  const GstVoxelSrcChoice *choice = &reader->volume->choice;
  guint index = task->index;
  GstBuffer *buffer;

  if (task->label && index == reader->last)
    warn_of_missed (reader);
  buffer = gst_voxel_src_task_finish (task);

  GST_BUFFER_PTS (buffer) = gst_voxel_src_time_of_index (time, index);
  GST_BUFFER_DURATION (buffer) = gst_voxel_src_time_of_index (time, index + 1) - GST_BUFFER_PTS (buffer);
  GST_BUFFER_OFFSET (buffer) = index;
  GST_BUFFER_OFFSET_END (buffer) = index + 1;
  gst_buffer_add_voxel_slice_meta (buffer, reader->record, GST_VOXEL_AXIS_Z,
                                   choice->mask ? GST_VOXEL_CONTENT_MASK : GST_VOXEL_CONTENT_INTENSITY, index,
                                   reader->first, reader->last);
  return buffer;
}

static gboolean
check_task (const GstVoxelSrcReader *reader, GstVoxelSrcTask *task)
{
  VoxelSliceJob *job = &task->job;

  if (!job->error &&
      (!job->labels || voxel_slice_labels_agree (job->labels, job->index, job->found, &job->error)))
    return TRUE;
  g_prefix_error (&job->error, "Slice %u: ", job->index);
  gst_voxel_src_post_error (GST_ELEMENT (reader->src), job->error);
  return FALSE;
}

/**
 * gst_voxel_src_reader_read:
 * @reader: an open reader that has begun
 * @time: framerate
 * @buffer: (out) (transfer full): the next slice
 *
 * Returns: GST_FLOW_OK; GST_FLOW_EOS where the pass is complete; GST_FLOW_ERROR once an error was posted
 */
GstFlowReturn
gst_voxel_src_reader_read (GstVoxelSrcReader *reader, const GstVoxelSrcTime *time, GstBuffer **buffer)
{
  GstFlowReturn flow = look_ahead (reader);
  GstVoxelSrcTask *task;

  if (flow != GST_FLOW_OK)
    return flow;
  if (voxel_slice_prefetch_get_length (reader->prefetch) == 0)
    return GST_FLOW_EOS;
  task = (GstVoxelSrcTask *) voxel_slice_prefetch_pop (reader->prefetch);
  if (!task)
    return GST_FLOW_FLUSHING;
  if (!check_task (reader, task)) {
    gst_voxel_src_task_free (task, NULL);
    return GST_FLOW_ERROR;
  }
  *buffer = finish_task (reader, time, task);
  return GST_FLOW_OK;
}

/**
 * gst_voxel_src_reader_read_one:
 * @reader: a reader that has begun
 * @time: framerate
 * @slice: a list of one slice
 * @index: of that slice in the volume
 * @buffer: (out) (transfer full): the slice, untouched where it turns out to be unreadable
 * @error: why it is unreadable
 *
 * Returns: GST_FLOW_OK, with @buffer or with @error
 */
GstFlowReturn
gst_voxel_src_reader_read_one (GstVoxelSrcReader *reader, const GstVoxelSrcTime *time, VoxelSliceList *slice,
                               guint index, GstBuffer **buffer, GError **error)
{
  g_autoptr (GstBufferPool) pool = gst_base_src_get_buffer_pool (reader->src);
  GstBuffer *empty = NULL;
  GstFlowReturn flow = gst_buffer_pool_acquire_buffer (pool, &empty, NULL);
  GstVoxelSrcTask *task;

  if (flow != GST_FLOW_OK)
    return flow;
  task = make_task (reader, index, empty);
  if (!task)
    return GST_FLOW_ERROR;
  task->job.list = slice;
  task->job.index = 0;
  voxel_slice_job_run (&task->job);
  if (task->job.error) {
    g_propagate_error (error, g_steal_pointer (&task->job.error));
    gst_voxel_src_task_free (task, NULL);
    return GST_FLOW_OK;
  }
  *buffer = finish_task (reader, time, task);
  return GST_FLOW_OK;
}
