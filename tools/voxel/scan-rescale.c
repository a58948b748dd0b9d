/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "command.h"
#include "elements/volume/rescale-kernel.h"
#include "elements/volume/slice-spacing.h"
#include "scan-rescale.h"

static gboolean
refuse (GError **error, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, text);
  return FALSE;
}

/* What the user says of the scan counts, else what its files say. */
static gboolean
find_spacing (const VoxelScanRescale *rescale, const gdouble *of_files, gdouble spacing[3], GError **error)
{
  const gchar *said = rescale->scan_spacing;

  if (of_files)
    memcpy (spacing, of_files, 3 * sizeof *spacing);
  return !said || voxel_slice_spacing_parse (said, spacing) ||
         refuse (error, "--scan-spacing %s: expected one number or z,y,x, in micrometres", said);
}

/**
 * voxel_scan_rescale_get_ratio:
 * @rescale: what is wanted
 * @scan: its name
 * @spacing: (nullable): of its voxels along z, y, x in micrometres as its files say it, 0 where they do not;
 *   %NULL where there are no files yet: then voxelrescale finds out
 * @ratio: (out) (array fixed-size=3): voxels of the scan for one that is wanted, along z, y, x; 1 where unknown yet
 * @changes: (out): whether any voxel changes, or may
 * @error: VOXEL_COMMAND_ERROR_USAGE naming the option that helps
 *
 * Returns: whether the scan has the voxels that are wanted
 */
gboolean
voxel_scan_rescale_get_ratio (const VoxelScanRescale *rescale, const gchar *scan, const gdouble *spacing,
                              gdouble ratio[3], gboolean *changes, GError **error)
{
  gdouble aim = g_ascii_strtod (rescale->wanted, NULL), factor = g_ascii_strtod (rescale->scale, NULL);
  gdouble has[3] = {0., 0., 0.};

  *changes = FALSE;
  if (!find_spacing (rescale, spacing, has, error))
    return FALSE;
  for (guint axis = 0; axis < 3; axis++) {
    gboolean unknown = aim > 0. && !(has[axis] > 0.);

    if (unknown && spacing)
      return refuse (
          error,
          "voxels of %s micrometres are wanted (--spacing or a model's record), and %s does not say "
          "how large its own are\n"
          "Say --scan-spacing Z,Y,X in micrometres, or --spacing 0 to take them as they are",
          rescale->wanted, scan);
    ratio[axis] = unknown ? 1. : voxel_rescale_ratio (aim, has[axis], factor);
    if (ratio[axis] > VOXEL_RESCALE_MOST_RATIO || ratio[axis] < 1. / VOXEL_RESCALE_MOST_RATIO)
      return refuse (
          error,
          "the voxels of %s are of %g micrometres, and wanted are such as of %s, scaled by %s: more or less "
          "than %g times\n"
          "Are all of --spacing, a model's record and --scan-spacing in micrometres?",
          scan, has[axis], rescale->wanted, rescale->scale, VOXEL_RESCALE_MOST_RATIO);
    *changes |= unknown || ratio[axis] != 1.;
  }
  return TRUE;
}

/**
 * voxel_scan_rescale_shape:
 * @ratio: (array fixed-size=3): of voxel_scan_rescale_get_ratio()
 * @shape: (inout) (array fixed-size=3): slices, rows and columns of the scan, 0 where unknown; becomes what is sliced
 */
void
voxel_scan_rescale_shape (const gdouble ratio[3], guint shape[3])
{
  for (guint axis = 0; axis < 3; axis++)
    shape[axis] = shape[axis] ? voxel_rescale_side (shape[axis], ratio[axis]) : 0;
}
