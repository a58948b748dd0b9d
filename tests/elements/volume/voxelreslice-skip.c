/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/slice-skip.h"
#include "reslice-fixture.h"

#include <gio/gio.h>
#include <string.h>

static void
test_parse (void)
{
  static const gchar *const wrong[] = {"z",    "z:",           "z:-1",    "a:1",  "z:1,z:2",
                                       "z:1,", ":1",           "z=1",     "zy:1", "z:1 ",
                                       "z: 1", "z:4294967296", "z:1;y:2", ",",    "z:0x1"};
  guint skip[3] = {9, 9, 9};
  g_autoptr (GError) error = NULL;

  g_assert_true (voxel_slice_skip_parse (NULL, skip, &error));
  g_assert_cmpuint (skip[0] + skip[1] + skip[2], ==, 0);
  g_assert_true (voxel_slice_skip_parse ("", skip, &error));
  g_assert_cmpuint (skip[0] + skip[1] + skip[2], ==, 0);
  g_assert_true (voxel_slice_skip_parse ("x:13,z:560", skip, &error));
  g_assert_cmpuint (skip[0], ==, 560);
  g_assert_cmpuint (skip[1], ==, 0);
  g_assert_cmpuint (skip[2], ==, 13);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    if (voxel_slice_skip_parse (wrong[i], skip, &error))
      g_error ("\"%s\" was taken", wrong[i]);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_clear_error (&error);
  }
}

/* One slice after the other, all of them with their place in the whole volume. */
static void
check_part (Fixture *f, GstVoxelAxis axis, guint first, guint count, guint64 voxels)
{
  for (guint i = first; i < count; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (f->h);
    g_autofree gchar *text = NULL;
    g_autoptr (GstCaps) caps = NULL;
    GstVoxelSliceMeta *slice;
    const guint64 *bins;
    guint64 sum = 0;
    guint sides[3];

    g_assert_nonnull (buffer);
    slice = gst_buffer_get_voxel_slice_meta (buffer);
    g_assert_cmpuint (slice->axis, ==, axis);
    g_assert_cmpuint (slice->index, ==, i);
    g_assert_cmpuint (slice->first, ==, first);
    g_assert_cmpuint (slice->last, ==, count - 1);
    g_assert_cmpuint (slice->volume->axes, ==, 7);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i * GST_SECOND / 25);
    bins = g_bytes_get_data (slice->volume->histogram, NULL);
    for (guint bin = 0; bin < GST_VOXEL_HISTOGRAM_BINS; bin++)
      sum += bins[bin];
    g_assert_cmpuint (sum, ==, voxels);
    gst_voxel_volume_get_plane (slice->volume, axis, &sides[0], &sides[1], &sides[2]);
    text = slice_caps (GRAY16, sides[2], sides[1], "25/1");
    caps = gst_caps_from_string (text);
    check_slice (buffer, caps, pixel_16, axis, i);
  }
}

static void
test_skip (void)
{
  static const struct {
    const gchar *options;
    guint first[3];
  } cases[] = {
      {"skip=z:10,y:13", {DEPTH, 13, 0}},
      {"skip=z:4", {4, 0, 0}},
      {"skip=z:99,y:99,x:65", {DEPTH, HEIGHT, WIDTH - 1}},
      {"skip=y:37,x:66 memory-limit=1", {0, HEIGHT, WIDTH}},
      {"skip=z:0,y:0", {0, 0, 0}},
  };
  static const guint counts[] = {DEPTH, HEIGHT, WIDTH};

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
    g_autofree gchar *text = g_strdup_printf ("voxelreslice %s", cases[i].options);
    Fixture f;

    fixture_open (&f, text);
    push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16);
    g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
    for (guint axis = 0; axis < 3; axis++)
      check_part (&f, axis, cases[i].first[axis], counts[axis], DEPTH * HEIGHT * WIDTH);
    g_assert_null (gst_harness_try_pull (f.h));
    fixture_close (&f);
  }
}

static void
test_nothing_left (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_open (&f, "voxelreslice axes=z,y skip=z:10,y:37");
  push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16);
  g_assert_false (gst_harness_push_event (f.h, gst_event_new_eos ()));
  text = take_error (f.bus);
  g_assert_nonnull (strstr (text, "skip leaves no slice of volume \"scan\""));
  g_assert_null (gst_harness_try_pull (f.h));
  fixture_close (&f);
}

static void
test_settings (void)
{
  static const gchar *const wrong[] = {"skip=z:1 hold=false", "skip=z", "skip=z:1,z:1"};

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree gchar *text = g_strdup_printf ("voxelreslice %s", wrong[i]);
    g_autoptr (GstElement) element = gst_object_ref_sink (gst_parse_launch (text, NULL));

    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    gst_element_set_state (element, GST_STATE_NULL);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelreslice-skip/parse", test_parse);
  g_test_add_func ("/voxelreslice-skip/skip", test_skip);
  g_test_add_func ("/voxelreslice-skip/nothing-left", test_nothing_left);
  g_test_add_func ("/voxelreslice-skip/settings", test_settings);
  return g_test_run ();
}
