/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <string.h>

#include "elements/tiles/reflect.h"
#include "tests/elements/network/voxelinfer-fixture.h"
#include "tests/elements/volume/make-slices.h"
#include "tests/support/conv1x1-model.h"

/* A network that lets one channel through shows which slice is in it: at the right place, along every axis, whole
 * or cut, however it is turned, and prepared as that slice alone would be. */

#define DEPTH 34u
#define HEIGHT 40u
#define WIDTH 70u
#define CHANNELS 5u
#define GAIN 15.f

static gchar *model;

static guint
pixel (guint z, guint y, guint x)
{
  return ((z * 7919u + y * 104729u + x * 1299709u) >> 3) % (20000u + 300u * (z + y + x));
}

/* Mean and deviation of a slice, summed as simply as can be. */
static void
measure (const GstVoxelVolume *volume, GstVoxelAxis axis, guint index, gdouble *mean, gdouble *stddev)
{
  guint count, height, width;
  gdouble sum = 0., squares = 0.;

  gst_voxel_volume_get_plane (volume, axis, &count, &height, &width);
  for (guint r = 0; r < height; r++) {
    for (guint c = 0; c < width; c++)
      sum += slice_pixel (pixel, axis, index, r, c);
  }
  *mean = sum / height / width;
  for (guint r = 0; r < height; r++) {
    for (guint c = 0; c < width; c++)
      squares += pow (slice_pixel (pixel, axis, index, r, c) - *mean, 2.);
  }
  *stddev = sqrt (squares / height / width);
}

typedef struct {
  guint channel;
  gboolean zscore;
} Expect;

static void
check_tile (const Expect *expect, GstBuffer *buffer, GstCaps *caps)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (buffer);
  gint offset = (gint) expect->channel - (gint) CHANNELS / 2;
  gdouble mean = 0., stddev = 0.;
  GstVideoFrame frame;
  GstVideoInfo info;
  guint count, height, width, from;

  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  from = (guint) CLAMP ((gint) slice->index + offset, 0, (gint) count - 1);
  if (expect->zscore)
    measure (slice->volume, slice->axis, from, &mean, &stddev);
  g_assert_true (gst_video_info_from_caps (&info, caps));
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint r = 0; r < tile->height; r++) {
    for (guint c = 0; c < tile->width; c++) {
      guint v = slice_pixel (pixel, slice->axis, from, voxel_reflect_index (tile->y + r, height),
                             voxel_reflect_index (tile->x + c, width));
      gdouble z = expect->zscore ? (v - mean) / (stddev + 1e-6) : v / 65535.;
      gdouble code = 32768. + 2048. * (expect->zscore ? 4. : (gdouble) GAIN) * z;

      if (fabs (frame_pixel (&frame, r, c) - code) > 1.)
        g_error ("axis %c slice %u channel %u row %u column %u: %u, not %g",
                 gst_voxel_axis_to_letter (slice->axis), slice->index, expect->channel, tile->y + r,
                 tile->x + c, frame_pixel (&frame, r, c), code);
    }
  }
  gst_video_frame_unmap (&frame);
}

static void
save_model (const Expect *expect)
{
  gfloat weights[CHANNELS] = {0};

  weights[expect->channel] = expect->zscore ? 4.f : GAIN;
  conv1x1_model_save_neighbours (model, CHANNELS, weights, (const gfloat[]){0.f},
                                 expect->zscore ? "slice" : "none");
}

/* As voxel segment runs it, up to the scores of a tile. Returns how many tiles came. */
static guint
run_chain (const Expect *expect, const gchar *axes, const gchar *tile, const gchar *views,
           const gchar *between)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
  g_autofree gchar *launch = g_strdup_printf (
      "voxelreslice axes=%s ! voxelnormalize range=full ! voxelneighbours reach=%u ! "
      "voxeltile %s ! voxelviews views=%s ! %s voxelinfer threads=1 precision=fp32 model=\"%s\" ! "
      "voxelmerge",
      axes, CHANNELS / 2, tile, views, between, model);
  GstHarness *h;
  guint tiles = 0;

  save_model (expect);
  h = gst_harness_new_parse (launch);
  send_caps (h, volume, GST_VOXEL_AXIS_Z, GST_VIDEO_FORMAT_GRAY16_LE, "25/1");
  for (guint i = 0; i < DEPTH; i++)
    g_assert_cmpint (gst_harness_push (h, make_slice (volume, GST_VOXEL_AXIS_Z, GST_VIDEO_FORMAT_GRAY16_LE,
                                                      GST_VOXEL_CONTENT_INTENSITY, i, 0, DEPTH - 1, pixel)),
                     ==, GST_FLOW_OK);
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  while (gst_harness_buffers_in_queue (h)) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (h);
    const GstVoxelTileMeta *meta = gst_buffer_get_voxel_tile_meta (buffer);
    g_autofree gchar *text = slice_caps (GST_VIDEO_FORMAT_GRAY16_LE, meta->width, meta->height, "0/1");
    g_autoptr (GstCaps) caps = gst_caps_from_string (text);

    check_tile (expect, buffer, caps);
    tiles++;
  }
  gst_harness_teardown (h);
  return tiles;
}

