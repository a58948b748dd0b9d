/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void voxel_phantom_grow (gfloat *distance, const gsize shape[3], gdouble share, guint64 seed, guint32 stream);

G_END_DECLS
