/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* voxelinfer backend=cuda on devices that are none: the module and cuDNN that VOXEL_CUDA_MODULE and
 * VOXEL_CUDNN_LIBRARY name have to be the stand-ins of tests/models/cuda/stand-in, with two devices. They end the
 * process where anything was not freed.
 *
 *   voxelinfer-devices [short|lost|none]    with little memory, with devices that are lost on the way, without any */

#include <glib/gstdio.h>
#include <string.h>

#include "tests/elements/network/voxelinfer-fixture.h"
#include "tests/support/conv1x1-model.h"
#include "tests/support/unet-model.h"

#define WIDTH 24
#define HEIGHT 16
#define PICTURES 19

static gchar *model, *steep;

/* The codes of PICTURES pictures of a slice, one after the other, some of them seen turned. */
static GByteArray *
score (const gchar *more)
{
  GstHarness *h = new_harness (model, more);
  GByteArray *scores = g_byte_array_new ();

  set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
  for (guint i = 0; i < PICTURES; i++) {
    GstBuffer *picture = new_picture (WIDTH, HEIGHT, i);
    GstVoxelTileMeta *tile = mark_tile (picture, WIDTH, HEIGHT, i % 3, FALSE);

    tile->index = i;
    tile->count = PICTURES;
    tile->view_count = 1;
    tile->view_index = 0;
    g_assert_cmpint (gst_harness_push (h, picture), ==, GST_FLOW_OK);
  }
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, PICTURES);
  for (guint i = 0; i < PICTURES; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (h);
    GstMapInfo map;

    g_assert_cmpuint (gst_buffer_get_voxel_tile_meta (buffer)->index, ==, i);
    gst_buffer_map (buffer, &map, GST_MAP_READ);
    g_byte_array_append (scores, map.data, (guint) map.size);
    gst_buffer_unmap (buffer, &map);
  }
  gst_harness_teardown (h);
  return scores;
}

static gint
largest_difference (const GByteArray *a, const GByteArray *b)
{
  gint most = 0;

  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len / 2; i++)
    most = MAX (most, ABS (((const guint16 *) (gconstpointer) a->data)[i] -
                           ((const guint16 *) (gconstpointer) b->data)[i]));
  return most;
}

/* In fp32 sums in another order move a code to its neighbour at most. Where every layer's result is rounded the CPU
 * tells how much bf16 comes to; fp16 has three bits more. A factor of two is for other orders of rounding. */
static void
test_scores (void)
{
  g_autoptr (GByteArray) exact = score ("backend=cpu"), rounded = score ("backend=cpu precision=bf16");
  g_autoptr (GByteArray) fp32 = score ("backend=cuda"), bf16 = score ("backend=cuda precision=bf16");
  g_autoptr (GByteArray) fp16 = score ("backend=cuda precision=fp16");
  gint rounding = largest_difference (exact, rounded);

  g_assert_cmpint (rounding, >, 8);
  g_test_message ("fp32 %d, bf16 %d (the CPU's %d), fp16 %d", largest_difference (exact, fp32),
                  largest_difference (exact, bf16), rounding, largest_difference (exact, fp16));
  g_assert_cmpint (largest_difference (exact, fp32), <=, 1);
  g_assert_cmpint (largest_difference (exact, bf16), <=, 2 * rounding);
  g_assert_cmpint (largest_difference (exact, fp16), <=, 2 * rounding / 8 + 1);
}

/* What is not said is taken from where it is fastest. */
static void
test_auto (void)
{
  g_autoptr (GByteArray) fp16 = score ("backend=cuda precision=fp16");
  g_autoptr (GByteArray) scores = score ("backend=auto precision=auto");

  g_assert_cmpmem (scores->data, scores->len, fp16->data, fp16->len);
}

/* However many devices there are, and however many pictures are run at once, the bytes are the same. */
static void
test_same (void)
{
  static const gchar *const ways[] = {"batch=3",
                                      "batch=16",
                                      "devices=0,1",
                                      "devices=1,0 batch=1",
                                      "devices=all batch=3",
                                      "devices=1 batch=40 threads=1",
                                      "batch=4 batch-timeout=1000000",
                                      "devices=0,1 memory-limit=200000"};
  g_autoptr (GByteArray) first = score ("backend=cuda batch=1");

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autofree gchar *more = g_strconcat ("backend=cuda ", ways[i], NULL);
    g_autoptr (GByteArray) scores = score (more);

    g_test_message ("%s", ways[i]);
    g_assert_cmpmem (scores->data, scores->len, first->data, first->len);
  }
}

