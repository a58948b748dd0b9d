/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib/gstdio.h>
#include <gst/check/gstharness.h>
#include <string.h>

#include "elements/stream/voxel.h"

/* A slice of a volume as an element receives it; the pixels (8 bit: count them in bytes) are copied. */
static inline GstBuffer *
slice_new (GstVoxelVolume *volume, GstVoxelAxis axis, GstVoxelContent content, guint index,
           gconstpointer pixels, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_memdup (pixels, size);
  guint count, height, width;

  gst_voxel_volume_get_plane (volume, axis, &count, &height, &width);
  gst_buffer_add_voxel_slice_meta (buffer, volume, axis, content, index, 0, count - 1);
  GST_BUFFER_PTS (buffer) = index * GST_SECOND;
  return buffer;
}

static inline gchar *
slice_caps (const gchar *format, guint width, guint height)
{
  return g_strdup_printf ("video/x-raw,format=%s,width=%u,height=%u,framerate=1/1", format, width, height);
}

/* The pixels of a row must be a multiple of four bytes wide, as packed video without a video meta is. */
static inline GstHarness *
sink_new (const gchar *launch, const gchar *format, guint width, guint height)
{
  GstHarness *harness = gst_harness_new_parse (launch);
  g_autofree gchar *caps = slice_caps (format, width, height);

  gst_harness_set_src_caps_str (harness, caps);
  return harness;
}

/* A folder to write to, removed with all in it by folder_remove(). */
static inline gchar *
folder_new (void)
{
  gchar *path = g_dir_make_tmp ("voxel-test-XXXXXX", NULL);

  g_assert_nonnull (path);
  return path;
}

static inline guint
folder_count (const gchar *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (folder))
    count++;
  return count;
}

static inline void
folder_remove (gchar *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);

  for (const gchar *name = g_dir_read_name (folder); name; name = g_dir_read_name (folder)) {
    g_autofree gchar *inside = g_build_filename (path, name, NULL);

    if (g_file_test (inside, G_FILE_TEST_IS_DIR))
      folder_remove (g_steal_pointer (&inside));
    else
      g_unlink (inside);
  }
  g_rmdir (path);
  g_free (path);
}

static inline GstBus *
harness_bus (GstHarness *harness)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (harness->element, bus);
  return bus;
}

/* Takes the next error off the bus: its message and debug text, joined. */
static inline gchar *
bus_error (GstBus *bus)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  if (!message)
    return NULL;
  gst_message_parse_error (message, &error, &debug);
  return g_strdup_printf ("%s | %s", error->message, debug);
}

static inline void
assert_like (const gchar *text, const gchar *pattern)
{
  if (!text || !g_pattern_match_simple (pattern, text))
    g_error ("\"%s\" is not like \"%s\"", text ? text : "(nothing)", pattern);
}

/* An element that is not to start with what @launch sets. */
static inline void
assert_refused (const gchar *launch, const gchar *message)
{
  g_autoptr (GstElement) sink = gst_parse_launch (launch, NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autofree gchar *error = NULL;

  gst_element_set_bus (sink, bus);
  g_assert_cmpint (gst_element_set_state (sink, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  error = bus_error (bus);
  assert_like (error, message);
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_element_set_bus (sink, NULL);
}
