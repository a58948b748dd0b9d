/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "command.h"
#include "elements/volume/rescale-kernel.h"
#include "elements/volume/slice-spacing.h"
#include "segment-rescale.h"

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
find_spacing (const VoxelSegmentSettings *settings, const gdouble *of_files, gdouble spacing[3],
              GError **error)
{
  const gchar *said = voxel_segment_settings_get (settings, "scan-spacing");

  if (of_files)
    memcpy (spacing, of_files, 3 * sizeof *spacing);
  return !said || voxel_slice_spacing_parse (said, spacing) ||
         refuse (error, "--scan-spacing %s: expected one number or z,y,x, in micrometres", said);
}

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
  const gchar *wanted = voxel_segment_settings_get (settings, "spacing");
  const gchar *scale = voxel_segment_settings_get (settings, "scale");
  gdouble aim = g_ascii_strtod (wanted, NULL), factor = g_ascii_strtod (scale, NULL);
  gdouble has[3] = {0., 0., 0.}, ratio[3] = {1., 1., 1.};
  gboolean changes = FALSE;

  if (!find_spacing (settings, spacing, has, error))
    return FALSE;
  for (guint axis = 0; axis < 3; axis++) {
    gboolean unknown = aim > 0. && !(has[axis] > 0.);

    if (unknown && spacing)
      return refuse (error,
                     "the network is to see voxels of %s micrometres (--spacing or the model's record), and "
                     "%s does not say how large its own are\n"
                     "Say --scan-spacing Z,Y,X in micrometres, or --spacing 0 to show them as they are",
                     wanted, scan);
    if (!unknown)
      ratio[axis] = voxel_rescale_ratio (aim, has[axis], factor);
    if (ratio[axis] > VOXEL_RESCALE_MOST_RATIO || ratio[axis] < 1. / VOXEL_RESCALE_MOST_RATIO)
      return refuse (
          error,
          "the scan's voxels are of %g micrometres, and the network is to see them as of %s, scaled by "
          "%s: more or less than %g times\n"
          "Are all of --spacing, the model's record and --scan-spacing in micrometres?",
          has[axis], wanted, scale, VOXEL_RESCALE_MOST_RATIO);
    changes |= unknown || ratio[axis] != 1.;
  }
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
  const gdouble *ratio = voxel_segment_settings_get_ratio (settings);

  for (guint axis = 0; axis < 3; axis++)
    shape[axis] = shape[axis] ? voxel_rescale_side (shape[axis], ratio[axis]) : 0;
}
