/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "byte-size.h"
#include "command.h"
#include "intensity-option.h"
#include "pipeline-values.h"
#include "prepare-settings.h"
#include "setting.h"

static const VoxelSetting table[] = {
    {"axes", "z,y,x", "Directions in which the volume is sliced (z,y,x)", VOXEL_SETTING_LIST, "z,y,x",
     .fallback = "z,y,x"},
    {"spacing", "UM",
     "Size of the voxels of the samples in micrometres: scans are resampled to it (as they are)",
     VOXEL_SETTING_NUMBER, NULL, 0, 1e9},
    {"scan-spacing", "UM",
     "Size of the scans' own voxels: one number or z,y,x in micrometres, where their files do not say",
     VOXEL_SETTING_TEXT},
    {"oblique", "N", "Slices in random planes, of each volume and epoch (0)", VOXEL_SETTING_COUNT, NULL, 0,
     1000000, .fallback = "0"},
    {"tile", "PIXELS", "Side of a sample (512)", VOXEL_SETTING_COUNT, NULL, 32, 8192, .fallback = "512"},
    {"cut", "PIXELS",
     "Side of what is cut out of the slice for it: what lies around the sample is turned and shrunk into it "
     "(as --tile)",
     VOXEL_SETTING_COUNT, NULL, 32, 8192},
    {"count", "N", "Tiles a slice (1)", VOXEL_SETTING_COUNT, NULL, 1, 65536, .fallback = "1"},
    {"foreground", "SHARE", "Of the tiles that are placed on a vessel, 0 to 1 (0.5)", VOXEL_SETTING_NUMBER,
     NULL, 0, 1, .fallback = "0.5"},
    {"epochs", "N", "How often all slices are seen, each time in another order with other tiles (1)",
     VOXEL_SETTING_COUNT, NULL, 1, 1000000, .fallback = "1"},
    {"seed", "N", "The same seed gives the same bytes (0)", VOXEL_SETTING_COUNT, NULL, 0, G_MAXUINT32,
     .fallback = "0"},
    {"recipe", "RECIPE", "Augmentation: none, origin, transforms, or a file of them (origin)",
     VOXEL_SETTING_TEXT, .fallback = "origin"},
    {"bits", "N", "Depth of the samples: 8 or 16 (16)", VOXEL_SETTING_CHOICE, "8,16", .fallback = "16"},
    {"label-threshold", "VALUE", "Values of a label from which on a pixel is vessel, where it is not binary",
     VOXEL_SETTING_COUNT, NULL, 1, G_MAXUINT16},
    {"label-ignore", "VALUE", "Value of a label where nobody knows what the pixel is", VOXEL_SETTING_COUNT,
     NULL, 0, G_MAXUINT16},
    {"label-weight", "SHARE", "How much background counts: less than 1 where vessels may be missing (1)",
     VOXEL_SETTING_NUMBER, NULL, 0, 1},
    {"samples-per-shard", "N", "Samples of a shard (1000)", VOXEL_SETTING_COUNT, NULL, 1, 1e9},
    {"threads", "N", "Samples augmented side by side; 0: one a core; changes no sample (0)",
     VOXEL_SETTING_COUNT, NULL, 0, 1024},
};

/* What has units or parts. */
typedef struct {
  const gchar *name;
  const gchar *help;
} Size;

static const Size sizes[] = {
    {"memory-limit", "Memory for the volumes and their labels, such as 4G; the rest goes to a scratch file"},
    {"bytes-per-shard", "Size of a shard (1 GB)"},
};

/**
 * VoxelPrepareSettings:
 *
 * What was said on the command line of how samples are made.
 */
struct _VoxelPrepareSettings {
  gchar *given[G_N_ELEMENTS (table)];
  gchar *given_sizes[G_N_ELEMENTS (sizes)];
  gchar *given_range;
};

/**
 * voxel_prepare_settings_new:
 *
 * Returns: nothing said yet
 */
VoxelPrepareSettings *
voxel_prepare_settings_new (void)
{
  return g_new0 (VoxelPrepareSettings, 1);
}

