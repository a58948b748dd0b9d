/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelSlabFunc:
 * @data: of the caller
 * @index: which slab
 *
 * Work on one slab that no other slab's work touches.
 */
typedef void (*VoxelSlabFunc) (gpointer data, gsize index);

void voxel_slabs_each (gsize n, guint threads, VoxelSlabFunc func, gpointer data);
gdouble voxel_field_blur (gfloat *field, const gsize shape[3], gdouble sigma, gboolean wrap, guint threads);
void voxel_field_noise (gfloat *field, const gsize shape[3], guint64 seed, guint32 stream, guint threads);

/**
 * VoxelDrift:
 *
 * A slow random field of mean 0 and deviation 1, kept coarse.
 */
typedef struct _VoxelDrift VoxelDrift;

VoxelDrift *voxel_drift_new (const gsize shape[3], gdouble length, guint64 seed, guint32 stream);
void voxel_drift_row (const VoxelDrift *drift, gsize z, gsize y, gfloat *row, gsize n);
void voxel_drift_free (VoxelDrift *drift);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelDrift, voxel_drift_free)

G_END_DECLS
