/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint voxel_reflect_index (guint index, guint count);
void voxel_reflect_both (gpointer row, guint width, guint border, gsize pixel_size);
void voxel_reflect_copy (gconstpointer row, guint width, gint from, guint count, guint pixel_size,
                         gpointer out);
void voxel_reflect_pad (gconstpointer in, gsize in_stride, guint width, guint height, guint pixel_size,
                        gpointer out, gsize out_stride, guint out_width, guint out_height);

G_END_DECLS