/**
 * voxel_prepare_settings_free:
 * @settings: settings
 */
void
voxel_prepare_settings_free (VoxelPrepareSettings *settings)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_free (settings->given[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_free (settings->given_sizes[i]);
  g_free (settings->given_range);
  g_free (settings);
}

/**
 * voxel_prepare_settings_add_options:
 * @settings: hears the options
 * @context: of the command line
 */
void
voxel_prepare_settings_add_options (VoxelPrepareSettings *settings, GOptionContext *context)
{
  voxel_settings_add_options (table, G_N_ELEMENTS (table), settings->given, context);
  voxel_intensity_option_add (&settings->given_range, context);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    const GOptionEntry entries[] = {
        {sizes[i].name, 0, 0, G_OPTION_ARG_STRING, &settings->given_sizes[i], sizes[i].help, "SIZE"},
        {NULL},
    };

    g_option_context_add_main_entries (context, entries, NULL);
  }
}

/**
 * voxel_prepare_settings_check:
 * @settings: after the command line was read
 * @error: VOXEL_COMMAND_ERROR_USAGE naming the option and what it takes
 *
 * Returns: whether what was said can be
 */
gboolean
voxel_prepare_settings_check (const VoxelPrepareSettings *settings, GError **error)
{
  const gchar *cut;

  if (!voxel_settings_check (table, G_N_ELEMENTS (table), settings->given, error))
    return FALSE;
  cut = voxel_prepare_settings_get (settings, "cut");
  if (!cut || g_ascii_strtod (cut, NULL) >= voxel_prepare_settings_get_count (settings, "tile"))
    return TRUE;
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
               "--cut %s: what is cut out must be as large as the sample, --tile %s, or larger", cut,
               voxel_prepare_settings_get (settings, "tile"));
  return FALSE;
}

/**
 * voxel_prepare_settings_get:
 * @settings: settings
 * @name: of a setting
 *
 * Returns: (nullable): what holds
 */
const gchar *
voxel_prepare_settings_get (const VoxelPrepareSettings *settings, const gchar *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    if (strcmp (table[i].name, name) == 0)
      return settings->given[i] ? settings->given[i] : table[i].fallback;
  }
  g_return_val_if_reached (NULL);
}

/**
 * voxel_prepare_settings_get_count:
 * @settings: after voxel_prepare_settings_check()
 * @name: of a setting that is a whole number and has a fallback
 *
 * Returns: what holds
 */
guint
voxel_prepare_settings_get_count (const VoxelPrepareSettings *settings, const gchar *name)
{
  return (guint) g_ascii_strtod (voxel_prepare_settings_get (settings, name), NULL);
}

/**
 * voxel_prepare_settings_add_values:
 * @settings: after voxel_prepare_settings_check()
 * @values: gets the variables of prepare.gst
 * @error: VOXEL_COMMAND_ERROR_USAGE naming the option
 *
 * Returns: whether sizes and range are some
 */
gboolean
voxel_prepare_settings_add_values (const VoxelPrepareSettings *settings, GHashTable *values, GError **error)
{
  VoxelIntensityOption range;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    const gchar *value = voxel_prepare_settings_get (settings, table[i].name);

    if (value)
      voxel_pipeline_values_add (values, table[i].name, value);
  }
  if (!voxel_prepare_settings_get (settings, "cut"))
    voxel_pipeline_values_add (values, "cut", voxel_prepare_settings_get (settings, "tile"));
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree gchar *text = NULL;
    guint64 bytes;

    if (!settings->given_sizes[i])
      continue;
    if (!voxel_byte_size_parse (settings->given_sizes[i], &bytes, error)) {
      g_prefix_error (error, "--%s ", sizes[i].name);
      return FALSE;
    }
    text = g_strdup_printf ("%" G_GUINT64_FORMAT, bytes);
    voxel_pipeline_values_add (values, sizes[i].name, text);
  }
  if (!settings->given_range)
    return TRUE;
  if (!voxel_intensity_option_parse (settings->given_range, &range, error))
    return FALSE;
  voxel_intensity_option_add_values (&range, values);
  return TRUE;
}
