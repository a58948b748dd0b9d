/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <json-glib/json-glib.h>
#include <math.h>

#include "random-mask.h"
#include "score-fixture.h"
#include "surface-dice-values.h"

/* Slices of random masks whose rows have any width: GStreamer pads them to four bytes. */
static GstBuffer *
slice_padded (GstVoxelVolume *volume, guint index, const guint8 *mask)
{
  guint height = volume->shape[1], width = volume->shape[2], stride = GST_ROUND_UP_4 (width);
  g_autofree guint8 *padded = g_malloc0 ((gsize) stride * height);

  for (guint y = 0; y < height; y++)
    memcpy (padded + (gsize) y * stride, mask + ((gsize) index * height + y) * width, width);
  return slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, index, padded, (gsize) stride * height);
}

static void
test_stored (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (surface_values); i++) {
    guint depth = surface_values[i].depth, height = surface_values[i].height, width = surface_values[i].width;
    gsize n = (gsize) depth * height * width;
    g_autofree guint8 *truth = g_malloc (n);
    g_autofree guint8 *prediction = g_malloc (n);
    g_autofree gchar *caps = slice_caps ("GRAY8", width, height);
    g_autoptr (GstVoxelVolume) a = gst_voxel_volume_new ("truth", depth, height, width, 8);
    g_autoptr (GstVoxelVolume) b = gst_voxel_volume_new ("prediction", depth, height, width, 8);
    g_autoptr (GstMessage) message = NULL;
    const gdouble *spacing = surface_spacings[surface_values[i].spacing];
    g_autofree gchar *launch =
        g_strdup_printf (TWO_SOURCES "spacing=\"%g,%g,%g\"", spacing[0], spacing[1], spacing[2]);
    guint64 both = 0, ones = 0;
    Fixture fixture;

    random_mask_fill (surface_values[i].seed, depth, height, width, surface_values[i].balls,
                      surface_values[i].specks, truth);
    random_mask_fill (surface_values[i].seed + 1, depth, height, width, surface_values[i].balls / 3,
                      surface_values[i].specks + 3, prediction);
    for (gsize k = 0; k < n; k++) {
      prediction[k] ^= truth[k];
      both += prediction[k] && truth[k];
      ones += truth[k] != 0;
    }
    fixture_init (&fixture, launch, caps);
    for (guint z = 0; z < depth; z++)
      push (&fixture, 1, slice_padded (b, z, prediction));
    finish (&fixture, 1);
    for (guint z = 0; z < depth; z++)
      push (&fixture, 0, slice_padded (a, z, truth));
    finish (&fixture, 0);
    message = wait_for (&fixture, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
    g_assert_cmpstr (GST_MESSAGE_TYPE_NAME (message), ==, "element");
    g_assert_cmpfloat_with_epsilon (field (gst_message_get_structure (message), "surface-dice"),
                                    surface_values[i].dice, 1e-12);
    g_assert_cmpuint (count (gst_message_get_structure (message), "common-voxels"), ==, both);
    g_assert_cmpuint (count (gst_message_get_structure (message), "truth-voxels"), ==, ones);
    expect_end (&fixture);
    fixture_clear (&fixture);
  }
}

/* Several volumes, empty ones among them, each with a message and an entry in the file. */
static void
test_volumes (void)
{
  static const guint truths[] = {1, 0, 1, 0}, predictions[] = {2, 0, 0, 1};
  gchar *folder = folder_new ();
  g_autofree gchar *launch = g_strdup_printf (TWO_SOURCES "location=%s/score.json", folder);
  g_autofree gchar *path = g_build_filename (folder, "score.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GstStructure) result = NULL;
  JsonArray *entries;
  Fixture fixture;

  fixture_init (&fixture, launch, "video/x-raw,format=GRAY8,width=4,height=1,framerate=1/1");
  for (guint i = 0; i < G_N_ELEMENTS (truths); i++) {
    g_autofree gchar *id = g_strdup_printf ("v%u", i);
    g_autoptr (GstVoxelVolume) a = gst_voxel_volume_new (id, 1, 1, 4, 8),
                               b = gst_voxel_volume_new ("p", 1, 1, 4, 8);

    push (&fixture, 0, slice_new (a, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, pixels[truths[i]], 4));
    push (&fixture, 1, slice_new (b, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, pixels[predictions[i]], 4));
  }
  finish (&fixture, 0);
  finish (&fixture, 1);
  for (guint i = 0; i < G_N_ELEMENTS (truths); i++) {
    g_autoptr (GstMessage) message = wait_for (&fixture, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
    const GstStructure *score = gst_message_get_structure (message);

    g_assert_cmpstr (GST_MESSAGE_TYPE_NAME (message), ==, "element");
    if (i == 0) {
      g_assert_cmpfloat (field (score, "dice"), ==, .5);
      g_assert_cmpfloat (field (score, "iou"), ==, 1. / 3);
      g_assert_cmpfloat (field (score, "precision"), ==, .5);
      g_assert_cmpfloat (field (score, "recall"), ==, .5);
    }
    g_assert_cmpint (isnan (field (score, "surface-dice")), ==, i == 1);
    g_assert_cmpint (isnan (field (score, "dice")), ==, i == 1);
    g_assert_cmpint (isnan (field (score, "precision")), ==, predictions[i] == 0);
    g_assert_cmpint (isnan (field (score, "recall")), ==, truths[i] == 0);
    if (i > 1)
      g_assert_cmpfloat (field (score, "surface-dice"), ==, 0);
  }
  expect_end (&fixture);
  g_object_get (fixture.score, "result", &result, NULL);
  g_assert_cmpstr (gst_structure_get_string (result, "truth"), ==, "v3");
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  entries = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "volumes");
  g_assert_cmpuint (json_array_get_length (entries), ==, G_N_ELEMENTS (truths));
  g_assert_true (json_object_get_null_member (json_array_get_object_element (entries, 1), "surface-dice"));
  g_assert_cmpfloat (json_object_get_double_member (json_array_get_object_element (entries, 0), "dice"), ==,
                     .5);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (entries, 2), "truth"), ==,
                   "v2");
  fixture_clear (&fixture);
  folder_remove (folder);
}

