/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>
#include <gst/video/video.h>

#include "elements/stream/voxel.h"

/* Which of our metas stock elements keep: those that leave size and orientation alone keep all, those that
 * change either keep but what was done to the picture. Elements that are not installed are skipped. */
typedef struct {
  const gchar *launch;
  const gchar *caps;
  gboolean kept;
  /* What is tagged video only is kept where a picture is made from this one. */
  gboolean made_from_it;
} Case;

#define GRAY8 "video/x-raw,format=GRAY8,width=96,height=64,framerate=25/1"
#define GRAY16 "video/x-raw,format=GRAY16_LE,width=96,height=64,framerate=25/1"

static const Case cases[] = {
    {"queue", GRAY16, TRUE},
    {"tee", GRAY16, TRUE},
    {"identity", GRAY16, TRUE},
    {"capsfilter", GRAY16, TRUE},
    {"multiqueue", GRAY16, TRUE},
    {"valve", GRAY16, TRUE},
    {"videoconvert", GRAY16, TRUE},
    {"videoscale", GRAY16, TRUE},
    {"videocrop", GRAY8, TRUE},
    {"videorate", GRAY8, TRUE},
    {"videoconvert ! capsfilter caps=video/x-raw,format=GRAY8", GRAY16, TRUE},
    {"videoconvert ! capsfilter caps=video/x-raw,format=GRAY16_BE", GRAY16, TRUE},
    {"videoscale ! capsfilter caps=video/x-raw,width=48,height=32", GRAY8, FALSE, TRUE},
    {"videocrop left=8", GRAY8, FALSE, TRUE},
    {"videoflip video-direction=90r", GRAY8, FALSE, TRUE},
    {"pngenc ! pngdec", GRAY8, TRUE},
    {"avenc_tiff ! avdec_tiff", GRAY8, TRUE},
    {"openjpegenc ! openjpegdec", GRAY8, TRUE},
    {"gdppay ! gdpdepay", GRAY8, FALSE},
    {"compositor", GRAY8, FALSE},
};

static gboolean
installed (const gchar *launch)
{
  g_auto (GStrv) words = g_strsplit_set (launch, " ", -1);
  gboolean next = TRUE;

  for (guint i = 0; words[i]; i++) {
    if (next && !strchr (words[i], '/')) {
      g_autoptr (GstElementFactory) factory = gst_element_factory_find (words[i]);

      if (!factory)
        return FALSE;
    }
    next = strcmp (words[i], "!") == 0;
  }
  return TRUE;
}

/* Sends one buffer through appsrc ! @launch ! appsink; NULL if none came out. */
static GstBuffer *
pass_through (const gchar *launch, const gchar *caps, GstBuffer *buffer)
{
  g_autofree gchar *text =
      g_strdup_printf ("appsrc name=in format=time caps=%s ! %s ! appsink name=out sync=false", caps, launch);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_autoptr (GstElement) in = NULL, out = NULL;
  g_autoptr (GstSample) sample = NULL;
  GstFlowReturn flow;

  g_assert_no_error (error);
  in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_signal_emit_by_name (in, "push-buffer", buffer, &flow);
  g_signal_emit_by_name (in, "end-of-stream", &flow);
  g_signal_emit_by_name (out, "try-pull-sample", 10 * GST_SECOND, &sample);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return sample ? gst_buffer_ref (gst_sample_get_buffer (sample)) : NULL;
}

