/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What may go wrong in front of voxelshardsink and on the disk behind it. */

#include "shard-fixture.h"

#include <signal.h>
#include <sys/resource.h>

/* What is wrong with the second of two samples; what was complete stays. */
static void
spoil (GstBuffer *buffer, const gchar *what)
{
  GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (buffer);

  if (g_str_equal (what, "no label")) {
    gst_buffer_remove_meta (buffer, (GstMeta *) label);
  } else if (g_str_equal (what, "small label")) {
    gst_buffer_resize (label->label, 0, SIZE * SIZE - 1);
  } else if (g_str_equal (what, "other form")) {
    gst_buffer_add_video_meta (label->label, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, SIZE / 2,
                               SIZE);
  } else if (g_str_equal (what, "codes")) {
    gst_buffer_memset (label->label, 33, 1, 1);
  } else if (g_str_equal (what, "logits")) {
    gst_buffer_get_voxel_slice_meta (buffer)->content = GST_VOXEL_CONTENT_LOGIT;
  } else if (g_str_equal (what, "neighbours")) {
    gst_buffer_add_voxel_neighbours_meta (buffer, 1);
  } else if (g_str_equal (what, "no meta")) {
    gst_buffer_remove_meta (buffer, (GstMeta *) gst_buffer_get_voxel_slice_meta (buffer));
  }
}

