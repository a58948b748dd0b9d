/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"
#include "segment-settings.h"

G_BEGIN_DECLS

/**
 * VoxelSegmentBackend:
 * @backend: who computes
 * @precision: in what, never AUTO
 * @threads: of this machine, never 0
 * @devices: (element-type guint): of the backend, none where it has none
 *
 * What --backend, --precision, --threads and --devices come to on this machine.
 */
typedef struct {
  const VoxelBackend *backend;
  VoxelPrecision precision;
  guint threads;
  GArray *devices;
} VoxelSegmentBackend;

gboolean voxel_segment_backend_find (const VoxelSegmentSettings *settings, VoxelSegmentBackend *found,
                                     GError **error);
gchar *voxel_segment_backend_describe (const VoxelSegmentBackend *found);
gchar *voxel_segment_backend_identify (const VoxelSegmentBackend *found);
void voxel_segment_backend_clear (VoxelSegmentBackend *found);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VoxelSegmentBackend, voxel_segment_backend_clear)

G_END_DECLS