/* The device goes on to the next slice before the scores of this one are taken; but nothing waits for it long. */
static void
test_ahead (void)
{
  GstHarness *h = new_harness (model, "backend=cuda");
  guint n = 0;

  gst_harness_use_systemclock (h);
  set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpint (gst_harness_push (h, new_picture (WIDTH, HEIGHT, i)), ==, GST_FLOW_OK);
    g_assert_cmpuint (gst_harness_buffers_in_queue (h), <=, i + 1);
  }
  for (; n < 3; n++) {
    g_autoptr (GstBuffer) scores = gst_harness_pull (h);

    g_assert_nonnull (scores);
    g_assert_cmpuint (GST_BUFFER_PTS (scores), ==, n * GST_SECOND);
  }
  gst_harness_teardown (h);
}

/* Whatever is on its way to the device or on it: a flush, an end, a way down. */
static void
test_interrupted (void)
{
  for (guint way = 0; way < 12; way++) {
    g_autofree gchar *more = g_strdup_printf ("backend=cuda devices=0,1 batch=%u", way % 4 * 2 + 1);
    GstHarness *h = new_harness (model, more);
    g_autoptr (GstElement) element = gst_harness_find_element (h, "voxelinfer");
    GstSegment segment;

    set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
    for (guint i = 0; i < 4 + way; i++)
      g_assert_cmpint (gst_harness_push (h, new_picture (WIDTH, HEIGHT, i)), ==, GST_FLOW_OK);
    if (way / 4 == 1) {
      gst_element_set_state (element, GST_STATE_NULL);
    } else if (way / 4 == 2) {
      gst_harness_push_event (h, gst_event_new_flush_start ());
      gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
      gst_segment_init (&segment, GST_FORMAT_TIME);
      gst_harness_push_event (h, gst_event_new_segment (&segment));
      while (gst_harness_buffers_in_queue (h))
        gst_buffer_unref (gst_harness_pull (h));
      g_assert_cmpint (gst_harness_push (h, new_picture (WIDTH, HEIGHT, 99)), ==, GST_FLOW_OK);
      gst_harness_push_event (h, gst_event_new_eos ());
      g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, 1);
    }
    gst_harness_teardown (h);
  }
}

/* How much of the time devices had work is known once a run has ended. */
static void
test_busy (void)
{
  for (guint i = 0; i < 2; i++) {
    GstHarness *h = new_harness (model, i ? "backend=cuda devices=0,1" : "backend=cpu");
    g_autoptr (GstElement) element = gst_harness_find_element (h, "voxelinfer");
    gdouble busy;

    set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
    for (guint k = 0; k < 4; k++)
      g_assert_cmpint (gst_harness_push (h, new_picture (WIDTH, HEIGHT, k)), ==, GST_FLOW_OK);
    gst_harness_push_event (h, gst_event_new_eos ());
    gst_element_set_state (element, GST_STATE_NULL);
    g_object_get (element, "busy", &busy, NULL);
    if (i) {
      g_assert_cmpfloat (busy, >, 0.);
      g_assert_cmpfloat (busy, <=, 1.);
    } else {
      g_assert_cmpfloat (busy, ==, -1.);
    }
    gst_harness_teardown (h);
  }
}

/* What the element says when it is to run @path like that. */
static gchar *
refusal (const gchar *path, const gchar *more)
{
  g_autofree gchar *launch = g_strdup_printf ("voxelinfer model=\"%s\" %s", path, more);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) element = gst_object_ref_sink (gst_parse_launch (launch, &error));
  g_autoptr (GstBus) bus = gst_bus_new ();
  gchar *said;

  g_assert_no_error (error);
  gst_element_set_bus (element, bus);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  said = pull_error (bus);
  gst_element_set_bus (element, NULL);
  gst_element_set_state (element, GST_STATE_NULL);
  return said;
}

