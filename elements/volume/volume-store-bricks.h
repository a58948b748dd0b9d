/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "volume-store-plan.h"
#include "volume-store-team.h"
#include "volume-store.h"

G_BEGIN_DECLS

typedef enum {
  VOXEL_VOLUME_STORE_READ,
  VOXEL_VOLUME_STORE_WRITE,
} VoxelVolumeStoreDirection;

typedef struct _VoxelVolumeStoreBricks VoxelVolumeStoreBricks;
typedef struct _VoxelVolumeStoreRun VoxelVolumeStoreRun;

/**
 * VoxelVolumeStoreRun:
 * @data: first slice, first row
 * @pitch: voxels from row to row
 * @slice: voxels from slice to slice
 * @axis: direction of the slices
 * @from: first slice
 * @count: slices, all in the same layer of bricks across @axis
 *
 * Neighbouring slices.
 */
struct _VoxelVolumeStoreRun {
  guint8 *data;
  gsize pitch;
  gsize slice;
  guint axis;
  guint from;
  guint count;
};

/**
 * VoxelVolumeStoreBricksView:
 * @shape: voxels along z, y, x
 * @bits: of a voxel
 * @layers: those in memory, each with all bricks that hold the same 64 z slices: row by row along y, then along x
 * @n_layers: of these; the layers above are in the file
 * @team: threads
 *
 * What reads voxels by itself has to know. True until something is put.
 */
typedef struct {
  guint shape[3];
  guint bits;
  guint8 *const *layers;
  guint n_layers;
  VoxelVolumeStoreTeam *team;
} VoxelVolumeStoreBricksView;

VoxelVolumeStoreBricks *voxel_volume_store_bricks_new (const guint shape[3], const VoxelBrickKernels *kernels,
                                                       const VoxelVolumeStorePlan *plan,
                                                       const gchar *directory, GError **error);
void voxel_volume_store_bricks_set_depth (VoxelVolumeStoreBricks *bricks, guint depth);
gboolean voxel_volume_store_bricks_move (VoxelVolumeStoreBricks *bricks, const VoxelVolumeStoreRun *run,
                                         VoxelVolumeStoreDirection direction, VoxelVolumeStoreMode mode,
                                         GError **error);
gboolean voxel_volume_store_bricks_open (VoxelVolumeStoreBricks *bricks, VoxelVolumeStoreBricksView *view,
                                         GError **error);
guint8 *voxel_volume_store_bricks_get_room (VoxelVolumeStoreBricks *bricks, guint worker);
gboolean voxel_volume_store_bricks_read_rows (VoxelVolumeStoreBricks *bricks, const guint at[3], guint plane,
                                              guint row, guint rows, guint8 *data, GError **error);
void voxel_volume_store_bricks_expect (VoxelVolumeStoreBricks *bricks, guint axis, guint from);
gboolean voxel_volume_store_bricks_in_memory (const VoxelVolumeStoreBricks *bricks, guint layer);
guint64 voxel_volume_store_bricks_get_memory (const VoxelVolumeStoreBricks *bricks);
guint64 voxel_volume_store_bricks_get_scratch_size (const VoxelVolumeStoreBricks *bricks);
void voxel_volume_store_bricks_free (VoxelVolumeStoreBricks *bricks);

VoxelVolumeStoreBricks *voxel_volume_store_open (VoxelVolumeStore *store, VoxelVolumeStoreBricksView *view,
                                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelVolumeStoreBricks, voxel_volume_store_bricks_free)

G_END_DECLS
