/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "stand-in.h"
#include "world.h"

G_BEGIN_DECLS

/**
 * StandInStream:
 * @device: whose
 * @works: of #StandInWork, not done yet
 * @record: of #StandInWork, while the stream is recorded; %NULL otherwise
 * @thread: that began the record
 * @spoilt: the record will not become a graph
 *
 * A queue of work that is done when somebody waits for it.
 */
typedef struct {
  guint device;
  GQueue works;
  GPtrArray *record;
  GThread *thread;
  gboolean spoilt;
} StandInStream;

/**
 * StandInWork:
 * @mark: not what was asked for, but what keeps it in order
 */
typedef struct {
  VoxelCudaStandInFunc func;
  gpointer data;
  GDestroyNotify free;
  gboolean mark;
} StandInWork;

/* stream.c */
int stand_in_stream_new (void **stream);
int stand_in_stream_free (void *stream);
int stand_in_stream_wait (void *stream);
int stand_in_stream_add (StandInStream *stream, StandInWork work);
void stand_in_stream_do (StandInStream *stream, const gboolean *until);
void stand_in_stream_do_all (void);
void stand_in_work_do (const StandInWork *work);
void stand_in_work_free (gpointer work);

/* event.c */
int stand_in_event_new (void **event);
int stand_in_event_free (void *event);
int stand_in_event_record (void *event, void *stream);
int stand_in_event_wait (void *event, void *stream);
int stand_in_event_ms (float *ms, void *from, void *to);

/* capture.c */
int stand_in_capture (void *stream);
int stand_in_capture_end (void *stream, void **graph);
int stand_in_play (void *graph, void *stream);
int stand_in_graph_free (void *graph);
gboolean stand_in_capture_spoil (void);

/* handles.c: what callers hold in place of addresses. Numbers are not used again. */
typedef enum { STAND_IN_STREAM, STAND_IN_EVENT, STAND_IN_GRAPH } StandInKind;

void *stand_in_handle_new (StandInKind kind, gpointer object);
gpointer stand_in_handle_get (StandInKind kind, void *handle);
gpointer stand_in_handle_steal (StandInKind kind, void *handle);
void stand_in_handle_each (StandInKind kind, GFunc func, gpointer data);
gchar *stand_in_handles_left (void);

G_END_DECLS
