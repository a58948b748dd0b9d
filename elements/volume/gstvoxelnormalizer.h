/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelnormalizevolume.h"
#include "gstvoxelsender.h"
#include "intensity-histogram.h"

G_BEGIN_DECLS

typedef struct _GstVoxelNormalizer GstVoxelNormalizer;

/**
 * GstVoxelNormalizer:
 * @element: who speaks
 * @settings: what is wanted
 * @info: of the slices that come
 * @histogram: of what was seen of a volume whose record has none
 *
 * What voxelnormalize knows of the volume that it is in, and what it does to a slice. The other fields are
 * private.
 */
struct _GstVoxelNormalizer {
  GstElement *element;
  GstVoxelNormalizeSettings settings;
  GstVideoInfo info;
  VoxelIntensityHistogram *histogram;

  /* those seen so far, since slices in random order change the volume again and again; NULL before the first */
  GQueue volumes;
  GstVoxelNormalizeVolume *volume;
};

void gst_voxel_normalizer_init (GstVoxelNormalizer *normalizer, GstElement *element);
void gst_voxel_normalizer_clear (GstVoxelNormalizer *normalizer);
void gst_voxel_normalizer_forget (GstVoxelNormalizer *normalizer);
gboolean gst_voxel_normalizer_accepts (GstVoxelNormalizer *normalizer, GstBuffer *buffer);
gboolean gst_voxel_normalizer_knows (GstVoxelNormalizer *normalizer, const GstVoxelVolume *volume);
void gst_voxel_normalizer_begin (GstVoxelNormalizer *normalizer, const GstVoxelVolume *volume);
gboolean gst_voxel_normalizer_see (GstVoxelNormalizer *normalizer, GstBuffer *buffer);
void gst_voxel_normalizer_end (GstVoxelNormalizer *normalizer, const GstVoxelVolume *volume);
GstFlowReturn gst_voxel_normalizer_apply (GstVoxelNormalizer *normalizer, GstVoxelSender *sender,
                                          GstBuffer *buffer, GstBuffer **out);

G_END_DECLS
