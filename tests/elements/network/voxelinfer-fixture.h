/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the tests of voxelinfer share. */

#include <math.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include "elements/stream/voxel.h"

static inline GstHarness *
new_harness (const gchar *model, const gchar *more)
{
  g_autofree gchar *launch = g_strdup_printf ("voxelinfer precision=fp32 model=\"%s\" %s", model, more);

  return gst_harness_new_parse (launch);
}

static inline void
set_caps (GstHarness *h, const gchar *format, guint width, guint height)
{
  g_autofree gchar *caps =
      g_strdup_printf ("video/x-raw,format=%s,width=%u,height=%u,framerate=0/1", format, width, height);

  gst_harness_set_src_caps_str (h, caps);
}

/* A 16-bit picture of smooth random pixels; rows packed (even widths). */
static inline GstBuffer *
new_picture (guint width, guint height, guint32 seed)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, (gsize) width * height * 2, NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < (gsize) width * height; i++)
    ((guint16 *) map.data)[i] =
        (guint16) (30000 + 9000 * sin ((gdouble) i / 11.) + g_rand_double_range (random, -5000, 5000));
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = seed * GST_SECOND;
  return buffer;
}

static inline GstVoxelTileMeta *
mark_tile (GstBuffer *buffer, guint width, guint height, GstVoxelView view, gboolean rendered)
{
  GstVoxelTileMeta *tile = gst_buffer_add_voxel_tile_meta (buffer);

  tile->width = tile->slice_width = width;
  tile->height = tile->slice_height = height;
  tile->count = 1;
  tile->view = view;
  tile->view_count = GST_VOXEL_N_VIEWS;
  tile->view_index = view;
  tile->rendered = rendered;
  return tile;
}

static inline gchar *
pull_error (GstBus *bus)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    gst_message_parse_warning (message, &error, &debug);
  else
    gst_message_parse_error (message, &error, &debug);
  return g_strdup_printf ("%s %s", error->message, debug);
}
