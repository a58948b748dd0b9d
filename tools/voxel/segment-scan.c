/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "elements/volume/slice-list.h"
#include "segment-scan.h"

/**
 * voxel_scan_look:
 * @location: folder, glob or multi-page file of TIFF slices
 * @scan: (out): what it is
 * @error: VOXEL_TIFF_ERROR naming file, page and remedy
 *
 * Returns: whether all of it can be read together
 */
gboolean
voxel_scan_look (const gchar *location, VoxelScan *scan, GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (location, g_get_num_processors (), error);
  const VoxelTiffPage *form;

  if (!list)
    return FALSE;
  form = voxel_slice_list_get_form (list);
  scan->count = voxel_slice_list_get_length (list);
  scan->height = form->height;
  scan->width = form->width;
  scan->bits = form->bits;
  memcpy (scan->spacing, form->spacing, sizeof scan->spacing);
  return TRUE;
}
