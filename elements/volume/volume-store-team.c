/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "volume-store-team.h"

struct _VoxelVolumeStoreTeam {
  guint workers;
  GThreadPool *helpers;

  /* what is being run */
  VoxelVolumeStoreTask task;
  gpointer data;
  gint n;
  gint next;
  GError *error;

  GMutex lock;
  GCond done;
  guint busy;
};

static void
work (VoxelVolumeStoreTeam *team, guint worker)
{
  gint i;

  while ((i = g_atomic_int_add (&team->next, 1)) < team->n) {
    g_autoptr (GError) error = NULL;

    if (team->task ((guint) i, worker, team->data, &error))
      continue;
    g_atomic_int_set (&team->next, team->n);
    g_mutex_lock (&team->lock);
    if (!team->error)
      team->error = g_steal_pointer (&error);
    g_mutex_unlock (&team->lock);
    return;
  }
}

static void
help (gpointer worker, gpointer data)
{
  VoxelVolumeStoreTeam *team = data;

  work (team, GPOINTER_TO_UINT (worker));
  g_mutex_lock (&team->lock);
  if (--team->busy == 0)
    g_cond_signal (&team->done);
  g_mutex_unlock (&team->lock);
}

/**
 * voxel_volume_store_team_new:
 * @workers: threads at most, the caller's included; 1 or more
 *
 * The other threads come from GLib's common pool, so that idle stores hold none.
 *
 * Returns: (transfer full): the team
 */
VoxelVolumeStoreTeam *
voxel_volume_store_team_new (guint workers)
{
  VoxelVolumeStoreTeam *team = g_new0 (VoxelVolumeStoreTeam, 1);

  g_mutex_init (&team->lock);
  g_cond_init (&team->done);
  team->workers = workers;
  if (workers > 1)
    team->helpers = g_thread_pool_new (help, team, (gint) workers - 1, FALSE, NULL);
  return team;
}

/**
 * voxel_volume_store_team_get_workers:
 * @team: the team
 *
 * Returns: threads at most
 */
guint
voxel_volume_store_team_get_workers (const VoxelVolumeStoreTeam *team)
{
  return team->workers;
}

/**
 * voxel_volume_store_team_run:
 * @team: the team; one run at a time
 * @task: does one of the tasks; after one that fails no others begin
 * @n: tasks
 * @data: for @task
 * @error: of one that failed
 *
 * Returns: whether all were done
 */
gboolean
voxel_volume_store_team_run (VoxelVolumeStoreTeam *team, VoxelVolumeStoreTask task, guint n, gpointer data,
                             GError **error)
{
  guint helpers = MIN (team->workers, n) - 1;

  if (n == 0)
    return TRUE;
  team->task = task;
  team->data = data;
  team->n = (gint) n;
  team->next = 0;
  team->busy = helpers;
  for (guint i = 1; i <= helpers; i++)
    g_thread_pool_push (team->helpers, GUINT_TO_POINTER (i), NULL);
  work (team, 0);
  g_mutex_lock (&team->lock);
  while (team->busy > 0)
    g_cond_wait (&team->done, &team->lock);
  g_mutex_unlock (&team->lock);
  if (!team->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&team->error));
  return FALSE;
}

/**
 * voxel_volume_store_team_free:
 * @team: not running
 */
void
voxel_volume_store_team_free (VoxelVolumeStoreTeam *team)
{
  if (team->helpers)
    g_thread_pool_free (team->helpers, FALSE, TRUE);
  g_cond_clear (&team->done);
  g_mutex_clear (&team->lock);
  g_free (team);
}
