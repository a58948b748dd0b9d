/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gst/video/video.h>

#include "command.h"
#include "elements/stream/voxel.h"
#include "segment-tally.h"

static guint64
count_set (const guint8 *row, gsize width)
{
  guint64 n = 0;

  for (gsize x = 0; x < width; x++)
    n += row[x] != 0;
  return n;
}

static GstPadProbeReturn
on_slice (GstPad *pad, GstPadProbeInfo *probe, gpointer data)
{
  VoxelSegmentTally *tally = data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;
  GstVideoFrame frame;

  if (!caps || !gst_video_info_from_caps (&info, caps) ||
      GST_VIDEO_INFO_FORMAT (&info) != GST_VIDEO_FORMAT_GRAY8 ||
      !gst_video_frame_map (&frame, &info, GST_PAD_PROBE_INFO_BUFFER (probe), GST_MAP_READ))
    return GST_PAD_PROBE_OK;
  tally->height = (guint) GST_VIDEO_FRAME_HEIGHT (&frame);
  tally->width = (guint) GST_VIDEO_FRAME_WIDTH (&frame);
  for (guint y = 0; y < tally->height; y++)
    tally->vessel += count_set ((const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                                    y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                                tally->width);
  tally->slices++;
  tally->voxels += (guint64) tally->height * tally->width;
  gst_video_frame_unmap (&frame);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_vote (GstPad *pad, GstPadProbeInfo *probe, gpointer data)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (GST_PAD_PROBE_INFO_BUFFER (probe));
  VoxelSegmentTally *tally = data;
  guint count, height, width;

  if (!slice)
    return GST_PAD_PROBE_OK;
  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  tally->run_slices++;
  tally->run_voxels += (guint64) height * width;
  return GST_PAD_PROBE_OK;
}

/* The first that comes; NULL where there is none. */
static GstElement *
find_made_by (GstElement *pipeline, const gchar *factory)
{
  GstIterator *iterator = gst_bin_iterate_all_by_element_factory_name (GST_BIN (pipeline), factory);
  GValue item = G_VALUE_INIT;
  GstElement *found = NULL;

  if (gst_iterator_next (iterator, &item) == GST_ITERATOR_OK) {
    found = g_value_dup_object (&item);
    g_value_unset (&item);
  }
  gst_iterator_free (iterator);
  return found;
}

/* Any voter: all of them see the same slices. */
static void
attach_to_vote (VoxelSegmentTally *tally, GstElement *pipeline)
{
  g_autoptr (GstElement) vote = find_made_by (pipeline, "voxelvote");
  g_autoptr (GstPad) pad = vote ? gst_element_get_static_pad (vote, "sink") : NULL;

  if (pad)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_vote, tally, NULL);
}

/**
 * voxel_segment_tally_attach:
 * @tally: counts; outlives the run
 * @pipeline: pipeline
 * @element: name of an element with a pad "sink" through which the mask goes
 * @error: VOXEL_COMMAND_ERROR_FAILED where there is none
 *
 * Returns: whether it counts
 */
gboolean
voxel_segment_tally_attach (VoxelSegmentTally *tally, GstElement *pipeline, const gchar *element,
                            GError **error)
{
  g_autoptr (GstElement) found = gst_bin_get_by_name (GST_BIN (pipeline), element);
  g_autoptr (GstPad) pad = found ? gst_element_get_static_pad (found, "sink") : NULL;

  if (!pad) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED, "the pipeline has no element \"%s\"",
                 element);
    return FALSE;
  }
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_slice, tally, NULL);
  attach_to_vote (tally, pipeline);
  return TRUE;
}

/**
 * voxel_segment_tally_finish:
 * @tally: of a run
 * @pipeline: that has ended
 *
 * Takes what the network counted.
 */
void
voxel_segment_tally_finish (VoxelSegmentTally *tally, GstElement *pipeline)
{
  g_autoptr (GstElement) network = find_made_by (pipeline, "voxelinfer");

  if (!network)
    network = find_made_by (pipeline, "voxelsliceinfer");
  tally->busy = -1.;
  if (network)
    g_object_get (network, "busy", &tally->busy, NULL);
}
