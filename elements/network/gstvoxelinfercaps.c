/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelinfercaps.h"

#include <gst/video/video.h>

/**
 * gst_voxel_infer_transform_caps:
 *
 * #GstBaseTransformClass.transform_caps of voxelinfer: sizes stay, the format is the template's.
 */
GstCaps *
gst_voxel_infer_transform_caps (GstBaseTransform *base, GstPadDirection direction, GstCaps *caps,
                                GstCaps *filter)
{
  GstCaps *other = gst_caps_copy (caps), *result;
  g_autoptr (GstCaps) pad = gst_pad_get_pad_template_caps (
      direction == GST_PAD_SINK ? GST_BASE_TRANSFORM_SRC_PAD (base) : GST_BASE_TRANSFORM_SINK_PAD (base));

  for (guint i = 0; i < gst_caps_get_size (other); i++)
    gst_structure_remove_fields (gst_caps_get_structure (other, i), "format", "colorimetry", NULL);
  result = gst_caps_intersect_full (other, pad, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (other);
  if (filter) {
    other = gst_caps_intersect_full (filter, result, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref (result);
    result = other;
  }
  return result;
}

/**
 * gst_voxel_infer_transform_size:
 *
 * #GstBaseTransformClass.transform_size of voxelinfer: a strided tile is no multiple of anything, so the caps
 * alone tell the size of the other side.
 */
gboolean
gst_voxel_infer_transform_size (GstBaseTransform *base, GstPadDirection direction, GstCaps *caps, gsize size,
                                GstCaps *other_caps, gsize *other_size)
{
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, other_caps))
    return FALSE;
  *other_size = GST_VIDEO_INFO_SIZE (&info);
  return TRUE;
}
