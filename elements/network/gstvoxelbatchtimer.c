/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelbatchtimer.h"

/* One more thread pushes on the element's source pad, but only while it holds the sink pad's stream lock:
 * to the element it looks like one more buffer of the upstream thread. */
struct _GstVoxelBatchTimer {
  GstElement *element;
  GstPad *sink;
  GstClockTime timeout;
  GstVoxelBatchTimerFunc expired;
  GThread *thread;

  GMutex lock;
  GCond changed;
  /* GST_CLOCK_TIME_NONE: nothing to wait for. */
  GstClockTime deadline;
  GstClock *clock;
  GstClockID wait;
  gboolean stopping;

  /* Under the stream lock. */
  GstFlowReturn flow;
};

/* An element that never was in PLAYING has no clock of a pipeline yet. */
static GstClock *
find_clock (GstElement *element)
{
  GstClock *clock = gst_element_get_clock (element);

  return clock ? clock : gst_system_clock_obtain ();
}

static void
expire (GstVoxelBatchTimer *timer, GstClockTime deadline)
{
  gboolean due;

  GST_PAD_STREAM_LOCK (timer->sink);
  g_mutex_lock (&timer->lock);
  /* A picture may have come while this thread waited for the lock. */
  due = timer->deadline == deadline && !timer->stopping;
  if (due)
    timer->deadline = GST_CLOCK_TIME_NONE;
  g_mutex_unlock (&timer->lock);
  if (due && timer->flow == GST_FLOW_OK && !GST_PAD_IS_FLUSHING (timer->sink) &&
      !GST_PAD_IS_EOS (timer->sink))
    timer->flow = timer->expired (timer->element);
  GST_PAD_STREAM_UNLOCK (timer->sink);
}

static gpointer
run (gpointer data)
{
  GstVoxelBatchTimer *timer = data;

  g_mutex_lock (&timer->lock);
  while (!timer->stopping) {
    GstClockTime deadline = timer->deadline;
    GstClockReturn result;

    if (!GST_CLOCK_TIME_IS_VALID (deadline)) {
      g_cond_wait (&timer->changed, &timer->lock);
      continue;
    }
    timer->wait = gst_clock_new_single_shot_id (timer->clock, deadline);
    g_mutex_unlock (&timer->lock);
    result = gst_clock_id_wait (timer->wait, NULL);
    g_mutex_lock (&timer->lock);
    g_clear_pointer (&timer->wait, gst_clock_id_unref);
    if (result == GST_CLOCK_UNSCHEDULED || timer->deadline != deadline)
      continue;
    g_mutex_unlock (&timer->lock);
    expire (timer, deadline);
    g_mutex_lock (&timer->lock);
  }
  g_mutex_unlock (&timer->lock);
  return NULL;
}

/**
 * gst_voxel_batch_timer_new:
 * @element: whose clock counts; the system's while it has none
 * @sink: the pad whose stream lock protects the batch
 * @timeout: time without a new picture
 * @expired: what to do then; not called while @sink flushes or is at its end
 *
 * Starts a thread that waits for gst_voxel_batch_timer_arm().
 *
 * Returns: (transfer full): a timer
 */
GstVoxelBatchTimer *
gst_voxel_batch_timer_new (GstElement *element, GstPad *sink, GstClockTime timeout,
                           GstVoxelBatchTimerFunc expired)
{
  GstVoxelBatchTimer *timer = g_new0 (GstVoxelBatchTimer, 1);

  timer->element = element;
  timer->sink = sink;
  timer->timeout = timeout;
  timer->expired = expired;
  timer->deadline = GST_CLOCK_TIME_NONE;
  g_mutex_init (&timer->lock);
  g_cond_init (&timer->changed);
  timer->thread = g_thread_new ("voxel-batch", run, timer);
  return timer;
}

/**
 * gst_voxel_batch_timer_free:
 * @timer: (transfer full): a timer
 *
 * Waits for a batch that is under way. The caller must not hold the stream lock, and pads must flush, so that
 * nothing blocks the push.
 */
void
gst_voxel_batch_timer_free (GstVoxelBatchTimer *timer)
{
  g_mutex_lock (&timer->lock);
  timer->stopping = TRUE;
  if (timer->wait)
    gst_clock_id_unschedule (timer->wait);
  g_cond_signal (&timer->changed);
  g_mutex_unlock (&timer->lock);
  g_thread_join (timer->thread);
  gst_clear_object (&timer->clock);
  g_cond_clear (&timer->changed);
  g_mutex_clear (&timer->lock);
  g_free (timer);
}

/**
 * gst_voxel_batch_timer_arm:
 * @timer: (nullable): a timer
 *
 * Counts from now, whatever was counted before. With the stream lock held.
 */
void
gst_voxel_batch_timer_arm (GstVoxelBatchTimer *timer)
{
  GstClock *clock;

  if (!timer)
    return;
  clock = find_clock (timer->element);
  g_mutex_lock (&timer->lock);
  /* A thread that already waits wakes at the old deadline and sees the new one; on another clock it may not. */
  if (timer->wait && clock != timer->clock)
    gst_clock_id_unschedule (timer->wait);
  gst_object_replace ((GstObject **) &timer->clock, GST_OBJECT (clock));
  timer->deadline = gst_clock_get_time (clock) + timer->timeout;
  g_cond_signal (&timer->changed);
  g_mutex_unlock (&timer->lock);
  gst_object_unref (clock);
}

/**
 * gst_voxel_batch_timer_disarm:
 * @timer: (nullable): a timer
 *
 * Forgets what was counted. With the stream lock held.
 *
 * Returns: how it went when @expired was called last, told once; upstream must get to know it
 */
GstFlowReturn
gst_voxel_batch_timer_disarm (GstVoxelBatchTimer *timer)
{
  GstFlowReturn flow;

  if (!timer)
    return GST_FLOW_OK;
  g_mutex_lock (&timer->lock);
  timer->deadline = GST_CLOCK_TIME_NONE;
  g_mutex_unlock (&timer->lock);
  flow = timer->flow;
  timer->flow = GST_FLOW_OK;
  return flow;
}
