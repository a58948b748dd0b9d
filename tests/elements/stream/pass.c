/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/stream/voxel.h"

#include <string.h>

/* Feeds "axis:index" words with first 0 and last 2 to the tracker; returns the last step. */
static GstVoxelPassStep
feed (GstVoxelPass *pass, GstVoxelVolume *volume, const gchar *words, GError **error)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  GstVoxelPassStep step = GST_VOXEL_PASS_BROKEN;

  for (guint i = 0; list[i]; i++) {
    GstVoxelSliceMeta slice = {
        .volume = volume,
        .axis = (GstVoxelAxis) (list[i][0] == 'z'   ? 0
                                : list[i][0] == 'y' ? 1
                                                    : 2),
        .index = (guint) g_ascii_strtoull (list[i] + 2, NULL, 10),
        .first = 0,
        .last = 2,
    };

    step = gst_voxel_pass_advance (pass, &slice, error);
    if (step == GST_VOXEL_PASS_BROKEN)
      return step;
  }
  return step;
}

static void
test_whole (void)
{
  g_autoptr (GstVoxelVolume) first = gst_voxel_volume_new ("a", 3, 3, 3, 8);
  g_autoptr (GstVoxelVolume) second = gst_voxel_volume_new ("a", 3, 3, 3, 8);
  g_autoptr (GError) error = NULL;
  GstVoxelPass pass = {NULL};

  g_assert_cmpint (feed (&pass, first, "z:0", &error), ==, GST_VOXEL_PASS_NEW_VOLUME);
  g_assert_cmpint (feed (&pass, first, "z:0", &error), ==, GST_VOXEL_PASS_SAME);
  g_assert_cmpint (feed (&pass, first, "z:1 z:2", &error), ==, GST_VOXEL_PASS_NEXT);
  g_assert_cmpint (feed (&pass, first, "y:0", &error), ==, GST_VOXEL_PASS_NEW_AXIS);
  g_assert_cmpint (feed (&pass, first, "y:1 y:2", &error), ==, GST_VOXEL_PASS_NEXT);
  g_assert_cmpint (feed (&pass, second, "z:0", &error), ==, GST_VOXEL_PASS_NEW_VOLUME);
  g_assert_no_error (error);
  gst_voxel_pass_reset (&pass);
  g_assert_true (gst_voxel_pass_finish (&pass, &error));
}

static void
expect_broken (const gchar *words, gboolean at_end, const gchar *message)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", 3, 3, 3, 8);
  g_autoptr (GError) error = NULL;
  GstVoxelPass pass = {NULL};
  GstVoxelPassStep step = feed (&pass, volume, words, &error);

  if (at_end) {
    g_assert_cmpint (step, !=, GST_VOXEL_PASS_BROKEN);
    g_assert_false (gst_voxel_pass_finish (&pass, &error));
  } else {
    g_assert_cmpint (step, ==, GST_VOXEL_PASS_BROKEN);
  }
  g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, message));
  gst_voxel_pass_reset (&pass);
}

static void
test_missing (void)
{
  expect_broken ("z:1", FALSE, "slice 0 of axis z of volume \"scan\" is missing");
  expect_broken ("z:2", FALSE, "slices 0 to 1 of axis z");
  expect_broken ("z:0 z:2", FALSE, "slice 1 of axis z");
  expect_broken ("z:0 z:1 z:0", FALSE, "slice 0 of axis z of volume \"scan\" came after slice 1");
  expect_broken ("z:0 z:1 y:0", FALSE, "slice 2 of axis z");
  expect_broken ("z:0 z:1", TRUE, "slice 2 of axis z");
  expect_broken ("x:0", TRUE, "slices 1 to 2 of axis x");
}

static void
test_live (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("live", 0, 3, 3, 8);
  g_autoptr (GError) error = NULL;
  GstVoxelPass pass = {NULL};

  for (guint i = 0; i < 5; i++) {
    GstVoxelSliceMeta slice = {.volume = volume, .index = i, .last = GST_VOXEL_INDEX_UNKNOWN};

    g_assert_cmpint (gst_voxel_pass_advance (&pass, &slice, &error), !=, GST_VOXEL_PASS_BROKEN);
  }
  g_assert_true (gst_voxel_pass_finish (&pass, &error));
  gst_voxel_pass_reset (&pass);
}

