/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whoever is further off has other units in mind. */
#define VOXEL_RESCALE_MOST_RATIO 64.

/**
 * VoxelRescaleMethod:
 * @VOXEL_RESCALE_LINEAR: between the two voxels around a place
 * @VOXEL_RESCALE_CUBIC: a cubic curve through four voxels
 *
 * How values between voxels are found.
 */
typedef enum {
  VOXEL_RESCALE_LINEAR,
  VOXEL_RESCALE_CUBIC,
} VoxelRescaleMethod;

/**
 * VoxelRescaleKernel:
 * @ratio: voxels that went in for one that comes out
 * @method: how values between voxels are found
 * @stretch: how much wider than between neighbours the curve is
 * @taps: voxels that one which comes out is made of
 *
 * One axis that is resampled: the field of view stays, and the middle of voxel o lies at (o + 1/2) ratio - 1/2.
 */
typedef struct {
  gdouble ratio;
  VoxelRescaleMethod method;
  gdouble stretch;
  guint taps;
} VoxelRescaleKernel;

gdouble voxel_rescale_ratio (gdouble wanted, gdouble spacing, gdouble scale);
VoxelRescaleKernel voxel_rescale_kernel (gdouble ratio, VoxelRescaleMethod method, gboolean antialias);
gint64 voxel_rescale_kernel_at (const VoxelRescaleKernel *kernel, guint index, gfloat *weights);
guint voxel_rescale_nearest (gdouble ratio, guint index);
guint voxel_rescale_side (guint side, gdouble ratio);

G_END_DECLS
