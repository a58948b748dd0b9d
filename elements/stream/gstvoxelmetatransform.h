/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>
#include <gst/video/gstvideometa.h>

/* Geometry is true only while size and orientation stand: elements that change either drop metas so tagged.
 */
static const gchar *gst_voxel_meta_tags[] = {GST_META_TAG_VIDEO_STR, GST_META_TAG_VIDEO_SIZE_STR,
                                             GST_META_TAG_VIDEO_ORIENTATION_STR, NULL};

/* Whole copies keep the metas, parts of a buffer do not; videoconvert and videoscale keep them at equal size.
 */
static inline gboolean
gst_voxel_meta_survives (GQuark type, gpointer data)
{
  if (GST_META_TRANSFORM_IS_COPY (type))
    return !((GstMetaTransformCopy *) data)->region;
  if (GST_VIDEO_META_TRANSFORM_IS_SCALE (type)) {
    const GstVideoMetaTransform *scale = data;

    return GST_VIDEO_INFO_WIDTH (scale->in_info) == GST_VIDEO_INFO_WIDTH (scale->out_info) &&
           GST_VIDEO_INFO_HEIGHT (scale->in_info) == GST_VIDEO_INFO_HEIGHT (scale->out_info);
  }
  return FALSE;
}
