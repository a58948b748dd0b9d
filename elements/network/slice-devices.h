/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/network/tile-network.h"
#include "elements/tiles/dihedral.h"
#include "elements/tiles/tile-blend.h"
#include "elements/tiles/tile-grid.h"
#include "elements/tiles/view-merge.h"
#include "models/cuda/slices.h"

G_BEGIN_DECLS

/**
 * VoxelSliceWish:
 * @devices: (element-type guint): of CUDA
 * @precision: of the arithmetic
 * @batch: pictures that a device runs at once, 0 for as many as pay
 * @memory_limit: bytes of each device that the pictures between the layers may take, 0 for half of what is free
 * @skip_below: tiles in which every pixel is below this get the lowest score unseen. 0 for none
 * @width: of slices
 * @height: of slices
 * @bytes: a pixel, 1 or 2
 * @grid: of tiles
 * @views: (array length=n_views): how the network is to see each tile
 * @n_views: 1 or more
 * @merge: how several views are combined
 * @least: for a union, the smallest code that counts
 * @values: (nullable) (array fixed-size=65536): what means of several views are taken of in place of the codes
 * @codes: (nullable) (array fixed-size=65536): back from these
 * @blend: how tiles are combined
 * @threshold: for OR, the smallest code that counts
 * @results: (nullable) (array fixed-size=65536): otherwise, what is written for each mean of codes
 *
 * What is to be done with slices: as voxeltile, voxelviews, voxelinfer, voxelmerge and voxelstitch are asked.
 */
typedef struct {
  const GArray *devices;
  VoxelPrecision precision;
  guint batch;
  guint64 memory_limit;
  guint skip_below;
  guint width;
  guint height;
  guint bytes;
  const VoxelTileGrid *grid;
  const VoxelDihedral *views;
  guint n_views;
  VoxelViewMergeMode merge;
  guint least;
  const guint16 *values;
  const guint16 *codes;
  VoxelTileBlendMode blend;
  guint threshold;
  const guint16 *results;
} VoxelSliceWish;

typedef struct _VoxelSliceDevices VoxelSliceDevices;

guint8 voxel_slice_turn (VoxelDihedral view);
VoxelSliceDevices *voxel_slice_devices_new (VoxelModel *model, const VoxelSliceWish *wish, GError **error);
void voxel_slice_devices_free (VoxelSliceDevices *devices);
gboolean voxel_slice_devices_is_full (const VoxelSliceDevices *devices);
gboolean voxel_slice_devices_start (VoxelSliceDevices *devices, const VoxelTilePlane *planes,
                                    const VoxelCudaSliceKey *keys, GError **error);
gboolean voxel_slice_devices_wait (VoxelSliceDevices *devices, gpointer out, gsize stride, GError **error);
gdouble voxel_slice_devices_get_seconds (const VoxelSliceDevices *devices);
void voxel_slice_devices_forget (VoxelSliceDevices *devices);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSliceDevices, voxel_slice_devices_free)

G_END_DECLS
