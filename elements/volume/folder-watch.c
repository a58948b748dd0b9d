/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "folder-watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#define EVENTS (IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR)

struct _VoxelFolderWatch {
  gint inotify;
  gint wake;
  GHashTable *states;
};

/**
 * voxel_folder_watch_new:
 * @folder: path of a folder
 *
 * Asks the system to tell what happens to files in @folder. Where it cannot (no watches left, no such file
 * system) or does not (a change made by another machine on a shared one), files stay VOXEL_FILE_UNKNOWN: the
 * caller has to look again from time to time.
 *
 * Returns: (transfer full): a watch
 */
VoxelFolderWatch *
voxel_folder_watch_new (const gchar *folder)
{
  VoxelFolderWatch *watch = g_new0 (VoxelFolderWatch, 1);

  watch->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  watch->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  watch->inotify = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  if (watch->inotify >= 0 && inotify_add_watch (watch->inotify, folder, EVENTS) < 0) {
    g_debug ("\"%s\": is not watched (%s), looked at from time to time", folder, g_strerror (errno));
    close (watch->inotify);
    watch->inotify = -1;
  }
  return watch;
}

/**
 * voxel_folder_watch_free:
 * @watch: (transfer full): a watch
 */
void
voxel_folder_watch_free (VoxelFolderWatch *watch)
{
  if (watch->inotify >= 0)
    close (watch->inotify);
  if (watch->wake >= 0)
    close (watch->wake);
  g_hash_table_unref (watch->states);
  g_free (watch);
}

static void
take_event (VoxelFolderWatch *watch, const struct inotify_event *event)
{
  const gchar *name = event->len > 0 ? event->name : "";

  /* Events were lost: what was known may not be true any more. */
  if (event->mask & IN_Q_OVERFLOW)
    g_hash_table_remove_all (watch->states);
  else if (event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO))
    g_hash_table_insert (watch->states, g_strdup (name), GINT_TO_POINTER (VOXEL_FILE_CLOSED));
  else if (event->mask & IN_MODIFY)
    g_hash_table_insert (watch->states, g_strdup (name), GINT_TO_POINTER (VOXEL_FILE_WRITING));
  else
    g_hash_table_remove (watch->states, name);
}

static gboolean
take_events (VoxelFolderWatch *watch)
{
  _Alignas(struct inotify_event) gchar bytes[16 * (sizeof (struct inotify_event) + NAME_MAX + 1)];
  gboolean any = FALSE;
  gssize got;

  while (watch->inotify >= 0 && (got = read (watch->inotify, bytes, sizeof bytes)) > 0) {
    for (gssize at = 0; at < got;) {
      const struct inotify_event *event = (const struct inotify_event *) (bytes + at);

      take_event (watch, event);
      at += (gssize) (sizeof *event + event->len);
    }
    any = TRUE;
  }
  return any;
}

/**
 * voxel_folder_watch_wait:
 * @watch: a watch
 * @until: monotonic time in microseconds; a time that has passed = do not wait
 *
 * Waits for something to happen in the folder, for voxel_folder_watch_wake() or until @until.
 *
 * Returns: whether something happened in the folder
 */
gboolean
voxel_folder_watch_wait (VoxelFolderWatch *watch, gint64 until)
{
  struct pollfd sources[] = {{watch->wake, POLLIN, 0}, {watch->inotify, POLLIN, 0}};
  gint64 left = until - g_get_monotonic_time ();
  guint64 wakes;

  /* Rounded up, else the last millisecond would be spent asking. */
  if (left > 0)
    poll (sources, G_N_ELEMENTS (sources), (gint) MIN ((left + 999) / 1000, G_MAXINT));
  if (read (watch->wake, &wakes, sizeof wakes) < 0 && errno != EAGAIN)
    g_debug ("eventfd: %s", g_strerror (errno));
  return take_events (watch);
}

/**
 * voxel_folder_watch_wake:
 * @watch: a watch
 *
 * Ends voxel_folder_watch_wait(), the next one where nobody waits. From whatever thread.
 */
void
voxel_folder_watch_wake (VoxelFolderWatch *watch)
{
  const guint64 one = 1;

  /* Fails only where as many wakes wait as a counter can hold. */
  if (write (watch->wake, &one, sizeof one) < 0)
    g_debug ("eventfd: %s", g_strerror (errno));
}

/**
 * voxel_folder_watch_get_state:
 * @watch: a watch
 * @name: of a file in the folder
 *
 * Returns: what the system said of it up to the last voxel_folder_watch_wait()
 */
VoxelFileState
voxel_folder_watch_get_state (const VoxelFolderWatch *watch, const gchar *name)
{
  return (VoxelFileState) GPOINTER_TO_INT (g_hash_table_lookup (watch->states, name));
}

/**
 * voxel_folder_watch_forget:
 * @watch: a watch
 * @name: of a file that is of no interest any more
 */
void
voxel_folder_watch_forget (VoxelFolderWatch *watch, const gchar *name)
{
  g_hash_table_remove (watch->states, name);
}
