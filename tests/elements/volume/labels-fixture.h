/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstharness.h>

#include "elements/stream/voxel.h"
#include "tiff-fixture.h"

#define WIDTH 21
#define HEIGHT 14

static const guint16 binary[] = {0, 255}, ones[] = {0, 1}, soft[] = {0, 126, 127, 200}, marked[] = {0, 1, 7};

static const Fixture slice_form = {.width = WIDTH, .height = HEIGHT, .bits = 16, .photometric = 1};
static const Fixture label_form = {
    .width = WIDTH, .height = HEIGHT, .bits = 8, .photometric = 1, .values = binary, .n_values = 2};

/* Slice @number of a stack has pixels of its own. */
static inline Fixture
numbered (const Fixture *form, guint number)
{
  Fixture fixture = *form;

  fixture.first_value = number * 1000;
  return fixture;
}

/* Files "<name><number><end>" in the folder @name, one for each of @count slices from @first on. */
static inline void
write_files (const gchar *root, const gchar *folder, const gchar *name, const gchar *end, guint first,
             guint count, const Fixture *form)
{
  g_autofree gchar *path = g_build_filename (root, folder, NULL);

  g_mkdir_with_parents (path, 0700);
  for (guint i = first; i < first + count; i++) {
    g_autofree gchar *file = g_strdup_printf ("%s%u%s.tif", name, i, end);
    Fixture fixture = numbered (form, i);

    g_free (fixture_write (path, file, &fixture));
  }
}

/* %R in @options stands for @root. */
static inline gchar *
launch_line (const gchar *root, const gchar *options)
{
  g_auto (GStrv) parts = g_strsplit (options, "%R", -1);
  g_autofree gchar *settled = g_strjoinv (root, parts);

  return g_strdup_printf ("voxelsrc name=voxelsrc0 %s", settled);
}

static inline GstHarness *
harness_new (const gchar *root, const gchar *options)
{
  g_autofree gchar *line = launch_line (root, options);
  GstHarness *harness = gst_harness_new_parse (line);

  gst_harness_play (harness);
  return harness;
}

/* Plays to the error, which says all of @words and, where it is an @early one, comes before any buffer. */
static inline void
assert_refused (const gchar *root, const gchar *options, GQuark domain, gint code, const gchar *const *words,
                gboolean early)
{
  g_autofree gchar *source = launch_line (root, options);
  g_autofree gchar *line = g_strdup_printf ("%s ! fakesink name=sink", source);
  g_autoptr (GError) error = NULL, refusal = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstSample) sample = NULL;
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &refusal, NULL);
  g_test_message ("%s", refusal->message);
  g_assert_error (refusal, domain, code);
  for (guint i = 0; words[i]; i++)
    g_assert_nonnull (strstr (refusal->message, words[i]));
  g_object_get (sink, "last-sample", &sample, NULL);
  g_assert_true (!early || !sample);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}
