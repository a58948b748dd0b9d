/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "mask-score.h"

#include "mask-bits.h"
#include "surface-dice.h"

#include <math.h>

struct _VoxelMaskScore {
  gsize height;
  gsize width;
  VoxelSurfaceDice *surface;
  VoxelMaskScoreResult sums;
};

/**
 * voxel_mask_score_new:
 * @height: rows of a slice
 * @width: columns of a slice
 *
 * Returns: (transfer full): a score that no slice has gone into
 */
VoxelMaskScore *
voxel_mask_score_new (gsize height, gsize width)
{
  VoxelMaskScore *self = g_new0 (VoxelMaskScore, 1);

  self->height = height;
  self->width = width;
  self->surface = voxel_surface_dice_new (height, width);
  return self;
}

/**
 * voxel_mask_score_add:
 * @self: a score
 * @truth: the next slice: height rows of voxel_mask_bits_words (width) words (see mask-bits.h)
 * @prediction: likewise
 */
void
voxel_mask_score_add (VoxelMaskScore *self, const guint64 *truth, const guint64 *prediction)
{
  gsize words = self->height * voxel_mask_bits_words (self->width);

  self->sums.n_voxels += (guint64) self->height * self->width;
  self->sums.truth_voxels += voxel_mask_bits_count (truth, words);
  self->sums.prediction_voxels += voxel_mask_bits_count (prediction, words);
  self->sums.common_voxels += voxel_mask_bits_count_both (truth, prediction, words);
  voxel_surface_dice_add (self->surface, truth, prediction);
}

static gdouble
ratio (guint64 part, guint64 whole)
{
  return whole ? (gdouble) part / (gdouble) whole : NAN;
}

/**
 * voxel_mask_score_finish:
 * @self: a score that all slices have gone into; ready for the next volume afterwards
 * @spacing: distance of voxels along z, y, x
 * @result: (out): what came out
 */
void
voxel_mask_score_finish (VoxelMaskScore *self, const gdouble spacing[3], VoxelMaskScoreResult *result)
{
  guint64 both = self->sums.truth_voxels + self->sums.prediction_voxels;
  VoxelSurfaceDiceResult surface;

  voxel_surface_dice_finish (self->surface, spacing, &surface);
  *result = self->sums;
  result->surface_dice = surface.dice;
  result->dice = ratio (2 * result->common_voxels, both);
  result->iou = ratio (result->common_voxels, both - result->common_voxels);
  result->precision = ratio (result->common_voxels, result->prediction_voxels);
  result->recall = ratio (result->common_voxels, result->truth_voxels);
  self->sums = (VoxelMaskScoreResult){0};
}

/**
 * voxel_mask_score_free:
 * @self: (transfer full): a score
 */
void
voxel_mask_score_free (VoxelMaskScore *self)
{
  voxel_surface_dice_free (self->surface);
  g_free (self);
}

static void
set_ratio (JsonObject *object, const gchar *name, gdouble value)
{
  if (isnan (value))
    json_object_set_null_member (object, name);
  else
    json_object_set_double_member (object, name, value);
}

/**
 * voxel_mask_score_result_to_json:
 * @result: what came out
 *
 * Returns: (transfer full): an object with members named as the fields, with hyphens; null for NaN
 */
JsonObject *
voxel_mask_score_result_to_json (const VoxelMaskScoreResult *result)
{
  JsonObject *object = json_object_new ();

  set_ratio (object, "surface-dice", result->surface_dice);
  set_ratio (object, "dice", result->dice);
  set_ratio (object, "iou", result->iou);
  set_ratio (object, "precision", result->precision);
  set_ratio (object, "recall", result->recall);
  json_object_set_int_member (object, "truth-voxels", (gint64) result->truth_voxels);
  json_object_set_int_member (object, "prediction-voxels", (gint64) result->prediction_voxels);
  json_object_set_int_member (object, "common-voxels", (gint64) result->common_voxels);
  json_object_set_int_member (object, "voxels", (gint64) result->n_voxels);
  return object;
}
