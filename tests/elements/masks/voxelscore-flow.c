/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* voxelscore as part of a pipeline: what comes when, and what is taken back. */

#include "score-fixture.h"

/* One branch gives nothing before the whole volume has come, far more slices than its queue takes. */
static void
test_tee (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 1000, 1, 4, 8);
  g_autoptr (GstMessage) message = NULL;
  Fixture fixture;

  fixture_init (&fixture,
                "appsrc name=a ! tee name=t t. ! queue ! score.truth "
                "t. ! queue ! voxelreslice axes=z ! score.prediction voxelscore name=score",
                "video/x-raw,format=GRAY8,width=4,height=1,framerate=1/1");
  for (guint z = 0; z < 1000; z++)
    push (&fixture, 0, slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, z, pixels[1 + z % 2], 4));
  finish (&fixture, 0);
  message = wait_for (&fixture, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
  g_assert_cmpstr (GST_MESSAGE_TYPE_NAME (message), ==, "element");
  g_assert_cmpfloat (field (gst_message_get_structure (message), "surface-dice"), ==, 1);
  g_assert_cmpuint (count (gst_message_get_structure (message), "truth-voxels"), ==, 2000);
  expect_end (&fixture);
  fixture_clear (&fixture);
}

static void
flush (GstHarness *harness)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (harness, gst_event_new_flush_start ());
  gst_harness_push_event (harness, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (harness, gst_event_new_segment (&segment));
}

/* Both sides are flushed one after the other in the middle, with new slices on one before the other's flush.
 */
static void
test_flush (void)
{
  GstElement *score = gst_element_factory_make ("voxelscore", NULL);
  GstHarness *sides[2] = {gst_harness_new_with_element (score, "truth", NULL),
                          gst_harness_new_with_element (score, "prediction", NULL)};
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 3, 1, 4, 8);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstStructure) result = NULL;
  g_autofree gchar *error = NULL;

  gst_element_set_bus (score, bus);
  for (guint side = 0; side < 2; side++) {
    gst_harness_set_src_caps_str (sides[side], "video/x-raw,format=GRAY8,width=4,height=1,framerate=1/1");
    for (guint z = 0; z < 1 + side; z++)
      gst_harness_push (sides[side],
                        slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, z, pixels[2], 4));
  }
  flush (sides[0]);
  gst_harness_push (sides[0], slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, pixels[1], 4));
  gst_harness_push (sides[1], slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 2, pixels[2], 4));
  flush (sides[1]);
  for (guint z = 0; z < 3; z++) {
    if (z > 0)
      gst_harness_push (sides[0],
                        slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, z, pixels[1], 4));
    gst_harness_push (sides[1],
                      slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, z, pixels[1], 4));
  }
  for (guint side = 0; side < 2; side++)
    g_assert_true (gst_harness_push_event (sides[side], gst_event_new_eos ()));
  error = bus_error (bus);
  g_assert_null (error);
  g_object_get (score, "result", &result, NULL);
  g_assert_cmpfloat (field (result, "dice"), ==, 1);
  g_assert_cmpuint (count (result, "voxels"), ==, 12);
  gst_element_set_bus (score, NULL);
  gst_harness_teardown (sides[1]);
  gst_harness_teardown (sides[0]);
  gst_object_unref (score);
}

typedef struct {
  GstHarness *side;
  GstVoxelVolume *before;
  GstVoxelVolume *after;
  gboolean ended;
} Again;

/* What a source does that is sought in: something of before may still come, then all of the new does. */
static GstPadProbeReturn
begin_again (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const Again *again = data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_SEEK)
    return GST_PAD_PROBE_OK;
  if (!again->ended)
    gst_harness_push (again->side,
                      slice_new (again->before, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, pixels[2], 4));
  flush (again->side);
  for (guint z = 0; z < 3; z++)
    gst_harness_push (again->side,
                      slice_new (again->after, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, z, pixels[1], 4));
  gst_harness_push_event (again->side, gst_event_new_eos ());
  return GST_PAD_PROBE_DROP;
}

/* A seek, before or after one side has ended: the first side begins again, and ends, before the other is flushed. */
static void
test_again (gconstpointer ended)
{
  GstElement *score = gst_element_factory_make ("voxelscore", NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstStructure) result = NULL;
  g_autofree gchar *error = NULL;
  Again sides[2];

  gst_element_set_bus (score, bus);
  for (guint i = 0; i < 2; i++) {
    sides[i].side = gst_harness_new_with_element (score, i ? "prediction" : "truth", NULL);
    sides[i].ended = ended != NULL;
    sides[i].before = gst_voxel_volume_new ("before", 3, 1, 4, 8);
    sides[i].after = gst_voxel_volume_new ("after", 3, 1, 4, 8);
    gst_pad_add_probe (sides[i].side->srcpad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, begin_again, &sides[i],
                       NULL);
    gst_harness_set_src_caps_str (sides[i].side, "video/x-raw,format=GRAY8,width=4,height=1,framerate=1/1");
  }
  if (ended)
    gst_harness_push_event (sides[1].side, gst_event_new_eos ());
  g_assert_true (
      gst_element_send_event (score, gst_event_new_seek (1., GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                                         GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0)));
  error = bus_error (bus);
  g_assert_cmpstr (error, ==, NULL);
  g_object_get (score, "result", &result, NULL);
  g_assert_cmpfloat (field (result, "dice"), ==, 1);
  g_assert_cmpuint (count (result, "voxels"), ==, 12);
  g_assert_cmpstr (gst_structure_get_string (result, "truth"), ==, "after");
  g_assert_cmpstr (gst_structure_get_string (result, "prediction"), ==, "after");
  gst_element_set_bus (score, NULL);
  for (guint i = 0; i < 2; i++) {
    gst_harness_teardown (sides[i].side);
    gst_voxel_volume_unref (sides[i].before);
    gst_voxel_volume_unref (sides[i].after);
  }
  gst_object_unref (score);
}

