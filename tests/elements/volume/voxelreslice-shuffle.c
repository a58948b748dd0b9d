/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Slices of several volumes, axes and epochs in one random order. */

#include "reslice-both.h"

#include <string.h>

/* All of an epoch, each slice once; what came in which order. */
static gchar *
take_epoch (Fixture *f, guint epoch)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint i = 0; i < BOTH; i++) {
    gchar *name = take_slice (f, epoch, TRUE);

    g_string_append_printf (order, "%s,", name);
    g_assert_true (g_hash_table_add (seen, name));
  }
  return g_string_free (g_steal_pointer (&order), FALSE);
}

static void
test_epochs (gconstpointer description)
{
  g_auto (GStrv) orders = g_new0 (gchar *, 5);

  for (guint n = 0; n < 4; n++) {
    g_autofree gchar *text = g_strdup_printf ("%s seed=%u epochs=2", (const gchar *) description, n / 2);
    g_autofree gchar *again = NULL;
    Fixture f;

    fixture_open (&f, text);
    push_both (&f);
    orders[n] = take_epoch (&f, 0);
    again = take_epoch (&f, 1);
    g_assert_cmpstr (orders[n], !=, again);
    g_assert_null (gst_harness_try_pull (f.h));
    fixture_close (&f);
  }
  g_assert_cmpstr (orders[0], ==, orders[1]);
  g_assert_cmpstr (orders[2], ==, orders[3]);
  g_assert_cmpstr (orders[0], !=, orders[2]);
}

/* One segment an epoch, in which times rise; caps only where another size or depth comes. */
static void
test_times (void)
{
  Fixture f;
  GstEvent *event;
  guint segments = 0, sizes = 0, changes = 0;
  guint width = 0, height = 0, bits = 0;

  fixture_open (&f, "voxelreslice shuffle=true epochs=3");
  push_both (&f);
  for (guint i = 0; i < 3 * BOTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (f.h);
    const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
    guint count, h, w;

    gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &h, &w);
    g_assert_cmpuint (slice->epoch, ==, i / BOTH);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i % BOTH * GST_SECOND / 25);
    g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND / 25);
    changes += w != width || h != height || slice->volume->bits != bits;
    width = w, height = h, bits = slice->volume->bits;
  }
  while ((event = gst_harness_try_pull_event (f.h))) {
    GstSegment segment;

    if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
      gst_event_copy_segment (event, &segment);
      g_assert_cmpuint (segment.base, ==, segments * BOTH * GST_SECOND / 25);
      segments++;
    }
    sizes += GST_EVENT_TYPE (event) == GST_EVENT_CAPS;
    gst_event_unref (event);
  }
  g_assert_cmpuint (segments, ==, 3);
  g_assert_cmpuint (sizes, ==, changes);
  fixture_close (&f);
}

/* Many small volumes, whose depth nobody knows before their end. */
static void
test_many (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const guint volumes = 25, slices = DEPTH + HEIGHT + WIDTH;
  Fixture f;

  fixture_open (&f, "voxelreslice shuffle=true memory-limit=20000000");
  for (guint n = 0; n < volumes; n++) {
    g_autofree gchar *id = g_strdup_printf ("v%u", n);
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new (id, 0, HEIGHT, WIDTH, 16);

    send_caps (f.h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
    for (guint z = 0; z < DEPTH; z++)
      g_assert_cmpint (
          gst_harness_push (f.h, make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, z,
                                             0, GST_VOXEL_INDEX_UNKNOWN, pixel_16)),
          ==, GST_FLOW_OK);
  }
  g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
  for (guint i = 0; i < volumes * slices; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (f.h);
    const GstVoxelSliceMeta *slice;
    g_autoptr (GstCaps) caps = NULL;

    g_assert_nonnull (buffer);
    slice = gst_buffer_get_voxel_slice_meta (buffer);
    caps = caps_of (slice, GRAY16);
    check_slice (buffer, caps, pixel_16, slice->axis, slice->index);
    g_assert_true (g_hash_table_add (
        seen, g_strdup_printf ("%s %d %u", slice->volume->id, (gint) slice->axis, slice->index)));
  }
  g_assert_null (gst_harness_try_pull (f.h));
  fixture_close (&f);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/voxelreslice-shuffle/epochs/memory", "voxelreslice shuffle=true", test_epochs);
  g_test_add_data_func ("/voxelreslice-shuffle/epochs/scratch", "voxelreslice shuffle=true memory-limit=1",
                        test_epochs);
  g_test_add_data_func ("/voxelreslice-shuffle/epochs/some", "voxelreslice shuffle=true memory-limit=2500000",
                        test_epochs);
  g_test_add_func ("/voxelreslice-shuffle/times", test_times);
  g_test_add_func ("/voxelreslice-shuffle/many", test_many);
  return g_test_run ();
}
