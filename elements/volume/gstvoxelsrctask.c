/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrctask.h"

#include <string.h>

G_STATIC_ASSERT (VOXEL_SLICE_LABEL_BACKGROUND == GST_VOXEL_LABEL_BACKGROUND);
G_STATIC_ASSERT (VOXEL_SLICE_LABEL_IGNORE == GST_VOXEL_LABEL_IGNORE);
G_STATIC_ASSERT (VOXEL_SLICE_LABEL_SET == GST_VOXEL_LABEL_SET);

static gboolean
take_buffers (GstVoxelSrcTask *task, const GstVoxelSrcVolume *volume)
{
  if (!gst_video_frame_map (&task->frame, &volume->choice.info, task->buffer, GST_MAP_WRITE))
    return FALSE;
  task->job.pixels = GST_VIDEO_FRAME_PLANE_DATA (&task->frame, 0);
  task->job.stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&task->frame, 0);
  if (!task->label)
    return TRUE;
  if (!gst_video_frame_map (&task->label_frame, &volume->label_info, task->label, GST_MAP_WRITE))
    return FALSE;
  task->job.label = GST_VIDEO_FRAME_PLANE_DATA (&task->label_frame, 0);
  task->job.label_stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&task->label_frame, 0);
  return TRUE;
}

/**
 * gst_voxel_src_task_new:
 * @volume: a volume
 * @index: a slice of the part that is read of it
 * @buffer: (transfer full): where its pixels go
 * @label: (transfer full) (nullable): where its label goes
 *
 * Returns: (transfer full) (nullable): a task that is to be done; %NULL where a buffer cannot be written
 */
GstVoxelSrcTask *
gst_voxel_src_task_new (const GstVoxelSrcVolume *volume, guint index, GstBuffer *buffer, GstBuffer *label)
{
  const GstVoxelSrcChoice *choice = &volume->choice;
  GstVoxelSrcTask *task = g_new0 (GstVoxelSrcTask, 1);

  task->index = index;
  task->buffer = buffer;
  task->label = label;
  task->label_weight = volume->label_weight;
  task->job.list = volume->list;
  task->job.index = choice->offset + index;
  task->job.region = choice->region;
  task->job.mask = choice->mask;
  task->job.labels = volume->labels;
  if (take_buffers (task, volume))
    return task;
  gst_voxel_src_task_free (task, NULL);
  return NULL;
}

/**
 * gst_voxel_src_task_free:
 * @data: (transfer full): a #GstVoxelSrcTask that nobody works on
 * @unused: so that it is a #GFunc
 */
void
gst_voxel_src_task_free (gpointer data, gpointer unused)
{
  GstVoxelSrcTask *task = data;

  if (task->job.label)
    gst_video_frame_unmap (&task->label_frame);
  if (task->job.pixels)
    gst_video_frame_unmap (&task->frame);
  gst_clear_buffer (&task->label);
  gst_buffer_unref (task->buffer);
  g_clear_error (&task->job.error);
  g_free (task);
}

/* What lies between a row's end and the next row's begin goes into files with the rest. */
static void
clear_row_ends (const GstVideoFrame *frame)
{
  gsize row = (gsize) GST_VIDEO_FRAME_WIDTH (frame) * (gsize) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, 0);
  gsize stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  guint8 *pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);

  for (gsize y = 0; y < (gsize) GST_VIDEO_FRAME_HEIGHT (frame) && row < stride; y++)
    memset (pixels + y * stride + row, 0, MIN (stride - row, 3));
}

/**
 * gst_voxel_src_task_finish:
 * @task: (transfer full): a task that was done
 *
 * Returns: (transfer full): its buffer, the pixels in it and the label with it
 */
GstBuffer *
gst_voxel_src_task_finish (GstVoxelSrcTask *task)
{
  GstBuffer *buffer = gst_buffer_ref (task->buffer);
  GstBuffer *label = task->label ? gst_buffer_ref (task->label) : NULL;
  gdouble weight = task->label_weight;

  clear_row_ends (&task->frame);
  if (label)
    clear_row_ends (&task->label_frame);
  gst_voxel_src_task_free (task, NULL);
  if (label)
    gst_buffer_add_voxel_label_meta (buffer, label, weight);
  gst_clear_buffer (&label);
  return buffer;
}
