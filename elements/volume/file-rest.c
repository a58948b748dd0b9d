/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "file-rest.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a file must not change where the system does not tell that its writer is done. */
#define REST G_USEC_PER_SEC

static gint64
nanoseconds (struct timespec time)
{
  return (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
}

/**
 * voxel_file_trace_find:
 * @path: a file's path
 * @trace: (out): its trace, zeros where it cannot be opened
 *
 * Opens the file: a shared file system tells the truth of an open file only.
 *
 * Returns: whether it can be opened; otherwise errno says why not
 */
gboolean
voxel_file_trace_find (const gchar *path, VoxelFileTrace *trace)
{
  gint fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  gint failed;

  *trace = (VoxelFileTrace){0};
  if (fd < 0)
    return FALSE;
  failed = fstat (fd, &status) == 0 ? 0 : errno;
  if (!failed)
    *trace = (VoxelFileTrace){status.st_size, nanoseconds (status.st_mtim), nanoseconds (status.st_ctim),
                              status.st_ino};
  close (fd);
  errno = failed;
  return !failed;
}

/**
 * voxel_file_trace_equal:
 * @a: a trace
 * @b: another
 *
 * Returns: whether nothing was done to the file between them
 */
gboolean
voxel_file_trace_equal (const VoxelFileTrace *a, const VoxelFileTrace *b)
{
  return a->size == b->size && a->modified == b->modified && a->changed == b->changed && a->inode == b->inode;
}

/**
 * voxel_file_rest_look:
 * @rest: a file
 * @trace: how it is now
 *
 * A file that was not looked at before has rested since its time of change.
 *
 * Returns: whether it changed since it was looked at last
 */
gboolean
voxel_file_rest_look (VoxelFileRest *rest, const VoxelFileTrace *trace)
{
  gboolean first = rest->trace.inode == 0;
  gint64 age = g_get_real_time () - trace->modified / 1000;

  if (voxel_file_trace_equal (trace, &rest->trace))
    return FALSE;
  rest->trace = *trace;
  rest->at = g_get_monotonic_time () + REST - (first ? CLAMP (age, 0, REST) : 0);
  return !first;
}

/**
 * voxel_file_rest_is_complete:
 * @rest: a file that was looked at
 * @state: what the system says of it
 *
 * Returns: whether its writer is done
 */
gboolean
voxel_file_rest_is_complete (const VoxelFileRest *rest, VoxelFileState state)
{
  if (state != VOXEL_FILE_UNKNOWN)
    return state == VOXEL_FILE_CLOSED;
  return g_get_monotonic_time () >= rest->at;
}
