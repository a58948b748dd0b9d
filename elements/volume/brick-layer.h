/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Voxels may be read four bytes at a time: so many behind the last are there to be read too. */
#define VOXEL_BRICK_SLACK 4

guint8 *voxel_brick_layer_new (gsize size, gboolean full);
void voxel_brick_layer_free (guint8 *layer, gsize size);

G_END_DECLS
