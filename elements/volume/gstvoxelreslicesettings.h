/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/stream/voxel.h"

G_BEGIN_DECLS

typedef struct _GstVoxelResliceSettings GstVoxelResliceSettings;
typedef struct _GstVoxelReslicePlan GstVoxelReslicePlan;

/**
 * GstVoxelResliceSettings:
 *
 * The values of voxelreslice's properties.
 */
struct _GstVoxelResliceSettings {
  gchar *axes;
  gboolean hold;
  gchar *skip;
  gboolean shuffle;
  guint64 seed;
  guint epochs;
  guint oblique;
  guint oblique_size;
};

/**
 * GstVoxelReslicePlan:
 * @axes: (element-type GstVoxelAxis): what is sent, in this order; oblique slices at the end
 * @skipped: first slices of each axis that are not sent
 * @hold: whether z slices wait for their volume
 * @shuffle: whether an epoch's slices come in one random order
 * @seed: of that order and of oblique planes
 * @epochs: how often all is sent; 0 for ever
 * @oblique: oblique slices of a volume
 * @oblique_size: their sides, 0 for the larger one of a z slice
 *
 * What the properties mean. Start from zeros.
 */
struct _GstVoxelReslicePlan {
  GArray *axes;
  guint skipped[GST_VOXEL_N_AXES];
  gboolean hold;
  gboolean shuffle;
  guint64 seed;
  guint epochs;
  guint oblique;
  guint oblique_size;
};

void gst_voxel_reslice_settings_install (GObjectClass *class);
void gst_voxel_reslice_settings_init (GstVoxelResliceSettings *settings);
void gst_voxel_reslice_settings_clear (GstVoxelResliceSettings *settings);
gboolean gst_voxel_reslice_settings_set (GstVoxelResliceSettings *settings, guint id, const GValue *value);
gboolean gst_voxel_reslice_settings_get (const GstVoxelResliceSettings *settings, guint id, GValue *value);

gboolean gst_voxel_reslice_plan_read (GstVoxelReslicePlan *plan, const GstVoxelResliceSettings *settings,
                                      GError **error);
void gst_voxel_reslice_plan_clear (GstVoxelReslicePlan *plan);
guint gst_voxel_reslice_plan_axes (const GstVoxelReslicePlan *plan);
gboolean gst_voxel_reslice_plan_holds_all (const GstVoxelReslicePlan *plan);

G_END_DECLS
