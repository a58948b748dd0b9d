/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelinferfit.h"

#include "models/memory.h"

static void
tell_parts (GstElement *element, const VoxelNetworkSize *size, guint width, guint height)
{
  g_autofree gchar *wanted = voxel_memory_to_text (size->whole);
  g_autofree gchar *allowed = voxel_memory_to_text (size->limit);

  GST_ELEMENT_WARNING (
      element, RESOURCE, NO_SPACE_LEFT,
      ("Pictures of %ux%u take %s in the network, the memory limit is %s: they are run in %u parts of %ux%u, "
       "with the same scores.",
       width, height, wanted, allowed, voxel_picture_parts_count (size->parts), size->parts->width,
       size->parts->height),
      ("With a higher memory-limit they would be run faster."));
}

/**
 * gst_voxel_infer_fit:
 * @element: posts a warning where pictures are run in parts, an error where there is no room even for these
 * @network: that is to run them
 * @company: how many pictures of a slice come together
 * @info: of pictures to come
 *
 * Before any of them is run.
 *
 * Returns: whether the network can take them
 */
gboolean
gst_voxel_infer_fit (GstElement *element, VoxelTileNetwork *network, guint company, const GstVideoInfo *info)
{
  guint width = (guint) GST_VIDEO_INFO_WIDTH (info), height = (guint) GST_VIDEO_INFO_HEIGHT (info);
  g_autoptr (GError) error = NULL;
  gboolean news = FALSE;
  const VoxelNetworkSize *size = voxel_tile_network_look (network, company, width, height, &news, &error);

  if (!size) {
    GST_ELEMENT_ERROR (element, RESOURCE, NO_SPACE_LEFT, ("The network cannot be run: %s.", error->message),
                       (NULL));
    return FALSE;
  }
  if (news && voxel_picture_parts_count (size->parts) > 1)
    tell_parts (element, size, width, height);
  return TRUE;
}
