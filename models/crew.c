/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/crew.h"

/* A round is a number of independent tasks. Whoever wakes takes the next one until none is left; the caller
 * works too and then waits for those who have begun, not for those who still sleep. */

/* Of the process; grows to the largest number of threads ever asked for. */
static struct {
  GMutex lock;
  GCond wake;
  GCond done;
  guint threads; /* that were started */
  guint round;
  guint wanted; /* helpers that may join this round; 0 between rounds */
  guint working;
  gsize n;
  gsize next;
  VoxelExecutorTask func;
  gpointer data;
  VoxelCrewHello hello;
} crew;

static void
take_tasks (guint worker)
{
  gsize task;

  while ((task = __atomic_fetch_add (&crew.next, 1, __ATOMIC_RELAXED)) < crew.n)
    crew.func (crew.data, task, worker);
}

static gpointer
help (gpointer data)
{
  guint worker = GPOINTER_TO_UINT (data), seen = 0;
  VoxelCrewHello hello;

  /* It may be a later round by now, whose caller has another one. */
  g_mutex_lock (&crew.lock);
  hello = crew.hello;
  g_mutex_unlock (&crew.lock);
  hello ();
  g_mutex_lock (&crew.lock);
  for (;;) {
    if (crew.round == seen || worker > crew.wanted) {
      g_cond_wait (&crew.wake, &crew.lock);
      continue;
    }
    seen = crew.round;
    crew.working++;
    g_mutex_unlock (&crew.lock);
    take_tasks (worker);
    g_mutex_lock (&crew.lock);
    if (--crew.working == 0)
      g_cond_signal (&crew.done);
  }
  return NULL;
}

static void
begin_round (guint helpers, gsize n, VoxelExecutorTask func, gpointer data, VoxelCrewHello hello)
{
  g_mutex_lock (&crew.lock);
  crew.hello = hello;
  crew.func = func;
  crew.data = data;
  crew.n = n;
  crew.next = 0;
  crew.wanted = helpers;
  crew.round++;
  for (; crew.threads < helpers; crew.threads++)
    g_thread_unref (g_thread_new ("voxel-crew", help, GUINT_TO_POINTER (crew.threads + 1)));
  g_cond_broadcast (&crew.wake);
  g_mutex_unlock (&crew.lock);
}

static void
end_round (void)
{
  g_mutex_lock (&crew.lock);
  crew.wanted = 0;
  while (crew.working > 0)
    g_cond_wait (&crew.done, &crew.lock);
  g_mutex_unlock (&crew.lock);
}

/**
 * voxel_crew_run:
 * @threads: that work on it, the caller's own included
 * @n: number of tasks
 * @func: called once for each; workers are numbered from 0, which is the caller
 * @data: for @func
 * @hello: called first in every new thread
 *
 * Does all tasks and returns when they are done. One caller at a time.
 */
void
voxel_crew_run (guint threads, gsize n, VoxelExecutorTask func, gpointer data, VoxelCrewHello hello)
{
  guint helpers = n > 1 ? (guint) MIN (MAX (threads, 1) - 1, n - 1) : 0;

  if (helpers == 0) {
    for (gsize i = 0; i < n; i++)
      func (data, i, 0);
    return;
  }
  begin_round (helpers, n, func, data, hello);
  take_tasks (0);
  end_round ();
}

void
voxel_crew_before_fork (void)
{
  g_mutex_lock (&crew.lock);
}

/* The child has no helpers and starts new ones. */
void
voxel_crew_after_fork (gboolean child)
{
  g_mutex_unlock (&crew.lock);
  if (!child)
    return;
  g_mutex_init (&crew.lock);
  g_cond_init (&crew.wake);
  g_cond_init (&crew.done);
  crew.threads = 0;
  crew.wanted = 0;
  crew.working = 0;
}
