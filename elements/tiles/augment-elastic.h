/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "augment-geometry.h"

G_BEGIN_DECLS

typedef struct _VoxelAugmentField VoxelAugmentField;

VoxelAugmentField *voxel_augment_field_new (const VoxelAugmentElastic *elastic, guint width, guint height);
void voxel_augment_field_free (VoxelAugmentField *field);
gint32 voxel_augment_field_most (const VoxelAugmentField *field);
void voxel_augment_field_row (const VoxelAugmentField *field, guint component, guint y, guint x, guint width,
                              gint32 *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelAugmentField, voxel_augment_field_free)

G_END_DECLS
