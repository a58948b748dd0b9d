/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-prefetch.h"

struct _VoxelSlicePrefetch {
  GThreadPool *pool;
  GMutex lock;
  GCond changed;
  GQueue jobs;
  guint running;
  gboolean flushing;
  gboolean dropping;
};

/**
 * voxel_slice_job_run:
 * @job: what is to be decoded and how
 *
 * Decodes at once; afterwards @job->error is set where that failed.
 */
void
voxel_slice_job_run (VoxelSliceJob *job)
{
  gboolean decoded = (job->mask ? voxel_slice_list_decode_mask : voxel_slice_list_decode) (
      job->list, job->index, &job->region, job->pixels, job->stride, &job->error);

  if (decoded && job->labels)
    voxel_slice_labels_decode (job->labels, job->index, &job->region, job->label, job->label_stride,
                               &job->found, &job->error);
}

static void
work (gpointer data, gpointer user_data)
{
  VoxelSlicePrefetch *prefetch = user_data;
  VoxelSliceJob *job = data;
  gboolean dropping;

  g_mutex_lock (&prefetch->lock);
  dropping = prefetch->dropping;
  g_mutex_unlock (&prefetch->lock);
  if (!dropping)
    voxel_slice_job_run (job);
  g_mutex_lock (&prefetch->lock);
  job->done = TRUE;
  prefetch->running--;
  g_cond_broadcast (&prefetch->changed);
  g_mutex_unlock (&prefetch->lock);
}

/**
 * voxel_slice_prefetch_new:
 * @threads: that decode; 0 = voxel_slice_prefetch_push() does it itself
 *
 * Decodes slices, and the labels that belong to them, ahead and gives them back in the order in which they were asked for.
 *
 * Returns: (transfer full): a prefetcher without jobs
 */
VoxelSlicePrefetch *
voxel_slice_prefetch_new (guint threads)
{
  VoxelSlicePrefetch *prefetch = g_new0 (VoxelSlicePrefetch, 1);

  g_mutex_init (&prefetch->lock);
  g_cond_init (&prefetch->changed);
  g_queue_init (&prefetch->jobs);
  if (threads > 0)
    prefetch->pool = g_thread_pool_new (work, prefetch, (gint) threads, FALSE, NULL);
  return prefetch;
}

/**
 * voxel_slice_prefetch_free:
 * @prefetch: (transfer full): a prefetcher without jobs, see voxel_slice_prefetch_clear()
 */
void
voxel_slice_prefetch_free (VoxelSlicePrefetch *prefetch)
{
  g_return_if_fail (g_queue_is_empty (&prefetch->jobs));

  if (prefetch->pool)
    g_thread_pool_free (prefetch->pool, FALSE, TRUE);
  g_cond_clear (&prefetch->changed);
  g_mutex_clear (&prefetch->lock);
  g_free (prefetch);
}

/**
 * voxel_slice_prefetch_push:
 * @prefetch: a prefetcher
 * @job: (transfer full): the next slice wanted
 */
void
voxel_slice_prefetch_push (VoxelSlicePrefetch *prefetch, VoxelSliceJob *job)
{
  g_mutex_lock (&prefetch->lock);
  g_queue_push_tail (&prefetch->jobs, job);
  if (prefetch->pool)
    prefetch->running++;
  g_mutex_unlock (&prefetch->lock);
  if (prefetch->pool) {
    g_thread_pool_push (prefetch->pool, job, NULL);
    return;
  }
  voxel_slice_job_run (job);
  job->done = TRUE;
}

/**
 * voxel_slice_prefetch_pop:
 * @prefetch: a prefetcher with at least one job
 *
 * Waits until the oldest job is done.
 *
 * Returns: (transfer full) (nullable): that job; %NULL while flushing
 */
VoxelSliceJob *
voxel_slice_prefetch_pop (VoxelSlicePrefetch *prefetch)
{
  VoxelSliceJob *job = NULL;

  g_mutex_lock (&prefetch->lock);
  while (!prefetch->flushing && !((VoxelSliceJob *) g_queue_peek_head (&prefetch->jobs))->done)
    g_cond_wait (&prefetch->changed, &prefetch->lock);
  if (!prefetch->flushing)
    job = g_queue_pop_head (&prefetch->jobs);
  g_mutex_unlock (&prefetch->lock);
  return job;
}

/**
 * voxel_slice_prefetch_get_length:
 * @prefetch: a prefetcher
 *
 * Returns: jobs pushed and not yet popped
 */
guint
voxel_slice_prefetch_get_length (VoxelSlicePrefetch *prefetch)
{
  guint length;

  g_mutex_lock (&prefetch->lock);
  length = prefetch->jobs.length;
  g_mutex_unlock (&prefetch->lock);
  return length;
}

/**
 * voxel_slice_prefetch_set_flushing:
 * @prefetch: a prefetcher
 * @flushing: whether voxel_slice_prefetch_pop() returns at once, from whatever thread
 */
void
voxel_slice_prefetch_set_flushing (VoxelSlicePrefetch *prefetch, gboolean flushing)
{
  g_mutex_lock (&prefetch->lock);
  prefetch->flushing = flushing;
  g_cond_broadcast (&prefetch->changed);
  g_mutex_unlock (&prefetch->lock);
}

/**
 * voxel_slice_prefetch_clear:
 * @prefetch: a prefetcher
 * @free_job: what to do with each job, done or not
 * @user_data: for @free_job
 *
 * Drops the jobs that wait and waits for those that run, a slice each at most.
 */
void
voxel_slice_prefetch_clear (VoxelSlicePrefetch *prefetch, GFunc free_job, gpointer user_data)
{
  g_mutex_lock (&prefetch->lock);
  prefetch->dropping = TRUE;
  while (prefetch->running > 0)
    g_cond_wait (&prefetch->changed, &prefetch->lock);
  prefetch->dropping = FALSE;
  g_mutex_unlock (&prefetch->lock);

  g_queue_foreach (&prefetch->jobs, free_job, user_data);
  g_queue_clear (&prefetch->jobs);
}
