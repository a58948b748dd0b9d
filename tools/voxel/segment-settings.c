/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>
#include <string.h>

#include "command.h"
#include "intensity-option.h"
#include "pipeline-values.h"
#include "segment-settings.h"
#include "setting.h"

static const VoxelSetting table[] = {
    {"axes", "z,y,x", "Directions in which the volume is sliced", VOXEL_SETTING_LIST, "z,y,x",
     .origin = "z,y,x"},
    {"views", "LIST", "How the network sees each tile: r0,r90,r180,r270,fh,fv,t,at", VOXEL_SETTING_LIST,
     "r0,r90,r180,r270,fh,fv,t,at", .origin = "r0,r90,r180,r270,fh,fv"},
    {"tile", "PIXELS", "Side of a tile, a multiple of the model's stride; 0: whole slices",
     VOXEL_SETTING_COUNT, NULL, 0, 32768, "512"},
    {"overlap", "SHARE", "Share of a tile that the next one repeats, 0 to 0.95", VOXEL_SETTING_NUMBER, NULL,
     0, .95, "0.5"},
    {"grid", "KIND", "How many tiles cover a side: minimal or origin", VOXEL_SETTING_CHOICE, "minimal,origin",
     .origin = "origin"},
    {"edge", "KIND", "A side shorter than a tile: reflect or skip", VOXEL_SETTING_CHOICE, "reflect,skip",
     .origin = "skip"},
    {"merge", "KIND", "Joins views: mean-logit, mean, max or union", VOXEL_SETTING_CHOICE,
     "mean-logit,mean,max,union", .origin = "mean-logit"},
    {"stitch", "KIND", "Joins tiles: or, mean or gaussian", VOXEL_SETTING_CHOICE, "or,mean,gaussian",
     .origin = "or"},
    {"vote", "KIND", "Joins axes: majority, union or mean", VOXEL_SETTING_CHOICE, "majority,union,mean",
     .origin = "majority"},
    {"threshold", "P", "Probability above which a voxel is vessel, 0 to 1", VOXEL_SETTING_NUMBER, NULL, 0, 1,
     "0.5"},
    {"backend", "NAME", "Who computes: auto, cpu, cuda or reference", VOXEL_SETTING_CHOICE,
     "auto,cpu,cuda,reference", .fallback = "auto"},
    {"devices", "LIST", "Numbers of the backend's devices, such as 0,1, or all; the first if left out",
     VOXEL_SETTING_TEXT},
    {"precision", "KIND", "Of the network: auto, fp32, bf16, fp16 or, of cuda, tf32", VOXEL_SETTING_CHOICE,
     "auto,fp32,bf16,fp16,tf32", .origin = "fp32", .fallback = "auto"},
    {"skip-below", "PERCENT",
     "Tiles darker than this everywhere are background, unseen by the network: 0 is --range's black, 100 its "
     "white",
     VOXEL_SETTING_NUMBER, NULL, 0, 100, .fallback = "0"},
    {"spacing", "UM",
     "Size of the voxels that the network sees, in micrometres: the scan is resampled to it and the mask "
     "back; 0: as "
     "the scan is",
     VOXEL_SETTING_NUMBER, NULL, 0, 1e9, "0", "0"},
    {"scale", "FACTOR", "So many times as many voxels along each axis, after --spacing, such as 1.2",
     VOXEL_SETTING_NUMBER, NULL, .1, 10, "1", "1"},
    {"scan-spacing", "UM",
     "Size of the scan's own voxels: one number or z,y,x in micrometres, where its files do not say",
     VOXEL_SETTING_TEXT},
    {"batch", "N", "Tiles in flight; 0: as many as pay; changes no result", VOXEL_SETTING_COUNT, NULL, 0,
     1024},
    {"threads", "N", "Threads of the network; 0: one a core; changes no result", VOXEL_SETTING_COUNT, NULL, 0,
     1024, .fallback = "0"},
};

/* The intensity range is one option and six variables. */
typedef struct {
  VoxelIntensityOption option;
  const gchar *scope;
  guint bits;
  const gchar *arithmetic;
} Range;

/**
 * VoxelSegmentSettings:
 * @given: what was said on the command line, in the order of the table
 * @values: what holds after voxel_segment_settings_resolve()
 *
 * How a model is run: option, else --parity-origin, else the model's record, else the default.
 */
