/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VOXEL_INTENSITY_BINS 65536

typedef struct _VoxelIntensityHistogram VoxelIntensityHistogram;

VoxelIntensityHistogram *voxel_intensity_histogram_new (void);
void voxel_intensity_histogram_add (VoxelIntensityHistogram *histogram, const void *pixels, gsize stride,
                                    guint width, guint height, guint bytes);
const guint64 *voxel_intensity_histogram_get_bins (VoxelIntensityHistogram *histogram);
void voxel_intensity_histogram_clear (VoxelIntensityHistogram *histogram);
void voxel_intensity_histogram_free (VoxelIntensityHistogram *histogram);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelIntensityHistogram, voxel_intensity_histogram_free)

G_END_DECLS
