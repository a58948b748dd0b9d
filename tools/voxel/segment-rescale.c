/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "scan-rescale.h"
#include "segment-rescale.h"

/**
 * voxel_segment_rescale_plan:
 * @settings: resolved; get the ratio, and lose spacing and scale where no voxel changes
 * @scan: its name
 * @spacing: (nullable): of its voxels along z, y, x in micrometres as its files say it, 0 where they do not;
 *   %NULL where there are no files yet: then voxelrescale finds out
 * @error: VOXEL_COMMAND_ERROR_USAGE naming the option that helps
 *
 * Returns: whether the network can be shown the voxels that are asked for
 */
gboolean
voxel_segment_rescale_plan (VoxelSegmentSettings *settings, const gchar *scan, const gdouble *spacing,
                            GError **error)
{
  const VoxelScanRescale rescale = {
      .wanted = voxel_segment_settings_get (settings, "spacing"),
      .scale = voxel_segment_settings_get (settings, "scale"),
      .scan_spacing = voxel_segment_settings_get (settings, "scan-spacing"),
  };
  gdouble ratio[3];
  gboolean changes;

  if (!voxel_scan_rescale_get_ratio (&rescale, scan, spacing, ratio, &changes, error))
    return FALSE;
  voxel_segment_settings_set_ratio (settings, ratio);
  if (changes)
    return TRUE;
  voxel_segment_settings_set (settings, "spacing", NULL);
  voxel_segment_settings_set (settings, "scale", NULL);
  return TRUE;
}

/**
 * voxel_segment_rescale_shape:
 * @settings: after voxel_segment_rescale_plan()
 * @shape: (inout): slices, rows and columns of the scan, 0 where unknown; becomes what is sliced, seen and voted on
 */
void
voxel_segment_rescale_shape (const VoxelSegmentSettings *settings, guint shape[3])
{
  voxel_scan_rescale_shape (voxel_segment_settings_get_ratio (settings), shape);
}