/* Stopped at any moment and run again. */
static void
test_states (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 40, 1, 4, 8);

  for (guint round = 0; round < 40; round++) {
    Fixture fixture;

    fixture_init (&fixture, TWO_SOURCES, "video/x-raw,format=GRAY8,width=4,height=1,framerate=1/1");
    for (guint z = 0; z < round; z++) {
      push (&fixture, 0, slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, z, pixels[1], 4));
      push (&fixture, 1, slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, z, pixels[1], 4));
      if (z == round / 2)
        gst_element_set_state (fixture.pipeline, GST_STATE_PAUSED);
    }
    fixture_clear (&fixture);
  }
}

/* Everything comes while paused: the end is told when it plays. */
static void
test_paused (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 1, 1, 4, 8);
  g_autoptr (GstMessage) message = NULL;
  Fixture fixture;

  fixture_init (&fixture, TWO_SOURCES, "video/x-raw,format=GRAY8,width=4,height=1,framerate=1/1");
  g_assert_cmpint (gst_element_set_state (fixture.pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_SUCCESS);
  for (guint side = 0; side < 2; side++) {
    push (&fixture, side, slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, pixels[1], 4));
    finish (&fixture, side);
  }
  message = wait_for (&fixture, GST_MESSAGE_ELEMENT);
  g_assert_null (gst_bus_pop_filtered (fixture.bus, GST_MESSAGE_EOS));
  gst_element_set_state (fixture.pipeline, GST_STATE_PLAYING);
  expect_end (&fixture);
  fixture_clear (&fixture);
}

static gchar *
write_stack (const gchar *folder, guint depth)
{
  g_autofree gchar *path = g_build_filename (folder, "stack.tif", NULL);
  g_autofree gchar *launch = g_strdup_printf ("voxelsink location=%s", path);
  GstHarness *harness = sink_new (launch, "GRAY8", 4, 1);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", depth, 1, 4, 8);

  for (guint z = 0; z < depth; z++)
    gst_harness_push (harness,
                      slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, z, pixels[1 + z % 2], 4));
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  gst_harness_teardown (harness);
  return g_steal_pointer (&path);
}

/* Sought again and again while it runs, at last to 20 slices: those are scored, from one source and from two. */
static void
test_seek (void)
{
  static const gchar *const launches[] = {
      "voxelsrc location=%s framerate=1/1 ! tee name=t t. ! queue ! score.truth t. ! queue ! "
      "score.prediction "
      "voxelscore name=score",
      "voxelsrc location=%s framerate=1/1 ! score.truth voxelsrc location=%s framerate=1/1 ! queue ! "
      "score.prediction "
      "voxelscore name=score",
  };
  gchar *folder = folder_new ();
  g_autofree gchar *path = write_stack (folder, 400);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (launches); i++) {
    g_auto (GStrv) parts = g_strsplit (launches[i / 2], "%s", -1);
    g_autofree gchar *launch = g_strjoinv (path, parts);
    g_autoptr (GstStructure) result = NULL;
    Fixture fixture;

    fixture_init (&fixture, launch, "video/x-raw");
    gst_element_get_state (fixture.pipeline, NULL, NULL, WAIT);
    for (guint k = 0; k < 20; k++) {
      g_usleep ((gulong) g_test_rand_int_range (0, 3000));
      g_assert_true (gst_element_seek (fixture.pipeline, 1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                       GST_SEEK_TYPE_SET, (k < 19 ? 0 : 100) * GST_SECOND, GST_SEEK_TYPE_SET,
                                       (k < 19 ? 400 : 120) * GST_SECOND));
    }
    for (gboolean ended = FALSE; !ended;) {
      g_autoptr (GstMessage) message = wait_for (&fixture, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

      g_assert_cmpstr (GST_MESSAGE_TYPE_NAME (message), ==, "eos");
      g_clear_pointer (&result, gst_structure_free);
      g_object_get (fixture.score, "result", &result, NULL);
      /* A pass that ended before it was sought again may have been told too. */
      ended = result && count (result, "voxels") == 80;
    }
    g_assert_cmpfloat (field (result, "dice"), ==, 1);
    fixture_clear (&fixture);
  }
  folder_remove (folder);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelscore-flow/tee", test_tee);
  g_test_add_func ("/voxelscore-flow/flush", test_flush);
  g_test_add_data_func ("/voxelscore-flow/again", NULL, test_again);
  g_test_add_data_func ("/voxelscore-flow/again-after-end", pixels, test_again);
  g_test_add_func ("/voxelscore-flow/states", test_states);
  g_test_add_func ("/voxelscore-flow/paused", test_paused);
  g_test_add_func ("/voxelscore-flow/seek", test_seek);
  return g_test_run ();
}