static void
test_scores (void)
{
  static const struct {
    GstVoxelContent content;
    guint16 pixels[4];
  } cases[] = {
      {GST_VOXEL_CONTENT_PROBABILITY, {16383, 16384, 0, 65535}},
      {GST_VOXEL_CONTENT_LOGIT, {30518, 30519, 0, 65535}},
      {GST_VOXEL_CONTENT_INTENSITY, {127 * 257 - 1, 127 * 257, 0, 65535}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 1, 1, 4, 16);
    g_autoptr (GstMessage) message = NULL;
    Fixture fixture;

    fixture_init (&fixture, TWO_SOURCES, "video/x-raw,format=GRAY16_LE,width=4,height=1,framerate=1/1");
    for (guint side = 0; side < 2; side++) {
      push (&fixture, side, slice_new (volume, GST_VOXEL_AXIS_Z, cases[i].content, 0, cases[i].pixels, 8));
      finish (&fixture, side);
    }
    message = wait_for (&fixture, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
    g_assert_cmpuint (count (gst_message_get_structure (message), "truth-voxels"), ==, 2);
    expect_end (&fixture);
    fixture_clear (&fixture);
  }
}

/* Labels of 0 and 1 count from 1 on, or bring a warning for each side. */
static void
test_label_threshold (void)
{
  static const guint8 labels[4] = {0, 1, 1, 0};
  static const gchar *const launches[] = {TWO_SOURCES, TWO_SOURCES "label-threshold=1"};

  for (guint i = 0; i < G_N_ELEMENTS (launches); i++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 1, 1, 4, 8);
    g_autoptr (GstMessage) message = NULL;
    guint n_warnings = 0;
    Fixture fixture;

    fixture_init (&fixture, launches[i], "video/x-raw,format=GRAY8,width=4,height=1,framerate=1/1");
    for (guint side = 0; side < 2; side++) {
      push (&fixture, side, slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, 0, labels, 4));
      finish (&fixture, side);
    }
    for (;;) {
      g_clear_pointer (&message, gst_message_unref);
      message = wait_for (&fixture, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
      if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_WARNING)
        break;
      n_warnings++;
    }
    g_assert_cmpuint (n_warnings, ==, i ? 0 : 2);
    g_assert_cmpuint (count (gst_message_get_structure (message), "prediction-voxels"), ==, i ? 2 : 0);
    fixture_clear (&fixture);
  }
}

/* What each side sends, as indices of slices: 9 begins another volume, -1 is the end of the side, and after
 * -2 it neither sends nor ends. */
