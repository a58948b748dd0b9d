/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "interruption.h"
#include "tests/support/slice-source.h"

#define SLICES 8

static gboolean
seek (Trial *trial, GstSeekFlags flags, gint first, gint stop)
{
  return gst_element_seek (trial->pipeline, 1., GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET,
                           first * GST_MSECOND, GST_SEEK_TYPE_SET, stop * GST_MSECOND);
}

static void
pause_a_moment (Trial *trial)
{
  if (g_rand_boolean (trial->random))
    g_usleep ((gulong) g_rand_int_range (trial->random, 0, 300));
}

/* The rest of the volume is then no volume. */
static void
act_flush (Trial *trial)
{
  trial->may_fail = TRUE;
  for (guint i = 0; i < trial->sources->len; i++)
    gst_element_send_event (g_ptr_array_index (trial->sources, i), gst_event_new_flush_start ());
  pause_a_moment (trial);
  for (guint i = 0; i < trial->sources->len; i++)
    gst_element_send_event (g_ptr_array_index (trial->sources, i),
                            gst_event_new_flush_stop (g_rand_boolean (trial->random)));
}

static void
act_seek (Trial *trial)
{
  for (guint n = (guint) g_rand_int_range (trial->random, 1, 4); n > 0; n--) {
    gint first = g_rand_int_range (trial->random, 0, SLICES);

    seek (trial, GST_SEEK_FLAG_FLUSH, first, g_rand_int_range (trial->random, first, SLICES) + 1);
    pause_a_moment (trial);
  }
}

/* A loop over a part: each turn must come to its end. */
static void
act_segment (Trial *trial)
{
  gint first = g_rand_int_range (trial->random, 0, SLICES);
  gint stop = g_rand_int_range (trial->random, first, SLICES) + 1;
  guint turns = trial->row->one_volume ? 0 : (guint) g_rand_int_range (trial->random, 1, 4);

  trial_answer (trial, GST_FLOW_OK, 0);
  gst_element_set_state (trial->pipeline, GST_STATE_PLAYING);
  gst_element_get_state (trial->pipeline, NULL, NULL, GST_SECOND);
  if (trial->may_fail || !seek (trial, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_SEGMENT, first, stop))
    return;
  trial_wait_ends (trial, 1);
  for (guint n = 1; n <= turns; n++) {
    g_assert_true (seek (trial, GST_SEEK_FLAG_SEGMENT, first, stop));
    trial_wait_ends (trial, n + 1);
  }
}

static void
act_eos (Trial *trial)
{
  guint i = (guint) g_rand_int_range (trial->random, 0, (gint) trial->sources->len);

  trial->may_fail = TRUE;
  /* The base class waits for the streaming thread, which may wait for PLAYING. */
  gst_element_set_state (trial->pipeline, GST_STATE_PLAYING);
  for (; i < trial->sources->len; i++) {
    GstElement *source = g_ptr_array_index (trial->sources, i);

    /* A source that is down would keep it for when it is up again. */
    if (gst_pad_is_active (source->srcpads->data))
      gst_element_send_event (source, gst_event_new_eos ());
  }
}

static void
act_state (Trial *trial)
{
  for (guint n = (guint) g_rand_int_range (trial->random, 1, 4); n > 0; n--) {
    gst_element_set_state (
        trial->pipeline, (GstState) g_rand_int_range (trial->random, GST_STATE_NULL, GST_STATE_PLAYING + 1));
    if (g_rand_boolean (trial->random))
      gst_element_get_state (trial->pipeline, NULL, NULL, 5 * GST_MSECOND);
  }
}

static void
act_caps (Trial *trial)
{
  GstElement *source = g_ptr_array_index (trial->sources, 0);

  if (!TEST_IS_SLICE_SOURCE (source))
    return;
  trial->may_fail = TRUE;
  test_slice_source_change_caps_after (TEST_SLICE_SOURCE (source),
                                       g_rand_int_range (trial->random, 0, SLICES));
}

/* What downstream may say at any buffer. That it wants no more, or is flushing, is no error. */
static void
act_answer (Trial *trial)
{
  static const GstFlowReturn answers[] = {GST_FLOW_FLUSHING, GST_FLOW_EOS, GST_FLOW_ERROR,
                                          GST_FLOW_NOT_LINKED, GST_FLOW_NOT_NEGOTIATED};
  GstFlowReturn answer = answers[g_rand_int_range (trial->random, 0, G_N_ELEMENTS (answers))];

  if (!trial->end)
    return;
  trial->may_fail |= answer != GST_FLOW_FLUSHING && answer != GST_FLOW_EOS;
  trial_answer (trial, answer, g_rand_int_range (trial->random, 0, 12));
}

static void
act_reconfigure (Trial *trial)
{
  GstPad *pad = (trial->end ? trial->end : trial->it)->sinkpads->data;

  gst_pad_push_event (pad, gst_event_new_reconfigure ());
}

/* Applications ask from their own threads. */
static void
act_ask (Trial *trial)
{
  g_autoptr (GstQuery) latency = gst_query_new_latency ();
  g_autoptr (GstQuery) seeking = gst_query_new_seeking (GST_FORMAT_TIME);
  gint64 value;

  for (guint n = 0; n < 4; n++) {
    gst_element_query_position (trial->it, GST_FORMAT_TIME, &value);
    gst_element_query_duration (trial->it, GST_FORMAT_TIME, &value);
    gst_element_query_position (trial->pipeline, GST_FORMAT_DEFAULT, &value);
    gst_element_query (trial->pipeline, seeking);
    gst_element_query (trial->pipeline, latency);
    for (GList *pad = trial->it->pads; pad; pad = pad->next) {
      g_autoptr (GstCaps) caps = gst_pad_query_caps (pad->data, NULL);

      g_assert_nonnull (caps);
    }
  }
}

const TrialAct trial_acts[] = {
    {"flush", act_flush},   {"seek", act_seek},   {"segment", act_segment},
    {"eos", act_eos},       {"state", act_state}, {"caps", act_caps},
    {"answer", act_answer}, {"ask", act_ask},     {"reconfigure", act_reconfigure},
};
const guint trial_n_acts = G_N_ELEMENTS (trial_acts);
