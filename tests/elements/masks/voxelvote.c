/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tests/elements/volume/make-slices.h"

#include <string.h>

#define DEPTH 12u
#define HEIGHT 37u
#define WIDTH 50u
#define GRAY8 GST_VIDEO_FORMAT_GRAY8
#define GRAY16 GST_VIDEO_FORMAT_GRAY16_LE
#define MASK GST_VOXEL_CONTENT_MASK
#define PROBABILITY GST_VOXEL_CONTENT_PROBABILITY
#define LOGIT GST_VOXEL_CONTENT_LOGIT

static guint
hash (guint axis, guint z, guint y, guint x)
{
  guint h = (z * 73856093u) ^ (y * 19349663u) ^ (x * 83492791u) ^ (axis * 2654435761u);

  return (h ^ h >> 13) * 1274126177u >> 16;
}

#define AXIS_PIXELS(axis) \
  static guint mask_##axis (guint z, guint y, guint x) \
  { \
    return hash (axis, z, y, x) & 1 ? 255 : 0; \
  } \
  static guint score_##axis (guint z, guint y, guint x) \
  { \
    return hash (axis, z, y, x) & 0xffff; \
  }

AXIS_PIXELS (0)
AXIS_PIXELS (1)
AXIS_PIXELS (2)

static const MakePixel masks[] = {mask_0, mask_1, mask_2};
static const MakePixel scores[] = {score_0, score_1, score_2};

static GstVoxelVolume *
new_volume (guint axes)
{
  GstVoxelVolume *volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);

  volume->axes = axes;
  volume->names = g_new0 (gchar *, DEPTH + 1);
  for (guint i = 0; i < DEPTH; i++)
    volume->names[i] = g_strdup_printf ("s%u", i);
  return volume;
}

static void
push_axis (GstHarness *h, GstVoxelVolume *volume, GstVoxelAxis axis, GstVoxelContent content)
{
  GstVideoFormat format = content == MASK ? GRAY8 : GRAY16;
  guint count, height, width;

  send_caps (h, volume, axis, format, "0/1");
  gst_voxel_volume_get_plane (volume, axis, &count, &height, &width);
  for (guint i = 0; i < count; i++)
    g_assert_cmpint (gst_harness_push (h, make_slice (volume, axis, format, content, i, 0, count - 1,
                                                      content == MASK ? masks[axis] : scores[axis])),
                     ==, GST_FLOW_OK);
}

typedef guint (*Expected) (guint axes, guint z, guint y, guint x);

static void
check_result (GstHarness *h, GstVoxelVolume *volume, guint first, guint last, guint axes, Expected expected,
              gboolean mask)
{
  for (guint z = first; z <= last; z++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (h);
    GstVoxelSliceMeta *slice;
    GstVideoInfo info;
    GstVideoFrame frame;

    g_assert_nonnull (buffer);
    slice = gst_buffer_get_voxel_slice_meta (buffer);
    g_assert_nonnull (slice);
    g_assert_cmpuint (slice->axis, ==, GST_VOXEL_AXIS_Z);
    g_assert_cmpuint (slice->content, ==, mask ? MASK : PROBABILITY);
    g_assert_cmpuint (slice->index, ==, z);
    g_assert_cmpuint (slice->first, ==, first);
    g_assert_cmpuint (slice->last, ==, last);
    g_assert_cmpuint (slice->volume->serial, ==, volume->serial);
    g_assert_cmpuint (slice->volume->axes, ==, 1);
    g_assert_cmpstr (slice->volume->names[z], ==, volume->names[z]);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, (z - first) * GST_SECOND / 25);
    gst_video_info_set_format (&info, mask ? GRAY8 : GRAY16, WIDTH, HEIGHT);
    g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
    for (guint y = 0; y < HEIGHT; y++) {
      for (guint x = 0; x < WIDTH; x++)
        g_assert_cmpuint (frame_pixel (&frame, y, x), ==, expected (axes, z, y, x));
    }
    gst_video_frame_unmap (&frame);
  }
  g_assert_null (gst_harness_try_pull (h));
}

static guint
count_axes (guint axes)
{
  return (axes & 1) + (axes >> 1 & 1) + (axes >> 2 & 1);
}

static guint
majority_of_masks (guint axes, guint z, guint y, guint x)
{
  guint votes = 0;

  for (guint axis = 0; axis < 3; axis++)
    votes += (axes >> axis & 1) && masks[axis](z, y, x);
  return 2 * votes >= count_axes (axes) ? 255 : 0;
}

