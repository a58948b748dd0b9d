/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelreslicesettings.h"
#include "slice-skip.h"

#define DEFAULT_AXES "z,y,x"
#define DEFAULT_HOLD TRUE
#define DEFAULT_EPOCHS 1
/* So many slices of a volume are more than anybody waits for. */
#define MOST_OBLIQUE 1000000
#define MOST_SIDE 32767

enum {
  PROP_0,
  PROP_AXES,
  PROP_HOLD,
  PROP_SKIP,
  PROP_SHUFFLE,
  PROP_SEED,
  PROP_EPOCHS,
  PROP_OBLIQUE,
  PROP_OBLIQUE_SIZE,
};

/**
 * gst_voxel_reslice_settings_install:
 * @class: voxelreslice's class
 *
 * Declares the properties.
 */
void
gst_voxel_reslice_settings_install (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (
      class, PROP_AXES,
      g_param_spec_string ("axes", "Axes",
                           "Directions along which slices are sent, in this order: z, y and x, "
                           "separated by commas",
                           DEFAULT_AXES, flags));
  g_object_class_install_property (
      class, PROP_HOLD,
      g_param_spec_boolean ("hold", "Hold",
                            "Whether z slices wait until the volume and its histogram are complete; "
                            "otherwise they pass at once, and the other axes follow",
                            DEFAULT_HOLD, flags));
  g_object_class_install_property (
      class, PROP_SKIP,
      g_param_spec_string (
          "skip", "Skip", "How many first slices of which axes are not sent, such as z:560,y:13 (needs hold)",
          NULL, flags));
  g_object_class_install_property (
      class, PROP_SHUFFLE,
      g_param_spec_boolean ("shuffle", "Shuffle",
                            "Send all slices of all volumes and axes of an epoch in one random order, for "
                            "learning (needs hold)",
                            FALSE, flags));
  g_object_class_install_property (
      class, PROP_SEED,
      g_param_spec_uint64 ("seed", "Seed",
                           "Of the random order and the oblique planes: the same seed gives the same stream",
                           0, G_MAXUINT64, 0, flags));
  g_object_class_install_property (
      class, PROP_EPOCHS,
      g_param_spec_uint ("epochs", "Epochs",
                         "How often all slices of all volumes are sent (0 = until something stops it)", 0,
                         G_MAXUINT, DEFAULT_EPOCHS, flags));
  g_object_class_install_property (
      class, PROP_OBLIQUE,
      g_param_spec_uint ("oblique", "Oblique",
                         "How many slices of each volume and epoch lie in random planes, for learning "
                         "(needs hold)",
                         0, MOST_OBLIQUE, 0, flags));
  g_object_class_install_property (
      class, PROP_OBLIQUE_SIZE,
      g_param_spec_uint ("oblique-size", "Oblique size",
                         "Rows and columns of oblique slices (0 = the larger side of the volume's z slices)",
                         0, MOST_SIDE, 0, flags));
}

/**
 * gst_voxel_reslice_settings_init:
 * @settings: (out): the defaults
 */
void
gst_voxel_reslice_settings_init (GstVoxelResliceSettings *settings)
{
  *settings = (GstVoxelResliceSettings){
      .axes = g_strdup (DEFAULT_AXES), .hold = DEFAULT_HOLD, .epochs = DEFAULT_EPOCHS};
}

/**
 * gst_voxel_reslice_settings_clear:
 * @settings: the settings
 */
void
gst_voxel_reslice_settings_clear (GstVoxelResliceSettings *settings)
{
  g_clear_pointer (&settings->axes, g_free);
  g_clear_pointer (&settings->skip, g_free);
}

static void
replace_string (gchar **string, const GValue *value)
{
  g_free (*string);
  *string = g_value_dup_string (value);
}

/**
 * gst_voxel_reslice_settings_set:
 * @settings: the settings
 * @id: a property
 * @value: its new value
 *
 * Returns: whether there is such a property
 */
