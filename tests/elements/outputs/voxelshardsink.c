/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "shard-fixture.h"

#include <math.h>

static gdouble
number (JsonObject *record, const gchar *name)
{
  g_assert_true (json_object_has_member (record, name));
  return json_object_get_double_member (record, name);
}

static void
test_samples (void)
{
  for (guint bytes = 1; bytes <= 2; bytes++) {
    gchar *folder = folder_new ();
    GstHarness *harness = harness_new (folder, "max-samples=3", bytes == 1 ? "GRAY8" : "GRAY16_LE");
    g_autoptr (GstVoxelVolume) volume = volume_new ();

    for (guint k = 0; k < 5; k++)
      g_assert_cmpint (gst_harness_push (harness, tile_new (volume, k, bytes)), ==, GST_FLOW_OK);
    g_assert_true (exists (folder, "t-00.tar"));
    g_assert_false (exists (folder, "t-01.tar"));
    g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
    g_assert_cmpuint (folder_count (folder), ==, 3);
    for (guint s = 0, k = 0; s < 2; s++) {
      g_autoptr (VoxelShardReader) reader = reader_new (folder, s ? "t-01.tar" : "t-00.tar");

      for (guint n = 0; n < (s ? 2 : 3); n++, k++) {
        const VoxelShardSample *sample = voxel_shard_reader_next (reader, NULL);
        g_autofree gchar *key = g_strdup_printf ("%09u", k);

        g_assert_nonnull (sample);
        g_assert_cmpstr (sample->key, ==, key);
        g_assert_cmpuint (sample->form.bits, ==, 8 * bytes);
        for (guint i = 0; i < SIZE * SIZE * bytes; i++)
          g_assert_cmpuint (sample->image[i], ==, (guint8) (i * 3 + k));
        g_assert_cmpuint (sample->count.vessel, ==, k);
        g_assert_cmpuint (sample->count.ignored, ==, 1);
        for (guint i = 0; i < k; i++)
          g_assert_cmpuint (sample->label[i], ==, 255);
      }
      g_assert_null (voxel_shard_reader_next (reader, NULL));
    }
    gst_harness_teardown (harness);
    folder_remove (folder);
  }
}

static void
test_record (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "", "GRAY8");
  g_autoptr (GstVoxelVolume) volume = volume_new ();
  GstBuffer *buffer = tile_new (volume, 4, 1);
  GstStructure *scale =
      gst_structure_new ("scale", "by", G_TYPE_DOUBLE, 1.25, "cubic", G_TYPE_BOOLEAN, TRUE, NULL);
  g_autoptr (VoxelShardReader) reader = NULL;
  const VoxelShardSample *sample;
  JsonObject *record, *inner;
  GstVoxelSliceMeta *slice;

  gst_buffer_add_voxel_augment_meta (buffer, gst_structure_new ("augment", "random-scale", GST_TYPE_STRUCTURE,
                                                                scale, "blur", G_TYPE_INT, 5, "seed",
                                                                G_TYPE_UINT64, G_MAXUINT64, NULL));
  gst_structure_free (scale);
  gst_harness_push (harness, buffer);
  buffer = tile_new (volume, 0, 1);
  slice = gst_buffer_get_voxel_slice_meta (buffer);
  slice->axis = GST_VOXEL_AXIS_OBLIQUE;
  slice->mean = NAN;
  for (guint i = 0; i < 9; i++)
    slice->plane[i / 3][i % 3] = i + .5;
  gst_harness_push (harness, buffer);
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));

  reader = reader_new (folder, "t-00.tar");
  sample = voxel_shard_reader_next (reader, NULL);
  record = sample->record;
  g_assert_cmpint (json_object_get_int_member (record, "version"), ==, 1);
  g_assert_true (g_str_has_prefix (json_object_get_string_member (record, "software"), "gst-voxel "));
  g_assert_cmpstr (json_object_get_string_member (record, "volume"), ==, "scan");
  g_assert_cmpstr (json_object_get_string_member (record, "axis"), ==, "y");
  g_assert_cmpint (json_object_get_int_member (record, "index"), ==, 36);
  g_assert_cmpint (json_object_get_int_member (record, "epoch"), ==, 1);
  g_assert_true (json_object_get_null_member (record, "plane"));
  g_assert_cmpint (json_object_get_int_member (record, "bits"), ==, 8);
  g_assert_cmpint (json_object_get_int_member (record, "scanned_bits"), ==, 12);
  g_assert_cmpfloat (number (record, "slice_mean"), ==, 12.5);
  g_assert_cmpfloat (number (record, "slice_stddev"), ==, 3);
  g_assert_cmpfloat (number (record, "low"), ==, 100);
  g_assert_cmpfloat (number (record, "high"), ==, 3000);
  g_assert_cmpfloat (number (record, "weight"), ==, .25);
  g_assert_cmpfloat (number (record, "vessel"), ==, 4. / (SIZE * SIZE));
  g_assert_cmpfloat (number (record, "ignored"), ==, 1. / (SIZE * SIZE));
  g_assert_cmpfloat (json_array_get_double_element (json_object_get_array_member (record, "spacing"), 1), ==,
                     .65);
  g_assert_cmpfloat (
      json_array_get_double_element (json_object_get_array_member (record, "scanned_spacing"), 0), ==, 2);
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (record, "shape"), 2), ==, 70);
  inner = json_object_get_object_member (record, "tile");
  g_assert_cmpint (json_object_get_int_member (inner, "x"), ==, 5);
  g_assert_cmpint (json_object_get_int_member (inner, "y"), ==, 6);
  g_assert_cmpint (json_object_get_int_member (inner, "width"), ==, SIZE);
  g_assert_cmpint (json_object_get_int_member (inner, "index"), ==, 4);
  inner = json_object_get_object_member (record, "augment");
  g_assert_cmpint (json_object_get_int_member (inner, "blur"), ==, 5);
  g_assert_cmpstr (json_object_get_string_member (inner, "seed"), ==, "18446744073709551615");
  inner = json_object_get_object_member (inner, "random-scale");
  g_assert_cmpfloat (number (inner, "by"), ==, 1.25);
  g_assert_true (json_object_get_boolean_member (inner, "cubic"));

  record = voxel_shard_reader_next (reader, NULL)->record;
  g_assert_cmpstr (json_object_get_string_member (record, "axis"), ==, "o");
  g_assert_true (json_object_get_null_member (record, "slice_mean"));
  g_assert_true (json_object_get_null_member (record, "augment"));
  for (guint i = 0; i < 9; i++) {
    JsonArray *row = json_array_get_array_element (json_object_get_array_member (record, "plane"), i / 3);

    g_assert_cmpfloat (json_array_get_double_element (row, i % 3), ==, i + .5);
  }
  gst_harness_teardown (harness);
  folder_remove (folder);
}