static void
test_broken (void)
{
  static const struct {
    gint truth[8], prediction[8];
    const gchar *message;
  } cases[] = {
      {{0, 2, -1}, {-2}, "*pad truth: slice 1 of axis z*missing*"},
      {{0, 1, 2, -2}, {0, 1, -1}, "*pad prediction: slice 2 of axis z*missing*"},
      {{0, 0, -1}, {0, 1, 2, -2}, "*pad truth: slice 0 came twice*"},
      {{0, 1, 2, -1}, {-1}, "*prediction ended after 0 volumes, the truth goes on*"},
      {{0, 1, 2, -1}, {0, 1, 2, 9, 0, 1, 2, -1}, "*truth ended after 1 volumes, the prediction goes on*"},
      {{-1}, {-1}, "*neither truth nor prediction came*"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Fixture fixture;

    fixture_init (&fixture, TWO_SOURCES, "video/x-raw,format=GRAY8,width=4,height=1,framerate=1/1");
    for (guint side = 0; side < 2; side++) {
      GstVoxelVolume *volume = gst_voxel_volume_new ("v", 3, 1, 4, 8);
      const gint *sent = side ? cases[i].prediction : cases[i].truth;

      for (; *sent >= 0; sent++) {
        if (*sent == 9) {
          gst_voxel_volume_unref (volume);
          volume = gst_voxel_volume_new ("w", 3, 1, 4, 8);
          continue;
        }
        push (&fixture, side,
              slice_new (volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, (guint) *sent, pixels[1], 4));
      }
      if (*sent == -1)
        finish (&fixture, side);
      gst_voxel_volume_unref (volume);
    }
    expect_error (&fixture, cases[i].message);
    fixture_clear (&fixture);
  }
}

static void
test_refused (void)
{
  static const gchar *const messages[] = {
      "*add voxelstamp*",
      "*pad prediction*4x1 voxels of a slice of 8x1: add voxelstitch*",
      "*pad prediction*axis y: add voxelvote*",
      "*ends after 1 slices, the prediction does not*",
  };
  g_autoptr (GstVoxelVolume) truth = gst_voxel_volume_new ("v", 1, 1, 4, 8);
  g_autoptr (GstVoxelVolume) wide = gst_voxel_volume_new ("w", 1, 1, 8, 8);
  g_autoptr (GstVoxelVolume) turned = gst_voxel_volume_new ("t", 4, 1, 1, 8);
  g_autoptr (GstVoxelVolume) deep = gst_voxel_volume_new ("d", 2, 1, 4, 8);

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++) {
    Fixture fixture;

    fixture_init (&fixture, TWO_SOURCES, "video/x-raw,format=GRAY8,width=4,height=1,framerate=1/1");
    push (&fixture, 0, slice_new (truth, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, pixels[0], 4));
    finish (&fixture, 0);
    if (i == 0)
      push (&fixture, 1, gst_buffer_new_memdup (pixels[0], 4));
    if (i == 1)
      push (&fixture, 1, slice_new (wide, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, pixels[0], 4));
    if (i == 2)
      push (&fixture, 1, slice_new (turned, GST_VOXEL_AXIS_Y, GST_VOXEL_CONTENT_MASK, 0, pixels[0], 4));
    for (guint k = 0; i == 3 && k < 2; k++)
      push (&fixture, 1, slice_new (deep, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, k, pixels[0], 4));
    finish (&fixture, 1);
    expect_error (&fixture, messages[i]);
    fixture_clear (&fixture);
  }
}

static void
test_shapes (void)
{
  GstElement *score = gst_element_factory_make ("voxelscore", NULL);
  GstHarness *truth = gst_harness_new_with_element (score, "truth", NULL);
  GstHarness *prediction = gst_harness_new_with_element (score, "prediction", NULL);
  g_autoptr (GstVoxelVolume) a = gst_voxel_volume_new ("v", 1, 1, 4, 8),
                             b = gst_voxel_volume_new ("v", 1, 2, 4, 8);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autofree gchar *error = NULL;

  gst_element_set_bus (score, bus);
  gst_harness_set_src_caps_str (truth, "video/x-raw,format=GRAY8,width=4,height=1,framerate=1/1");
  gst_harness_set_src_caps_str (prediction, "video/x-raw,format=GRAY8,width=4,height=2,framerate=1/1");
  g_assert_cmpint (
      gst_harness_push (truth, slice_new (a, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, pixels[0], 4)), ==,
      GST_FLOW_OK);
  g_assert_cmpint (
      gst_harness_push (prediction, slice_new (b, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, pixels[0], 8)),
      ==, GST_FLOW_ERROR);
  error = bus_error (bus);
  assert_like (error, "*truth have 4x1 voxels, those of the prediction 4x2*");
  gst_element_set_bus (score, NULL);
  gst_harness_teardown (prediction);
  gst_harness_teardown (truth);
  gst_object_unref (score);
}

static void
test_settings (void)
{
  static const gchar *const spacings[] = {"1,1", "1,1,0", "1,1,x", "1,1,1,1", ""};

  for (guint i = 0; i < G_N_ELEMENTS (spacings); i++) {
    GstElement *score = gst_element_factory_make ("voxelscore", NULL);
    g_autoptr (GstBus) bus = gst_bus_new ();
    g_autofree gchar *error = NULL;

    g_object_set (score, "spacing", spacings[i], NULL);
    gst_element_set_bus (score, bus);
    g_assert_cmpint (gst_element_set_state (score, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    error = bus_error (bus);
    assert_like (error, "*spacing \"*\": expected three positive numbers*");
    gst_element_set_state (score, GST_STATE_NULL);
    gst_element_set_bus (score, NULL);
    gst_object_unref (score);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelscore/stored", test_stored);
  g_test_add_func ("/voxelscore/volumes", test_volumes);
  g_test_add_func ("/voxelscore/scores", test_scores);
  g_test_add_func ("/voxelscore/label-threshold", test_label_threshold);
  g_test_add_func ("/voxelscore/broken", test_broken);
  g_test_add_func ("/voxelscore/refused", test_refused);
  g_test_add_func ("/voxelscore/shapes", test_shapes);
  g_test_add_func ("/voxelscore/settings", test_settings);
  return g_test_run ();
}