gboolean
gst_voxel_reslice_settings_set (GstVoxelResliceSettings *settings, guint id, const GValue *value)
{
  switch (id) {
  case PROP_AXES:
    replace_string (&settings->axes, value);
    break;
  case PROP_HOLD:
    settings->hold = g_value_get_boolean (value);
    break;
  case PROP_SKIP:
    replace_string (&settings->skip, value);
    break;
  case PROP_SHUFFLE:
    settings->shuffle = g_value_get_boolean (value);
    break;
  case PROP_SEED:
    settings->seed = g_value_get_uint64 (value);
    break;
  case PROP_EPOCHS:
    settings->epochs = g_value_get_uint (value);
    break;
  case PROP_OBLIQUE:
    settings->oblique = g_value_get_uint (value);
    break;
  case PROP_OBLIQUE_SIZE:
    settings->oblique_size = g_value_get_uint (value);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_reslice_settings_get:
 * @settings: the settings
 * @id: a property
 * @value: (out): its value
 *
 * Returns: whether there is such a property
 */
gboolean
gst_voxel_reslice_settings_get (const GstVoxelResliceSettings *settings, guint id, GValue *value)
{
  switch (id) {
  case PROP_AXES:
    g_value_set_string (value, settings->axes);
    break;
  case PROP_HOLD:
    g_value_set_boolean (value, settings->hold);
    break;
  case PROP_SKIP:
    g_value_set_string (value, settings->skip);
    break;
  case PROP_SHUFFLE:
    g_value_set_boolean (value, settings->shuffle);
    break;
  case PROP_SEED:
    g_value_set_uint64 (value, settings->seed);
    break;
  case PROP_EPOCHS:
    g_value_set_uint (value, settings->epochs);
    break;
  case PROP_OBLIQUE:
    g_value_set_uint (value, settings->oblique);
    break;
  case PROP_OBLIQUE_SIZE:
    g_value_set_uint (value, settings->oblique_size);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

static gboolean
set_error (GError **error, const gchar *text)
{
  g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, text);
  return FALSE;
}

/* What cannot be had together. */
static gboolean
check (const GstVoxelResliceSettings *settings, GError **error)
{
  gboolean skips = settings->skip && *settings->skip;
  gboolean learns = settings->shuffle || settings->epochs != 1 || settings->oblique > 0;

  if (skips && !settings->hold)
    return set_error (error, "skip needs hold=true: elements behind may need the whole volume's histogram");
  if (learns && !settings->hold)
    return set_error (error,
                      "shuffle, epochs and oblique need hold=true: they send volumes that are complete");
  if (learns && skips)
    return set_error (error,
                      "skip is for a vote that goes on: it cannot be had with shuffle, epochs or oblique");
  return TRUE;
}

/**
 * gst_voxel_reslice_plan_read:
 * @plan: (inout): a plan, or zeros
 * @settings: the settings
 * @error: GST_LIBRARY_ERROR_SETTINGS, or what axes and skip may give
 *
 * Returns: whether @settings make sense; @plan says which
 */
gboolean
gst_voxel_reslice_plan_read (GstVoxelReslicePlan *plan, const GstVoxelResliceSettings *settings,
                             GError **error)
{
  const GstVoxelAxis oblique = GST_VOXEL_AXIS_OBLIQUE;

  gst_voxel_reslice_plan_clear (plan);
  plan->hold = settings->hold;
  plan->shuffle = settings->shuffle;
  plan->seed = settings->seed;
  plan->epochs = settings->epochs;
  plan->oblique = settings->oblique;
  plan->oblique_size = settings->oblique_size;
  if (!check (settings, error) || !voxel_slice_skip_parse (settings->skip, plan->skipped, error) ||
      !gst_voxel_axes_parse (settings->axes, &plan->axes, error))
    return FALSE;
  if (plan->oblique > 0)
    g_array_append_val (plan->axes, oblique);
  return TRUE;
}

/**
 * gst_voxel_reslice_plan_clear:
 * @plan: no longer needed
 */
void
gst_voxel_reslice_plan_clear (GstVoxelReslicePlan *plan)
{
  g_clear_pointer (&plan->axes, g_array_unref);
}

/**
 * gst_voxel_reslice_plan_axes:
 * @plan: the plan
 *
 * Returns: a bit (1 << GstVoxelAxis) for every axis that is sent
 */
guint
gst_voxel_reslice_plan_axes (const GstVoxelReslicePlan *plan)
{
  guint axes = 0;

  for (guint i = 0; i < plan->axes->len; i++)
    axes |= 1u << g_array_index (plan->axes, GstVoxelAxis, i);
  return axes;
}

/**
 * gst_voxel_reslice_plan_holds_all:
 * @plan: the plan
 *
 * Returns: whether all volumes of the stream are held until its end; otherwise each until the next begins
 */
gboolean
gst_voxel_reslice_plan_holds_all (const GstVoxelReslicePlan *plan)
{
  return plan->shuffle || plan->epochs != 1;
}
