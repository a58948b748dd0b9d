/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint8 *voxel_made_mask (const gsize shape[3], guint64 seed);
void voxel_made_slice (const guint8 *mask, gsize z, const gsize shape[3], guint64 seed, guint16 *pixels);

G_END_DECLS
