/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gsize voxel_tiff_row_bytes (guint bits, guint width);
guint voxel_tiff_pixel_bytes (guint bits);
void voxel_tiff_unpack_row (guint bits, gboolean inverted, const guint8 *row, guint first, guint count,
                            guint8 *pixels);
void voxel_tiff_fix_row (guint bits, gboolean inverted, gboolean swapped, guint count, guint8 *pixels);
void voxel_tiff_mask_row (guint bits, const guint8 *row, guint count, guint8 *mask);

G_END_DECLS
