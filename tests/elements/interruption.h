/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A pipeline with one element on trial, what comes out of it, and what can be done to it while it runs. */

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * TrialRow:
 * @name: the element on trial, called "it" in @pipeline
 * @pipeline: text; "~" is a link, sometimes with a queue; sources are called "source" and "source2", the sink
 *   behind the element, if any, "end"
 * @file: what the element writes, if it does
 * @one_volume: the element takes no second volume
 * @device: the element cannot do without a device
 *
 * An element and the smallest pipeline that it works in.
 */
typedef struct {
  const gchar *name;
  const gchar *pipeline;
  const gchar *file;
  gboolean one_volume;
  gboolean device;
} TrialRow;

#define TRIAL_MAX_LAST_PADS 2

/**
 * Trial:
 * @may_fail: something was done after which an error is a right answer
 *
 * What is below @lock is shared with the streaming threads.
 */
typedef struct {
  const TrialRow *row;
  GRand *random;
  GstElement *pipeline;
  GstElement *it;
  GstElement *end;
  GPtrArray *sources;
  GstBus *bus;
  gboolean may_fail;

  GMutex lock;
  GCond changed;
  guint seen;
  struct {
    GstPad *pad;
    guint ends;
  } last[TRIAL_MAX_LAST_PADS];
  guint n_last;
  guint64 digest;
  guint64 finished;
  gint answer_after;
  GstFlowReturn answer;
} Trial;

typedef struct {
  const gchar *name;
  void (*act) (Trial *trial);
} TrialAct;

extern const TrialAct trial_acts[];
extern const guint trial_n_acts;

void trial_open (Trial *trial, const TrialRow *row, GRand *random);
void trial_close (Trial *trial);
void trial_forget (Trial *trial);
void trial_answer (Trial *trial, GstFlowReturn answer, gint after);
gboolean trial_wait_seen (Trial *trial, guint more);
void trial_wait_ends (Trial *trial, guint ends);
void trial_drain (Trial *trial);
void trial_recover (Trial *trial);
guint64 trial_run (Trial *trial);

G_END_DECLS
