/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint64 voxel_peak_run (gboolean pairs);

G_END_DECLS
