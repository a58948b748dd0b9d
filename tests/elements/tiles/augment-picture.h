/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/tiles/augment-resampler.h"

/* Pictures for the tests of augmentation, made or read from fixtures/geometry-NAME.pgm or fixtures/tone-NAME.pgm (as
 * tone-NAME). Rows have a gap between them, full of a value that is to stay; whoever reads or writes behind the last
 * one crashes. */

void augment_picture_clear (VoxelAugmentPicture *picture);
VoxelAugmentPicture augment_picture_new (guint width, guint height, guint pixel_size);
guint augment_picture_get (const VoxelAugmentPicture *picture, guint x, guint y);
void augment_picture_set (const VoxelAugmentPicture *picture, guint x, guint y, guint pixel);
VoxelAugmentPicture augment_picture_load (const gchar *name);
void augment_picture_fill (const VoxelAugmentPicture *picture, guint seed);
void augment_picture_fill_label (const VoxelAugmentPicture *label, guint seed, gboolean ignore);
VoxelAugmentPicture augment_picture_resample (const VoxelRows *rows, const VoxelAugmentGeometry *geometry,
                                              const VoxelAugmentPicture *image,
                                              const VoxelAugmentPicture *label,
                                              VoxelAugmentPicture *label_out);
void augment_picture_assert_near (const VoxelAugmentPicture *picture, const VoxelAugmentPicture *expected,
                                  guint border, gdouble most, gdouble mean);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VoxelAugmentPicture, augment_picture_clear)
