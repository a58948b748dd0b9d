/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelsrcchoice.h"
#include "slice-labels.h"

G_BEGIN_DECLS

typedef struct _GstVoxelSrcVolume GstVoxelSrcVolume;

/**
 * GstVoxelSrcVolume:
 * @id: name that its record gets
 * @choice: the part that is read
 * @list: (nullable): its slices; %NULL where they are followed
 * @labels: (nullable): labels of @list
 * @label_info: what frames of labels look like
 * @label_weight: how much their background counts, 0 to 1
 *
 * A stack that was opened and checked, with what is wanted of it.
 */
struct _GstVoxelSrcVolume {
  gchar *id;
  GstVoxelSrcChoice choice;
  VoxelSliceList *list;
  VoxelSliceLabels *labels;
  GstVideoInfo label_info;
  gdouble label_weight;
};

GstVoxelSrcVolume *gst_voxel_src_volume_open (const GstVoxelSrcSettings *settings, const gchar *location,
                                              const gchar *labels, guint threads, GError **error);
GstVoxelSrcVolume *gst_voxel_src_volume_new_followed (const GstVoxelSrcSettings *settings,
                                                      const VoxelSliceList *slice, GError **error);
void gst_voxel_src_volume_free (GstVoxelSrcVolume *volume);

/* gstvoxelsrcvolumes.c */
gboolean gst_voxel_src_volumes_open (const GstVoxelSrcSettings *settings, GPtrArray *volumes, guint threads,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstVoxelSrcVolume, gst_voxel_src_volume_free)

G_END_DECLS
