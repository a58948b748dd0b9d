/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrcsettings.h"
#include "slice-label-rows.h"

#define DEFAULT_STOP_INDEX -1
#define DEFAULT_READ_AHEAD 4
#define DEFAULT_FOLLOW_TIMEOUT (60 * GST_SECOND)
#define DEFAULT_FIRST_NUMBER -1
#define DEFAULT_LABEL_THRESHOLD VOXEL_SLICE_LABEL_NO_THRESHOLD
#define DEFAULT_LABEL_IGNORE VOXEL_SLICE_LABEL_NO_IGNORE
#define DEFAULT_LABEL_WEIGHT 1.
#define DEFAULT_FRAMERATE_N 25
#define DEFAULT_FRAMERATE_D 1

enum {
  PROP_0,
  PROP_LOCATION,
  PROP_LABELS,
  PROP_LABEL_THRESHOLD,
  PROP_LABEL_IGNORE,
  PROP_LABEL_WEIGHT,
  PROP_ID,
  PROP_START_INDEX,
  PROP_STOP_INDEX,
  PROP_CROP,
  PROP_SPACING,
  PROP_FRAMERATE,
  PROP_READ_AHEAD,
  PROP_THREADS,
  PROP_CONTENT,
  PROP_FOLLOW,
  PROP_FOLLOW_TIMEOUT,
  PROP_FIRST_NUMBER,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

#define GST_TYPE_VOXEL_SRC_CONTENT (gst_voxel_src_content_get_type ())

static GType
gst_voxel_src_content_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_VOXEL_SRC_CONTENT_AUTO, "Files of 1 bit are masks, others intensities", "auto"},
      {GST_VOXEL_SRC_CONTENT_INTENSITY, "Pixels as they are in the file", "intensity"},
      {GST_VOXEL_SRC_CONTENT_MASK, "Pixels other than 0 become 255", "mask"},
      {0, NULL, NULL},
  };
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelSrcContent", values));
  return type;
}

static void
replace_string (gchar **string, const GValue *value)
{
  g_free (*string);
  *string = g_value_dup_string (value);
}

/**
 * gst_voxel_src_settings_set:
 * @settings: the settings
 * @id: a property
 * @value: its new value
 *
 * Returns: whether there is a property @id
 */
