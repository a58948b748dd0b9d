/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream.h"

/**
 * Mark:
 * @stream: where it lies
 * @done: everything before it is
 * @recorded: it is part of a record
 * @time: when it was done, microseconds
 *
 * A place in a stream. An event is the last that was made of it.
 */
typedef struct {
  StandInStream *stream;
  gboolean done;
  gboolean recorded;
  gint64 time;
} Mark;

typedef struct {
  guint device;
  Mark *mark;
} Event;

int
stand_in_event_new (void **event)
{
  Event *added;
  STAND_IN_ENTER;

  added = g_new0 (Event, 1);
  added->device = stand_in_device ();
  *event = stand_in_handle_new (STAND_IN_EVENT, added);
  return CUDA_OK;
}

int
stand_in_event_free (void *handle)
{
  Event *event;
  STAND_IN_LOCK;

  event = stand_in_handle_steal (STAND_IN_EVENT, handle);
  g_clear_pointer (&event->mark, g_rc_box_release);
  g_free (event);
  return stand_in_ready ();
}

static int
pass (gpointer data)
{
  Mark *mark = data;

  mark->done = TRUE;
  mark->time = g_get_monotonic_time ();
  return CUDA_OK;
}

int
stand_in_event_record (void *handle, void *on)
{
  StandInStream *stream;
  Event *event;
  STAND_IN_ENTER;

  event = stand_in_handle_get (STAND_IN_EVENT, handle);
  stream = stand_in_handle_get (STAND_IN_STREAM, on);
  if (event->device != stream->device)
    return CUDA_INVALID_HANDLE;
  g_clear_pointer (&event->mark, g_rc_box_release);
  event->mark = g_rc_box_new0 (Mark);
  event->mark->stream = stream;
  event->mark->recorded = stream->record != NULL;
  if (stream->record)
    return stream->spoilt ? CUDA_CAPTURE_INVALIDATED : CUDA_OK;
  return stand_in_stream_add (stream,
                              (StandInWork){pass, g_rc_box_acquire (event->mark), g_rc_box_release, TRUE});
}

static int
wait (gpointer data)
{
  const Mark *mark = data;

  if (!mark->done)
    stand_in_stream_do (mark->stream, &mark->done);
  return CUDA_OK;
}

int
stand_in_event_wait (void *handle, void *on)
{
  StandInStream *stream;
  Event *event;
  STAND_IN_ENTER;

  event = stand_in_handle_get (STAND_IN_EVENT, handle);
  stream = stand_in_handle_get (STAND_IN_STREAM, on);
  if (!event->mark)
    return CUDA_OK;
  if (event->mark->recorded && event->mark->stream == stream && stream->record)
    return CUDA_OK;
  if (event->mark->recorded && event->mark->stream->record)
    g_error ("stand-in device: records of more than one stream are not known here");
  if (event->mark->recorded)
    return CUDA_CAPTURED_EVENT;
  if (stream->record) {
    stream->spoilt = TRUE;
    return CUDA_CAPTURE_ISOLATION;
  }
  return stand_in_stream_add (stream,
                              (StandInWork){wait, g_rc_box_acquire (event->mark), g_rc_box_release, TRUE});
}

int
stand_in_event_ms (float *ms, void *from, void *to)
{
  const Event *events[2];
  STAND_IN_ENTER;

  events[0] = stand_in_handle_get (STAND_IN_EVENT, from);
  events[1] = stand_in_handle_get (STAND_IN_EVENT, to);
  for (guint i = 0; i < 2; i++) {
    if (!events[i]->mark || events[i]->mark->recorded)
      return CUDA_INVALID_HANDLE;
    if (!events[i]->mark->done)
      return CUDA_NOT_READY;
  }
  *ms = (float) (events[1]->mark->time - events[0]->mark->time) / 1000;
  return CUDA_OK;
}
