/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A U-Net of random weights with its model record, @zscore of "slice", "tile" or "none". */
void unet_model_save (const gchar *path, guint width, guint depth, guint32 seed, const gchar *zscore);

G_END_DECLS
