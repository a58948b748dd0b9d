/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>

#include "tests/elements/network/voxelinfer-fixture.h"
#include "tests/support/unet-model.h"

#define WIDTH 52
#define HEIGHT 36

static gchar *by_slice;
static GstVoxelVolume *volume;

/* What cannot be scored says so and how to mend it. */
static void
test_wrong_input (void)
{
  for (guint i = 0; i < 2; i++) {
    GstHarness *h = new_harness (by_slice, "batch=1");
    g_autoptr (GstElement) element = gst_harness_find_element (h, "voxelinfer");
    g_autoptr (GstBus) bus = gst_bus_new ();
    GstBuffer *picture = new_picture (WIDTH, HEIGHT, 1);
    g_autofree gchar *said = NULL;

    gst_element_set_bus (element, bus);
    set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
    gst_buffer_add_voxel_slice_meta (picture, volume, GST_VOXEL_AXIS_Z,
                                     i ? GST_VOXEL_CONTENT_LOGIT : GST_VOXEL_CONTENT_INTENSITY, 4, 2, 9);
    mark_tile (picture, WIDTH, HEIGHT, GST_VOXEL_VIEW_R0, FALSE)->slice_width = 2 * WIDTH;
    g_assert_cmpint (gst_harness_push (h, picture), ==, GST_FLOW_ERROR);
    said = pull_error (bus);
    g_assert_nonnull (strstr (said, i ? "Slice 4 already carries" : "add voxelnormalize before voxeltile"));
    gst_element_set_bus (element, NULL);
    gst_harness_teardown (h);
  }
}

static void
test_no_room (void)
{
  GstHarness *h = new_harness (by_slice, "memory-limit=5000");
  g_autoptr (GstElement) element = gst_harness_find_element (h, "voxelinfer");
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autofree gchar *said = NULL;

  gst_element_set_bus (element, bus);
  set_caps (h, "GRAY16_LE", 300, 300);
  g_assert_cmpint (gst_harness_push (h, new_picture (300, 300, 1)), ==, GST_FLOW_NOT_NEGOTIATED);
  said = pull_error (bus);
  g_assert_nonnull (strstr (said, "the memory limit is 4.9 KiB: raise the limit"));
  gst_element_set_bus (element, NULL);
  gst_harness_teardown (h);
}

static void
test_wrong_model (void)
{
  static const gchar *const words[][2] = {
      {"", "Set model=FILE"},
      {"model=/nonexistent/m.safetensors", "/nonexistent/m.safetensors"},
      {"backend=abacus", "abacus"},
      {"precision=fp16", "fp16"},
      {"backend=cpu precision=tf32", "TF32 is of GPUs"},
      {"backend=reference precision=tf32", "not in tf32"},
      {"architecture=conv1x1", "the architecture is unet, not conv1x1"},
      {"config=\"{\\\"depth\\\": 7}\"", "\"depth\" 2, the given config 7"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_autofree gchar *quoted = g_strconcat (by_slice, "\"", NULL);
    g_autofree gchar *launch =
        g_strdup_printf ("voxelinfer %s %s%s", words[i][0], i > 1 ? "model=\"" : "", i > 1 ? quoted : "");
    g_autoptr (GError) error = NULL;
    g_autoptr (GstElement) element = gst_object_ref_sink (gst_parse_launch (launch, &error));
    g_autoptr (GstBus) bus = gst_bus_new ();
    g_autofree gchar *said = NULL;

    g_assert_no_error (error);
    gst_element_set_bus (element, bus);
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    said = pull_error (bus);
    g_assert_nonnull (strstr (said, words[i][1]));
    gst_element_set_bus (element, NULL);
    gst_element_set_state (element, GST_STATE_NULL);
  }
}

int
main (int argc, char **argv)
{
  g_autofree gchar *folder = NULL;
  gint result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("voxelinfer-XXXXXX", NULL);
  by_slice = g_build_filename (folder, "by slice.safetensors", NULL);
  unet_model_save (by_slice, 4, 2, 1, "slice");
  volume = gst_voxel_volume_new ("scan", 10, 10, 10, 16);
  g_test_add_func ("/network/voxelinfer/wrong-input", test_wrong_input);
  g_test_add_func ("/network/voxelinfer/wrong-model", test_wrong_model);
  g_test_add_func ("/network/voxelinfer/no-room", test_no_room);
  result = g_test_run ();
  gst_voxel_volume_unref (volume);
  g_remove (by_slice);
  g_rmdir (folder);
  g_free (by_slice);
  return result;
}