/* Pictures whose rows have gaps, and of changing size. */
static void
test_forms (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "labels=optional", "GRAY8");
  g_autoptr (GstVoxelVolume) volume = volume_new ();
  g_autoptr (VoxelShardReader) reader = NULL;
  const VoxelShardSample *sample;
  gsize offset[GST_VIDEO_MAX_PLANES] = {0};
  gint stride[GST_VIDEO_MAX_PLANES] = {40};
  guint8 pixels[40 * 30];
  GstBuffer *buffer;

  gst_harness_push (harness, tile_new (volume, 1, 1));
  /* 21 columns at 40 bytes a row, and as many packed, at 24. */
  for (guint k = 0; k < 2; k++) {
    guint rows = k ? 24 : 40;

    gst_harness_set_src_caps_str (harness, "video/x-raw,format=GRAY8,width=21,height=30,framerate=0/1");
    for (guint i = 0; i < sizeof pixels; i++)
      pixels[i] = i % rows < 21 ? (guint8) (i / rows * 21 + i % rows) : 0xee;
    buffer = slice_new (volume, GST_VOXEL_AXIS_X, GST_VOXEL_CONTENT_INTENSITY, 3, pixels, rows * 30);
    if (k == 0)
      gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, 21, 30, 1,
                                      offset, stride);
    g_assert_cmpint (gst_harness_push (harness, buffer), ==, GST_FLOW_OK);
  }
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  reader = reader_new (folder, "t-00.tar");
  g_assert_cmpuint (voxel_shard_reader_next (reader, NULL)->form.width, ==, SIZE);
  for (guint k = 0; k < 2; k++) {
    sample = voxel_shard_reader_next (reader, NULL);
    g_assert_cmpuint (sample->form.width, ==, 21);
    g_assert_cmpuint (sample->form.height, ==, 30);
    g_assert_null (sample->label);
    g_assert_true (json_object_get_null_member (sample->record, "vessel"));
    g_assert_true (json_object_get_null_member (sample->record, "tile"));
    for (guint i = 0; i < 21 * 30; i++)
      g_assert_cmpuint (sample->image[i], ==, (guint8) i);
  }
  gst_harness_teardown (harness);
  folder_remove (folder);
}

static void
test_message (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "max-samples=2 labels=optional", "GRAY8");
  g_autoptr (GstBus) bus = harness_bus (harness);
  g_autoptr (GstVoxelVolume) volume = volume_new ();
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *told;
  GstBuffer *bare;
  guint64 samples, shards, bytes, unlabelled;
  gdouble vessel;

  for (guint k = 0; k < 4; k++)
    gst_harness_push (harness, tile_new (volume, k, 1));
  bare = tile_new (volume, 0, 1);
  gst_buffer_remove_meta (bare, (GstMeta *) gst_buffer_get_voxel_label_meta (bare));
  gst_harness_push (harness, bare);
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
  told = gst_message_get_structure (message);
  g_assert_true (gst_structure_has_name (told, "voxel-shards"));
  g_assert_true (gst_structure_get (told, "samples", G_TYPE_UINT64, &samples, "shards", G_TYPE_UINT64,
                                    &shards, "bytes", G_TYPE_UINT64, &bytes, "unlabelled", G_TYPE_UINT64,
                                    &unlabelled, "vessel", G_TYPE_DOUBLE, &vessel, NULL));
  g_assert_cmpuint (samples, ==, 5);
  g_assert_cmpuint (shards, ==, 3);
  g_assert_cmpuint (unlabelled, ==, 1);
  g_assert_cmpfloat (vessel, ==, 6. / (4 * SIZE * SIZE));
  g_assert_true (g_str_has_suffix (gst_structure_get_string (told, "index"), "/t.json"));
  /* Five images and four labels of 512 + 1536 bytes, five records of 1024, three ends. */
  g_assert_cmpuint (bytes, ==, 9 * 2048 + 5 * 1024 + 3 * 1024);
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
  folder_remove (folder);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelshardsink/samples", test_samples);
  g_test_add_func ("/voxelshardsink/record", test_record);
  g_test_add_func ("/voxelshardsink/forms", test_forms);
  g_test_add_func ("/voxelshardsink/message", test_message);
  return g_test_run ();
}
