/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "elements/masks/mask-score.h"

G_BEGIN_DECLS

/**
 * GstVoxelScoreReport:
 * @last: (nullable): the score of the last volume, as messages tell it
 *
 * The scores of a run. Start from zeros; the other fields are private.
 */
typedef struct {
  GstStructure *last;
  JsonArray *volumes;
} GstVoxelScoreReport;

void gst_voxel_score_report_add (GstVoxelScoreReport *self, const VoxelMaskScoreResult *score,
                                 const gchar *truth, const gchar *prediction);
gboolean gst_voxel_score_report_write (const GstVoxelScoreReport *self, const gchar *path, GError **error);
void gst_voxel_score_report_clear (GstVoxelScoreReport *self);
gboolean gst_voxel_score_report_post_failure (GstElement *element, const GError *error);
gboolean gst_voxel_score_report_parse_spacing (const gchar *text, gdouble spacing[3]);

G_END_DECLS
