/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "slice-list.h"

G_BEGIN_DECLS

#define VOXEL_SLICE_LABEL_NONE G_MAXUINT

guint *voxel_slice_label_pairs_find (const gchar *location, const VoxelSliceList *labels,
                                     const VoxelSliceList *slices, GError **error);
gboolean voxel_slice_label_pairs_cover (const gchar *location, const guint *of_slice,
                                        const VoxelSliceList *slices, guint first, guint last,
                                        GError **error);

G_END_DECLS