/* Words "axis:index", each slice a pass of its own; returns at which word the order is found wrong. */
static guint
find_out_of_turn (guint depth, const gchar *words)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", depth, 3, 3, 8);
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  g_autoptr (GError) error = NULL;
  GstVoxelPass pass = {NULL};
  guint i;

  for (i = 0; list[i] && !error; i++) {
    guint index = (guint) g_ascii_strtoull (list[i] + 2, NULL, 10);
    GstVoxelSliceMeta slice = {.volume = volume, .index = index, .first = index, .last = index};

    slice.axis = (GstVoxelAxis) (strchr ("zyxo", list[i][0]) - "zyxo");
    g_assert_cmpint (gst_voxel_pass_advance (&pass, &slice, NULL), !=, GST_VOXEL_PASS_BROKEN);
    gst_voxel_pass_check_order (&pass, &error);
  }
  if (error)
    g_assert_nonnull (strstr (error->message, "come shuffled"));
  gst_voxel_pass_reset (&pass);
  return error ? i : 0;
}

static void
test_shuffled (void)
{
  g_assert_cmpuint (find_out_of_turn (3, "z:2 z:0"), ==, 2);
  g_assert_cmpuint (find_out_of_turn (3, "z:2"), ==, 0);
  g_assert_cmpuint (find_out_of_turn (3, "z:2 y:1"), ==, 2);
  g_assert_cmpuint (find_out_of_turn (3, "x:0 o:4"), ==, 2);
  g_assert_cmpuint (find_out_of_turn (3, "o:7 o:4"), ==, 2);
  /* an axis that has no more slices, and the first oblique slice, which may be all there are */
  g_assert_cmpuint (find_out_of_turn (1, "z:0"), ==, 0);
  g_assert_cmpuint (find_out_of_turn (1, "z:0 x:1 o:0"), ==, 0);
}

static void
test_axes (void)
{
  static const gchar *const wrong[] = {"", "z,z", "w", "z y", "z,,y", "zyx", NULL};
  g_autoptr (GArray) axes = NULL;

  g_assert_true (gst_voxel_axes_parse ("x, z", &axes, NULL));
  g_assert_cmpuint (axes->len, ==, 2);
  g_assert_cmpint (g_array_index (axes, GstVoxelAxis, 0), ==, GST_VOXEL_AXIS_X);
  g_assert_cmpint (g_array_index (axes, GstVoxelAxis, 1), ==, GST_VOXEL_AXIS_Z);
  for (guint i = 0; wrong[i]; i++) {
    g_autoptr (GError) error = NULL;
    GArray *none = NULL;

    g_assert_false (gst_voxel_axes_parse (wrong[i], &none, &error));
    g_assert_nonnull (error);
    g_assert_null (none);
  }
}

static void
test_codes (void)
{
  const guint16 *table = gst_voxel_logit_probability_table ();

  g_assert_cmpuint (gst_voxel_logit_encode (0.f), ==, 32768);
  g_assert_cmpuint (gst_voxel_logit_encode (1.f), ==, 34816);
  g_assert_cmpuint (gst_voxel_logit_encode (-16.f), ==, 0);
  g_assert_cmpuint (gst_voxel_logit_encode (16.f), ==, 65535);
  g_assert_cmpuint (gst_voxel_logit_encode (-1e9f), ==, 0);
  g_assert_cmpuint (gst_voxel_logit_encode (1e9f), ==, 65535);
  g_assert_cmpuint (table[32768], ==, 32767);
  g_assert_cmpuint (table[32769], >, 32767);
  g_assert_cmpuint (table[0], ==, 0);
  g_assert_cmpuint (table[65535], ==, 65535);
  for (guint code = 1; code < 65536; code++)
    g_assert_cmpuint (table[code], >=, table[code - 1]);
  for (gdouble p = .001; p < 1.; p += .001)
    g_assert_cmpfloat_with_epsilon (table[gst_voxel_logit_from_probability (p)] / 65535., p, 2e-4);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/pass/whole", test_whole);
  g_test_add_func ("/stream/pass/missing", test_missing);
  g_test_add_func ("/stream/pass/live", test_live);
  g_test_add_func ("/stream/pass/shuffled", test_shuffled);
  g_test_add_func ("/stream/axes", test_axes);
  g_test_add_func ("/stream/codes", test_codes);
  return g_test_run ();
}
