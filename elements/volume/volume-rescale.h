/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/volume/rescale-kernel.h"

G_BEGIN_DECLS

typedef struct _VoxelVolumeRescale VoxelVolumeRescale;

/**
 * VoxelVolumeRescaleForm:
 * @in: rows and columns of a slice that goes in
 * @out: rows and columns of one that comes out
 * @ratio: voxels that go in for one that comes out, along z, y, x
 * @method: how values between voxels are found
 * @antialias: whether all voxels count where fewer come out
 * @pixel_size: bytes of a voxel, 1 or 2 (little-endian)
 * @mask: whether what comes out is 255 where the value is half of that or more, else 0; for voxels of one byte
 *
 * How a volume is resampled.
 */
typedef struct {
  guint in[2];
  guint out[2];
  gdouble ratio[3];
  VoxelRescaleMethod method;
  gboolean antialias;
  guint pixel_size;
  gboolean mask;
} VoxelVolumeRescaleForm;

/**
 * VoxelVolumeRescaleSlice:
 * @pixels: of its first row
 * @stride: bytes from row to row
 *
 * A slice that goes in.
 */
typedef struct {
  const guint8 *pixels;
  gsize stride;
} VoxelVolumeRescaleSlice;

VoxelVolumeRescale *voxel_volume_rescale_new (const VoxelVolumeRescaleForm *form, guint threads);
void voxel_volume_rescale_free (VoxelVolumeRescale *self);
gint64 voxel_volume_rescale_window (VoxelVolumeRescale *self, guint index, guint *taps);
void voxel_volume_rescale_slice (VoxelVolumeRescale *self, guint index, const VoxelVolumeRescaleSlice *slices,
                                 guint8 *pixels, gsize stride);
void voxel_volume_rescale_label (VoxelVolumeRescale *self, const guint8 *in, gsize in_stride, guint8 *out,
                                 gsize out_stride);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelVolumeRescale, voxel_volume_rescale_free)

G_END_DECLS