/* Tiles inside the slice, tiles continued by reflection, whole slices. */
static void
test_channels (void)
{
  const guint slices = DEPTH + HEIGHT + WIDTH;

  for (guint channel = 0; channel < CHANNELS; channel++) {
    const Expect expect = {channel, FALSE};

    g_assert_cmpuint (run_chain (&expect, "z,y,x", "size=32 overlap=0", "r0", ""), >, 2 * slices);
    if (channel % 4)
      continue;
    g_assert_cmpuint (run_chain (&expect, "x,z,y", "size=64", "r0", ""), >=, slices);
    g_assert_cmpuint (run_chain (&expect, "y", "size=0 pad-multiple=16", "r0", ""), ==, HEIGHT);
  }
}

/* Views that the network turns itself, and views that come turned. */
static void
test_views (void)
{
  static const gchar *const views = "r0,r90,r180,r270,fh,fv,t,at";

  for (guint channel = 0; channel < CHANNELS; channel += CHANNELS - 1) {
    const Expect expect = {channel, FALSE};

    run_chain (&expect, "x", "size=48", views, "");
    run_chain (&expect, "x", "size=48", views, "identity drop-allocation=true !");
    run_chain (&expect, "z", "size=32", "fv,r90", "identity drop-allocation=true !");
  }
}

static void
test_statistics (void)
{
  for (guint channel = 0; channel < CHANNELS; channel++) {
    const Expect expect = {channel, TRUE};

    run_chain (&expect, "z,y", "size=64", "r0", "");
  }
}

/* Without neighbours, or with too few: which element, which property. */
static void
test_refused (void)
{
  static const gchar *const before[] = {"", "voxelneighbours reach=1 ! "};

  save_model (&(Expect){0, FALSE});
  for (guint i = 0; i < G_N_ELEMENTS (before); i++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
    g_autofree gchar *launch = g_strdup_printf ("%svoxelinfer model=\"%s\"", before[i], model);
    GstHarness *h = gst_harness_new_parse (launch);
    GstBus *bus = watch (h);
    GstFlowReturn flow = GST_FLOW_OK;
    g_autofree gchar *said = NULL;

    send_caps (h, volume, GST_VOXEL_AXIS_Z, GST_VIDEO_FORMAT_GRAY16_LE, "25/1");
    for (guint k = 0; k < 2 && flow == GST_FLOW_OK; k++)
      flow = gst_harness_push (h, make_slice (volume, GST_VOXEL_AXIS_Z, GST_VIDEO_FORMAT_GRAY16_LE,
                                              GST_VOXEL_CONTENT_INTENSITY, k, 0, DEPTH - 1, pixel));
    g_assert_cmpint (flow, ==, GST_FLOW_ERROR);
    said = take_error (bus);
    g_assert_nonnull (strstr (said, "sees 5 neighbouring slices: set reach=2 on a voxelneighbours"));
    gst_harness_teardown (h);
    unwatch (bus);
  }
}

int
main (int argc, char **argv)
{
  g_autofree gchar *name = g_strdup_printf ("voxel-neighbours-%u.safetensors", g_random_int ());
  gint result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  model = g_build_filename (g_get_tmp_dir (), name, NULL);
  g_test_add_func ("/voxelinfer/neighbours/channels", test_channels);
  g_test_add_func ("/voxelinfer/neighbours/refused", test_refused);
  g_test_add_func ("/voxelinfer/neighbours/statistics", test_statistics);
  g_test_add_func ("/voxelinfer/neighbours/views", test_views);
  result = g_test_run ();
  g_unlink (model);
  g_free (model);
  return result;
}
