/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>
#include "augment-sample.h"
#include "gstvoxelpool.h"

G_BEGIN_DECLS

/**
 * GstVoxelAugmentFrame:
 * @element: who speaks
 * @recipe: what may be done
 * @seed: of the random numbers
 * @in: what comes
 * @out: what goes on
 * @label_in: the labels that come
 * @label_out: the labels that go on
 * @pool: of pictures
 * @label_pool: of labels
 *
 * What all samples have in common.
 */
typedef struct {
  GstElement *element;
  const VoxelAugmentRecipe *recipe;
  guint64 seed;
  GstVideoInfo in;
  GstVideoInfo out;
  GstVideoInfo label_in;
  GstVideoInfo label_out;
  GstVoxelPool pool;
  GstVoxelPool label_pool;
} GstVoxelAugmentFrame;

/**
 * GstVoxelAugmentJob:
 *
 * A sample from what came to what goes on.
 */
typedef struct _GstVoxelAugmentJob GstVoxelAugmentJob;

GstFlowReturn gst_voxel_augment_job_new (GstVoxelAugmentFrame *frame, GstBuffer *input,
                                         GstVoxelAugmentJob **job);
void gst_voxel_augment_job_run (gpointer job, VoxelAugmentScratch *scratch);
GstBuffer *gst_voxel_augment_job_finish (GstVoxelAugmentJob *job);

G_END_DECLS
