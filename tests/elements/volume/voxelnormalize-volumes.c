/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "normalize-fixture.h"

/* Volumes one after the other, each with its own percentiles; what is known of one is not held again. Shutting
 * down with slices held. */
static void
test_volumes (void)
{
  g_autoptr (GstVoxelVolume) one = new_volume (), two = new_volume (), three = new_volume ();
  GstHarness *h = gst_harness_new_parse ("voxelnormalize bits=8");
  guint low, high;

  find_range (&low, &high);
  push_axis (h, one, GST_VOXEL_AXIS_Z, GRAY16, constant);
  push_axis (h, two, GST_VOXEL_AXIS_Z, GRAY16, scan);
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, DEPTH);
  push_axis (h, one, GST_VOXEL_AXIS_Z, GRAY16, constant);
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, 3 * DEPTH);
  push_axis (h, three, GST_VOXEL_AXIS_Z, GRAY16, constant);
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, 3 * DEPTH);
  for (guint i = 0; i < 3 * DEPTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (h);

    if (i / DEPTH == 1)
      check (buffer, GST_VOXEL_AXIS_Z, i - DEPTH, low, high, 8);
  }
  gst_harness_teardown (h);
}

/* A volume whose percentiles are @low and @high. */
static GstVoxelVolume *
volume_of_range (guint low, guint high)
{
  GstVoxelVolume *volume = new_volume ();
  guint64 *bins = g_new0 (guint64, GST_VOXEL_HISTOGRAM_BINS);

  bins[low] = bins[high] = 1000;
  volume->histogram = g_bytes_new_take (bins, GST_VOXEL_HISTOGRAM_BINS * sizeof *bins);
  return volume;
}

/* Slices of @count volumes in turns, as a shuffled stream has them: each has its own range and keeps its label,
 * and a volume's slices share a record as long as they did. */
static void
check_turns (const gchar *launch, guint count, guint first_high, gboolean remembered)
{
  g_autoptr (GPtrArray) volumes = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_voxel_volume_unref);
  g_autofree GstVoxelVolume **records = g_new0 (GstVoxelVolume *, count);
  GstHarness *h = gst_harness_new_parse (launch);

  for (guint k = 0; k < count; k++)
    g_ptr_array_add (volumes, volume_of_range (500 + k, first_high + 10 * k));
  send_caps (h, g_ptr_array_index (volumes, 0), GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  for (guint i = 0; i < 3 * count; i++) {
    guint k = i % count, index = i * 5 % DEPTH;
    GstBuffer *slice = make_slice (g_ptr_array_index (volumes, k), GST_VOXEL_AXIS_Z, GRAY16,
                                   GST_VOXEL_CONTENT_INTENSITY, index, index, index, scan);
    g_autoptr (GstBuffer) label = gst_buffer_new_allocate (NULL, HEIGHT * 48, NULL), out = NULL;
    GstVoxelLabelMeta *meta;
    GstVoxelVolume *record;

    gst_buffer_add_voxel_label_meta (slice, label, .25);
    gst_harness_push (h, slice);
    out = gst_harness_pull (h);
    check (out, GST_VOXEL_AXIS_Z, index, 500 + k, first_high + 10 * k, 16);
    meta = gst_buffer_get_voxel_label_meta (out);
    g_assert_nonnull (meta);
    g_assert_true (meta->label == label);
    g_assert_cmpfloat (meta->weight, ==, .25);
    record = gst_buffer_get_voxel_slice_meta (out)->volume;
    g_assert_cmpfloat (record->high, ==, first_high + 10 * k);
    if (remembered && i >= count)
      g_assert_true (record == records[k]);
    records[k] = record;
  }
  gst_harness_teardown (h);
}

static void
test_turns (void)
{
  check_turns ("voxelnormalize", 1, 4000, TRUE);
  check_turns ("voxelnormalize", 2, 4000, TRUE);
  check_turns ("voxelnormalize", 20, 4000, TRUE);
  /* More than are remembered. */
  check_turns ("voxelnormalize", 70, 4000, FALSE);
}

/* The label stays where nothing is to be changed, too. */
static void
test_label (void)
{
  g_autoptr (GstVoxelVolume) volume = new_volume ();
  GstHarness *h = gst_harness_new_parse ("voxelnormalize range=full bits=16");
  GstBuffer *in = make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, 0, 0, 8, scan);
  g_autoptr (GstBuffer) label = gst_buffer_new_allocate (NULL, HEIGHT * 48, NULL), out = NULL;

  gst_buffer_add_voxel_label_meta (in, label, 1.);
  send_caps (h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  gst_harness_push (h, in);
  out = gst_harness_pull (h);
  g_assert_nonnull (gst_buffer_get_voxel_label_meta (out));
  g_assert_true (gst_buffer_get_voxel_label_meta (out)->label == label);
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelnormalize-volumes/held", test_volumes);
  g_test_add_func ("/voxelnormalize-volumes/turns", test_turns);
  g_test_add_func ("/voxelnormalize-volumes/label", test_label);
  return g_test_run ();
}
