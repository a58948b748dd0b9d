/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A volume, and what voxelnormalize has to make of it. */

#include "make-slices.h"

#include <math.h>
#include <string.h>

#define DEPTH 9u
#define HEIGHT 30u
#define WIDTH 45u
#define N (DEPTH * HEIGHT * WIDTH)
#define GRAY16 GST_VIDEO_FORMAT_GRAY16_LE

static inline guint
scan (guint z, guint y, guint x)
{
  return 1000u + (z * 7919u + y * 10429u + x * 2099u) % 5000u;
}

static inline guint
constant (guint z, guint y, guint x)
{
  return 77;
}

static inline gint
compare (gconstpointer a, gconstpointer b)
{
  return (gint) * (const guint *) a - (gint) * (const guint *) b;
}

/* The percentiles .1 and 99.9 of the whole volume by sorting it. */
static inline void
find_range (guint *low, guint *high)
{
  guint values[N], n = 0;

  for (guint z = 0; z < DEPTH; z++) {
    for (guint y = 0; y < HEIGHT; y++) {
      for (guint x = 0; x < WIDTH; x++)
        values[n++] = scan (z, y, x);
    }
  }
  qsort (values, N, sizeof *values, compare);
  *low = values[N / 1000];
  *high = values[N - N / 1000];
}

static inline guint
stretch (guint value, gdouble low, gdouble high, guint top)
{
  return (guint) floor (CLAMP ((value - low) / (high - low), 0., 1.) * top + .5);
}

static inline void
check (GstBuffer *buffer, GstVoxelAxis axis, guint index, gdouble low, gdouble high, guint bits)
{
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  guint count, height, width;
  gdouble sum = 0, squares = 0, n;
  GstVideoInfo info;
  GstVideoFrame frame;

  g_assert_nonnull (slice);
  g_assert_cmpuint (slice->axis, ==, axis);
  g_assert_cmpuint (slice->index, ==, index);
  gst_voxel_volume_get_plane (slice->volume, axis, &count, &height, &width);
  n = height * width;
  gst_video_info_set_format (&info, bits == 8 ? GST_VIDEO_FORMAT_GRAY8 : GRAY16, width, height);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint r = 0; r < height; r++) {
    for (guint c = 0; c < width; c++) {
      guint expected = stretch (slice_pixel (scan, axis, index, r, c), low, high, (1u << bits) - 1);

      g_assert_cmpuint (frame_pixel (&frame, r, c), ==, expected);
      sum += expected;
    }
  }
  for (guint r = 0; r < height; r++) {
    for (guint c = 0; c < width; c++)
      squares += pow (frame_pixel (&frame, r, c) - sum / n, 2);
  }
  gst_video_frame_unmap (&frame);
  g_assert_cmpfloat_with_epsilon (slice->mean, sum / n, 1e-7);
  g_assert_cmpfloat_with_epsilon (slice->stddev, sqrt (squares / n), 1e-6);
}

static inline void
push_axis (GstHarness *h, GstVoxelVolume *volume, GstVoxelAxis axis, GstVideoFormat format, MakePixel make)
{
  guint count, height, width;

  send_caps (h, volume, axis, format, "25/1");
  gst_voxel_volume_get_plane (volume, axis, &count, &height, &width);
  for (guint i = 0; i < count; i++)
    g_assert_cmpint (gst_harness_push (h, make_slice (volume, axis, format, GST_VOXEL_CONTENT_INTENSITY, i, 0,
                                                      count - 1, make)),
                     ==, GST_FLOW_OK);
}

static inline GstVoxelVolume *
new_volume (void)
{
  return gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
}