static void
test_refused (void)
{
  static const struct {
    const gchar *what, *message;
  } cases[] = {
      {"no label", "*slice 39 of axis y of volume \"scan\": it has no label*labels=optional*"},
      {"small label", "*slice 39 of axis y*its label is not of its size*"},
      {"other form", "*slice 39 of axis y*its label is not of its size*"},
      {"codes", "*slice 39*its label is none: its pixel at row 1, column 1 is 1*0*128*255*"},
      {"logits", "*slice 39*scores*before voxelinfer*"},
      {"neighbours", "*slice 39*leave voxelneighbours out*"},
      {"no meta", "*voxelstamp*"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *folder = folder_new ();
    GstHarness *harness = harness_new (folder, "max-samples=1", "GRAY8");
    g_autoptr (GstBus) bus = harness_bus (harness);
    g_autoptr (GstVoxelVolume) volume = volume_new ();
    g_autofree gchar *error = NULL;
    GstBuffer *buffer = tile_new (volume, 1, 1);

    spoil (buffer, cases[i].what);
    g_assert_cmpint (gst_harness_push (harness, tile_new (volume, 0, 1)), ==, GST_FLOW_OK);
    g_assert_cmpint (gst_harness_push (harness, buffer), ==, GST_FLOW_ERROR);
    error = bus_error (bus);
    assert_like (error, cases[i].message);
    g_assert_false (exists (folder, "t.json"));
    gst_element_set_bus (harness->element, NULL);
    gst_harness_teardown (harness);
    folder_remove (folder);
  }
}

/* A refused stream overwrites nothing; another run only where that is told; a second end of stream its own. */
static void
test_earlier_run (void)
{
  gchar *folder = folder_new ();
  g_autofree gchar *launch = g_strdup_printf ("voxelshardsink location=%s/t-%%02d.tar", folder);
  GstHarness *harness = harness_new (folder, "max-samples=1", "GRAY8");
  g_autoptr (GstVoxelVolume) volume = volume_new ();
  g_autoptr (GstElement) refused = NULL;
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autofree gchar *error = NULL;
  GstBuffer *bare = tile_new (volume, 0, 1);

  for (guint k = 0; k < 3; k++)
    gst_harness_push (harness, tile_new (volume, k, 1));
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  g_assert_cmpuint (folder_count (folder), ==, 4);
  gst_harness_push_event (harness, gst_event_new_flush_start ());
  gst_harness_push_event (harness, gst_event_new_flush_stop (TRUE));
  {
    GstSegment segment;

    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_harness_push_event (harness, gst_event_new_segment (&segment));
  }
  for (guint k = 0; k < 2; k++)
    g_assert_cmpint (gst_harness_push (harness, tile_new (volume, k, 1)), ==, GST_FLOW_OK);
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  g_assert_cmpuint (folder_count (folder), ==, 3);
  gst_harness_teardown (harness);

  refused = gst_parse_launch (launch, NULL);
  gst_element_set_bus (refused, bus);
  g_assert_cmpint (gst_element_set_state (refused, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  error = bus_error (bus);
  assert_like (error, "*t-01.tar is there already*3 files*overwrite=true*");
  gst_element_set_state (refused, GST_STATE_NULL);
  gst_element_set_bus (refused, NULL);

  harness = harness_new (folder, "overwrite=true", "GRAY8");
  spoil (bare, "no label");
  g_assert_cmpint (gst_harness_push (harness, bare), ==, GST_FLOW_ERROR);
  gst_harness_teardown (harness);
  g_assert_cmpuint (folder_count (folder), ==, 3);

  harness = harness_new (folder, "overwrite=true index=\"\"", "GRAY8");
  gst_harness_push (harness, tile_new (volume, 0, 1));
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  gst_harness_teardown (harness);
  g_assert_true (exists (folder, "t-00.tar"));
  g_assert_false (exists (folder, "t-01.tar"));
  folder_remove (folder);
}

/* Of runs under the same names, begun while nothing was there yet, one is whole and the others say so. */
static void
test_runs_side_by_side (void)
{
  static const gchar *const words[] = {"*t-00.tar is there already*overwrite=true*",
                                       "*t-00.tar was put there by somebody else*"};
  gchar *folder = folder_new ();
  GstHarness *first = harness_new (folder, "max-samples=1", "GRAY8"), *others[G_N_ELEMENTS (words)];
  g_autoptr (GstVoxelVolume) volume = volume_new ();

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = harness_new (folder, "max-samples=1", "GRAY8");
  g_assert_cmpint (gst_harness_push (others[1], tile_new (volume, 5, 1)), ==, GST_FLOW_OK);
  for (guint k = 0; k < 2; k++)
    g_assert_cmpint (gst_harness_push (first, tile_new (volume, k, 1)), ==, GST_FLOW_OK);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (GstBus) bus = harness_bus (others[i]);
    g_autofree gchar *error = NULL;

    g_assert_cmpint (gst_harness_push (others[i], tile_new (volume, 6, 1)), ==, GST_FLOW_ERROR);
    error = bus_error (bus);
    assert_like (error, words[i]);
    gst_element_set_bus (others[i]->element, NULL);
    gst_harness_teardown (others[i]);
  }
  g_assert_true (gst_harness_push_event (first, gst_event_new_eos ()));
  gst_harness_teardown (first);
  g_assert_cmpuint (folder_count (folder), ==, 3);
  folder_remove (folder);
}

static void
test_empty (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "", "GRAY8");
  g_autoptr (GstBus) bus = harness_bus (harness);
  g_autofree gchar *error = NULL;

  g_assert_false (gst_harness_push_event (harness, gst_event_new_eos ()));
  error = bus_error (bus);
  assert_like (error, "*no slice came*t-%02d.tar*");
  g_assert_cmpuint (folder_count (folder), ==, 0);
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
  folder_remove (folder);
}

/* Stopped early: complete shards stay, nothing else is there. */
static void
test_stopped (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "max-samples=2", "GRAY8");
  g_autoptr (GstVoxelVolume) volume = volume_new ();

  for (guint k = 0; k < 5; k++)
    gst_harness_push (harness, tile_new (volume, k, 1));
  g_assert_cmpuint (folder_count (folder), ==, 3);
  gst_harness_teardown (harness);
  g_assert_cmpuint (folder_count (folder), ==, 2);
  folder_remove (folder);
}

