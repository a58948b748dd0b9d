/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxellabelmeta.h"
#include "gstvoxelmetatransform.h"

static gboolean
label_meta_init (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  GstVoxelLabelMeta *label = (GstVoxelLabelMeta *) meta;

  label->label = NULL;
  label->weight = 1.;
  return TRUE;
}

static void
label_meta_free (GstMeta *meta, GstBuffer *buffer)
{
  gst_clear_buffer (&((GstVoxelLabelMeta *) meta)->label);
}

/* Whole copies and another depth at equal size; who moves pixels knows nothing of the label's. */
static gboolean
label_meta_transform (GstBuffer *to, GstMeta *meta, GstBuffer *from, GQuark type, gpointer data)
{
  const GstVoxelLabelMeta *source = (GstVoxelLabelMeta *) meta;

  if (!gst_voxel_meta_survives (type, data))
    return FALSE;
  gst_buffer_add_voxel_label_meta (to, source->label, source->weight);
  return TRUE;
}

GType
gst_voxel_label_meta_api_get_type (void)
{
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, gst_meta_api_type_register ("GstVoxelLabelMetaAPI", gst_voxel_meta_tags));
  return type;
}

const GstMetaInfo *
gst_voxel_label_meta_get_info (void)
{
  static const GstMetaInfo *info = NULL;

  if (g_once_init_enter ((GstMetaInfo **) &info)) {
    const GstMetaInfo *registered =
        gst_meta_register (GST_VOXEL_LABEL_META_API_TYPE, "GstVoxelLabelMeta", sizeof (GstVoxelLabelMeta),
                           label_meta_init, label_meta_free, label_meta_transform);
    g_once_init_leave ((GstMetaInfo **) &info, (GstMetaInfo *) registered);
  }
  return info;
}

/**
 * gst_buffer_get_voxel_label_meta:
 * @buffer: a buffer
 *
 * Returns: (nullable) (transfer none): its label meta
 */
GstVoxelLabelMeta *
gst_buffer_get_voxel_label_meta (GstBuffer *buffer)
{
  return (GstVoxelLabelMeta *) gst_buffer_get_meta (buffer, GST_VOXEL_LABEL_META_API_TYPE);
}

/**
 * gst_buffer_add_voxel_label_meta:
 * @buffer: a writable buffer without a label meta
 * @label: (transfer none): GRAY8 of the same size
 * @weight: how much background pixels count, 0 to 1
 *
 * Returns: (transfer none): the meta
 */
GstVoxelLabelMeta *
gst_buffer_add_voxel_label_meta (GstBuffer *buffer, GstBuffer *label, gdouble weight)
{
  GstVoxelLabelMeta *meta;

  g_return_val_if_fail (GST_IS_BUFFER (label), NULL);

  meta = (GstVoxelLabelMeta *) gst_buffer_add_meta (buffer, GST_VOXEL_LABEL_META_INFO, NULL);
  meta->label = gst_buffer_ref (label);
  meta->weight = weight;
  return meta;
}

/**
 * gst_voxel_label_meta_map:
 * @meta: a picture's label
 * @width: columns of the picture
 * @height: its rows
 * @frame: (out): the label, to be read; the caller unmaps
 *
 * Returns: whether the label is of that size, a byte a pixel
 */
gboolean
gst_voxel_label_meta_map (const GstVoxelLabelMeta *meta, guint width, guint height, GstVideoFrame *frame)
{
  const GstVideoMeta *video = gst_buffer_get_video_meta (meta->label);
  GstVideoInfo info;
  gboolean fits;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY8, width, height);
  fits = video ? video->format == GST_VIDEO_FORMAT_GRAY8 && video->width == width && video->height == height
               : gst_buffer_get_size (meta->label) == info.size;
  return fits && gst_video_frame_map (frame, &info, meta->label, GST_MAP_READ);
}
