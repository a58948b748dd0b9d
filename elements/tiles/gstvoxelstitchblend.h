/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* #VoxelTileBlendMode as a property. */
#define GST_TYPE_VOXEL_STITCH_BLEND (gst_voxel_stitch_blend_get_type ())
GType gst_voxel_stitch_blend_get_type (void);

/* The probability that counts where nothing else is said. */
#define GST_VOXEL_STITCH_THRESHOLD .5

void gst_voxel_stitch_blend_install (GObjectClass *object_class, guint blend, guint threshold);

G_END_DECLS
