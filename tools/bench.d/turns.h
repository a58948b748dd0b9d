/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelTurn:
 * @data: the caller's
 * @error: why it failed
 *
 * What is timed, once.
 *
 * Returns: whether it succeeded
 */
typedef gboolean (*VoxelTurn) (gpointer data, GError **error);

guint voxel_turns_keep_to (guint threads);
gboolean voxel_turns_serve (const gchar *result, VoxelTurn turn, gpointer data, GError **error);

G_END_DECLS
