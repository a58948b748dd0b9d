/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void voxel_overlay_stretch (const guint16 *pixels, gsize n, gdouble percent, guint16 *low, guint16 *high);
void voxel_overlay_paint (const guint16 *pixels, const guint8 *mask, guint width, guint height, guint16 low,
                          guint16 high, guint8 *rgb, gsize stride);

G_END_DECLS
