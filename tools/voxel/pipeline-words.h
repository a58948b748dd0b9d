/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelPipelineWord:
 * @text: as written, quotes and variables included
 * @line: where it stands, from 1
 */
typedef struct {
  gchar *text;
  guint line;
} VoxelPipelineWord;

GArray *voxel_pipeline_words_new (void);
GArray *voxel_pipeline_words_split (const gchar *name, const gchar *text, GError **error);
gsize voxel_pipeline_words_span (const gchar *text);

G_END_DECLS
