/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/executor.h"

#include <omp.h>
#include <pthread.h>

#include "models/crew.h"

/* A thread that calls into OpenMP gets a team of its own which goes on spinning for a while after each
 * parallel region: two streaming threads with networks would keep twice as many threads busy as there are
 * cores. So one thread makes all such calls, and whoever wants one waits for its turn. */

/* Of the process; made by the first call and idle until it ends. */
static struct {
  GMutex lock;
  GCond changed;
  GQueue jobs;
  GThread *thread;
  gboolean watching_forks;
} executor;

static GPrivate on_executor;

static gpointer
work (gpointer data)
{
  g_private_set (&on_executor, GINT_TO_POINTER (TRUE));
  g_mutex_lock (&executor.lock);
  for (;;) {
    VoxelExecutorJob *job = g_queue_pop_head (&executor.jobs);

    if (!job) {
      g_cond_wait (&executor.changed, &executor.lock);
      continue;
    }
    g_mutex_unlock (&executor.lock);
    omp_set_num_threads ((gint) (job->threads ? job->threads : voxel_executor_default_threads ()));
    job->func (job->data);
    g_mutex_lock (&executor.lock);
    job->done = TRUE;
    g_cond_broadcast (&executor.changed);
  }
  return NULL;
}

static void
before_fork (void)
{
  g_mutex_lock (&executor.lock);
  voxel_crew_before_fork ();
}

static void
after_fork (void)
{
  voxel_crew_after_fork (FALSE);
  g_mutex_unlock (&executor.lock);
}

/* Only the forking thread lives on in the child, which makes an executor of its own when it needs one. */
static void
after_fork_in_child (void)
{
  voxel_crew_after_fork (TRUE);
  g_mutex_unlock (&executor.lock);
  g_mutex_init (&executor.lock);
  g_cond_init (&executor.changed);
  g_queue_init (&executor.jobs);
  executor.thread = NULL;
}

static void
start (void)
{
  if (executor.thread)
    return;
  if (!executor.watching_forks)
    pthread_atfork (before_fork, after_fork, after_fork_in_child);
  executor.watching_forks = TRUE;
  executor.thread = g_thread_new ("voxel-executor", work, NULL);
}

/**
 * voxel_executor_default_threads:
 *
 * Returns: one per processor that this process may use
 */
guint
voxel_executor_default_threads (void)
{
  return MAX (g_get_num_processors (), 1);
}

/**
 * voxel_executor_begin:
 * @job: what to do
 *
 * Jobs are done one after the other in the order in which they are begun. From the executor thread itself: a
 * plain call, with the team that is set.
 */
void
voxel_executor_begin (VoxelExecutorJob *job)
{
  job->done = FALSE;
  if (g_private_get (&on_executor)) {
    job->func (job->data);
    job->done = TRUE;
    return;
  }
  g_mutex_lock (&executor.lock);
  start ();
  g_queue_push_tail (&executor.jobs, job);
  g_cond_broadcast (&executor.changed);
  g_mutex_unlock (&executor.lock);
}

/**
 * voxel_executor_wait:
 * @job: a job that was begun
 *
 * Returns when it is done. The caller may do something else before.
 */
void
voxel_executor_wait (VoxelExecutorJob *job)
{
  if (g_private_get (&on_executor))
    return;
  g_mutex_lock (&executor.lock);
  while (!job->done)
    g_cond_wait (&executor.changed, &executor.lock);
  g_mutex_unlock (&executor.lock);
}

/**
 * voxel_executor_call:
 * @threads: of the team that parallel regions in @func get, 0 for all processors
 * @func: runs on the executor thread
 * @data: for @func
 *
 * Runs @func and waits for it. From the executor thread itself: a plain call, with the team that is set.
 */
void
voxel_executor_call (guint threads, VoxelExecutorFunc func, gpointer data)
{
  VoxelExecutorJob job = {.threads = threads, .func = func, .data = data};

  voxel_executor_begin (&job);
  voxel_executor_wait (&job);
}

/**
 * voxel_executor_for:
 * @n: length of the range
 * @grain: least length worth a thread
 * @func: called for disjoint parts that cover 0 to @n; it does not depend on how they are cut
 * @data: for @func
 *
 * Splits a range over the executor's team. Elsewhere than on the executor
 * thread, and inside a parallel region, the caller does all of it: another team would compete for the same
 * cores.
 */
void
voxel_executor_for (gsize n, gsize grain, VoxelExecutorRange func, gpointer data)
{
  gsize parts = n / MAX (grain, 1);

  if (n == 0)
    return;
  if (!g_private_get (&on_executor) || omp_in_parallel ())
    parts = 1;
  parts = CLAMP (parts, 1, (gsize) omp_get_max_threads ());
  if (parts == 1) {
    func (data, 0, n);
    return;
  }
#pragma omp parallel for num_threads((gint) parts) schedule(static, 1)
  for (gsize i = 0; i < parts; i++)
    func (data, n / parts * i + MIN (i, n % parts), n / parts * (i + 1) + MIN (i + 1, n % parts));
}

/**
 * voxel_executor_tasks:
 * @n: number of tasks
 * @func: called once for each; what it computes depends on the task alone
 * @data: for @func
 *
 * As voxel_executor_for(), but tasks are handed out one by one, so that a core which others use as well holds
 * nobody up. The worker, below the team's number of threads, says whose scratch memory a task may use.
 */
void
voxel_executor_tasks (gsize n, VoxelExecutorTask func, gpointer data)
{
  gsize team = omp_get_max_threads ();

  if (!g_private_get (&on_executor) || omp_in_parallel () || n < 2)
    team = 1;
  if (team == 1) {
    for (gsize i = 0; i < n; i++)
      func (data, i, 0);
    return;
  }
#pragma omp parallel for num_threads((gint) MIN(team, n)) schedule(dynamic, 1)
  for (gsize i = 0; i < n; i++)
    func (data, i, omp_get_thread_num ());
}

/* What a thread of the crew calls in turn it does alone. */
static void
join_executor (void)
{
  g_private_set (&on_executor, GINT_TO_POINTER (TRUE));
  omp_set_num_threads (1);
}

/**
 * voxel_executor_spread:
 * @n: number of tasks
 * @func: called once for each; what it computes depends on the task alone
 * @data: for @func
 *
 * As voxel_executor_tasks(), for tasks that are large and may call the executor themselves: each is done by one
 * thread, which has a team of its own alone. These threads sleep where a team would spin, so that whoever else
 * has work gets the cores between two calls. The worker, below the team's number of threads, says whose memory a
 * task may use.
 */
void
voxel_executor_spread (gsize n, VoxelExecutorTask func, gpointer data)
{
  gint team = omp_get_max_threads ();

  if (!g_private_get (&on_executor) || omp_in_parallel ())
    team = 1;
  if (team > 1)
    omp_set_num_threads (1);
  voxel_crew_run ((guint) team, n, func, data, join_executor);
  if (team > 1)
    omp_set_num_threads (team);
}
