/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelmergemode.h"

#include "elements/stream/voxel.h"

#define CODES 65536
#define CONTENT(name) (1u << GST_VOXEL_CONTENT_##name)

static const GstVoxelMergeRule rules[] = {
    [GST_VOXEL_MERGE_MEAN_LOGIT] = {CONTENT (LOGIT), VOXEL_VIEW_MERGE_MEAN,
                                    "mode=mean takes intensities and probabilities, mode=max masks."},
    [GST_VOXEL_MERGE_MEAN] = {CONTENT (LOGIT) | CONTENT (INTENSITY) | CONTENT (PROBABILITY),
                              VOXEL_VIEW_MERGE_MEAN, "mode=max and mode=union take masks."},
    [GST_VOXEL_MERGE_MAX] = {CONTENT (LOGIT) | CONTENT (INTENSITY) | CONTENT (PROBABILITY) | CONTENT (MASK),
                             VOXEL_VIEW_MERGE_MAX, ""},
    [GST_VOXEL_MERGE_UNION] = {CONTENT (LOGIT) | CONTENT (PROBABILITY) | CONTENT (MASK),
                               VOXEL_VIEW_MERGE_UNION, "mode=mean and mode=max take intensities."},
};

GType
gst_voxel_merge_mode_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_VOXEL_MERGE_MEAN_LOGIT, "Mean of the logits", "mean-logit"},
      {GST_VOXEL_MERGE_MEAN, "Mean of the probabilities", "mean"},
      {GST_VOXEL_MERGE_MAX, "The highest", "max"},
      {GST_VOXEL_MERGE_UNION, "Whether any view is above the threshold", "union"},
      {0, NULL, NULL},
  };
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelMergeMode", values));
  return type;
}

/**
 * gst_voxel_merge_mode_get_rule:
 * @mode: how views are combined
 *
 * Returns: what that comes to
 */
const GstVoxelMergeRule *
gst_voxel_merge_mode_get_rule (GstVoxelMergeMode mode)
{
  return &rules[mode];
}

static gpointer
make_logits (gpointer unused)
{
  guint16 *table = g_new (guint16, CODES);

  for (guint code = 0; code < CODES; code++)
    table[code] = gst_voxel_logit_from_probability (code / (gdouble) GST_VOXEL_PROBABILITY_ONE);
  return table;
}

/**
 * gst_voxel_merge_mode_get_logits:
 *
 * Returns: (array fixed-size=65536): the logit code of every probability code, for means of probabilities
 */
const guint16 *
gst_voxel_merge_mode_get_logits (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_logits, NULL);
}