static guint
union_of_probabilities (guint axes, guint z, guint y, guint x)
{
  for (guint axis = 0; axis < 3; axis++) {
    if ((axes >> axis & 1) && scores[axis](z, y, x) / 65535. > .7)
      return 255;
  }
  return 0;
}

static guint
majority_of_logits (guint axes, guint z, guint y, guint x)
{
  guint votes = 0;

  for (guint axis = 0; axis < 3; axis++)
    votes += (axes >> axis & 1) && scores[axis](z, y, x) > 32768;
  return 2 * votes >= count_axes (axes) ? 255 : 0;
}

static guint
sum_of_logits (guint axes, guint z, guint y, guint x)
{
  guint sum = 0;

  for (guint axis = 0; axis < 3; axis++) {
    if (axes >> axis & 1)
      sum += gst_voxel_logit_probability_table ()[scores[axis](z, y, x)];
  }
  return sum;
}

static guint
mean_of_logits (guint axes, guint z, guint y, guint x)
{
  return (sum_of_logits (axes, z, y, x) + count_axes (axes) / 2) / count_axes (axes);
}

static guint
mean_of_logits_above (guint axes, guint z, guint y, guint x)
{
  return sum_of_logits (axes, z, y, x) > .3 * 65535 * count_axes (axes) ? 255 : 0;
}

static const struct {
  const gchar *options;
  GstVoxelContent content;
  Expected expected;
  gboolean mask;
} modes[] = {
    {"mode=majority", MASK, majority_of_masks, TRUE},
    {"mode=majority", LOGIT, majority_of_logits, TRUE},
    {"mode=union threshold=0.7", PROBABILITY, union_of_probabilities, TRUE},
    {"mode=mean output=probability", LOGIT, mean_of_logits, FALSE},
    {"mode=mean threshold=0.3", LOGIT, mean_of_logits_above, TRUE},
};

static const GstVoxelAxis orders[][4] = {{0, 1, 2, 3}, {2, 1, 0, 3}, {1, 0, 2, 3}, {1, 2, 3, 3},
                                         {0, 2, 3, 3}, {2, 3, 3, 3}, {0, 3, 3, 3}};

/* All modes, every order and choice of axes, promised and not. */
static void
test_modes (gconstpointer data)
{
  for (gsize m = 0; m < G_N_ELEMENTS (modes); m++) {
    for (gsize o = 0; o < G_N_ELEMENTS (orders); o++) {
      g_autofree gchar *text = g_strdup_printf ("voxelvote %s %s", modes[m].options, (const gchar *) data);
      GstHarness *h = gst_harness_new_parse (text);
      g_autoptr (GstVoxelVolume) volume = NULL;
      guint axes = 0;

      for (guint k = 0; orders[o][k] < 3; k++)
        axes |= 1u << orders[o][k];
      volume = new_volume (o % 2 ? axes : 0);
      for (guint k = 0; orders[o][k] < 3; k++)
        push_axis (h, volume, orders[o][k], modes[m].content);
      g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
      check_result (h, volume, 0, DEPTH - 1, axes, modes[m].expected, modes[m].mask);
      gst_harness_teardown (h);
    }
  }
}

/* z alone promised: every slice is answered at once, also a part of a volume. */
static void
test_streams (void)
{
  GstHarness *h = gst_harness_new_parse ("voxelvote scratch=/nowhere memory-limit=0");
  g_autoptr (GstVoxelVolume) volume = new_volume (1);

  send_caps (h, volume, GST_VOXEL_AXIS_Z, GRAY8, "25/1");
  for (guint i = 3; i <= 7; i++) {
    gst_harness_push (h, make_slice (volume, GST_VOXEL_AXIS_Z, GRAY8, MASK, i, 3, 7, mask_0));
    g_assert_cmpuint (gst_harness_buffers_received (h), ==, i - 2);
  }
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  check_result (h, volume, 3, 7, 1, majority_of_masks, TRUE);
  gst_harness_teardown (h);
}

static void
test_part_of_z (void)
{
  GstHarness *h = gst_harness_new_parse ("voxelvote");
  g_autoptr (GstVoxelVolume) volume = new_volume (0);

  send_caps (h, volume, GST_VOXEL_AXIS_Z, GRAY8, "25/1");
  for (guint i = 3; i <= 7; i++)
    gst_harness_push (h, make_slice (volume, GST_VOXEL_AXIS_Z, GRAY8, MASK, i, 3, 7, mask_0));
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  check_result (h, volume, 3, 7, 1, majority_of_masks, TRUE);
  gst_harness_teardown (h);
}