/* A limit on the size of files stands for a full disk. */
static void
test_no_space (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "max-bytes=2000000", "GRAY8");
  g_autoptr (GstBus) bus = harness_bus (harness);
  g_autoptr (GstVoxelVolume) volume = volume_new ();
  g_autofree gchar *error = NULL;
  GstFlowReturn flow = GST_FLOW_OK;
  struct rlimit before, limit;
  guint sent = 0;

  getrlimit (RLIMIT_FSIZE, &before);
  signal (SIGXFSZ, SIG_IGN);
  for (; sent < 600 && flow == GST_FLOW_OK; sent++) {
    /* The second shard does not fit. */
    limit = (struct rlimit){exists (folder, "t-00.tar") ? 500000 : before.rlim_cur, before.rlim_max};
    setrlimit (RLIMIT_FSIZE, &limit);
    flow = gst_harness_push (harness, tile_new (volume, 1, 1));
    setrlimit (RLIMIT_FSIZE, &before);
  }
  if (flow == GST_FLOW_OK) {
    setrlimit (RLIMIT_FSIZE, &limit);
    g_assert_false (gst_harness_push_event (harness, gst_event_new_eos ()));
    setrlimit (RLIMIT_FSIZE, &before);
  }
  error = bus_error (bus);
  assert_like (
      error,
      "After 1 complete shards with * samples, which stay: Cannot write */t-01.tar: File too large; *");
  g_assert_cmpuint (folder_count (folder), ==, 1);
  g_assert_true (exists (folder, "t-00.tar"));
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
  folder_remove (folder);
}

/* Killed in the middle: the next run says so, and cleans up where it may. */
static void
test_killed (void)
{
  g_autoptr (GstVoxelVolume) volume = volume_new ();
  GstHarness *harness;
  gchar *folder;

  if (g_test_subprocess ()) {
    harness = harness_new (g_getenv ("VOXEL_TEST_FOLDER"), "max-samples=2", "GRAY8");
    for (guint k = 0; k < 5; k++)
      gst_harness_push (harness, tile_new (volume, k, 1));
    raise (SIGKILL);
  }
  folder = folder_new ();
  g_setenv ("VOXEL_TEST_FOLDER", folder, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_assert_false (g_test_trap_has_passed ());
  g_assert_true (exists (folder, "t-00.tar") && exists (folder, "t-01.tar"));
  g_assert_false (exists (folder, "t-02.tar") || exists (folder, "t.json"));
  g_assert_cmpuint (folder_count (folder), ==, 3);
  harness = harness_new (folder, "overwrite=true", "GRAY8");
  gst_harness_push (harness, tile_new (volume, 0, 1));
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  gst_harness_teardown (harness);
  g_assert_cmpuint (folder_count (folder), ==, 2);
  folder_remove (folder);
}

static void
test_settings (void)
{
  static const struct {
    const gchar *launch, *message;
  } cases[] = {
      {"voxelshardsink", "*property location*"},
      {"voxelshardsink location=a.tar", "*location*shards/train-%06d.tar*"},
      {"voxelshardsink location=a-%s.tar", "*location*character 3*%04d*"},
      {"voxelshardsink location={id}-%d.tar", "*location*nothing else to fill in*"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i].launch, cases[i].message);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelshardsink-faults/refused", test_refused);
  g_test_add_func ("/voxelshardsink-faults/earlier-run", test_earlier_run);
  g_test_add_func ("/voxelshardsink-faults/runs-side-by-side", test_runs_side_by_side);
  g_test_add_func ("/voxelshardsink-faults/empty", test_empty);
  g_test_add_func ("/voxelshardsink-faults/stopped", test_stopped);
  g_test_add_func ("/voxelshardsink-faults/no-space", test_no_space);
  g_test_add_func ("/voxelshardsink-faults/killed", test_killed);
  g_test_add_func ("/voxelshardsink-faults/settings", test_settings);
  return g_test_run ();
}
