/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean voxel_score_code_row (const gfloat *logits, guint width, guint16 *codes);

G_END_DECLS