static void
test_survival (gconstpointer data)
{
  const Case *one = data;
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", 10, 64, 96, 16);
  g_autoptr (GstCaps) caps = gst_caps_from_string (one->caps);
  g_autoptr (GstBuffer) label = gst_buffer_new_allocate (NULL, 64 * 96, NULL), buffer = NULL, result = NULL;
  GstVoxelSliceMeta *slice;
  GstVoxelTileMeta *tile;
  GstVoxelLabelMeta *truth;
  GstVoxelAugmentMeta *augment;
  GstVideoInfo info;

  if (!installed (one->launch)) {
    g_test_skip ("not installed");
    return;
  }
  gst_video_info_from_caps (&info, caps);
  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
  gst_buffer_memset (buffer, 0, 100, GST_VIDEO_INFO_SIZE (&info));
  GST_BUFFER_PTS (buffer) = 0;
  GST_BUFFER_DURATION (buffer) = GST_SECOND / 25;
  slice = gst_buffer_add_voxel_slice_meta (buffer, volume, GST_VOXEL_AXIS_Y, GST_VOXEL_CONTENT_INTENSITY, 3,
                                           0, 9);
  slice->mean = 1000.;
  slice->stddev = 50.;
  tile = gst_buffer_add_voxel_tile_meta (buffer);
  tile->index = 2;
  tile->count = 5;
  tile->view = GST_VOXEL_VIEW_FH;
  gst_buffer_add_voxel_label_meta (buffer, label, .25);
  gst_buffer_add_voxel_augment_meta (
      buffer, gst_structure_new ("applied", "seed", G_TYPE_UINT64, G_GUINT64_CONSTANT (7), NULL));

  result = pass_through (one->launch, one->caps, buffer);
  g_assert_nonnull (result);
  slice = gst_buffer_get_voxel_slice_meta (result);
  tile = gst_buffer_get_voxel_tile_meta (result);
  g_assert_true ((slice != NULL) == one->kept);
  truth = gst_buffer_get_voxel_label_meta (result);
  augment = gst_buffer_get_voxel_augment_meta (result);
  g_assert_true ((tile != NULL) == one->kept);
  g_assert_true ((truth != NULL) == one->kept);
  g_assert_true ((augment != NULL) == (one->kept || one->made_from_it));
  if (augment) {
    guint64 seed;

    g_assert_true (gst_structure_get_uint64 (augment->applied, "seed", &seed));
    g_assert_cmpuint (seed, ==, 7);
  }
  if (!one->kept)
    return;
  g_assert_cmpuint (slice->volume->serial, ==, volume->serial);
  g_assert_cmpint (slice->axis, ==, GST_VOXEL_AXIS_Y);
  g_assert_cmpuint (slice->index, ==, 3);
  g_assert_cmpuint (slice->last, ==, 9);
  g_assert_cmpuint (tile->index, ==, 2);
  g_assert_cmpuint (tile->count, ==, 5);
  g_assert_cmpint (tile->view, ==, GST_VOXEL_VIEW_FH);
  g_assert_true (truth->label == label);
  g_assert_cmpfloat (truth->weight, ==, .25);
}

/* What videoconvert does to 16-bit pixels happens to the statistics too. */
static void
test_depth (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", 1, 64, 96, 16);
  g_autoptr (GstBuffer) buffer = NULL, result = NULL;
  gsize size = 64 * 96;
  guint16 *pixels = g_new (guint16, size);
  gdouble sum = 0.;
  GstVoxelSliceMeta *slice;
  GstMapInfo map;

  volume->histogram = g_bytes_new_static ("", 0);
  for (gsize i = 0; i < size; i++)
    pixels[i] = (guint16) g_test_rand_int_range (5000, 60000);
  buffer = gst_buffer_new_wrapped (pixels, size * 2);
  slice = gst_buffer_add_voxel_slice_meta (buffer, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, 0,
                                           0, 0);
  for (gsize i = 0; i < size; i++)
    sum += pixels[i];
  slice->mean = sum / (gdouble) size;
  slice->stddev = 512.;
  result = pass_through ("videoconvert ! capsfilter caps=video/x-raw,format=GRAY8", GRAY16, buffer);
  g_assert_nonnull (result);
  slice = gst_buffer_get_voxel_slice_meta (result);
  gst_buffer_map (result, &map, GST_MAP_READ);
  sum = 0.;
  for (gsize i = 0; i < size; i++)
    sum += map.data[i];
  gst_buffer_unmap (result, &map);
  g_assert_cmpfloat_with_epsilon (slice->mean, sum / (gdouble) size, .05);
  g_assert_cmpfloat_with_epsilon (slice->stddev, 2., 1e-9);
  g_assert_null (slice->volume->histogram);
  g_assert_cmpuint (slice->volume->serial, ==, volume->serial);
}

