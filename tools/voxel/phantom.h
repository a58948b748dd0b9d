/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lengths are in voxels, heights in units of the contrast between vessel and tissue. */
#define VOXEL_PHANTOM_MIN_SIDE 16
#define VOXEL_PHANTOM_MAX_SIDE 2048

/**
 * VoxelPhantom:
 * @shape: z, y, x
 * @image: intensities, row-major
 * @label: 255 where the centre of the voxel is inside a vessel, else 0
 *
 * A made volume of branching tubes with its truth.
 */
typedef struct {
  gsize shape[3];
  guint16 *image;
  guint8 *label;
} VoxelPhantom;

VoxelPhantom *voxel_phantom_new (const gsize shape[3], guint64 seed, guint threads, GError **error);
void voxel_phantom_free (VoxelPhantom *phantom);
gboolean voxel_phantom_save (const VoxelPhantom *phantom, const gchar *folder, gboolean force,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelPhantom, voxel_phantom_free)

G_END_DECLS
