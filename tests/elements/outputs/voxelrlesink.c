/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slices.h"

#define WIDTH 4
#define HEIGHT 2

static const guint8 masks[][WIDTH * HEIGHT] = {
    {0, 0, 0, 0, 0, 0, 0, 0},
    {255, 255, 0, 255, 255, 0, 0, 255},
    {255, 255, 255, 255, 255, 255, 255, 255},
};

static GstVoxelVolume *
volume_new (const gchar *id)
{
  return gst_voxel_volume_new (id, G_N_ELEMENTS (masks), HEIGHT, WIDTH, 8);
}

static GstFlowReturn
push (GstHarness *harness, GstVoxelVolume *volume, guint index)
{
  return gst_harness_push (harness, slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, index,
                                               masks[index], sizeof masks[index]));
}

static GstHarness *
harness_new (const gchar *folder, const gchar *properties)
{
  g_autofree gchar *launch = g_strdup_printf ("voxelrlesink location=%s/out.csv %s", folder, properties);

  return sink_new (launch, "GRAY8", WIDTH, HEIGHT);
}

static gchar *
written (const gchar *folder)
{
  g_autofree gchar *path = g_build_filename (folder, "out.csv", NULL);
  gchar *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
test_table (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "");
  g_autoptr (GstVoxelVolume) first = volume_new ("kidney,1"), second = volume_new ("k2");
  g_autofree gchar *text = NULL;

  first->names = g_strsplit ("a b \"c", " ", -1);
  second->origin[0] = 10;
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (push (harness, first, i), ==, GST_FLOW_OK);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (push (harness, second, i), ==, GST_FLOW_OK);
  g_assert_null (written (folder));
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  text = written (folder);
  g_assert_cmpstr (text, ==,
                   "id,rle\n\"kidney,1_a\",1 0\n\"kidney,1_b\",1 2 4 2 8 1\n\"kidney,1_\"\"c\",1 8\n"
                   "k2_0010,1 0\nk2_0011,1 2 4 2 8 1\nk2_0012,1 8\n");
  gst_harness_teardown (harness);
  g_assert_cmpuint (folder_count (folder), ==, 1);
  folder_remove (folder);
}

static void
test_id_format (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "id-format={{{index:03}}}-{axis}-{index}");
  g_autoptr (GstVoxelVolume) volume = volume_new ("k");
  g_autofree gchar *text = NULL;

  for (guint i = 0; i < 3; i++)
    push (harness, volume, i);
  gst_harness_push_event (harness, gst_event_new_eos ());
  text = written (folder);
  assert_like (text, "id,rle\n{000}-z-0,*\n{001}-z-1,*\n{002}-z-2,*\n");
  gst_harness_teardown (harness);
  folder_remove (folder);
}

