/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "augment-elastic.h"
#include "augment-map.h"
#include "elements/rows/rows.h"

G_BEGIN_DECLS

/**
 * VoxelAugmentBuffer:
 *
 * Memory that grows; what was in it is lost then.
 */
typedef struct {
  guint8 *bytes;
  gsize size;
} VoxelAugmentBuffer;

struct _VoxelAugmentResampler {
  const VoxelRows *rows;
  VoxelRowsKernel kernels[2];
  VoxelAugmentBuffer tables;
  VoxelAugmentBuffer axes[2];
  VoxelAugmentBuffer pictures[3];
};

VoxelAugmentResampler *voxel_augment_resampler_new_for_rows (const VoxelRows *rows);
gpointer voxel_augment_buffer_need (VoxelAugmentBuffer *buffer, gsize size);
void voxel_augment_cubic (gfloat t, gfloat weights[4]);
void voxel_augment_separable (VoxelAugmentResampler *resampler, const VoxelAugmentMap *map,
                              VoxelAugmentInterpolation interpolation, const VoxelAugmentPicture *image,
                              const VoxelAugmentPicture *image_out, const VoxelAugmentPicture *label,
                              const VoxelAugmentPicture *label_out);
void voxel_augment_blocks (VoxelAugmentResampler *resampler, const VoxelAugmentMap *map,
                           const VoxelAugmentField *field, VoxelAugmentInterpolation interpolation,
                           const VoxelAugmentPicture *image, const VoxelAugmentPicture *image_out,
                           const VoxelAugmentPicture *label, const VoxelAugmentPicture *label_out);

G_END_DECLS