struct _VoxelSegmentSettings {
  gchar *given[G_N_ELEMENTS (table)];
  gchar *values[G_N_ELEMENTS (table)];
  gchar *given_range;
  Range range;
  guint multiple;
  gdouble ratio[3];
};

/**
 * voxel_segment_settings_new:
 *
 * Returns: nothing said yet
 */
VoxelSegmentSettings *
voxel_segment_settings_new (void)
{
  return g_new0 (VoxelSegmentSettings, 1);
}

/**
 * voxel_segment_settings_free:
 * @settings: settings
 */
void
voxel_segment_settings_free (VoxelSegmentSettings *settings)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_free (settings->given[i]);
    g_free (settings->values[i]);
  }
  g_free (settings->given_range);
  g_free (settings);
}

/**
 * voxel_segment_settings_add_options:
 * @settings: hears the options
 * @context: of the command line
 */
void
voxel_segment_settings_add_options (VoxelSegmentSettings *settings, GOptionContext *context)
{
  voxel_settings_add_options (table, G_N_ELEMENTS (table), settings->given, context);
  voxel_intensity_option_add (&settings->given_range, context);
}

/**
 * voxel_segment_settings_check:
 * @settings: after the command line was read
 * @error: VOXEL_COMMAND_ERROR_USAGE naming the option and what it takes
 *
 * Returns: whether what was said can be
 */
gboolean
voxel_segment_settings_check (VoxelSegmentSettings *settings, GError **error)
{
  VoxelIntensityOption range;

  return voxel_settings_check (table, G_N_ELEMENTS (table), settings->given, error) &&
         (!settings->given_range || voxel_intensity_option_parse (settings->given_range, &range, error));
}

/* What the record says of a setting; NULL for nothing. */
static gchar *
from_record (const VoxelModelRecord *record, const gchar *name)
{
  const VoxelInference *run = &record->inference;
  const struct {
    const gchar *name;
    const gchar *text;
  } words[] = {
      {"axes", run->axes},   {"views", run->views},   {"grid", run->grid}, {"edge", run->edge},
      {"merge", run->merge}, {"stitch", run->stitch}, {"vote", run->vote},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strcmp (words[i].name, name) == 0)
      return g_strdup (words[i].text);
  }
  if (strcmp (name, "tile") == 0)
    return voxel_setting_format_number (run->tile);
  if (strcmp (name, "overlap") == 0)
    return voxel_setting_format_number (run->overlap);
  if (strcmp (name, "spacing") == 0)
    return voxel_setting_format_number (record->preprocess.spacing);
  if (strcmp (name, "threshold") == 0)
    return voxel_setting_format_number (run->threshold);
  return NULL;
}

static gchar *
value_of (const VoxelSetting *setting, const gchar *given, const VoxelModelRecord *record, gboolean parity)
{
  gchar *text;

  if (given)
    return g_strdup (given);
  if (parity && setting->origin)
    return g_strdup (setting->origin);
  text = from_record (record, setting->name);
  return text ? text : g_strdup (setting->fallback);
}

static gboolean
resolve_range (VoxelSegmentSettings *settings, const VoxelPreprocess *record, gboolean parity, GError **error)
{
  Range *range = &settings->range;

  range->option.kind = g_intern_string (record->range);
  range->scope = g_intern_string (record->range_scope);
  range->option.low = record->range_low;
  range->option.high = record->range_high;
  range->bits = record->bits;
  range->arithmetic = "exact";
  if (parity) {
    range->scope = "volume";
    range->bits = 8;
  }
  if ((settings->given_range || parity) &&
      !voxel_intensity_option_parse (settings->given_range ? settings->given_range : "percentile",
                                     &range->option, error))
    return FALSE;
  if (parity && strcmp (range->option.kind, "percentile") == 0)
    range->arithmetic = "origin";
  return TRUE;
}

/**
 * voxel_segment_settings_resolve:
 * @settings: after voxel_segment_settings_check()
 * @record: of the model
 * @stride: sides of the network's input are multiples of it
 * @parity: whether the published entry's way is asked for
 * @error: VOXEL_COMMAND_ERROR_USAGE where the model cannot be run like this
 *
 * Returns: whether the model can
 */