static void
test_two_volumes (void)
{
  GstHarness *h = gst_harness_new_parse ("voxelvote");
  g_autoptr (GstVoxelVolume) one = new_volume (3), two = new_volume (0), three = new_volume (1);

  push_axis (h, one, GST_VOXEL_AXIS_Z, MASK);
  push_axis (h, one, GST_VOXEL_AXIS_Y, MASK);
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, 0);
  push_axis (h, two, GST_VOXEL_AXIS_X, LOGIT);
  check_result (h, one, 0, DEPTH - 1, 3, majority_of_masks, TRUE);
  push_axis (h, three, GST_VOXEL_AXIS_Z, MASK);
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, 3 * DEPTH);
  for (guint i = 0; i < DEPTH; i++)
    gst_buffer_unref (gst_harness_pull (h));
  check_result (h, three, 0, DEPTH - 1, 1, majority_of_masks, TRUE);
  g_assert_true (gst_harness_push_event (h, gst_event_new_segment_done (GST_FORMAT_TIME, 0)));
  push_axis (h, three, GST_VOXEL_AXIS_Z, MASK);
  check_result (h, three, 0, DEPTH - 1, 1, majority_of_masks, TRUE);
  gst_harness_teardown (h);
}

/* A live volume: z slices come before anybody knows how many there are. */
static void
test_live (void)
{
  GstHarness *h = gst_harness_new_parse ("voxelvote memory-limit=1");
  g_autoptr (GstVoxelVolume) volume = new_volume (5);
  g_autoptr (GstVoxelVolume) unknown = gst_voxel_volume_copy (volume);

  unknown->shape[0] = 0;
  send_caps (h, volume, GST_VOXEL_AXIS_Z, GRAY8, "25/1");
  for (guint i = 0; i < DEPTH; i++)
    gst_harness_push (
        h, make_slice (unknown, GST_VOXEL_AXIS_Z, GRAY8, MASK, i, 0, GST_VOXEL_INDEX_UNKNOWN, mask_0));
  push_axis (h, volume, GST_VOXEL_AXIS_X, MASK);
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  check_result (h, volume, 0, DEPTH - 1, 5, majority_of_masks, TRUE);
  gst_harness_teardown (h);
}

static void
expect_error (GstHarness *h, GstBus *bus, const gchar *part)
{
  g_autofree gchar *text = take_error (bus);

  if (!strstr (text, part))
    g_error ("\"%s\" does not say \"%s\"", text, part);
  gst_harness_teardown (h);
  unwatch (bus);
}

static void
test_errors (void)
{
  GstHarness *h = gst_harness_new_parse ("voxelvote");
  GstBus *bus = watch (h);
  g_autoptr (GstVoxelVolume) all = new_volume (7), any = new_volume (0);

  push_axis (h, all, GST_VOXEL_AXIS_Z, MASK);
  push_axis (h, all, GST_VOXEL_AXIS_X, MASK);
  g_assert_false (gst_harness_push_event (h, gst_event_new_eos ()));
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, 0);
  expect_error (h, bus, "Axis y of volume \"scan\" was promised");

  h = gst_harness_new_parse ("voxelvote");
  bus = watch (h);
  push_axis (h, any, GST_VOXEL_AXIS_Z, MASK);
  send_caps (h, any, GST_VOXEL_AXIS_Y, GRAY8, "25/1");
  gst_harness_push (h, make_slice (any, GST_VOXEL_AXIS_Y, GRAY8, MASK, 0, 0, HEIGHT - 1, mask_1));
  g_assert_cmpint (
      gst_harness_push (h, make_slice (any, GST_VOXEL_AXIS_Y, GRAY8, MASK, 2, 0, HEIGHT - 1, mask_1)), ==,
      GST_FLOW_ERROR);
  expect_error (h, bus, "slice 1 of axis y of volume \"scan\" is missing");

  h = gst_harness_new_parse ("voxelvote");
  bus = watch (h);
  send_caps (h, any, GST_VOXEL_AXIS_Z, GRAY8, "25/1");
  gst_harness_push (h, make_slice (any, GST_VOXEL_AXIS_Z, GRAY8, MASK, 0, 0, DEPTH - 1, mask_0));
  g_assert_false (gst_harness_push_event (h, gst_event_new_eos ()));
  expect_error (h, bus, "slices 1 to 11 of axis z");

  h = gst_harness_new_parse ("voxelvote");
  bus = watch (h);
  push_axis (h, any, GST_VOXEL_AXIS_Z, MASK);
  push_axis (h, any, GST_VOXEL_AXIS_X, MASK);
  send_caps (h, any, GST_VOXEL_AXIS_Z, GRAY8, "25/1");
  gst_harness_push (h, make_slice (any, GST_VOXEL_AXIS_Z, GRAY8, MASK, 0, 0, DEPTH - 1, mask_0));
  expect_error (h, bus, "came twice");

  h = gst_harness_new_parse ("voxelvote");
  bus = watch (h);
  send_caps (h, any, GST_VOXEL_AXIS_Y, GRAY8, "25/1");
  gst_harness_push (h, make_slice (any, GST_VOXEL_AXIS_Y, GRAY8, MASK, 2, 2, 5, mask_1));
  expect_error (h, bus, "a vote needs all");

  h = gst_harness_new_parse ("voxelvote");
  bus = watch (h);
  send_caps (h, any, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  gst_harness_push (
      h, make_slice (any, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, 0, 0, DEPTH - 1, score_0));
  expect_error (h, bus, "voxelinfer");

  h = gst_harness_new_parse ("voxelvote scratch=/nowhere/at/all memory-limit=0");
  bus = watch (h);
  send_caps (h, any, GST_VOXEL_AXIS_Z, GRAY8, "25/1");
  gst_harness_push (h, make_slice (any, GST_VOXEL_AXIS_Z, GRAY8, MASK, 0, 0, DEPTH - 1, mask_0));
  expect_error (h, bus, "/nowhere/at/all");
}