static void
test_refused (void)
{
  static const gchar *const words[][2] = {
      {"backend=cuda devices=0,2", "\"0,2\": there is no device 2; there are 2 devices: 0 stand-in 0, "},
      {"backend=cuda devices=1,1", "1 is named twice; there are 2 devices"},
      {"backend=cuda devices=gpu", "expected numbers with commas between, or all"},
      {"backend=cpu devices=0", "the backend cpu has no devices to choose from"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_autofree gchar *said = refusal (model, words[i][0]);

    g_test_message ("%s", said);
    g_assert_nonnull (strstr (said, words[i][1]));
  }
}

/* What was said of a picture that cannot be scored. */
static gchar *
failure (const gchar *path, const gchar *more)
{
  GstHarness *h = new_harness (path, more);
  g_autoptr (GstElement) element = gst_harness_find_element (h, "voxelinfer");
  g_autoptr (GstBus) bus = gst_bus_new ();
  GstFlowReturn flow = GST_FLOW_OK;
  gchar *said;

  gst_element_set_bus (element, bus);
  set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
  for (guint i = 0; i < 4 && flow == GST_FLOW_OK; i++)
    flow = gst_harness_push (h, new_picture (WIDTH, HEIGHT, i));
  gst_harness_push_event (h, gst_event_new_eos ());
  said = pull_error (bus);
  g_test_message ("%s", said);
  gst_element_set_bus (element, NULL);
  gst_harness_teardown (h);
  return said;
}

/* The remedy of numbers that are too large for halves. */
static void
test_not_finite (void)
{
  g_autofree gchar *said = failure (steep, "backend=cuda precision=fp16");

  g_assert_nonnull (strstr (said, "not finite"));
  g_assert_nonnull (strstr (said, "precision=bf16"));
}

/* A device that has less than is asked for says how much that was. */
static void
test_short (void)
{
  g_autofree gchar *said = failure (model, "backend=cuda batch=64 memory-limit=1073741824");

  g_assert_nonnull (strstr (said, "The network could not be run"));
  g_assert_nonnull (strstr (said, " are free. Use smaller tiles or fewer at a time"));
}

/* A device that fails on the way ends the run with an error, nobody waits for it. */
static void
test_lost (void)
{
  g_autofree gchar *said = failure (model, "backend=cuda devices=0,1 batch=2");

  g_assert_nonnull (strstr (said, "The network could not be run"));
  g_assert_nonnull (strstr (said, "cudaErrorIllegalAddress"));
}

/* Where there is no driver that is said, or the CPU computes. */
static void
test_none (void)
{
  g_autofree gchar *said = refusal (model, "backend=cuda");
  g_autoptr (GByteArray) scores = score ("backend=auto"), expected = score ("backend=cpu");

  g_test_message ("%s", said);
  g_assert_nonnull (strstr (said, "This model cannot be run like that here"));
  g_assert_nonnull (strstr (said, "driver"));
  g_assert_cmpmem (scores->data, scores->len, expected->data, expected->len);
}

int
main (int argc, char **argv)
{
  g_autofree gchar *folder = NULL;
  const gchar *part;
  gint result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  part = argc > 1 ? argv[1] : "";
  folder = g_dir_make_tmp ("voxelinfer-XXXXXX", NULL);
  model = g_build_filename (folder, "model.safetensors", NULL);
  steep = g_build_filename (folder, "steep.safetensors", NULL);
  unet_model_save (model, 4, 1, 1, "tile");
  conv1x1_model_save (steep, 1, 1, (const gfloat[]){60000}, (const gfloat[]){60000}, "none");
  if (g_str_equal (part, "short")) {
    g_test_add_func ("/network/voxelinfer-devices/short", test_short);
  } else if (g_str_equal (part, "lost")) {
    g_test_add_func ("/network/voxelinfer-devices/lost", test_lost);
  } else if (g_str_equal (part, "none")) {
    g_test_add_func ("/network/voxelinfer-devices/none", test_none);
  } else {
    g_test_add_func ("/network/voxelinfer-devices/scores", test_scores);
    g_test_add_func ("/network/voxelinfer-devices/auto", test_auto);
    g_test_add_func ("/network/voxelinfer-devices/same", test_same);
    g_test_add_func ("/network/voxelinfer-devices/ahead", test_ahead);
    g_test_add_func ("/network/voxelinfer-devices/interrupted", test_interrupted);
    g_test_add_func ("/network/voxelinfer-devices/busy", test_busy);
    g_test_add_func ("/network/voxelinfer-devices/refused", test_refused);
    g_test_add_func ("/network/voxelinfer-devices/not-finite", test_not_finite);
  }
  result = g_test_run ();
  g_remove (model);
  g_remove (steep);
  g_rmdir (folder);
  g_free (model);
  g_free (steep);
  return result;
}
