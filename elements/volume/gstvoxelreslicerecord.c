/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelreslicerecord.h"
#include "gstvoxelholder.h"

static gchar **
cut_names (gchar **names, guint first, guint depth)
{
  gchar **cut;

  if (!names || (guint64) first + depth > g_strv_length (names))
    return NULL;
  cut = g_new0 (gchar *, (gsize) depth + 1);
  for (guint i = 0; i < depth; i++)
    cut[i] = g_strdup (names[first + i]);
  return cut;
}

/* A part is not the volume that it was cut from, nor another part. */
static guint64
new_serial (void)
{
  g_autoptr (GstVoxelVolume) fresh = gst_voxel_volume_new ("", 0, 0, 0, 0);

  return fresh->serial;
}

/**
 * gst_voxel_reslice_record_new:
 * @scan: the volume whose z slices came
 * @first: index of the first z slice held
 * @depth: z slices held, 0 while unknown
 * @axes: bits (1 << GstVoxelAxis) that are going to be sent
 * @histogram: (nullable): GST_VOXEL_HISTOGRAM_BINS counts of the slices held
 *
 * Slices @first to @first + @depth - 1 as a volume of its own, counted from 0. The whole keeps its serial, a
 * part has one of its own.
 *
 * Returns: (transfer full): the record
 */
GstVoxelVolume *
gst_voxel_reslice_record_new (const GstVoxelVolume *scan, guint first, guint depth, guint axes,
                              const guint64 *histogram)
{
  GstVoxelVolume *record = gst_voxel_volume_copy (scan);

  if (first > 0 || (scan->shape[0] > 0 && depth != scan->shape[0])) {
    g_clear_pointer (&record->names, g_strfreev);
    record->names = cut_names (scan->names, first, depth);
    record->serial = new_serial ();
  }
  record->shape[0] = depth;
  record->origin[0] += first;
  record->axes = axes;
  g_clear_pointer (&record->histogram, g_bytes_unref);
  if (histogram)
    record->histogram = g_bytes_new (histogram, GST_VOXEL_HISTOGRAM_BINS * sizeof *histogram);
  return record;
}

/**
 * gst_voxel_reslice_record_check:
 * @element: who speaks
 * @slice: the first one of a volume
 * @info: its caps
 *
 * Returns: GST_FLOW_OK where a volume can begin like this; otherwise an error was posted
 */
GstFlowReturn
gst_voxel_reslice_record_check (GstElement *element, const GstVoxelSliceMeta *slice, const GstVideoInfo *info)
{
  const GstVoxelVolume *volume = slice->volume;
  guint height = (guint) GST_VIDEO_INFO_HEIGHT (info), width = (guint) GST_VIDEO_INFO_WIDTH (info);
  const gchar *kind = GST_OBJECT_NAME (gst_element_get_factory (element));

  if (gst_voxel_slice_meta_refuse_oblique (slice, element))
    return GST_FLOW_ERROR;
  if (slice->axis != GST_VOXEL_AXIS_Z)
    return gst_voxel_holder_refuse (element, GST_STREAM_ERROR_FORMAT,
                                    "%s takes z slices, this is slice %u of axis %c of volume \"%s\"; use "
                                    "one voxelreslice with all axes.",
                                    kind, slice->index, gst_voxel_axis_to_letter (slice->axis), volume->id);
  if (slice->last < slice->first)
    return gst_voxel_holder_refuse (element, GST_STREAM_ERROR_FORMAT,
                                    "Volume \"%s\" promises slices %u to %u.", volume->id, slice->first,
                                    slice->last);
  if ((volume->shape[1] && volume->shape[1] != height) || (volume->shape[2] && volume->shape[2] != width))
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FORMAT,
        "Slices of %u x %u pixels in a volume \"%s\" of %u x %u: what changes the size of "
        "slices must not stand before %s.",
        width, height, volume->id, volume->shape[2], volume->shape[1], kind);
  return GST_FLOW_OK;
}
