/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Two volumes through voxelreslice, for the tests of what it holds until the end of the stream. */

#include "reslice-labels.h"

#define SECOND_DEPTH 70u
#define SECOND_HEIGHT 21u
#define SECOND_WIDTH 37u
#define BOTH (DEPTH + HEIGHT + WIDTH + SECOND_DEPTH + SECOND_HEIGHT + SECOND_WIDTH)

/* Two volumes of other sizes and depths; the first one has labels. */
static inline void
push_both (Fixture *f)
{
  g_autoptr (GstVoxelVolume) one = gst_voxel_volume_new ("one", DEPTH, HEIGHT, WIDTH, 16);
  g_autoptr (GstVoxelVolume) two = gst_voxel_volume_new ("two", SECOND_DEPTH, SECOND_HEIGHT, SECOND_WIDTH, 8);

  g_assert_cmpint (push_labelled (f, one, GRAY16, pixel_16), ==, GST_FLOW_OK);
  g_assert_cmpint (
      push_range (f, two, GST_VIDEO_FORMAT_GRAY8, 0, SECOND_DEPTH - 1, SECOND_DEPTH - 1, pixel_8), ==,
      GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_in_queue (f->h), ==, 0);
  g_assert_true (gst_harness_push_event (f->h, gst_event_new_eos ()));
}

/* What the next slice out is, its pixels looked at. */
static inline gchar *
take_slice (Fixture *f, guint epoch, gboolean alone)
{
  g_autoptr (GstBuffer) buffer = gst_harness_try_pull (f->h);
  const GstVoxelSliceMeta *slice;
  g_autoptr (GstCaps) caps = NULL;
  gboolean first;

  g_assert_nonnull (buffer);
  slice = gst_buffer_get_voxel_slice_meta (buffer);
  first = g_str_equal (slice->volume->id, "one");
  caps = caps_of (slice, first ? GRAY16 : GST_VIDEO_FORMAT_GRAY8);
  g_assert_cmpuint (slice->epoch, ==, epoch);
  g_assert_cmpuint (slice->volume->axes, ==, 7);
  g_assert_nonnull (slice->volume->histogram);
  g_assert_cmpuint (slice->volume->shape[0], ==, first ? DEPTH : SECOND_DEPTH);
  if (alone) {
    g_assert_cmpuint (slice->first, ==, slice->index);
    g_assert_cmpuint (slice->last, ==, slice->index);
  } else {
    g_assert_cmpuint (slice->first, ==, 0);
    g_assert_cmpuint (slice->last, ==, slice->volume->shape[slice->axis] - 1);
  }
  check_slice (buffer, caps, first ? pixel_16 : pixel_8, slice->axis, slice->index);
  if (first)
    check_label (buffer);
  else
    g_assert_null (gst_buffer_get_voxel_label_meta (buffer));
  return g_strdup_printf ("%s %c %u", slice->volume->id, gst_voxel_axis_to_letter (slice->axis),
                          slice->index);
}
