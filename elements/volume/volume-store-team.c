/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "volume-store-team.h"

/* Where one run follows the other at once, helpers stay awake for this long: to wake one takes as long as to move a
 * slice. Where something else happens in between they sleep, so that it has all processors. */
#define AWAKE_US 100

/* Tasks that one worker begins with; when they are done it takes from the others'. */
typedef struct {
  gint next;
  gint end;
} Share;

struct _VoxelVolumeStoreTeam {
  guint workers;
  GThread **helpers;
  Share *shares;

  /* what is being run */
  VoxelVolumeStoreTask task;
  gpointer data;

  GMutex lock;
  GCond begun, done;
  gint runs;
  gint busy;
  gint stopped;
  gboolean open;
  gboolean quit;
  guint next_helper;
  guint asleep;
  gint hot;
  gint64 ended;
  GError *error;
};

static inline void
pause_briefly (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#endif
}

static void
work (VoxelVolumeStoreTeam *team, guint worker)
{
  for (guint k = 0; k < team->workers; k++) {
    Share *share = &team->shares[(worker + k) % team->workers];
    gint i;

    while (!g_atomic_int_get (&team->stopped) && (i = g_atomic_int_add (&share->next, 1)) < share->end) {
      g_autoptr (GError) error = NULL;

      if (team->task ((guint) i, worker, team->data, &error))
        continue;
      g_atomic_int_set (&team->stopped, TRUE);
      g_mutex_lock (&team->lock);
      if (!team->error)
        team->error = g_steal_pointer (&error);
      g_mutex_unlock (&team->lock);
      return;
    }
  }
}

/* Waits for @value to change from @old, but not for long. */
static void
stay_awake (const gint *value, gint old)
{
  gint64 end = g_get_monotonic_time () + AWAKE_US;

  do {
    for (guint i = 0; i < 64 && g_atomic_int_get (value) == old; i++)
      pause_briefly ();
  } while (g_atomic_int_get (value) == old && g_get_monotonic_time () < end);
}

static gpointer
help (gpointer data)
{
  VoxelVolumeStoreTeam *team = data;
  gint seen = 0;
  guint worker;

  g_mutex_lock (&team->lock);
  worker = ++team->next_helper;
  while (!team->quit) {
    if (team->runs == seen) {
      team->asleep++;
      g_cond_wait (&team->begun, &team->lock);
      team->asleep--;
      continue;
    }
    seen = team->runs;
    if (!team->open)
      continue;
    g_atomic_int_inc (&team->busy);
    g_mutex_unlock (&team->lock);
    work (team, worker);
    g_mutex_lock (&team->lock);
    if (g_atomic_int_dec_and_test (&team->busy))
      g_cond_signal (&team->done);
    if (!team->hot)
      continue;
    g_mutex_unlock (&team->lock);
    stay_awake (&team->runs, seen);
    g_mutex_lock (&team->lock);
  }
  g_mutex_unlock (&team->lock);
  return NULL;
}

/**
 * voxel_volume_store_team_new:
 * @workers: threads at most, the caller's included; 1 or more
 *
 * Returns: (transfer full): the team
 */
VoxelVolumeStoreTeam *
voxel_volume_store_team_new (guint workers)
{
  VoxelVolumeStoreTeam *team = g_new0 (VoxelVolumeStoreTeam, 1);

  g_mutex_init (&team->lock);
  g_cond_init (&team->begun);
  g_cond_init (&team->done);
  team->workers = workers;
  team->shares = g_new0 (Share, workers);
  team->ended = G_MININT64 / 2;
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

static void
begin (VoxelVolumeStoreTeam *team)
{
  if (!team->helpers) {
    team->helpers = g_new0 (GThread *, team->workers - 1);
    for (guint i = 0; i + 1 < team->workers; i++)
      team->helpers[i] = g_thread_try_new ("voxel-store", help, team, NULL);
  }
  g_mutex_lock (&team->lock);
  team->hot = g_get_monotonic_time () - team->ended < AWAKE_US;
  team->open = TRUE;
  g_atomic_int_inc (&team->runs);
  if (team->asleep > 0)
    g_cond_broadcast (&team->begun);
  g_mutex_unlock (&team->lock);
}

static void
end (VoxelVolumeStoreTeam *team)
{
  gint busy;

  g_mutex_lock (&team->lock);
  team->open = FALSE;
  while ((busy = g_atomic_int_get (&team->busy)) > 0) {
    g_mutex_unlock (&team->lock);
    stay_awake (&team->busy, busy);
    g_mutex_lock (&team->lock);
    if (g_atomic_int_get (&team->busy) == busy)
      g_cond_wait (&team->done, &team->lock);
  }
  g_mutex_unlock (&team->lock);
}

/**
 * voxel_volume_store_team_run:
 * @team: the team; one run at a time
 * @task: does one of the tasks; after one that fails no others begin
 * @n: tasks
 * @pays: whether they take so long that it pays to wake others for them
 * @data: for @task
 * @error: of one that failed
 *
 * Neighbouring tasks are mostly done by the same thread.
 *
 * Returns: whether all were done
 */
gboolean
voxel_volume_store_team_run (VoxelVolumeStoreTeam *team, VoxelVolumeStoreTask task, guint n, gboolean pays,
                             gpointer data, GError **error)
{
  gboolean alone =
      team->workers == 1 || n < 2 || (!pays && g_get_monotonic_time () - team->ended >= AWAKE_US);

  team->task = task;
  team->data = data;
  g_atomic_int_set (&team->stopped, FALSE);
  for (guint i = 0; i < team->workers; i++)
    team->shares[i] = (Share){(gint) (n * i / team->workers), (gint) (n * (i + 1) / team->workers)};
  if (!alone)
    begin (team);
  work (team, 0);
  if (!alone)
    end (team);
  team->ended = g_get_monotonic_time ();
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
  g_mutex_lock (&team->lock);
  team->quit = TRUE;
  g_atomic_int_inc (&team->runs);
  g_cond_broadcast (&team->begun);
  g_mutex_unlock (&team->lock);
  for (guint i = 0; team->helpers && i + 1 < team->workers; i++) {
    if (team->helpers[i])
      g_thread_join (team->helpers[i]);
  }
  g_free (team->helpers);
  g_free (team->shares);
  g_cond_clear (&team->begun);
  g_cond_clear (&team->done);
  g_mutex_clear (&team->lock);
  g_free (team);
}
