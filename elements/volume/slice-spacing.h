/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean voxel_slice_spacing_parse (const gchar *text, gdouble spacing[3]);

G_END_DECLS
