/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-crew.h"

/* Tasks of each thread under way or done, so that a slow one does not keep the others idle. */
#define TASKS_A_THREAD 2

typedef struct {
  gpointer task;
  gboolean done;
} Job;

struct _VoxelAugmentCrew {
  VoxelAugmentTask func;
  guint threads;
  GThreadPool *pool; /* none where the caller does all itself */
  GAsyncQueue *idle; /* scratch of as many threads */
  GQueue jobs;       /* in order; the caller's */
  GMutex lock;       /* done of all jobs */
  GCond changed;
};

static void
free_scratch (gpointer data)
{
  voxel_augment_scratch_clear (data);
  g_free (data);
}

static void
run_job (gpointer data, gpointer user_data)
{
  Job *job = data;
  VoxelAugmentCrew *crew = user_data;
  VoxelAugmentScratch *scratch = g_async_queue_pop (crew->idle);

  crew->func (job->task, scratch);
  g_async_queue_push (crew->idle, scratch);
  g_mutex_lock (&crew->lock);
  job->done = TRUE;
  g_cond_signal (&crew->changed);
  g_mutex_unlock (&crew->lock);
}

/**
 * voxel_augment_crew_new:
 * @threads: how many; one: no other, the caller's does the work; 0: one a processor
 * @func: what is done to a task
 *
 * Returns: (transfer full): the crew
 */
VoxelAugmentCrew *
voxel_augment_crew_new (guint threads, VoxelAugmentTask func)
{
  VoxelAugmentCrew *crew = g_new0 (VoxelAugmentCrew, 1);

  crew->func = func;
  crew->threads = threads ? threads : g_get_num_processors ();
  crew->idle = g_async_queue_new_full (free_scratch);
  for (guint i = 0; i < crew->threads; i++)
    g_async_queue_push (crew->idle, g_new0 (VoxelAugmentScratch, 1));
  g_queue_init (&crew->jobs);
  g_mutex_init (&crew->lock);
  g_cond_init (&crew->changed);
  if (crew->threads > 1)
    crew->pool = g_thread_pool_new (run_job, crew, (gint) crew->threads, FALSE, NULL);
  return crew;
}

/**
 * voxel_augment_crew_free:
 * @crew: whose tasks have all been taken back
 */
void
voxel_augment_crew_free (VoxelAugmentCrew *crew)
{
  g_return_if_fail (g_queue_is_empty (&crew->jobs));

  if (crew->pool)
    g_thread_pool_free (crew->pool, FALSE, TRUE);
  g_async_queue_unref (crew->idle);
  g_mutex_clear (&crew->lock);
  g_cond_clear (&crew->changed);
  g_free (crew);
}

/**
 * voxel_augment_crew_push:
 * @crew: the crew
 * @task: what is to be done
 *
 * With one thread it is done already when this returns.
 */
void
voxel_augment_crew_push (VoxelAugmentCrew *crew, gpointer task)
{
  Job *job = g_new (Job, 1);

  *job = (Job){task, FALSE};
  g_queue_push_tail (&crew->jobs, job);
  if (crew->pool)
    g_thread_pool_push (crew->pool, job, NULL);
  else
    run_job (job, crew);
}

/**
 * voxel_augment_crew_pop:
 * @crew: the crew
 *
 * Returns: (nullable): the task that was pushed first, done; waits for it
 */
gpointer
voxel_augment_crew_pop (VoxelAugmentCrew *crew)
{
  g_autofree Job *job = g_queue_pop_head (&crew->jobs);

  if (!job)
    return NULL;
  g_mutex_lock (&crew->lock);
  while (!job->done)
    g_cond_wait (&crew->changed, &crew->lock);
  g_mutex_unlock (&crew->lock);
  return job->task;
}

/**
 * voxel_augment_crew_get_length:
 * @crew: the crew
 *
 * Returns: tasks that were not taken back yet
 */
guint
voxel_augment_crew_get_length (VoxelAugmentCrew *crew)
{
  return g_queue_get_length (&crew->jobs);
}

/**
 * voxel_augment_crew_is_full:
 * @crew: the crew
 *
 * Returns: whether a task should be taken back before the next one is pushed
 */
gboolean
voxel_augment_crew_is_full (VoxelAugmentCrew *crew)
{
  return g_queue_get_length (&crew->jobs) >= (crew->pool ? TASKS_A_THREAD * crew->threads : 1);
}
