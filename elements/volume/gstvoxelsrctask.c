/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrctask.h"

#include <string.h>

/**
 * gst_voxel_src_task_new:
 * @choice: part of a stack
 * @index: a slice of that part
 * @buffer: (transfer full): where its pixels go
 *
 * Returns: (transfer full) (nullable): a task that is to be done; %NULL where @buffer cannot be written
 */
GstVoxelSrcTask *
gst_voxel_src_task_new (const GstVoxelSrcChoice *choice, guint index, GstBuffer *buffer)
{
  GstVoxelSrcTask *task = g_new0 (GstVoxelSrcTask, 1);

  if (!gst_video_frame_map (&task->frame, &choice->info, buffer, GST_MAP_WRITE)) {
    gst_buffer_unref (buffer);
    g_free (task);
    return NULL;
  }
  task->buffer = buffer;
  task->job.index = choice->offset + index;
  task->job.region = choice->region;
  task->job.mask = choice->mask;
  task->job.pixels = GST_VIDEO_FRAME_PLANE_DATA (&task->frame, 0);
  task->job.stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&task->frame, 0);
  return task;
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

  gst_video_frame_unmap (&task->frame);
  gst_buffer_unref (task->buffer);
  g_clear_error (&task->job.error);
  g_free (task);
}

/* What lies between a row's end and the next row's begin goes into files with the rest. */
static void
clear_row_ends (const GstVoxelSrcTask *task)
{
  gsize row =
      (gsize) GST_VIDEO_FRAME_WIDTH (&task->frame) * (gsize) GST_VIDEO_FRAME_COMP_PSTRIDE (&task->frame, 0);

  for (guint y = 0; y < task->job.region.height && row < task->job.stride; y++)
    memset (task->job.pixels + y * task->job.stride + row, 0, MIN (task->job.stride - row, 3));
}

/**
 * gst_voxel_src_task_finish:
 * @task: (transfer full): a task that was done
 *
 * Returns: (transfer full): its buffer, the pixels in it
 */
GstBuffer *
gst_voxel_src_task_finish (GstVoxelSrcTask *task)
{
  GstBuffer *buffer = gst_buffer_ref (task->buffer);

  clear_row_ends (task);
  gst_voxel_src_task_free (task, NULL);
  return buffer;
}
