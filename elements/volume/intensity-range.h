/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean voxel_intensity_percentiles (const guint64 *bins, guint n_bins, gdouble low_percent,
                                      gdouble high_percent, guint *low, guint *high);
void voxel_intensity_fold (const guint64 *bins, guint n_bins, guint shift, guint64 *folded);

G_END_DECLS
