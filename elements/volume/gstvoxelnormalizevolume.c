/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelnormalizevolume.h"

/* Those that came last are remembered; each takes 128 KiB, and as much as 512 more for its histogram. */
#define MOST_VOLUMES 64

static void
volume_free (gpointer data)
{
  GstVoxelNormalizeVolume *volume = data;

  g_clear_pointer (&volume->bins, g_bytes_unref);
  g_clear_pointer (&volume->record, gst_voxel_volume_unref);
  g_clear_pointer (&volume->derived, gst_voxel_volume_unref);
  g_free (volume);
}

/**
 * gst_voxel_normalize_volumes_find:
 * @volumes: (element-type GstVoxelNormalizeVolume): what is known, the volume seen last first
 * @serial: of a volume
 *
 * Returns: (transfer none) (nullable): what is known of that volume, first from now on
 */
GstVoxelNormalizeVolume *
gst_voxel_normalize_volumes_find (GQueue *volumes, guint64 serial)
{
  for (GList *item = volumes->head; item; item = item->next) {
    GstVoxelNormalizeVolume *volume = item->data;

    if (volume->serial != serial)
      continue;
    g_queue_unlink (volumes, item);
    g_queue_push_head_link (volumes, item);
    return volume;
  }
  return NULL;
}

/**
 * gst_voxel_normalize_volumes_add:
 * @volumes: (element-type GstVoxelNormalizeVolume): what is known
 * @serial: of a volume; what was known of it is forgotten
 * @depth: bits of its pixels in memory
 * @bins: (transfer none) (nullable): the histogram of its record
 *
 * Forgets the volume that was not seen for the longest time where there are too many.
 *
 * Returns: (transfer none): a volume whose scale is to be set
 */
GstVoxelNormalizeVolume *
gst_voxel_normalize_volumes_add (GQueue *volumes, guint64 serial, guint depth, GBytes *bins)
{
  GstVoxelNormalizeVolume *volume = g_new0 (GstVoxelNormalizeVolume, 1);

  volume->serial = serial;
  volume->depth = depth;
  volume->bins = bins ? g_bytes_ref (bins) : NULL;
  if (gst_voxel_normalize_volumes_find (volumes, serial))
    volume_free (g_queue_pop_head (volumes));
  else if (volumes->length == MOST_VOLUMES)
    volume_free (g_queue_pop_tail (volumes));
  g_queue_push_head (volumes, volume);
  return volume;
}

/**
 * gst_voxel_normalize_volumes_clear:
 * @volumes: (element-type GstVoxelNormalizeVolume): what is known and to be forgotten
 */
void
gst_voxel_normalize_volumes_clear (GQueue *volumes)
{
  g_queue_clear_full (volumes, volume_free);
}
