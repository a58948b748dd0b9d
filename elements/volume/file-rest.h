/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "folder-watch.h"

G_BEGIN_DECLS

typedef struct _VoxelFileTrace VoxelFileTrace;
typedef struct _VoxelFileRest VoxelFileRest;

/**
 * VoxelFileTrace:
 *
 * By which a file is seen to have changed. All 0: there is none.
 */
struct _VoxelFileTrace {
  gint64 size;
  gint64 modified;
  gint64 changed;
  guint64 inode;
};

/**
 * VoxelFileRest:
 * @trace: of the file when it was looked at last
 * @at: monotonic time from which on it counts as complete, where it does not change and nobody says more
 *
 * Whether a file is complete, as far as can be told without reading it. Start from zeros.
 */
struct _VoxelFileRest {
  VoxelFileTrace trace;
  gint64 at;
};

gboolean voxel_file_trace_find (const gchar *path, VoxelFileTrace *trace);
gboolean voxel_file_trace_equal (const VoxelFileTrace *a, const VoxelFileTrace *b);
gboolean voxel_file_rest_look (VoxelFileRest *rest, const VoxelFileTrace *trace);
gboolean voxel_file_rest_is_complete (const VoxelFileRest *rest, VoxelFileState state);

G_END_DECLS
