/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelrescalerecord.h"

#include <string.h>

#include "rescale-kernel.h"
#include "slice-spacing.h"

static gboolean
parse (const gchar *name, const gchar *text, gdouble least, gdouble most, gdouble numbers[GST_VOXEL_N_AXES],
       GError **error)
{
  gboolean ok = TRUE;

  if (!text || !*text)
    return TRUE;
  ok = voxel_slice_spacing_parse (text, numbers);
  for (guint axis = 0; axis < GST_VOXEL_N_AXES; axis++)
    ok = ok && numbers[axis] >= least && numbers[axis] <= most;
  if (!ok)
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
                 "%s=\"%s\": expected one number or z,y,x, from %g to %g", name, text, least, most);
  return ok;
}

/**
 * gst_voxel_rescale_aim_parse:
 * @aim: (out): what is asked for
 * @spacing: (nullable): one number or z,y,x
 * @scale: (nullable): likewise
 * @back: whether the voxels of the scan are asked for
 * @error: GST_LIBRARY_ERROR_SETTINGS
 *
 * Returns: whether this can be
 */
gboolean
gst_voxel_rescale_aim_parse (GstVoxelRescaleAim *aim, const gchar *spacing, const gchar *scale, gboolean back,
                             GError **error)
{
  *aim = (GstVoxelRescaleAim){.scale = {1., 1., 1.}, .back = back};
  if (back && ((spacing && *spacing) || (scale && *scale))) {
    g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
                         "back=true: the volume says what its voxels were; leave out spacing and scale");
    return FALSE;
  }
  return parse ("spacing", spacing, 0., 1e9, aim->spacing, error) &&
         parse ("scale", scale, 1. / VOXEL_RESCALE_MOST_RATIO, VOXEL_RESCALE_MOST_RATIO, aim->scale, error);
}

/**
 * gst_voxel_rescale_aim_get_ratio:
 * @aim: what is asked for
 * @volume: that comes
 * @ratio: (out): voxels that come for one that is sent, along z, y, x; 1 where nothing changes
 * @error: GST_STREAM_ERROR_FORMAT saying what the volume lacks
 *
 * Returns: whether it can be resampled like this
 */
gboolean
gst_voxel_rescale_aim_get_ratio (const GstVoxelRescaleAim *aim, const GstVoxelVolume *volume,
                                 gdouble ratio[GST_VOXEL_N_AXES], GError **error)
{
  for (guint axis = 0; axis < GST_VOXEL_N_AXES; axis++) {
    if (!aim->back && aim->spacing[axis] > 0. && !(volume->spacing[axis] > 0.)) {
      g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
                   "Volume \"%s\" does not say how far its voxels are apart along %c: tell it with "
                   "voxelsrc spacing=z,y,x in micrometres, or use scale.",
                   volume->id, gst_voxel_axis_to_letter (axis));
      return FALSE;
    }
    if (aim->back)
      ratio[axis] = volume->scanned_ratio[axis] > 0. ? 1. / volume->scanned_ratio[axis] : 1.;
    else
      ratio[axis] = voxel_rescale_ratio (aim->spacing[axis], volume->spacing[axis], aim->scale[axis]);
    if (ratio[axis] >= 1. / VOXEL_RESCALE_MOST_RATIO && ratio[axis] <= VOXEL_RESCALE_MOST_RATIO)
      continue;
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
                 "Volume \"%s\" has %g times the voxels along %c that are asked for, more or less than %g "
                 "times: are all spacings in micrometres?",
                 volume->id, ratio[axis], gst_voxel_axis_to_letter (axis), VOXEL_RESCALE_MOST_RATIO);
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_rescale_ratio_is_one:
 * @ratio: voxels that come for one that is sent
 *
 * Returns: whether all voxels stay as they are
 */
gboolean
gst_voxel_rescale_ratio_is_one (const gdouble ratio[GST_VOXEL_N_AXES])
{
  return ratio[0] == 1. && ratio[1] == 1. && ratio[2] == 1.;
}

/* The volume is what it was before; a depth that was not known when it began follows from how many slices came. */
static void
restore_scan (GstVoxelVolume *record, const gdouble ratio[GST_VOXEL_N_AXES])
{
  guint depth = record->shape[0] ? voxel_rescale_side (record->shape[0], ratio[0]) : 0;

  memcpy (record->shape, record->scanned_shape, sizeof record->shape);
  if (record->shape[0] == 0)
    record->shape[0] = depth;
  memcpy (record->spacing, record->scanned_spacing, sizeof record->spacing);
  g_strfreev (record->names);
  record->names = g_steal_pointer (&record->scanned_names);
  memset (record->scanned_shape, 0, sizeof record->scanned_shape);
  memset (record->scanned_spacing, 0, sizeof record->scanned_spacing);
  memset (record->scanned_ratio, 0, sizeof record->scanned_ratio);
}

static void
remember_scan (GstVoxelVolume *record)
{
  memcpy (record->scanned_shape, record->shape, sizeof record->shape);
  memcpy (record->scanned_spacing, record->spacing, sizeof record->spacing);
  for (guint axis = 0; axis < GST_VOXEL_N_AXES; axis++)
    record->scanned_ratio[axis] = 1.;
  record->scanned_names = g_steal_pointer (&record->names);
}

/**
 * gst_voxel_rescale_record_new:
 * @aim: what is asked for
 * @volume: that comes, whole
 * @depth: slices of it, 0 while unknown
 * @ratio: of gst_voxel_rescale_aim_get_ratio()
 *
 * Names of slices do not fit any more; the record keeps them for the way back, with the scan's shape and spacing.
 *
 * Returns: (transfer full): the record of what is sent, of the same serial
 */
GstVoxelVolume *
gst_voxel_rescale_record_new (const GstVoxelRescaleAim *aim, const GstVoxelVolume *volume, guint depth,
                              const gdouble ratio[GST_VOXEL_N_AXES])
{
  GstVoxelVolume *record = gst_voxel_volume_copy (volume);

  record->shape[0] = depth;
  g_clear_pointer (&record->histogram, g_bytes_unref);
  if (aim->back) {
    restore_scan (record, ratio);
    return record;
  }
  if (!(record->scanned_ratio[0] > 0.))
    remember_scan (record);
  g_clear_pointer (&record->names, g_strfreev);
  for (guint axis = 0; axis < GST_VOXEL_N_AXES; axis++) {
    record->shape[axis] = record->shape[axis] ? voxel_rescale_side (record->shape[axis], ratio[axis]) : 0;
    record->spacing[axis] *= ratio[axis];
    record->scanned_ratio[axis] *= ratio[axis];
  }
  return record;
}