static void
test_scores (void)
{
  static const struct {
    GstVoxelContent content;
    guint16 pixels[4];
  } cases[] = {
      /* p > .25: 16383.75; logit(.25) = -1.0986 */
      {GST_VOXEL_CONTENT_PROBABILITY, {0, 16383, 16384, 65535}},
      {GST_VOXEL_CONTENT_LOGIT, {0, 30517, 30519, 65535}},
      {GST_VOXEL_CONTENT_INTENSITY, {0, 127 * 257 - 1, 127 * 257, 65535}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *folder = folder_new ();
    g_autofree gchar *launch = g_strdup_printf ("voxelrlesink threshold=.25 location=%s/out.csv", folder);
    GstHarness *harness = sink_new (launch, "GRAY16_LE", 4, 1);
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("k", 1, 1, 4, 16);
    g_autofree gchar *text = NULL;

    g_assert_cmpint (gst_harness_push (harness, slice_new (volume, GST_VOXEL_AXIS_Z, cases[i].content, 0,
                                                           cases[i].pixels, sizeof cases[i].pixels)),
                     ==, GST_FLOW_OK);
    gst_harness_push_event (harness, gst_event_new_eos ());
    text = written (folder);
    g_assert_cmpstr (text, ==, "id,rle\nk_0000,3 2\n");
    gst_harness_teardown (harness);
    folder_remove (folder);
  }
}

static void
test_broken (void)
{
  static const struct {
    guint slices[3];
    guint count;
    const gchar *message;
  } cases[] = {
      {{0, 2}, 2, "*slice 1 of axis z of volume \"k\" is missing*"},
      {{1}, 1, "*slice 0 of axis z*missing*"},
      {{0, 1}, 2, "*slice 2 of axis z*missing*"},
      {{0}, 0, "*no slice came*"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *folder = folder_new ();
    GstHarness *harness = harness_new (folder, "");
    g_autoptr (GstBus) bus = harness_bus (harness);
    g_autoptr (GstVoxelVolume) volume = volume_new ("k");
    g_autofree gchar *error = NULL;

    for (guint k = 0; k < cases[i].count; k++)
      push (harness, volume, cases[i].slices[k]);
    gst_harness_push_event (harness, gst_event_new_eos ());
    error = bus_error (bus);
    assert_like (error, cases[i].message);
    g_assert_cmpuint (folder_count (folder), ==, 0);
    gst_element_set_bus (harness->element, NULL);
    gst_harness_teardown (harness);
    folder_remove (folder);
  }
}

static void
test_refused (void)
{
  gchar *folder = folder_new ();
  g_autoptr (GstVoxelVolume) wide = gst_voxel_volume_new ("w", 3, HEIGHT, 8, 8);
  GstBuffer *buffers[] = {
      gst_buffer_new_memdup (masks[0], sizeof masks[0]),
      slice_new (wide, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, masks[0], sizeof masks[0]),
      gst_buffer_new_memdup (masks[0], sizeof masks[0]),
  };
  static const gchar *const messages[] = {"*add voxelstamp*", "*add voxelstitch*", "*add voxelvote*"};
  g_autoptr (GstVoxelVolume) turned = gst_voxel_volume_new ("t", WIDTH, 3, HEIGHT, 8);

  gst_buffer_add_voxel_slice_meta (buffers[2], turned, GST_VOXEL_AXIS_Y, GST_VOXEL_CONTENT_MASK, 0, 0, 2);
  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++) {
    GstHarness *harness = harness_new (folder, "");
    g_autoptr (GstBus) bus = harness_bus (harness);
    g_autofree gchar *error = NULL;

    g_assert_cmpint (gst_harness_push (harness, buffers[i]), ==, GST_FLOW_ERROR);
    error = bus_error (bus);
    assert_like (error, messages[i]);
    gst_element_set_bus (harness->element, NULL);
    gst_harness_teardown (harness);
  }
  g_assert_cmpuint (folder_count (folder), ==, 0);
  folder_remove (folder);
}

/* What was there stays until the new table is complete, also when the pipeline is stopped or flushed. */
static void
test_stopped (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "");
  g_autoptr (GstVoxelVolume) volume = volume_new ("k");
  g_autofree gchar *path = g_build_filename (folder, "out.csv", NULL);
  g_autofree gchar *text = NULL, *after = NULL;
  GstSegment segment;

  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  push (harness, volume, 0);
  push (harness, volume, 1);
  gst_element_set_state (harness->element, GST_STATE_NULL);
  text = written (folder);
  g_assert_cmpstr (text, ==, "before");
  g_assert_cmpuint (folder_count (folder), ==, 1);
  gst_harness_teardown (harness);

  harness = harness_new (folder, "");
  push (harness, volume, 0);
  push (harness, volume, 1);
  gst_harness_push_event (harness, gst_event_new_flush_start ());
  gst_harness_push_event (harness, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (harness, gst_event_new_segment (&segment));
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (push (harness, volume, i), ==, GST_FLOW_OK);
  gst_harness_push_event (harness, gst_event_new_eos ());
  after = written (folder);
  g_assert_cmpstr (after, ==, "id,rle\nk_0000,1 0\nk_0001,1 2 4 2 8 1\nk_0002,1 8\n");
  gst_harness_teardown (harness);
  folder_remove (folder);
}

static void
test_settings (void)
{
  static const struct {
    const gchar *launch, *message;
  } cases[] = {
      {"voxelrlesink", "*property location*"},
      {"voxelrlesink location=/tmp/x id-format={nme}", "*id-format*character 1: unknown token*{name}*"},
      {"voxelrlesink location=/tmp/x id-format=a{index:4}", "*character 2: unknown token*"},
      {"voxelrlesink location=/tmp/x id-format=a}", "*character 2: } without {*"},
      {"voxelrlesink location=/tmp/x id-format={id", "*character 1: { without }*"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i].launch, cases[i].message);
}

static void
test_no_space (void)
{
  GstHarness *harness;
  g_autoptr (GstVoxelVolume) volume = volume_new ("k");
  g_autoptr (GstBus) bus = NULL;
  g_autofree gchar *error = NULL;

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip ("no /dev/full");
    return;
  }
  harness = sink_new ("voxelrlesink location=/dev/full", "GRAY8", WIDTH, HEIGHT);
  bus = harness_bus (harness);
  for (guint i = 0; i < 3; i++)
    push (harness, volume, i);
  g_assert_false (gst_harness_push_event (harness, gst_event_new_eos ()));
  error = bus_error (bus);
  assert_like (error, "*/dev/full*No space left*");
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);

  harness = sink_new ("voxelrlesink location=/does/not/exist.csv", "GRAY8", WIDTH, HEIGHT);
  g_assert_cmpint (push (harness, volume, 0), ==, GST_FLOW_ERROR);
  gst_harness_teardown (harness);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelrlesink/table", test_table);
  g_test_add_func ("/voxelrlesink/id-format", test_id_format);
  g_test_add_func ("/voxelrlesink/scores", test_scores);
  g_test_add_func ("/voxelrlesink/broken", test_broken);
  g_test_add_func ("/voxelrlesink/refused", test_refused);
  g_test_add_func ("/voxelrlesink/stopped", test_stopped);
  g_test_add_func ("/voxelrlesink/settings", test_settings);
  g_test_add_func ("/voxelrlesink/no-space", test_no_space);
  return g_test_run ();
}
