/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reslice-labels.h"

#include <string.h>

static void
test_axes (gconstpointer description)
{
  static const struct {
    GstVideoFormat format;
    MakePixel make;
  } kinds[] = {{GST_VIDEO_FORMAT_GRAY8, pixel_8}, {GRAY16, pixel_16}};
  static const guint counts[] = {DEPTH, HEIGHT, WIDTH};

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
    Fixture f;

    fixture_open (&f, description);
    g_assert_cmpint (push_labelled (&f, volume, kinds[k].format, kinds[k].make), ==, GST_FLOW_OK);
    g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
    for (GstVoxelAxis axis = 0; axis < GST_VOXEL_N_AXES; axis++) {
      for (guint i = 0; i < counts[axis]; i++) {
        g_autoptr (GstBuffer) buffer = gst_harness_try_pull (f.h);
        g_autoptr (GstCaps) caps = NULL;

        g_assert_nonnull (buffer);
        caps = caps_of (gst_buffer_get_voxel_slice_meta (buffer), kinds[k].format);
        g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (buffer)->index, ==, i);
        check_slice (buffer, caps, kinds[k].make, axis, i);
        check_label (buffer);
      }
    }
    g_assert_null (gst_harness_try_pull (f.h));
    fixture_close (&f);
  }
}

/* The next volume has none, and the one behind it has some again. */
static void
test_some_volumes (void)
{
  Fixture f;

  fixture_open (&f, "voxelreslice axes=x");
  for (guint n = 0; n < 3; n++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);

    if (n == 1)
      push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16);
    else
      push_labelled (&f, volume, GRAY16, pixel_16);
  }
  g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
  for (guint i = 0; i < 3 * WIDTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (f.h);

    if (i / WIDTH == 1)
      g_assert_null (gst_buffer_get_voxel_label_meta (buffer));
    else
      check_label (buffer);
  }
  fixture_close (&f);
}

/* A live slice keeps its own label, other axes get theirs. */
static void
test_live (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  Fixture f;

  fixture_open (&f, "voxelreslice hold=false axes=z,y");
  push_labelled (&f, volume, GRAY16, pixel_16);
  g_assert_cmpuint (gst_harness_buffers_in_queue (f.h), ==, DEPTH);
  g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
  for (guint i = 0; i < DEPTH + HEIGHT; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (f.h);

    check_label (buffer);
  }
  fixture_close (&f);
}

static GstBuffer *
bad_label (GstVoxelVolume *volume, guint kind)
{
  GstBuffer *buffer = make_labelled (volume, GRAY16, 2, pixel_16, FALSE);
  GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (buffer);
  g_autoptr (GstBuffer) other = gst_buffer_new_allocate (NULL, HEIGHT * WIDTH * 4, NULL);

  if (kind == 0)
    gst_buffer_remove_meta (buffer, &label->meta);
  if (kind == 1)
    label->weight = .5;
  if (kind < 2)
    return buffer;
  if (kind == 3)
    gst_buffer_add_video_meta (other, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, HEIGHT, WIDTH);
  if (kind == 4)
    gst_buffer_add_video_meta (other, GST_VIDEO_FRAME_FLAG_NONE, GRAY16, WIDTH, HEIGHT);
  gst_buffer_replace (&label->label, other);
  return buffer;
}

static void
test_refused (void)
{
  static const gchar *const texts[] = {"Slice 2 of volume \"scan\" has no label, those before have one",
                                       "slice 2 of volume \"scan\" has the weight 0.5",
                                       "label of slice 2 of volume \"scan\" is not 66 x 37 pixels of 8 bits",
                                       "is not 66 x 37 pixels of 8 bits", "is not 66 x 37 pixels of 8 bits"};
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  g_autofree gchar *late = NULL;
  Fixture f;

  for (guint kind = 0; kind < G_N_ELEMENTS (texts); kind++) {
    g_autofree gchar *text = NULL;

    fixture_open (&f, kind % 2 ? "voxelreslice" : "voxelreslice shuffle=true");
    send_caps (f.h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
    for (guint i = 0; i < 2; i++)
      g_assert_cmpint (gst_harness_push (f.h, make_labelled (volume, GRAY16, i, pixel_16, FALSE)), ==,
                       GST_FLOW_OK);
    g_assert_cmpint (gst_harness_push (f.h, bad_label (volume, kind)), ==, GST_FLOW_ERROR);
    text = take_error (f.bus);
    if (!strstr (text, texts[kind]))
      g_error ("%s", text);
    g_assert_false (gst_harness_push_event (f.h, gst_event_new_eos ()));
    g_assert_cmpuint (gst_harness_buffers_received (f.h), ==, 0);
    fixture_close (&f);
  }

  fixture_open (&f, "voxelreslice hold=false axes=z");
  push_range (&f, volume, GRAY16, 0, DEPTH - 1, 1, pixel_16);
  g_assert_cmpint (gst_harness_push (f.h, make_labelled (volume, GRAY16, 2, pixel_16, FALSE)), ==,
                   GST_FLOW_ERROR);
  late = take_error (f.bus);
  g_assert_nonnull (strstr (late, "Slice 2 of volume \"scan\" has a label, those before have none"));
  fixture_close (&f);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/voxelreslice-labels/axes/memory", "voxelreslice", test_axes);
  g_test_add_data_func ("/voxelreslice-labels/axes/scratch", "voxelreslice memory-limit=1", test_axes);
  g_test_add_data_func ("/voxelreslice-labels/axes/epochs", "voxelreslice epochs=1 oblique=0 seed=3",
                        test_axes);
  g_test_add_func ("/voxelreslice-labels/some-volumes", test_some_volumes);
  g_test_add_func ("/voxelreslice-labels/live", test_live);
  g_test_add_func ("/voxelreslice-labels/refused", test_refused);
  return g_test_run ();
}
