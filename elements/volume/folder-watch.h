/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelFolderWatch VoxelFolderWatch;

/**
 * VoxelFileState:
 * @VOXEL_FILE_UNKNOWN: the system has not said anything of the file
 * @VOXEL_FILE_WRITING: it was written to, and its writer has not closed it
 * @VOXEL_FILE_CLOSED: its writer has closed it, or it was moved into the folder
 *
 * What the system says of a file since the watch began.
 */
typedef enum {
  VOXEL_FILE_UNKNOWN,
  VOXEL_FILE_WRITING,
  VOXEL_FILE_CLOSED,
} VoxelFileState;

VoxelFolderWatch *voxel_folder_watch_new (const gchar *folder);
void voxel_folder_watch_free (VoxelFolderWatch *watch);
gboolean voxel_folder_watch_wait (VoxelFolderWatch *watch, gint64 until);
void voxel_folder_watch_wake (VoxelFolderWatch *watch);
VoxelFileState voxel_folder_watch_get_state (const VoxelFolderWatch *watch, const gchar *name);
void voxel_folder_watch_forget (VoxelFolderWatch *watch, const gchar *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelFolderWatch, voxel_folder_watch_free)

G_END_DECLS
