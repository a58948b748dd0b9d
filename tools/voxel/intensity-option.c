/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "command.h"
#include "intensity-option.h"
#include "pipeline-values.h"
#include "setting.h"

/**
 * voxel_intensity_option_add:
 * @given: hears --range
 * @context: of the command line
 */
void
voxel_intensity_option_add (gchar **given, GOptionContext *context)
{
  const GOptionEntry entries[] = {
      {"range", 0, 0, G_OPTION_ARG_STRING, given,
       "What becomes black and white: percentile:0.1:99.9, fixed:LOW:HIGH or full", "RANGE"},
      {NULL},
  };

  g_option_context_add_main_entries (context, entries, NULL);
}

/**
 * voxel_intensity_option_parse:
 * @text: such as percentile, percentile:0.1:99.9, fixed:200:9000 or full
 * @option: (out): what it says
 * @error: VOXEL_COMMAND_ERROR_USAGE
 *
 * Returns: whether it says something
 */
gboolean
voxel_intensity_option_parse (const gchar *text, VoxelIntensityOption *option, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  guint n = g_strv_length (parts);
  gboolean percentile = n && strcmp (parts[0], "percentile") == 0;
  gboolean fixed = n && strcmp (parts[0], "fixed") == 0;
  gdouble top = percentile ? 100. : 65535.;

  option->kind = percentile ? "percentile" : fixed ? "fixed" : "full";
  option->low = percentile ? .1 : 0.;
  option->high = percentile ? 99.9 : top;
  if (n == 1 && (percentile || strcmp (parts[0], "full") == 0))
    return TRUE;
  if (n == 3 && (percentile || fixed) && voxel_setting_parse_number (parts[1], &option->low) &&
      voxel_setting_parse_number (parts[2], &option->high) && option->low >= 0 &&
      option->low < option->high && option->high <= top)
    return TRUE;
  g_set_error (
      error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
      "--range %s: expected percentile:LOW:HIGH (0 to 100), fixed:LOW:HIGH (0 to 65535, as scanned) or full",
      text);
  return FALSE;
}

/**
 * voxel_intensity_option_add_values:
 * @option: what was said
 * @values: gets the variables range, low and high
 */
void
voxel_intensity_option_add_values (const VoxelIntensityOption *option, GHashTable *values)
{
  g_autofree gchar *low = voxel_setting_format_number (option->low);
  g_autofree gchar *high = voxel_setting_format_number (option->high);

  voxel_pipeline_values_add (values, "range", option->kind);
  voxel_pipeline_values_add (values, "low", low);
  voxel_pipeline_values_add (values, "high", high);
}
