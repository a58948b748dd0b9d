/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrcvolume.h"

static gchar *
make_id (const GstVoxelSrcSettings *settings, const VoxelSliceList *list)
{
  return g_strdup (settings->id && *settings->id ? settings->id : voxel_slice_list_get_id (list));
}

static gboolean
open_labels (GstVoxelSrcVolume *volume, const GstVoxelSrcSettings *settings, const gchar *location,
             guint threads, GError **error)
{
  VoxelSliceLabelRule rule = {settings->label_threshold, settings->label_ignore};
  const GstVoxelSrcChoice *choice = &volume->choice;

  volume->labels = voxel_slice_labels_new (location, volume->list, &rule, threads, error);
  volume->label_weight = settings->label_weight;
  return volume->labels &&
         voxel_slice_labels_cover (volume->labels, volume->list, choice->offset,
                                   choice->offset + choice->depth - 1, error) &&
         gst_video_info_set_format (&volume->label_info, GST_VIDEO_FORMAT_GRAY8, choice->region.width,
                                    choice->region.height);
}

/**
 * gst_voxel_src_volume_open:
 * @settings: what is wanted
 * @location: a stack
 * @labels: (nullable): where its labels are
 * @threads: to read headers with, at least 1
 * @error: GST_LIBRARY_ERROR_SETTINGS or any VOXEL_TIFF_ERROR
 *
 * Reads all headers, no pixels.
 *
 * Returns: (transfer full): a volume of slices that are all there, with a label each where there are labels
 */
GstVoxelSrcVolume *
gst_voxel_src_volume_open (const GstVoxelSrcSettings *settings, const gchar *location, const gchar *labels,
                           guint threads, GError **error)
{
  g_autoptr (GstVoxelSrcVolume) volume = g_new0 (GstVoxelSrcVolume, 1);

  volume->list = voxel_slice_list_new (location, threads, error);
  if (!volume->list || !gst_voxel_src_choose (settings, location, volume->list, &volume->choice, error))
    return NULL;
  if (labels && !open_labels (volume, settings, labels, threads, error))
    return NULL;
  volume->id = make_id (settings, volume->list);
  return g_steal_pointer (&volume);
}

/**
 * gst_voxel_src_volume_new_followed:
 * @settings: what is wanted
 * @slice: the first slice that came, which says what all will be like
 * @error: GST_LIBRARY_ERROR_SETTINGS
 *
 * Returns: (transfer full): a volume of slices that are still to come
 */
GstVoxelSrcVolume *
gst_voxel_src_volume_new_followed (const GstVoxelSrcSettings *settings, const VoxelSliceList *slice,
                                   GError **error)
{
  g_autoptr (GstVoxelSrcVolume) volume = g_new0 (GstVoxelSrcVolume, 1);

  if (!gst_voxel_src_choose (settings, settings->location, slice, &volume->choice, error))
    return NULL;
  volume->id = make_id (settings, slice);
  return g_steal_pointer (&volume);
}

/**
 * gst_voxel_src_volume_free:
 * @volume: (transfer full): a volume that nobody reads from
 */
void
gst_voxel_src_volume_free (GstVoxelSrcVolume *volume)
{
  g_clear_pointer (&volume->labels, voxel_slice_labels_free);
  g_clear_pointer (&volume->list, voxel_slice_list_free);
  g_free (volume->id);
  g_free (volume);
}
