/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the tests of voxelreslice share: a small volume and a harness around the element. */

#include "make-slices.h"

#define DEPTH 10u
#define HEIGHT 37u
#define WIDTH 66u
#define GRAY16 GST_VIDEO_FORMAT_GRAY16_LE

static inline guint
pixel_16 (guint z, guint y, guint x)
{
  return (z * 1000u + y * 37u + x * 101u) & 0xffff;
}

static inline guint
pixel_8 (guint z, guint y, guint x)
{
  return (z * 29u + y * 3u + x * 7u) & 0xff;
}

static inline guint
pixel_shifted (guint z, guint y, guint x)
{
  return pixel_16 (z + 3, y, x);
}

typedef struct {
  GstHarness *h;
  GstBus *bus;
} Fixture;

static inline void
fixture_open (Fixture *f, const gchar *description)
{
  f->h = gst_harness_new_parse (description);
  f->bus = watch (f->h);
}

static inline void
fixture_close (Fixture *f)
{
  gst_harness_teardown (f->h);
  unwatch (f->bus);
}

static inline GstFlowReturn
push_range (Fixture *f, GstVoxelVolume *volume, GstVideoFormat format, guint first, guint last, guint stop,
            MakePixel make)
{
  GstFlowReturn flow = GST_FLOW_OK;

  send_caps (f->h, volume, GST_VOXEL_AXIS_Z, format, "25/1");
  for (guint i = first; i <= stop && flow == GST_FLOW_OK; i++)
    flow = gst_harness_push (f->h, make_slice (volume, GST_VOXEL_AXIS_Z, format, GST_VOXEL_CONTENT_INTENSITY,
                                               i, first, last, make));
  return flow;
}

static inline void
check_pass (Fixture *f, GstVoxelAxis axis, guint count, guint axes, MakePixel make, guint64 serial)
{
  for (guint i = 0; i < count; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (f->h);
    g_autoptr (GstCaps) caps = NULL;
    guint sides[3];
    GstVoxelSliceMeta *slice;

    g_assert_nonnull (buffer);
    slice = gst_buffer_get_voxel_slice_meta (buffer);
    g_assert_nonnull (slice);
    g_assert_cmpuint (slice->axis, ==, axis);
    g_assert_cmpuint (slice->index, ==, i);
    g_assert_cmpuint (slice->first, ==, 0);
    g_assert_cmpuint (slice->last, ==, count - 1);
    g_assert_cmpuint (slice->volume->axes, ==, axes);
    if (serial)
      g_assert_cmpuint (slice->volume->serial, ==, serial);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i * GST_SECOND / 25);
    g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND / 25);
    gst_voxel_volume_get_plane (slice->volume, axis, &sides[0], &sides[1], &sides[2]);
    g_assert_cmpuint (sides[0], ==, count);
    {
      g_autofree gchar *text =
          slice_caps (make == pixel_8 ? GST_VIDEO_FORMAT_GRAY8 : GRAY16, sides[2], sides[1], "25/1");

      caps = gst_caps_from_string (text);
    }
    check_slice (buffer, caps, make, axis, i);
  }
}
