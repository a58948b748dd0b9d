/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelaugmentmeta.h"

#include <gst/video/video.h>

static gboolean
augment_meta_init (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  ((GstVoxelAugmentMeta *) meta)->applied = NULL;
  return TRUE;
}

static void
augment_meta_free (GstMeta *meta, GstBuffer *buffer)
{
  gst_clear_structure (&((GstVoxelAugmentMeta *) meta)->applied);
}

static gboolean
augment_meta_transform (GstBuffer *to, GstMeta *meta, GstBuffer *from, GQuark type, gpointer data)
{
  gst_buffer_add_voxel_augment_meta (to, gst_structure_copy (((GstVoxelAugmentMeta *) meta)->applied));
  return TRUE;
}

GType
gst_voxel_augment_meta_api_get_type (void)
{
  static const gchar *tags[] = {GST_META_TAG_VIDEO_STR, NULL};
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, gst_meta_api_type_register ("GstVoxelAugmentMetaAPI", tags));
  return type;
}

const GstMetaInfo *
gst_voxel_augment_meta_get_info (void)
{
  static const GstMetaInfo *info = NULL;

  if (g_once_init_enter ((GstMetaInfo **) &info)) {
    const GstMetaInfo *registered = gst_meta_register (GST_VOXEL_AUGMENT_META_API_TYPE, "GstVoxelAugmentMeta",
                                                       sizeof (GstVoxelAugmentMeta), augment_meta_init,
                                                       augment_meta_free, augment_meta_transform);
    g_once_init_leave ((GstMetaInfo **) &info, (GstMetaInfo *) registered);
  }
  return info;
}

/**
 * gst_buffer_get_voxel_augment_meta:
 * @buffer: a buffer
 *
 * Returns: (nullable) (transfer none): its augment meta
 */
GstVoxelAugmentMeta *
gst_buffer_get_voxel_augment_meta (GstBuffer *buffer)
{
  return (GstVoxelAugmentMeta *) gst_buffer_get_meta (buffer, GST_VOXEL_AUGMENT_META_API_TYPE);
}

/**
 * gst_buffer_add_voxel_augment_meta:
 * @buffer: a writable buffer without an augment meta
 * @applied: (transfer full): what was done
 *
 * Returns: (transfer none): the meta
 */
GstVoxelAugmentMeta *
gst_buffer_add_voxel_augment_meta (GstBuffer *buffer, GstStructure *applied)
{
  GstVoxelAugmentMeta *meta;

  g_return_val_if_fail (applied != NULL, NULL);

  meta = (GstVoxelAugmentMeta *) gst_buffer_add_meta (buffer, GST_VOXEL_AUGMENT_META_INFO, NULL);
  meta->applied = applied;
  return meta;
}
