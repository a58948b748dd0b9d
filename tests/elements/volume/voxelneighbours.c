/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reslice-fixture.h"

#include <string.h>

/* The slices around slice @index of a pass of @count, the outermost repeated. */
static void
check_neighbours (GstBuffer *buffer, GstCaps *caps, GstVoxelAxis axis, guint index, guint count, guint reach)
{
  const GstVoxelNeighboursMeta *around = gst_buffer_get_voxel_neighbours_meta (buffer);

  g_assert_nonnull (around);
  g_assert_cmpuint (around->reach, ==, reach);
  for (guint i = 0; i < 2 * reach; i++) {
    gint offset = i < reach ? (gint) i - (gint) reach : (gint) (i - reach) + 1;
    guint there = (guint) CLAMP ((gint) index + offset, 0, (gint) count - 1);

    check_slice (around->pictures[i], caps, pixel_16, axis, there);
    g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (around->pictures[i])->index, ==, there);
    g_assert_null (gst_buffer_get_voxel_neighbours_meta (around->pictures[i]));
  }
}

static void
test_axes (void)
{
  static const guint reaches[] = {0, 1, 2, 3, 64};
  static const GstVoxelAxis order[] = {GST_VOXEL_AXIS_Y, GST_VOXEL_AXIS_Z, GST_VOXEL_AXIS_X};

  for (guint r = 0; r < G_N_ELEMENTS (reaches); r++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
    g_autofree gchar *launch =
        g_strdup_printf ("voxelreslice axes=y,z,x ! voxelneighbours reach=%u", reaches[r]);
    Fixture f;

    fixture_open (&f, launch);
    g_assert_cmpint (push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16), ==, GST_FLOW_OK);
    g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
    for (guint a = 0; a < G_N_ELEMENTS (order); a++) {
      guint count, height, width;
      g_autofree gchar *text = NULL;
      g_autoptr (GstCaps) caps = NULL;

      gst_voxel_volume_get_plane (volume, order[a], &count, &height, &width);
      text = slice_caps (GRAY16, width, height, "25/1");
      caps = gst_caps_from_string (text);
      for (guint i = 0; i < count; i++) {
        g_autoptr (GstBuffer) buffer = gst_harness_try_pull (f.h);

        g_assert_nonnull (buffer);
        g_assert_cmpint (gst_buffer_get_voxel_slice_meta (buffer)->axis, ==, order[a]);
        g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (buffer)->index, ==, i);
        g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i * GST_SECOND / 25);
        check_slice (buffer, caps, pixel_16, order[a], i);
        check_neighbours (buffer, caps, order[a], i, count, reaches[r]);
      }
    }
    g_assert_null (gst_harness_try_pull (f.h));
    fixture_close (&f);
  }
}

/* No more is held than is needed, and nothing of it stays behind a flush. */
static void
test_held (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
  Fixture f;

  fixture_open (&f, "voxelneighbours reach=2");
  g_assert_cmpint (push_range (&f, volume, GRAY16, 0, DEPTH - 1, 6, pixel_16), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_received (f.h), ==, 5);
  gst_harness_push_event (f.h, gst_event_new_flush_start ());
  gst_harness_push_event (f.h, gst_event_new_flush_stop (TRUE));
  while (gst_harness_buffers_in_queue (f.h))
    gst_buffer_unref (gst_harness_pull (f.h));
  g_assert_cmpint (push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_in_queue (f.h), ==, DEPTH - 2);
  g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
  g_assert_cmpuint (gst_harness_buffers_in_queue (f.h), ==, DEPTH);
  fixture_close (&f);
}

/* Each slice keeps its own label, and so do those it is given. */
static void
test_labels (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
  GstBuffer *labels[DEPTH];
  Fixture f;

  fixture_open (&f, "voxelneighbours reach=1");
  send_caps (f.h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  for (guint i = 0; i < DEPTH; i++) {
    GstBuffer *slice =
        make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, i, 0, DEPTH - 1, pixel_16);

    labels[i] = gst_buffer_new ();
    gst_buffer_add_voxel_label_meta (slice, labels[i], .5);
    g_assert_cmpint (gst_harness_push (f.h, slice), ==, GST_FLOW_OK);
  }
  g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
  for (guint i = 0; i < DEPTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (f.h);
    const GstVoxelNeighboursMeta *around = gst_buffer_get_voxel_neighbours_meta (buffer);

    g_assert_true (gst_buffer_get_voxel_label_meta (buffer)->label == labels[i]);
    g_assert_cmpfloat (gst_buffer_get_voxel_label_meta (buffer)->weight, ==, .5);
    g_assert_true (gst_buffer_get_voxel_label_meta (around->pictures[1])->label ==
                   labels[MIN (i + 1, DEPTH - 1)]);
  }
  fixture_close (&f);
  for (guint i = 0; i < DEPTH; i++) {
    g_assert_cmpint (GST_MINI_OBJECT_REFCOUNT_VALUE (labels[i]), ==, 1);
    gst_buffer_unref (labels[i]);
  }
}