gboolean
gst_voxel_src_settings_set (GstVoxelSrcSettings *settings, guint id, const GValue *value)
{
  switch (id) {
  case PROP_LOCATION:
    replace_string (&settings->location, value);
    break;
  case PROP_LABELS:
    replace_string (&settings->labels, value);
    break;
  case PROP_LABEL_THRESHOLD:
    settings->label_threshold = g_value_get_uint (value);
    break;
  case PROP_LABEL_IGNORE:
    settings->label_ignore = g_value_get_int (value);
    break;
  case PROP_LABEL_WEIGHT:
    settings->label_weight = g_value_get_double (value);
    break;
  case PROP_ID:
    replace_string (&settings->id, value);
    break;
  case PROP_START_INDEX:
    settings->start_index = g_value_get_uint (value);
    break;
  case PROP_STOP_INDEX:
    settings->stop_index = g_value_get_int (value);
    break;
  case PROP_CROP:
    replace_string (&settings->crop, value);
    break;
  case PROP_SPACING:
    replace_string (&settings->spacing, value);
    break;
  case PROP_FRAMERATE:
    settings->framerate_n = gst_value_get_fraction_numerator (value);
    settings->framerate_d = gst_value_get_fraction_denominator (value);
    break;
  case PROP_READ_AHEAD:
    settings->read_ahead = g_value_get_uint (value);
    break;
  case PROP_THREADS:
    settings->threads = g_value_get_uint (value);
    break;
  case PROP_CONTENT:
    settings->content = (GstVoxelSrcContent) g_value_get_enum (value);
    break;
  case PROP_FOLLOW:
    settings->follow = g_value_get_boolean (value);
    break;
  case PROP_FOLLOW_TIMEOUT:
    settings->follow_timeout = g_value_get_uint64 (value);
    break;
  case PROP_FIRST_NUMBER:
    settings->first_number = g_value_get_int64 (value);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_src_settings_get:
 * @settings: the settings
 * @id: a property
 * @value: (out): its value
 *
 * Returns: whether there is a property @id
 */
gboolean
gst_voxel_src_settings_get (const GstVoxelSrcSettings *settings, guint id, GValue *value)
{
  switch (id) {
  case PROP_LOCATION:
    g_value_set_string (value, settings->location);
    break;
  case PROP_LABELS:
    g_value_set_string (value, settings->labels);
    break;
  case PROP_LABEL_THRESHOLD:
    g_value_set_uint (value, settings->label_threshold);
    break;
  case PROP_LABEL_IGNORE:
    g_value_set_int (value, settings->label_ignore);
    break;
  case PROP_LABEL_WEIGHT:
    g_value_set_double (value, settings->label_weight);
    break;
  case PROP_ID:
    g_value_set_string (value, settings->id);
    break;
  case PROP_START_INDEX:
    g_value_set_uint (value, settings->start_index);
    break;
  case PROP_STOP_INDEX:
    g_value_set_int (value, settings->stop_index);
    break;
  case PROP_CROP:
    g_value_set_string (value, settings->crop);
    break;
  case PROP_SPACING:
    g_value_set_string (value, settings->spacing);
    break;
  case PROP_FRAMERATE:
    gst_value_set_fraction (value, settings->framerate_n, settings->framerate_d);
    break;
  case PROP_READ_AHEAD:
    g_value_set_uint (value, settings->read_ahead);
    break;
  case PROP_THREADS:
    g_value_set_uint (value, settings->threads);
    break;
  case PROP_CONTENT:
    g_value_set_enum (value, (gint) settings->content);
    break;
  case PROP_FOLLOW:
    g_value_set_boolean (value, settings->follow);
    break;
  case PROP_FOLLOW_TIMEOUT:
    g_value_set_uint64 (value, settings->follow_timeout);
    break;
  case PROP_FIRST_NUMBER:
    g_value_set_int64 (value, settings->first_number);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_src_settings_install:
 * @class: voxelsrc's class
 *
 * Declares the properties.
 */
void
gst_voxel_src_settings_install (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  properties[PROP_LOCATION] = g_param_spec_string (
      "location", "Location",
      "Folder of *.tif and *.tiff files, a file of one or more pages, or a pattern (*, ?, []); several "
      "volumes: such names with semicolons between them",
      NULL, flags);
  properties[PROP_LABELS] = g_param_spec_string (
      "labels", "Labels",
      "Where the labels are, as location says where the slices are (unset = there are none)", NULL, flags);
  properties[PROP_LABEL_THRESHOLD] = g_param_spec_uint (
      "label-threshold", "Label threshold",
      "Values of a label from which on a pixel is vessel (0 = labels are binary: 0 and one other value)", 0,
      G_MAXUINT16, DEFAULT_LABEL_THRESHOLD, flags);
  properties[PROP_LABEL_IGNORE] = g_param_spec_int (
      "label-ignore", "Label ignore", "Value of a label where nobody knows what the pixel is (-1 = none)", -1,
      G_MAXUINT16, DEFAULT_LABEL_IGNORE, flags);
  properties[PROP_LABEL_WEIGHT] =
      g_param_spec_double ("label-weight", "Label weight",
                           "How much background of labels counts: less than 1 where vessels may be missing",
                           0., 1., DEFAULT_LABEL_WEIGHT, flags);
  properties[PROP_ID] = g_param_spec_string (
      "id", "Id",
      "Name of the volume (unset = of the folder, or of its parent where it is called images or labels)",
      NULL, flags);
  properties[PROP_START_INDEX] = g_param_spec_uint (
      "start-index", "Start index", "First slice of the volume, from 0", 0, G_MAXINT, 0, flags);
  properties[PROP_STOP_INDEX] =
      g_param_spec_int ("stop-index", "Stop index",
                        "Last slice of the volume, itself included (-1 = the last there is or comes)", -1,
                        G_MAXINT, DEFAULT_STOP_INDEX, flags);
  properties[PROP_CROP] = g_param_spec_string (
      "crop", "Crop", "Part of every slice to read, in pixels: x,y,width,height (unset = all of it)", NULL,
      flags);
  properties[PROP_SPACING] = g_param_spec_string (
      "spacing", "Spacing",
      "Distance of voxels in micrometres: z,y,x; 0 = unknown (unset = as the first file says)", NULL, flags);
  properties[PROP_FRAMERATE] =
      gst_param_spec_fraction ("framerate", "Framerate", "Slices per second of stream time", 1, G_MAXINT,
                               G_MAXINT, 1, DEFAULT_FRAMERATE_N, DEFAULT_FRAMERATE_D, flags);
  properties[PROP_READ_AHEAD] = g_param_spec_uint ("read-ahead", "Read ahead",
                                                   "Slices decoded ahead by threads of their own (0 = none)",
                                                   0, 1024, DEFAULT_READ_AHEAD, flags);
  properties[PROP_THREADS] = g_param_spec_uint (
      "threads", "Threads", "Threads that decode (0 = as many as processors, at most 4)", 0, 64, 0, flags);
  properties[PROP_CONTENT] =
      g_param_spec_enum ("content", "Content", "What the pixels are; masks become 0 and 255 in GRAY8",
                         GST_TYPE_VOXEL_SRC_CONTENT, GST_VOXEL_SRC_CONTENT_AUTO, flags);
  properties[PROP_FOLLOW] = g_param_spec_boolean ("follow", "Follow",
                                                  "Wait for slices that are still to be written to the "
                                                  "folder, a file each, in the order of the numbers in "
                                                  "their names",
                                                  FALSE, flags);
  properties[PROP_FOLLOW_TIMEOUT] = g_param_spec_uint64 (
      "follow-timeout", "Follow timeout",
      "Nanoseconds without a new slice after which the volume ends; an error if one up to stop-index is "
      "missing, or one before another that is there (0 = wait for ever)",
      0, G_MAXINT64, DEFAULT_FOLLOW_TIMEOUT, flags);
  properties[PROP_FIRST_NUMBER] = g_param_spec_int64 (
      "first-number", "First number",
      "Number in the name of the first file that is followed (-1 = the lowest one when a file is there)", -1,
      G_MAXINT64, DEFAULT_FIRST_NUMBER, flags);
  g_object_class_install_properties (class, N_PROPS, properties);
  gst_type_mark_as_plugin_api (GST_TYPE_VOXEL_SRC_CONTENT, 0);
}

/**
 * gst_voxel_src_settings_init:
 * @settings: (out): the defaults
 */
void
gst_voxel_src_settings_init (GstVoxelSrcSettings *settings)
{
  *settings = (GstVoxelSrcSettings){.label_threshold = DEFAULT_LABEL_THRESHOLD,
                                    .label_ignore = DEFAULT_LABEL_IGNORE,
                                    .label_weight = DEFAULT_LABEL_WEIGHT,
                                    .stop_index = DEFAULT_STOP_INDEX,
                                    .follow_timeout = DEFAULT_FOLLOW_TIMEOUT,
                                    .first_number = DEFAULT_FIRST_NUMBER,
                                    .framerate_n = DEFAULT_FRAMERATE_N,
                                    .framerate_d = DEFAULT_FRAMERATE_D,
                                    .read_ahead = DEFAULT_READ_AHEAD};
}

/**
 * gst_voxel_src_settings_clear:
 * @settings: the settings
 */
void
gst_voxel_src_settings_clear (GstVoxelSrcSettings *settings)
{
  g_free (settings->location);
  g_free (settings->labels);
  g_free (settings->id);
  g_free (settings->crop);
  g_free (settings->spacing);
}
