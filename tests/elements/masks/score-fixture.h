/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tests/elements/outputs/slices.h"

/* A pipeline with the element "score", fed by the sources "a" (truth) and "b" (prediction). */

#define WAIT (20 * GST_SECOND)

typedef struct {
  GstElement *pipeline;
  GstElement *score;
  GstElement *sources[2];
  GstBus *bus;
} Fixture;

static inline void
fixture_init (Fixture *fixture, const gchar *launch, const gchar *caps)
{
  g_autoptr (GError) error = NULL;

  fixture->pipeline = gst_parse_launch (launch, &error);
  g_assert_no_error (error);
  fixture->score = gst_bin_get_by_name (GST_BIN (fixture->pipeline), "score");
  fixture->bus = gst_element_get_bus (fixture->pipeline);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstCaps) parsed = gst_caps_from_string (caps);

    fixture->sources[i] = gst_bin_get_by_name (GST_BIN (fixture->pipeline), i ? "b" : "a");
    if (fixture->sources[i])
      g_object_set (fixture->sources[i], "caps", parsed, "format", GST_FORMAT_TIME, "max-bytes", (guint64) 0,
                    NULL);
  }
  g_assert_cmpint (gst_element_set_state (fixture->pipeline, GST_STATE_PLAYING), !=,
                   GST_STATE_CHANGE_FAILURE);
}

static inline void
fixture_clear (Fixture *fixture)
{
  gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  gst_object_unref (fixture->bus);
  gst_object_unref (fixture->score);
  for (guint i = 0; i < 2; i++)
    g_clear_object (&fixture->sources[i]);
  gst_object_unref (fixture->pipeline);
}

#define TWO_SOURCES \
  "appsrc name=a ! score.truth appsrc name=b ! score.prediction voxelscore name=score threshold=.25 "

static inline void
push (Fixture *fixture, guint side, GstBuffer *buffer)
{
  GstFlowReturn flow;

  g_signal_emit_by_name (fixture->sources[side], "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
}

static inline void
finish (Fixture *fixture, guint side)
{
  GstFlowReturn flow;

  g_signal_emit_by_name (fixture->sources[side], "end-of-stream", &flow);
}

static inline GstMessage *
wait_for (Fixture *fixture, GstMessageType types)
{
  for (;;) {
    GstMessage *message = gst_bus_timed_pop_filtered (fixture->bus, WAIT, types);

    if (!message)
      g_error ("no message within 20 seconds");
    if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT || gst_message_has_name (message, "voxel-score"))
      return message;
    gst_message_unref (message);
  }
}

static inline gdouble
field (const GstStructure *structure, const gchar *name)
{
  gdouble value = -1;

  g_assert_true (gst_structure_get_double (structure, name, &value));
  return value;
}

static inline guint64
count (const GstStructure *structure, const gchar *name)
{
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (structure, name, &value));
  return value;
}

static inline void
expect_end (Fixture *fixture)
{
  g_autoptr (GstMessage) message =
      wait_for (fixture, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT);

  g_assert_cmpstr (GST_MESSAGE_TYPE_NAME (message), ==, "eos");
}

static inline void
expect_error (Fixture *fixture, const gchar *pattern)
{
  g_autoptr (GstMessage) message = wait_for (fixture, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL, *text = NULL;

  g_assert_cmpstr (GST_MESSAGE_TYPE_NAME (message), ==, "error");
  gst_message_parse_error (message, &error, &debug);
  text = g_strdup_printf ("%s | %s", error->message, debug);
  assert_like (text, pattern);
}

/* Slices of four voxels. */
static const guint8 pixels[][4] = {{0, 0, 0, 0}, {255, 255, 0, 0}, {255, 0, 255, 0}};
