/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxeltilemeta.h"
#include "gstvoxelmetatransform.h"

#include <string.h>

static const gchar *const view_names[GST_VOXEL_N_VIEWS] = {"r0", "r90", "r180", "r270",
                                                           "fh", "fv",  "t",    "at"};

static gboolean
tile_meta_init (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  memset ((gchar *) meta + sizeof (GstMeta), 0, sizeof (GstVoxelTileMeta) - sizeof (GstMeta));
  return TRUE;
}

static gboolean
tile_meta_transform (GstBuffer *to, GstMeta *meta, GstBuffer *from, GQuark type, gpointer data)
{
  if (!gst_voxel_meta_survives (type, data))
    return FALSE;
  gst_buffer_copy_voxel_tile_meta (to, (GstVoxelTileMeta *) meta);
  return TRUE;
}

GType
gst_voxel_tile_meta_api_get_type (void)
{
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, gst_meta_api_type_register ("GstVoxelTileMetaAPI", gst_voxel_meta_tags));
  return type;
}

const GstMetaInfo *
gst_voxel_tile_meta_get_info (void)
{
  static const GstMetaInfo *info = NULL;

  if (g_once_init_enter ((GstMetaInfo **) &info)) {
    const GstMetaInfo *registered =
        gst_meta_register (GST_VOXEL_TILE_META_API_TYPE, "GstVoxelTileMeta", sizeof (GstVoxelTileMeta),
                           tile_meta_init, NULL, tile_meta_transform);
    g_once_init_leave ((GstMetaInfo **) &info, (GstMetaInfo *) registered);
  }
  return info;
}

/**
 * gst_buffer_get_voxel_tile_meta:
 * @buffer: a buffer
 *
 * Returns: (nullable) (transfer none): its tile meta
 */
GstVoxelTileMeta *
gst_buffer_get_voxel_tile_meta (GstBuffer *buffer)
{
  return (GstVoxelTileMeta *) gst_buffer_get_meta (buffer, GST_VOXEL_TILE_META_API_TYPE);
}

/**
 * gst_buffer_add_voxel_tile_meta:
 * @buffer: a writable buffer without a tile meta
 *
 * Returns: (transfer none): a meta of zeros, for the caller to fill
 */
GstVoxelTileMeta *
gst_buffer_add_voxel_tile_meta (GstBuffer *buffer)
{
  return (GstVoxelTileMeta *) gst_buffer_add_meta (buffer, GST_VOXEL_TILE_META_INFO, NULL);
}

/**
 * gst_buffer_copy_voxel_tile_meta:
 * @buffer: a writable buffer without a tile meta
 * @source: another buffer's tile meta
 *
 * Returns: (transfer none): the copy, free to be changed
 */
GstVoxelTileMeta *
gst_buffer_copy_voxel_tile_meta (GstBuffer *buffer, const GstVoxelTileMeta *source)
{
  GstVoxelTileMeta *copy = gst_buffer_add_voxel_tile_meta (buffer);
  GstMeta header = copy->meta;

  *copy = *source;
  copy->meta = header;
  return copy;
}

/**
 * gst_voxel_view_to_name:
 * @view: a view
 *
 * Returns: r0, r90, r180, r270, fh, fv, t or at
 */
const gchar *
gst_voxel_view_to_name (GstVoxelView view)
{
  g_return_val_if_fail ((guint) view < GST_VOXEL_N_VIEWS, NULL);
  return view_names[view];
}

/**
 * gst_voxel_view_from_name:
 * @name: as gst_voxel_view_to_name() gives it
 * @view: (out): the view
 *
 * Returns: whether there is a view of that name
 */
gboolean
gst_voxel_view_from_name (const gchar *name, GstVoxelView *view)
{
  for (guint i = 0; i < GST_VOXEL_N_VIEWS; i++) {
    if (g_strcmp0 (name, view_names[i]) == 0) {
      *view = (GstVoxelView) i;
      return TRUE;
    }
  }
  return FALSE;
}