/* A volume whose depth nobody knows ends with the stream, or where the next one begins. */
static void
test_volumes (void)
{
  g_autoptr (GstVoxelVolume) first = gst_voxel_volume_new ("a", 0, HEIGHT, WIDTH, 16);
  g_autoptr (GstVoxelVolume) second = gst_voxel_volume_new ("b", DEPTH, HEIGHT, WIDTH, 16);
  g_autofree gchar *text = slice_caps (GRAY16, WIDTH, HEIGHT, "25/1");
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  Fixture f;

  fixture_open (&f, "voxelneighbours");
  g_assert_cmpint (push_range (&f, first, GRAY16, 0, GST_VOXEL_INDEX_UNKNOWN, 3, pixel_16), ==, GST_FLOW_OK);
  g_assert_cmpint (push_range (&f, second, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16), ==, GST_FLOW_OK);
  g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
  for (guint i = 0; i < 4 + DEPTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (f.h);

    g_assert_nonnull (buffer);
    check_neighbours (buffer, caps, GST_VOXEL_AXIS_Z, i < 4 ? i : i - 4, i < 4 ? 4 : DEPTH, 1);
  }
  fixture_close (&f);
}

static void
expect_error (const gchar *launch, guint missing, gboolean meta, const gchar *words)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
  GstFlowReturn flow = GST_FLOW_OK;
  g_autofree gchar *said = NULL;
  Fixture f;

  fixture_open (&f, launch);
  send_caps (f.h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  for (guint i = 0; i < DEPTH && flow == GST_FLOW_OK; i++) {
    GstBuffer *slice =
        make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, i, 0, DEPTH - 1, pixel_16);

    if (!meta)
      gst_buffer_remove_meta (slice, &gst_buffer_get_voxel_slice_meta (slice)->meta);
    if (i == missing)
      gst_buffer_unref (slice);
    else
      flow = gst_harness_push (f.h, slice);
  }
  if (missing < DEPTH - 1 || missing > DEPTH)
    g_assert_cmpint (flow, ==, GST_FLOW_ERROR);
  else
    g_assert_false (gst_harness_push_event (f.h, gst_event_new_eos ()));
  said = take_error (f.bus);
  if (!strstr (said, words))
    g_error ("\"%s\" is not in: %s", words, said);
  fixture_close (&f);
}

static void
test_errors (void)
{
  expect_error ("voxelneighbours", 4, TRUE, "slice 4 of axis z of volume \"v\" is missing");
  expect_error ("voxelneighbours", DEPTH - 1, TRUE, "slice 9 of axis z of volume \"v\" is missing");
  expect_error ("voxelneighbours", G_MAXUINT, FALSE, "add voxelstamp");
  expect_error ("voxeltile size=32 ! voxelneighbours", G_MAXUINT, TRUE, "put it before voxeltile");
  expect_error ("voxelviews ! voxelneighbours", G_MAXUINT, TRUE, "put it before voxeltile");
  expect_error ("voxelneighbours ! voxelnormalize range=full", G_MAXUINT, TRUE,
                "put it before voxelneighbours");
}

/* Slices that come anyhow would be given themselves as neighbours. */
static void
test_disorder (void)
{
  static const gchar *const launches[] = {"voxelreslice axes=z shuffle=true seed=1 ! voxelneighbours",
                                          "voxelreslice axes=z,y,x shuffle=true seed=2 ! voxelneighbours"};

  for (guint i = 0; i < G_N_ELEMENTS (launches); i++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
    g_autofree gchar *said = NULL;
    Fixture f;

    fixture_open (&f, launches[i]);
    g_assert_cmpint (push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16), ==, GST_FLOW_OK);
    gst_harness_push_event (f.h, gst_event_new_eos ());
    said = take_error (f.bus);
    g_assert_nonnull (strstr (said, "set shuffle=false"));
    fixture_close (&f);
  }
  {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
    GstBuffer *slice =
        make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, 0, 0, 3, pixel_16);
    g_autofree gchar *said = NULL;
    Fixture f;

    gst_buffer_get_voxel_slice_meta (slice)->axis = GST_VOXEL_AXIS_OBLIQUE;
    fixture_open (&f, "voxelneighbours");
    send_caps (f.h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
    g_assert_cmpint (gst_harness_push (f.h, slice), ==, GST_FLOW_ERROR);
    said = take_error (f.bus);
    g_assert_nonnull (strstr (said, "is oblique"));
    fixture_close (&f);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelneighbours/axes", test_axes);
  g_test_add_func ("/voxelneighbours/disorder", test_disorder);
  g_test_add_func ("/voxelneighbours/errors", test_errors);
  g_test_add_func ("/voxelneighbours/held", test_held);
  g_test_add_func ("/voxelneighbours/labels", test_labels);
  g_test_add_func ("/voxelneighbours/volumes", test_volumes);
  return g_test_run ();
}
