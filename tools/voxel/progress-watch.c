/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <gst/video/gstvideometa.h>

#include "elements/stream/voxel.h"
#include "progress-watch.h"

/**
 * VoxelProgressWatch:
 *
 * Counts the slices that leave the first voxelstitch: where the time goes lies before it, and the elements
 * upstream are ahead by what the queues hold.
 */
struct _VoxelProgressWatch {
  GMutex lock;
  GstPad *pad;
  gulong probe;
  guint64 serial;
  guint resumed[GST_VOXEL_N_AXES];
  VoxelProgressState state;
};

static guint
count_bits (guint bits)
{
  guint n = 0;

  for (; bits; bits &= bits - 1)
    n++;
  return n;
}

/* 0 while the depth of a live volume is unknown. */
static guint64
voxels_of (const GstVoxelVolume *volume)
{
  return (guint64) volume->shape[0] * volume->shape[1] * volume->shape[2];
}

static void
begin_volume (VoxelProgressWatch *watch, const GstVoxelVolume *volume)
{
  watch->serial = volume->serial;
  watch->state = (VoxelProgressState){0};
  watch->state.passes = volume->axes ? count_bits (volume->axes) : 1;
  for (guint axis = 0; axis < GST_VOXEL_N_AXES; axis++) {
    guint count, height, width;

    gst_voxel_volume_get_plane (volume, axis, &count, &height, &width);
    watch->state.resumed += (guint64) watch->resumed[axis] * height * width;
    watch->state.pass += count && watch->resumed[axis] >= count;
  }
}

static GstPadProbeReturn
on_slice (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  VoxelProgressWatch *watch = data;
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (GST_PAD_PROBE_INFO_BUFFER (info));
  VoxelProgressState *state = &watch->state;
  guint count, height, width, before;
  gchar axis;

  /* Slices along no axis are no part of what is to be done. */
  if (!slice || slice->axis >= GST_VOXEL_N_AXES)
    return GST_PAD_PROBE_OK;
  axis = gst_voxel_axis_to_letter (slice->axis);
  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  g_mutex_lock (&watch->lock);
  if (!state->axis || watch->serial != slice->volume->serial)
    begin_volume (watch, slice->volume);
  if (state->total == 0)
    state->total = voxels_of (slice->volume) * state->passes;
  if (state->axis != axis)
    state->pass++;
  state->axis = axis;
  before = watch->resumed[slice->axis];
  state->slice = before + slice->index - slice->first + 1;
  state->slices = slice->last == GST_VOXEL_INDEX_UNKNOWN ? 0 : before + slice->last - slice->first + 1;
  state->done += (guint64) height * width;
  g_mutex_unlock (&watch->lock);
  return GST_PAD_PROBE_OK;
}

/**
 * voxel_progress_watch_new:
 * @pipeline: bin that will run
 *
 * Returns: (nullable): a count of finished slices; %NULL where nothing stitches
 */
VoxelProgressWatch *
voxel_progress_watch_new (GstElement *pipeline)
{
  GstIterator *iterator = gst_bin_iterate_all_by_element_factory_name (GST_BIN (pipeline), "voxelstitch");
  GValue item = G_VALUE_INIT;
  VoxelProgressWatch *watch = NULL;

  if (iterator && gst_iterator_next (iterator, &item) == GST_ITERATOR_OK) {
    watch = g_new0 (VoxelProgressWatch, 1);
    g_mutex_init (&watch->lock);
    watch->pad = gst_element_get_static_pad (g_value_get_object (&item), "src");
    watch->probe = gst_pad_add_probe (watch->pad, GST_PAD_PROBE_TYPE_BUFFER, on_slice, watch, NULL);
    g_value_unset (&item);
  }
  g_clear_pointer (&iterator, gst_iterator_free);
  return watch;
}

/**
 * voxel_progress_watch_set_resumed:
 * @watch: of a pipeline that does not run yet
 * @slices: of z, y and x that an earlier run has done: they count as done, but not for how fast it goes
 */
void
voxel_progress_watch_set_resumed (VoxelProgressWatch *watch, const guint slices[3])
{
  memcpy (watch->resumed, slices, sizeof watch->resumed);
}

/**
 * voxel_progress_watch_free:
 * @watch: of a pipeline that does not run any more
 */
void
voxel_progress_watch_free (VoxelProgressWatch *watch)
{
  gst_pad_remove_probe (watch->pad, watch->probe);
  gst_object_unref (watch->pad);
  g_mutex_clear (&watch->lock);
  g_free (watch);
}

/**
 * voxel_progress_watch_get:
 * @watch: count
 *
 * Returns: how far it is
 */
VoxelProgressState
voxel_progress_watch_get (VoxelProgressWatch *watch)
{
  VoxelProgressState state;

  g_mutex_lock (&watch->lock);
  state = watch->state;
  g_mutex_unlock (&watch->lock);
  return state;
}