gboolean
voxel_segment_settings_resolve (VoxelSegmentSettings *settings, const VoxelModelRecord *record, guint stride,
                                gboolean parity, GError **error)
{
  const gchar *tile;
  guint64 side;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_free (settings->values[i]);
    settings->values[i] = value_of (&table[i], settings->given[i], record, parity);
  }
  settings->multiple = record->inference.pad_multiple ? record->inference.pad_multiple : MAX (stride, 1);
  tile = voxel_segment_settings_get (settings, "tile");
  side = (guint64) g_ascii_strtod (tile, NULL);
  if (side % settings->multiple) {
    guint64 below = side / settings->multiple * settings->multiple;

    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "--tile %s: the model takes multiples of %u, such as %" G_GUINT64_FORMAT, tile,
                 settings->multiple, below ? below : settings->multiple);
    return FALSE;
  }
  return resolve_range (settings, &record->preprocess, parity, error);
}

/**
 * voxel_segment_settings_get:
 * @settings: after voxel_segment_settings_resolve()
 * @name: of a setting
 *
 * Returns: (nullable): what holds
 */
const gchar *
voxel_segment_settings_get (const VoxelSegmentSettings *settings, const gchar *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    if (strcmp (table[i].name, name) == 0)
      return settings->values[i];
  }
  g_return_val_if_reached (NULL);
}

/**
 * voxel_segment_settings_set:
 * @settings: after voxel_segment_settings_resolve()
 * @name: of a setting
 * @value: (nullable): what holds from now on; %NULL leaves it to the pipeline
 */
void
voxel_segment_settings_set (VoxelSegmentSettings *settings, const gchar *name, const gchar *value)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    if (strcmp (table[i].name, name) != 0)
      continue;
    g_free (settings->values[i]);
    settings->values[i] = g_strdup (value);
  }
}

/**
 * voxel_segment_settings_set_ratio:
 * @settings: after voxel_segment_settings_resolve()
 * @ratio: voxels of the scan for one that the network sees, along z, y, x
 */
void
voxel_segment_settings_set_ratio (VoxelSegmentSettings *settings, const gdouble ratio[3])
{
  memcpy (settings->ratio, ratio, sizeof settings->ratio);
}

/**
 * voxel_segment_settings_get_ratio:
 * @settings: after voxel_segment_settings_set_ratio()
 *
 * Returns: (array fixed-size=3): voxels of the scan for one that the network sees, along z, y, x
 */
const gdouble *
voxel_segment_settings_get_ratio (const VoxelSegmentSettings *settings)
{
  return settings->ratio;
}

/**
 * voxel_segment_settings_get_multiple:
 * @settings: after voxel_segment_settings_resolve()
 *
 * Returns: what sides of tiles, and of whole slices once continued, are multiples of
 */
guint
voxel_segment_settings_get_multiple (const VoxelSegmentSettings *settings)
{
  return settings->multiple;
}

/**
 * voxel_segment_settings_need_volume:
 * @settings: after voxel_segment_settings_resolve()
 *
 * Returns: whether all of the volume must be there before its first slice can be normalised
 */
gboolean
voxel_segment_settings_need_volume (const VoxelSegmentSettings *settings)
{
  return strcmp (settings->range.option.kind, "percentile") == 0 &&
         strcmp (settings->range.scope, "volume") == 0;
}

/* The lowest pixel that is not below that many percent of white, as pixels arrive at the network. */
static gchar *
skip_level (const VoxelSegmentSettings *settings)
{
  gdouble percent = g_ascii_strtod (voxel_segment_settings_get (settings, "skip-below"), NULL);

  return voxel_setting_format_number (ceil (percent / 100. * (settings->range.bits == 8 ? 255. : 65535.)));
}

/**
 * voxel_segment_settings_add_values:
 * @settings: after voxel_segment_settings_resolve()
 * @values: gets the variables of segment.gst
 */
void
voxel_segment_settings_add_values (const VoxelSegmentSettings *settings, GHashTable *values)
{
  g_autofree gchar *bits = voxel_setting_format_number (settings->range.bits);
  g_autofree gchar *multiple = voxel_setting_format_number (settings->multiple);
  g_autofree gchar *skip = skip_level (settings);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    gboolean level = strcmp (table[i].name, "skip-below") == 0;

    if (settings->values[i])
      voxel_pipeline_values_add (values, table[i].name, level ? skip : settings->values[i]);
  }
  voxel_intensity_option_add_values (&settings->range.option, values);
  voxel_pipeline_values_add (values, "scope", settings->range.scope);
  voxel_pipeline_values_add (values, "bits", bits);
  voxel_pipeline_values_add (values, "arithmetic", settings->range.arithmetic);
  voxel_pipeline_values_add (values, "multiple", multiple);
}
