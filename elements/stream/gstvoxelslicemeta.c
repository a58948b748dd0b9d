/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelslicemeta.h"
#include "gstvoxelmetatransform.h"

#include <math.h>
#include <gst/video/video.h>

static gboolean
slice_meta_init (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  GstVoxelSliceMeta *slice = (GstVoxelSliceMeta *) meta;

  memset ((gchar *) slice + sizeof (GstMeta), 0, sizeof *slice - sizeof (GstMeta));
  slice->mean = NAN;
  slice->stddev = NAN;
  return TRUE;
}

static void
slice_meta_free (GstMeta *meta, GstBuffer *buffer)
{
  g_clear_pointer (&((GstVoxelSliceMeta *) meta)->volume, gst_voxel_volume_unref);
}

/* videoconvert maps GRAY16 to GRAY8 as v >> 8 and GRAY8 to GRAY16 as v * 257: what the meta says of
 * intensities follows, and a histogram of the old pixels goes. */
static void
follow_depth (GstVoxelSliceMeta *slice, const GstVideoInfo *from, const GstVideoInfo *to)
{
  guint in = GST_VIDEO_INFO_COMP_DEPTH (from, 0), out = GST_VIDEO_INFO_COMP_DEPTH (to, 0);
  gdouble scale = in > out ? 1. / 256 : 257., shift = in > out ? -127.5 / 256 : 0.;
  g_autoptr (GstVoxelVolume) volume = NULL;

  if (in == out || slice->content != GST_VOXEL_CONTENT_INTENSITY)
    return;
  slice->mean = slice->mean * scale + shift;
  slice->stddev *= scale;
  if (!slice->volume->histogram)
    return;
  volume = gst_voxel_volume_copy (slice->volume);
  g_clear_pointer (&volume->histogram, g_bytes_unref);
  gst_voxel_slice_meta_set_volume (slice, volume);
}

static gboolean
slice_meta_transform (GstBuffer *to, GstMeta *meta, GstBuffer *from, GQuark type, gpointer data)
{
  GstVoxelSliceMeta *copy;

  if (!gst_voxel_meta_survives (type, data))
    return FALSE;
  copy = gst_buffer_copy_voxel_slice_meta (to, (GstVoxelSliceMeta *) meta);
  if (GST_VIDEO_META_TRANSFORM_IS_SCALE (type)) {
    const GstVideoMetaTransform *scale = data;

    follow_depth (copy, scale->in_info, scale->out_info);
  }
  return TRUE;
}

GType
gst_voxel_slice_meta_api_get_type (void)
{
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, gst_meta_api_type_register ("GstVoxelSliceMetaAPI", gst_voxel_meta_tags));
  return type;
}

const GstMetaInfo *
gst_voxel_slice_meta_get_info (void)
{
  static const GstMetaInfo *info = NULL;

  if (g_once_init_enter ((GstMetaInfo **) &info)) {
    const GstMetaInfo *registered =
        gst_meta_register (GST_VOXEL_SLICE_META_API_TYPE, "GstVoxelSliceMeta", sizeof (GstVoxelSliceMeta),
                           slice_meta_init, slice_meta_free, slice_meta_transform);
    g_once_init_leave ((GstMetaInfo **) &info, (GstMetaInfo *) registered);
  }
  return info;
}

/**
 * gst_buffer_get_voxel_slice_meta:
 * @buffer: a buffer
 *
 * Returns: (nullable) (transfer none): its slice meta
 */
GstVoxelSliceMeta *
gst_buffer_get_voxel_slice_meta (GstBuffer *buffer)
{
  return (GstVoxelSliceMeta *) gst_buffer_get_meta (buffer, GST_VOXEL_SLICE_META_API_TYPE);
}

