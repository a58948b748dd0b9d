/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelvotesettings.h"

GType
gst_voxel_vote_mode_get_type (void)
{
  static const GEnumValue values[] = {
      {VOXEL_VOTE_MAJORITY, "Set where at least half of the axes say so", "majority"},
      {VOXEL_VOTE_UNION, "Set where any axis says so", "union"},
      {VOXEL_VOTE_MEAN, "The mean of the axes' probabilities decides", "mean"},
      {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelVoteMode", values));
  return type;
}

GType
gst_voxel_vote_output_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_VOXEL_VOTE_OUTPUT_MASK, "Masks, 0 or 255 in 8 bits", "mask"},
      {GST_VOXEL_VOTE_OUTPUT_PROBABILITY, "Mean probabilities in 16 bits (with mode=mean)", "probability"},
      {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelVoteOutput", values));
  return type;
}

/**
 * gst_voxel_vote_settings_check:
 * @settings: as the user wants them
 * @error: GST_LIBRARY_ERROR_SETTINGS saying what does not fit
 *
 * Returns: whether they fit together
 */
gboolean
gst_voxel_vote_settings_check (const GstVoxelVoteSettings *settings, GError **error)
{
  if (settings->output == GST_VOXEL_VOTE_OUTPUT_MASK || settings->mode == VOXEL_VOTE_MEAN)
    return TRUE;
  g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
                       "output=probability needs mode=mean: votes of axes are counted in the other modes");
  return FALSE;
}
