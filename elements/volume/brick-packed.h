/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void voxel_brick_pack_1 (const guint8 *plane, guint8 *packed);
void voxel_brick_unpack_1 (const guint8 *packed, guint8 *plane);
void voxel_brick_pack_2 (const guint8 *plane, guint8 *packed);
void voxel_brick_unpack_2 (const guint8 *packed, guint8 *plane);

G_END_DECLS
