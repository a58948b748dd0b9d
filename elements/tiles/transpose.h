/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void voxel_transpose (const guint8 *in, gssize in_stride, guint width, guint height, guint pixel_size,
                      guint8 *out, gssize out_stride);

G_END_DECLS