static void
test_settings (void)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_parse_launch ("voxelvote output=probability", NULL));

  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (element, GST_STATE_NULL);
}

static void
test_flush (void)
{
  GstHarness *h = gst_harness_new_parse ("voxelvote");
  g_autoptr (GstVoxelVolume) volume = new_volume (3);
  GstSegment segment;

  push_axis (h, volume, GST_VOXEL_AXIS_Z, MASK);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push_axis (h, volume, GST_VOXEL_AXIS_Y, MASK);
  push_axis (h, volume, GST_VOXEL_AXIS_Z, MASK);
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  check_result (h, volume, 0, DEPTH - 1, 3, majority_of_masks, TRUE);
  gst_harness_teardown (h);
}

static gpointer
push_all (gpointer data)
{
  GstHarness *h = data;
  g_autoptr (GstVoxelVolume) volume = new_volume (0);
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; i < DEPTH && flow == GST_FLOW_OK; i++)
    flow =
        gst_pad_push (h->srcpad, make_slice (volume, GST_VOXEL_AXIS_Z, GRAY8, MASK, i, 0, DEPTH - 1, mask_0));
  if (flow == GST_FLOW_OK)
    gst_pad_push_event (h->srcpad, gst_event_new_eos ());
  return NULL;
}

static void
test_shut_down (void)
{
  for (guint n = 0; n < 40; n++) {
    GstHarness *h = gst_harness_new_parse ("voxelvote");
    GstBus *bus = watch (h);
    g_autoptr (GstVoxelVolume) volume = new_volume (0);
    GThread *thread;

    send_caps (h, volume, GST_VOXEL_AXIS_Z, GRAY8, "25/1");
    thread = g_thread_new ("push", push_all, h);
    g_usleep ((gulong) g_test_rand_int_range (0, 1500));
    if (n % 3 == 0)
      gst_harness_push_event (h, gst_event_new_flush_start ());
    gst_element_set_state (h->element, GST_STATE_NULL);
    g_thread_join (thread);
    gst_harness_teardown (h);
    unwatch (bus);
  }
}

/* The slices that voxelreslice makes come back together. */
static void
test_with_reslice (void)
{
  GstHarness *h = gst_harness_new_parse ("voxelreslice axes=y,x,z memory-limit=1 ! voxelvote memory-limit=1");
  g_autoptr (GstVoxelVolume) volume = new_volume (0);

  push_axis (h, volume, GST_VOXEL_AXIS_Z, MASK);
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  check_result (h, volume, 0, DEPTH - 1, 1, majority_of_masks, TRUE);
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/voxelvote/modes/memory", "", test_modes);
  g_test_add_data_func ("/voxelvote/modes/scratch", "memory-limit=1", test_modes);
  g_test_add_func ("/voxelvote/streams", test_streams);
  g_test_add_func ("/voxelvote/part-of-z", test_part_of_z);
  g_test_add_func ("/voxelvote/two-volumes", test_two_volumes);
  g_test_add_func ("/voxelvote/live", test_live);
  g_test_add_func ("/voxelvote/errors", test_errors);
  g_test_add_func ("/voxelvote/settings", test_settings);
  g_test_add_func ("/voxelvote/flush", test_flush);
  g_test_add_func ("/voxelvote/shut-down", test_shut_down);
  g_test_add_func ("/voxelvote/with-reslice", test_with_reslice);
  return g_test_run ();
}
