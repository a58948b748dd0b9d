/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelholder.h"
#include "intensity-histogram.h"

G_BEGIN_DECLS

typedef struct _GstVoxelResliceVolume GstVoxelResliceVolume;

/**
 * GstVoxelResliceVolume:
 * @record: as it is sent
 * @content: what its pixels are
 * @caps: of its z slices as they came
 * @info: what they say
 * @first: index that the first slice came with
 * @count: z slices that came
 * @epoch: that they came with
 *
 * A volume that voxelreslice holds: its voxels, its labels and what is true of it. The other fields are private.
 */
struct _GstVoxelResliceVolume {
  GstVoxelVolume *record;
  GstVoxelContent content;
  GstCaps *caps;
  GstVideoInfo info;
  guint first;
  guint count;
  guint epoch;

  GstVoxelVolume *scan;
  gboolean labelled;
  gdouble weight;
  VoxelVolumeStore *voxels;
  VoxelVolumeStore *labels;
  VoxelIntensityHistogram *histogram;
};

GstVoxelResliceVolume *gst_voxel_reslice_volume_new (GstVoxelHolder *holder, GstBuffer *buffer, guint axes);
gboolean gst_voxel_reslice_volume_keep (GstVoxelResliceVolume *self, GstVoxelHolder *holder,
                                        guint64 memory_limit);
GstFlowReturn gst_voxel_reslice_volume_put (GstVoxelResliceVolume *self, GstElement *element,
                                            GstBuffer *buffer);
void gst_voxel_reslice_volume_complete (GstVoxelResliceVolume *self);
gboolean gst_voxel_reslice_volume_get (GstVoxelResliceVolume *self, const GstVoxelSliceMeta *slice,
                                       GstVideoFrame *frame, GError **error);
gboolean gst_voxel_reslice_volume_get_label (GstVoxelResliceVolume *self, const GstVoxelSliceMeta *slice,
                                             GstVideoFrame *frame, GError **error);
gboolean gst_voxel_reslice_volume_set_slab (GstVoxelResliceVolume *self, guint64 bytes, GError **error);
guint64 gst_voxel_reslice_volume_get_memory (const GstVoxelResliceVolume *self);
guint64 gst_voxel_reslice_volume_get_peak_memory (const GstVoxelResliceVolume *self);
guint64 gst_voxel_reslice_volume_get_scratch_size (const GstVoxelResliceVolume *self);
void gst_voxel_reslice_volume_free (GstVoxelResliceVolume *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstVoxelResliceVolume, gst_voxel_reslice_volume_free)

G_END_DECLS
