/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What neither gst_parse nor the shell takes for anything else. */
#define VOXEL_PIPELINE_SAFE "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.,:/%+@=-"

GHashTable *voxel_pipeline_values_new (void);
void voxel_pipeline_values_add (GHashTable *values, const gchar *name, const gchar *value);
gchar *voxel_pipeline_quote (const gchar *value);

G_END_DECLS