/**
 * gst_buffer_add_voxel_slice_meta:
 * @buffer: a writable buffer without a slice meta
 * @volume: (transfer none): the volume of the slice
 * @axis: direction of the slices
 * @content: what the pixels are
 * @index: of the slice along @axis
 * @first: first index of the pass
 * @last: last index of the pass, or GST_VOXEL_INDEX_UNKNOWN
 *
 * Returns: (transfer none): the meta; epoch 0, statistics NaN
 */
GstVoxelSliceMeta *
gst_buffer_add_voxel_slice_meta (GstBuffer *buffer, GstVoxelVolume *volume, GstVoxelAxis axis,
                                 GstVoxelContent content, guint index, guint first, guint last)
{
  GstVoxelSliceMeta *slice;

  g_return_val_if_fail (volume != NULL, NULL);

  slice = (GstVoxelSliceMeta *) gst_buffer_add_meta (buffer, GST_VOXEL_SLICE_META_INFO, NULL);
  slice->volume = gst_voxel_volume_ref (volume);
  slice->axis = axis;
  slice->content = content;
  slice->index = index;
  slice->first = first;
  slice->last = last;
  return slice;
}

/**
 * gst_buffer_copy_voxel_slice_meta:
 * @buffer: a writable buffer without a slice meta
 * @source: another buffer's slice meta
 *
 * Returns: (transfer none): the copy, free to be changed
 */
GstVoxelSliceMeta *
gst_buffer_copy_voxel_slice_meta (GstBuffer *buffer, const GstVoxelSliceMeta *source)
{
  GstVoxelSliceMeta *copy = gst_buffer_add_voxel_slice_meta (
      buffer, source->volume, source->axis, source->content, source->index, source->first, source->last);

  copy->epoch = source->epoch;
  copy->mean = source->mean;
  copy->stddev = source->stddev;
  memcpy (copy->plane, source->plane, sizeof copy->plane);
  return copy;
}

/**
 * gst_voxel_slice_meta_set_volume:
 * @meta: a slice meta of a writable buffer
 * @volume: (transfer none): the record to carry from now on
 */
void
gst_voxel_slice_meta_set_volume (GstVoxelSliceMeta *meta, GstVoxelVolume *volume)
{
  gst_voxel_volume_ref (volume);
  gst_voxel_volume_unref (meta->volume);
  meta->volume = volume;
}

/**
 * gst_voxel_slice_meta_refuse_oblique:
 * @meta: a slice meta
 * @element: an element that can do nothing with slices that lie along no axis
 *
 * Returns: whether it is one: then an error that names the remedy has been posted on @element and the caller returns
 *   GST_FLOW_ERROR
 */
gboolean
gst_voxel_slice_meta_refuse_oblique (const GstVoxelSliceMeta *meta, GstElement *element)
{
  if (meta->axis != GST_VOXEL_AXIS_OBLIQUE)
    return FALSE;
  GST_ELEMENT_ERROR (
      element, STREAM, WRONG_TYPE,
      ("Slice %u of volume \"%s\" is oblique: it lies in a plane of its own, for learning, and cannot be "
       "put together with others.",
       meta->index, meta->volume->id),
      ("Set oblique=0 on voxelreslice."));
  return TRUE;
}

/**
 * gst_voxel_slice_meta_require:
 * @element: the element that needs to know which slice this is
 * @buffer: what it received
 *
 * Returns: (nullable) (transfer none): the slice meta; without one an error that names the remedy
 *   has been posted on @element and the caller returns GST_FLOW_ERROR
 */
GstVoxelSliceMeta *
gst_voxel_slice_meta_require (GstElement *element, GstBuffer *buffer)
{
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);

  if (!slice)
    GST_ELEMENT_ERROR (element, STREAM, FORMAT,
                       ("This stream does not say which slice of which volume it carries."),
                       ("No slice meta on the buffer at offset %" G_GUINT64_FORMAT
                        ": add voxelstamp (or start from voxelsrc), behind any element that drops metas.",
                        GST_BUFFER_OFFSET (buffer)));
  return slice;
}
