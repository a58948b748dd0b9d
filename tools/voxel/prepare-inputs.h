/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "scan-rescale.h"

G_BEGIN_DECLS

typedef struct _VoxelPrepareInputs VoxelPrepareInputs;

/**
 * VoxelPrepareInputs:
 * @scans: stacks of slices
 * @labels: of each of them
 * @shapes: (element-type guint): voxels of each along z, y and x as they are sliced, three after the other
 *
 * What is read.
 */
struct _VoxelPrepareInputs {
  GPtrArray *scans;
  GPtrArray *labels;
  GArray *shapes;
};

VoxelPrepareInputs *voxel_prepare_inputs_new (gchar *const *words, const VoxelScanRescale *rescale,
                                              GError **error);
void voxel_prepare_inputs_free (VoxelPrepareInputs *inputs);
gchar *voxel_prepare_inputs_join (const GPtrArray *names);
guint64 voxel_prepare_inputs_count (const VoxelPrepareInputs *inputs, const gchar *axes, guint oblique);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelPrepareInputs, voxel_prepare_inputs_free)

G_END_DECLS
