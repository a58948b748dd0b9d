/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "shard-survey.h"

static VoxelSurveyClass
class_of (guint8 code)
{
  if (code == VOXEL_LABEL_SET)
    return VOXEL_SURVEY_VESSEL;
  return code == VOXEL_LABEL_IGNORE ? VOXEL_SURVEY_IGNORED : VOXEL_SURVEY_BACKGROUND;
}

static void
widen (VoxelShardSurvey *survey, const VoxelNpy *form)
{
  VoxelNpy *least = &survey->smallest, *most = &survey->largest;

  if (survey->samples == 0)
    *least = *most = *form;
  least->width = MIN (least->width, form->width);
  least->height = MIN (least->height, form->height);
  least->bits = MIN (least->bits, form->bits);
  most->width = MAX (most->width, form->width);
  most->height = MAX (most->height, form->height);
  most->bits = MAX (most->bits, form->bits);
}

/**
 * voxel_shard_survey_add:
 * @survey: what is known so far
 * @sample: one more
 */
void
voxel_shard_survey_add (VoxelShardSurvey *survey, const VoxelShardSample *sample)
{
  gsize n = (gsize) sample->form.width * sample->form.height;
  /* The higher byte of 16 little-endian bits is the second one. */
  guint bytes = sample->form.bits / 8;
  const guint8 *highest = sample->image + bytes - 1;

  widen (survey, &sample->form);
  survey->samples++;
  survey->unlabelled += !sample->label;
  survey->without_vessel += sample->label && sample->count.vessel == 0;
  for (gsize i = 0; i < n; i++)
    survey
        ->counts[sample->label ? class_of (sample->label[i]) : VOXEL_SURVEY_UNLABELLED][highest[i * bytes]]++;
}

/**
 * voxel_shard_survey_count:
 * @survey: what samples hold
 * @kind: of pixels
 *
 * Returns: how many pixels are of this class
 */
guint64
voxel_shard_survey_count (const VoxelShardSurvey *survey, VoxelSurveyClass kind)
{
  guint64 count = 0;

  for (guint i = 0; i < VOXEL_SURVEY_BINS; i++)
    count += survey->counts[kind][i];
  return count;
}

/**
 * voxel_shard_survey_all:
 * @survey: what samples hold
 * @counts: (out): pixels of all classes by intensity
 */
void
voxel_shard_survey_all (const VoxelShardSurvey *survey, guint64 counts[VOXEL_SURVEY_BINS])
{
  for (guint i = 0; i < VOXEL_SURVEY_BINS; i++) {
    counts[i] = 0;
    for (guint kind = 0; kind < VOXEL_SURVEY_N_CLASSES; kind++)
      counts[i] += survey->counts[kind][i];
  }
}
