/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelpass.h"

static gboolean
report_missing (const GstVoxelPass *pass, guint from, guint to, GError **error)
{
  gchar axis = gst_voxel_axis_to_letter (pass->axis);

  if (from == to)
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
                 "slice %u of axis %c of volume \"%s\" is missing", from, axis, pass->volume->id);
  else
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
                 "slices %u to %u of axis %c of volume \"%s\" are missing", from, to, axis, pass->volume->id);
  return FALSE;
}

/* A pass of one slice of an axis that has more. */
static gboolean
is_alone (const GstVoxelSliceMeta *slice)
{
  guint count, height, width;

  if (slice->first != slice->last)
    return FALSE;
  if (slice->axis == GST_VOXEL_AXIS_OBLIQUE)
    return slice->index > 0;
  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  return count > 1;
}

static GstVoxelPassStep
begin (GstVoxelPass *pass, const GstVoxelSliceMeta *slice, GError **error)
{
  gboolean same_volume = pass->volume && pass->volume->serial == slice->volume->serial;
  guint alone = is_alone (slice) ? (same_volume ? pass->alone : 0) + 1 : 0;

  gst_voxel_pass_reset (pass);
  pass->volume = gst_voxel_volume_ref (slice->volume);
  pass->axis = slice->axis;
  pass->epoch = slice->epoch;
  pass->index = slice->index;
  pass->first = slice->first;
  pass->last = slice->last;
  pass->alone = alone;
  if (slice->index != slice->first) {
    if (slice->index > slice->first)
      report_missing (pass, slice->first, slice->index - 1, error);
    else
      g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
                   "slice %u of volume \"%s\" comes before the first one promised, %u", slice->index,
                   slice->volume->id, slice->first);
    return GST_VOXEL_PASS_BROKEN;
  }
  return same_volume ? GST_VOXEL_PASS_NEW_AXIS : GST_VOXEL_PASS_NEW_VOLUME;
}

/**
 * gst_voxel_pass_advance:
 * @pass: what came before
 * @slice: the meta of what has come now
 * @error: GST_STREAM_ERROR_FAILED, naming the slices that are missing or out of order
 *
 * A pass is the run through one axis of one volume in one epoch. It must begin at the first index promised,
 * go up by ones and reach the last before another pass begins. Where slices come in random order each is a pass of
 * its own: it promises itself only, and another first index begins another pass.
 *
 * Returns: what @slice is
 */
GstVoxelPassStep
gst_voxel_pass_advance (GstVoxelPass *pass, const GstVoxelSliceMeta *slice, GError **error)
{
  if (!pass->volume)
    return begin (pass, slice, error);

  if (pass->volume->serial != slice->volume->serial || pass->axis != slice->axis ||
      pass->epoch != slice->epoch || pass->first != slice->first) {
    if (!gst_voxel_pass_finish (pass, error))
      return GST_VOXEL_PASS_BROKEN;
    return begin (pass, slice, error);
  }
  if (slice->index == pass->index)
    return GST_VOXEL_PASS_SAME;
  if (slice->index == pass->index + 1 && slice->index <= pass->last) {
    pass->index = slice->index;
    return GST_VOXEL_PASS_NEXT;
  }
  if (slice->index > pass->index + 1)
    report_missing (pass, pass->index + 1, slice->index - 1, error);
  else
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
                 "slice %u of axis %c of volume \"%s\" came after slice %u", slice->index,
                 gst_voxel_axis_to_letter (slice->axis), slice->volume->id, pass->index);
  return GST_VOXEL_PASS_BROKEN;
}

/**
 * gst_voxel_pass_check_order:
 * @pass: what came, the last slice with it
 * @error: GST_STREAM_ERROR_FAILED, naming the slice that came out of turn
 *
 * For those that put slices together. One slice of an axis alone may be a part that was asked for; two of them of one
 * volume are slices that voxelreslice shuffled.
 *
 * Returns: whether slices come in their order
 */
gboolean
gst_voxel_pass_check_order (const GstVoxelPass *pass, GError **error)
{
  if (pass->alone < 2)
    return TRUE;
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
               "slice %u of axis %c of volume \"%s\" came out of turn: slices come shuffled, for learning, "
               "and cannot be put together; set shuffle=false on voxelreslice",
               pass->index, gst_voxel_axis_to_letter (pass->axis), pass->volume->id);
  return FALSE;
}

/**
 * gst_voxel_pass_finish:
 * @pass: what came before
 * @error: GST_STREAM_ERROR_FAILED, naming the slices that never came
 *
 * To be called at EOS and SEGMENT_DONE. A pass that never began is complete.
 *
 * Returns: whether the pass reached its last slice
 */
gboolean
gst_voxel_pass_finish (GstVoxelPass *pass, GError **error)
{
  if (!pass->volume || pass->last == GST_VOXEL_INDEX_UNKNOWN || pass->index == pass->last)
    return TRUE;
  return report_missing (pass, pass->index + 1, pass->last, error);
}

/**
 * gst_voxel_pass_reset:
 * @pass: to be forgotten: after FLUSH_STOP, in stop(), after EOS
 */
void
gst_voxel_pass_reset (GstVoxelPass *pass)
{
  g_clear_pointer (&pass->volume, gst_voxel_volume_unref);
  pass->alone = 0;
}
