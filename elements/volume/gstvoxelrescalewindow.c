/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelrescalewindow.h"

static void
free_frame (gpointer data)
{
  gst_video_frame_unmap (data);
  g_free (data);
}

void
gst_voxel_rescale_window_init (GstVoxelRescaleWindow *window)
{
  *window = (GstVoxelRescaleWindow){.frames = g_ptr_array_new_with_free_func (free_frame)};
}

void
gst_voxel_rescale_window_clear (GstVoxelRescaleWindow *window)
{
  g_clear_pointer (&window->frames, g_ptr_array_unref);
}

/**
 * gst_voxel_rescale_window_forget:
 * @window: of a pass that is over
 */
void
gst_voxel_rescale_window_forget (GstVoxelRescaleWindow *window)
{
  g_ptr_array_set_size (window->frames, 0);
  window->first = 0;
  window->came = 0;
}

/**
 * gst_voxel_rescale_window_add:
 * @window: of a pass
 * @info: caps
 * @buffer: (transfer none): the pass's next slice
 *
 * Returns: whether it has all the bytes that its caps promise
 */
gboolean
gst_voxel_rescale_window_add (GstVoxelRescaleWindow *window, const GstVideoInfo *info, GstBuffer *buffer)
{
  GstVideoFrame *frame = g_new (GstVideoFrame, 1);

  if (!gst_video_frame_map (frame, info, buffer, GST_MAP_READ)) {
    g_free (frame);
    return FALSE;
  }
  g_ptr_array_add (window->frames, frame);
  window->came++;
  return TRUE;
}

/**
 * gst_voxel_rescale_window_get:
 * @window: with a slice in it
 * @index: slice of the pass, which is held
 *
 * Returns: the slice, or the outermost one where @index lies outside of those that came
 */
const GstVideoFrame *
gst_voxel_rescale_window_get (const GstVoxelRescaleWindow *window, gint64 index)
{
  return g_ptr_array_index (window->frames, CLAMP (index, 0, (gint64) window->came - 1) - window->first);
}

/**
 * gst_voxel_rescale_window_drop_before:
 * @window: of a pass
 * @index: the first slice that is still needed; the last one stays in any case, since it may be the outermost one
 */
void
gst_voxel_rescale_window_drop_before (GstVoxelRescaleWindow *window, gint64 index)
{
  gint64 n = CLAMP (index - window->first, 0, (gint64) window->frames->len - 1);

  if (window->frames->len == 0 || n == 0)
    return;
  g_ptr_array_remove_range (window->frames, 0, (guint) n);
  window->first += (guint) n;
}