/* A part of a buffer is no slice any more. */
static void
test_region (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", 1, 64, 96, 8);
  g_autoptr (GstBuffer) whole = gst_buffer_new_allocate (NULL, 64 * 96, NULL), part = NULL, copy = NULL;
  g_autoptr (GstBuffer) label = gst_buffer_new ();

  gst_buffer_add_voxel_slice_meta (whole, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_MASK, 0, 0, 0);
  gst_buffer_add_voxel_label_meta (whole, label, 1.);
  part = gst_buffer_copy_region (whole, GST_BUFFER_COPY_ALL, 96, 960);
  copy = gst_buffer_copy (whole);
  g_assert_null (gst_buffer_get_voxel_slice_meta (part));
  g_assert_null (gst_buffer_get_voxel_label_meta (part));
  g_assert_nonnull (gst_buffer_get_voxel_label_meta (copy));
  g_assert_nonnull (gst_buffer_get_voxel_slice_meta (copy));
}

/* A pipeline that is let go while it still changes its state is freed by the thread that changes it. */
static void
wait_for_last_reference (GstBuffer *buffer)
{
  gint64 end = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  while (GST_MINI_OBJECT_REFCOUNT_VALUE (buffer) > 1 && g_get_monotonic_time () < end)
    g_usleep (1000);
  g_assert_cmpint (GST_MINI_OBJECT_REFCOUNT_VALUE (buffer), ==, 1);
}

/* Neighbours stay with a slice as long as its pixels stay as they are, and are freed with it. */
static void
test_neighbours (void)
{
  static const Case ways[] = {{"queue", GRAY16, TRUE},
                              {"identity", GRAY16, TRUE},
                              {"videoconvert ! capsfilter caps=video/x-raw,format=GRAY8", GRAY16, FALSE},
                              {"videoscale ! capsfilter caps=video/x-raw,width=48,height=32", GRAY8, FALSE},
                              {"videocrop left=8", GRAY8, FALSE}};

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (ways[i].caps);
    GstBuffer *pictures[4];
    GstVoxelNeighboursMeta *meta;
    GstVideoInfo info;

    if (!installed (ways[i].launch))
      continue;
    gst_video_info_from_caps (&info, caps);
    {
      g_autoptr (GstBuffer) slice = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
      g_autoptr (GstBuffer) result = NULL, copy = NULL;

      gst_buffer_memset (slice, 0, 100, GST_VIDEO_INFO_SIZE (&info));
      meta = gst_buffer_add_voxel_neighbours_meta (slice, 2);
      for (guint k = 0; k < 4; k++)
        meta->pictures[k] = gst_buffer_ref (pictures[k] = gst_buffer_new ());
      result = pass_through (ways[i].launch, ways[i].caps, slice);
      copy = gst_buffer_copy (result);
      meta = gst_buffer_get_voxel_neighbours_meta (copy);
      g_assert_true ((meta != NULL) == ways[i].kept);
      if (meta)
        g_assert_cmpuint (meta->reach, ==, 2);
      for (guint k = 0; meta && k < 4; k++)
        g_assert_true (meta->pictures[k] == pictures[k]);
    }
    for (guint k = 0; k < 4; k++) {
      wait_for_last_reference (pictures[k]);
      gst_buffer_unref (pictures[k]);
    }
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *word = g_strdelimit (g_strdup (cases[i].launch), "/", ':');
    g_autofree gchar *path = g_strdup_printf ("/stream/metas/%s/%u", word, i);

    g_test_add_data_func (path, &cases[i], test_survival);
  }
  g_test_add_func ("/stream/metas/depth", test_depth);
  g_test_add_func ("/stream/metas/neighbours", test_neighbours);
  g_test_add_func ("/stream/metas/region", test_region);
  return g_test_run ();
}
