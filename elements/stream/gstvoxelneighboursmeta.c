/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelneighboursmeta.h"
#include "gstvoxelmetatransform.h"

static gboolean
neighbours_meta_init (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  GstVoxelNeighboursMeta *neighbours = (GstVoxelNeighboursMeta *) meta;

  neighbours->reach = 0;
  neighbours->pictures = NULL;
  return TRUE;
}

static void
neighbours_meta_free (GstMeta *meta, GstBuffer *buffer)
{
  GstVoxelNeighboursMeta *neighbours = (GstVoxelNeighboursMeta *) meta;

  for (guint i = 0; i < 2 * neighbours->reach; i++)
    gst_clear_buffer (&neighbours->pictures[i]);
  g_clear_pointer (&neighbours->pictures, g_free);
}

/* Only whole copies: who changes format or size knows nothing of the pictures around. */
static gboolean
neighbours_meta_transform (GstBuffer *to, GstMeta *meta, GstBuffer *from, GQuark type, gpointer data)
{
  const GstVoxelNeighboursMeta *source = (GstVoxelNeighboursMeta *) meta;
  GstVoxelNeighboursMeta *copy;

  if (!GST_META_TRANSFORM_IS_COPY (type) || !gst_voxel_meta_survives (type, data))
    return FALSE;
  copy = gst_buffer_add_voxel_neighbours_meta (to, source->reach);
  for (guint i = 0; i < 2 * source->reach; i++)
    copy->pictures[i] = gst_buffer_ref (source->pictures[i]);
  return TRUE;
}

GType
gst_voxel_neighbours_meta_api_get_type (void)
{
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, gst_meta_api_type_register ("GstVoxelNeighboursMetaAPI", gst_voxel_meta_tags));
  return type;
}

const GstMetaInfo *
gst_voxel_neighbours_meta_get_info (void)
{
  static const GstMetaInfo *info = NULL;

  if (g_once_init_enter ((GstMetaInfo **) &info)) {
    const GstMetaInfo *registered = gst_meta_register (
        GST_VOXEL_NEIGHBOURS_META_API_TYPE, "GstVoxelNeighboursMeta", sizeof (GstVoxelNeighboursMeta),
        neighbours_meta_init, neighbours_meta_free, neighbours_meta_transform);
    g_once_init_leave ((GstMetaInfo **) &info, (GstMetaInfo *) registered);
  }
  return info;
}

/**
 * gst_buffer_get_voxel_neighbours_meta:
 * @buffer: a buffer
 *
 * Returns: (nullable) (transfer none): its neighbours meta
 */
GstVoxelNeighboursMeta *
gst_buffer_get_voxel_neighbours_meta (GstBuffer *buffer)
{
  return (GstVoxelNeighboursMeta *) gst_buffer_get_meta (buffer, GST_VOXEL_NEIGHBOURS_META_API_TYPE);
}

/**
 * gst_buffer_add_voxel_neighbours_meta:
 * @buffer: a writable buffer without a neighbours meta
 * @reach: slices on either side
 *
 * Returns: (transfer none): a meta without pictures; the caller gives a reference to each of 2 @reach
 */
GstVoxelNeighboursMeta *
gst_buffer_add_voxel_neighbours_meta (GstBuffer *buffer, guint reach)
{
  GstVoxelNeighboursMeta *neighbours =
      (GstVoxelNeighboursMeta *) gst_buffer_add_meta (buffer, GST_VOXEL_NEIGHBOURS_META_INFO, NULL);

  neighbours->reach = reach;
  neighbours->pictures = g_new0 (GstBuffer *, 2 * reach);
  return neighbours;
}
