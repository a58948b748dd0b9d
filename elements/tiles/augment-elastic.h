/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "augment-geometry.h"
#include "elements/rows/rows.h"

G_BEGIN_DECLS

typedef struct _VoxelAugmentField VoxelAugmentField;

VoxelAugmentField *voxel_augment_field_new (const VoxelAugmentElastic *elastic, guint width, guint height);
void voxel_augment_field_free (VoxelAugmentField *field);
gint32 voxel_augment_field_most (const VoxelAugmentField *field);
void voxel_augment_field_move (const VoxelAugmentField *field, const VoxelRows *loops, guint y, guint x,
                               guint width, const gint32 *x_of_x, const gint32 *y_of_x, gint32 *moved_x,
                               gint32 *moved_y);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelAugmentField, voxel_augment_field_free)

G_END_DECLS
