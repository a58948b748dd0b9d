/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream.h"

/* A graph is an array of #StandInWork, kept by whoever holds its handle and by every play that was not done yet. */

int
stand_in_capture (void *handle)
{
  StandInStream *stream;
  STAND_IN_ENTER;

  stream = stand_in_handle_get (STAND_IN_STREAM, handle);
  if (stream->record) {
    stream->spoilt = TRUE;
    return CUDA_CAPTURE_UNSUPPORTED;
  }
  stream->record = g_ptr_array_new_with_free_func (stand_in_work_free);
  stream->thread = g_thread_self ();
  stream->spoilt = FALSE;
  return CUDA_OK;
}

int
stand_in_capture_end (void *handle, void **graph)
{
  g_autoptr (GPtrArray) record = NULL;
  StandInStream *stream;
  STAND_IN_ENTER;

  *graph = NULL;
  stream = stand_in_handle_get (STAND_IN_STREAM, handle);
  if (!stream->record)
    return CUDA_INVALID_VALUE;
  if (stream->thread != g_thread_self ())
    return CUDA_CAPTURE_WRONG_THREAD;
  record = g_steal_pointer (&stream->record);
  if (!stream->spoilt && stand_in_world.records)
    *graph = stand_in_handle_new (STAND_IN_GRAPH, g_steal_pointer (&record));
  return CUDA_OK;
}

static int
play (gpointer data)
{
  const GPtrArray *graph = data;

  for (guint i = 0; i < graph->len; i++)
    stand_in_work_do (graph->pdata[i]);
  return CUDA_OK;
}

static void
unref (gpointer graph)
{
  g_ptr_array_unref (graph);
}

int
stand_in_play (void *handle, void *on)
{
  StandInStream *stream;
  GPtrArray *graph;
  STAND_IN_ENTER;

  stream = stand_in_handle_get (STAND_IN_STREAM, on);
  graph = stand_in_handle_get (STAND_IN_GRAPH, handle);
  return stand_in_stream_add (stream, (StandInWork){play, g_ptr_array_ref (graph), unref, FALSE});
}

int
stand_in_graph_free (void *handle)
{
  STAND_IN_LOCK;

  g_ptr_array_unref (stand_in_handle_steal (STAND_IN_GRAPH, handle));
  return stand_in_ready ();
}

static void
spoil (gpointer data, gpointer any)
{
  StandInStream *stream = data;

  if (stream->record && stream->thread == g_thread_self ())
    stream->spoilt = *(gboolean *) any = TRUE;
}

/* What a thread may not do while it records spoils the record. Returns: whether it records */
gboolean
stand_in_capture_spoil (void)
{
  gboolean any = FALSE;

  stand_in_handle_each (STAND_IN_STREAM, spoil, &any);
  return any;
}
