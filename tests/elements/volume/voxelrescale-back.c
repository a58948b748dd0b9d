/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A mask that is resampled there and back, beside what trilinear interpolation in doubles makes of it. */

#include "make-slices.h"

#include <math.h>
#include <string.h>

#include "elements/masks/mask-bits.h"
#include "elements/masks/surface-dice.h"

#define DEPTH 41u
#define HEIGHT 56u
#define WIDTH 67u
#define GRAY8 GST_VIDEO_FORMAT_GRAY8

typedef struct {
  guint shape[3];
  guint8 *voxels;
} Mask;

static Mask
mask_new (guint depth, guint height, guint width)
{
  return (Mask){{depth, height, width}, g_malloc0 ((gsize) depth * height * width)};
}

static guint8 *
at (const Mask *mask, gint z, gint y, gint x)
{
  gsize row = (gsize) CLAMP (z, 0, (gint) mask->shape[0] - 1) * mask->shape[1] +
              (gsize) CLAMP (y, 0, (gint) mask->shape[1] - 1);

  return mask->voxels + row * mask->shape[2] + CLAMP (x, 0, (gint) mask->shape[2] - 1);
}

/* A vessel that bends and forks, thicker at one end, and nothing symmetric about it. */
static guint
vessel (guint z, guint y, guint x)
{
  gdouble t = z, a = y - (12. + .6 * t + 3. * sin (t / 7.)), b = x - (50. - .7 * t);
  gdouble c = y - (30. - .3 * t), d = x - (20. + .9 * t), r = 6. - t / 10., s = 2. + t / 20.;

  return a * a + b * b < r * r || c * c + d * d < s * s ? 255 : 0;
}

static Mask
truth (void)
{
  Mask mask = mask_new (DEPTH, HEIGHT, WIDTH);

  for (guint z = 0; z < DEPTH; z++)
    for (guint y = 0; y < HEIGHT; y++)
      for (guint x = 0; x < WIDTH; x++)
        *at (&mask, (gint) z, (gint) y, (gint) x) = (guint8) vessel (z, y, x);
  return mask;
}

/* Of @shape voxels, each @ratio of those that go in. */
static Mask
trilinear (const Mask *in, const guint shape[3], const gdouble ratio[3])
{
  Mask out = mask_new (shape[0], shape[1], shape[2]);

  for (guint i = 0; i < shape[0] * shape[1] * shape[2]; i++) {
    const guint place[] = {i / (shape[1] * shape[2]), i / shape[2] % shape[1], i % shape[2]};
    gdouble part[3], sum = 0.;
    gint low[3];

    for (guint a = 0; a < 3; a++) {
      gdouble middle = (place[a] + .5) * ratio[a] - .5;

      low[a] = (gint) floor (middle);
      part[a] = middle - low[a];
    }
    for (gint corner = 0; corner < 8; corner++) {
      gint z = corner >> 2, y = corner >> 1 & 1, x = corner & 1;

      sum += (z ? part[0] : 1. - part[0]) * (y ? part[1] : 1. - part[1]) * (x ? part[2] : 1. - part[2]) *
             *at (in, low[0] + z, low[1] + y, low[2] + x);
    }
    out.voxels[i] = sum >= 127.5 - 1e-6 ? 255 : 0;
  }
  return out;
}

static gdouble
surface_dice (const Mask *a, const Mask *b)
{
  const gdouble spacing[3] = {1., 1., 1.};
  g_autoptr (VoxelSurfaceDice) dice = voxel_surface_dice_new (HEIGHT, WIDTH);
  gsize words = voxel_mask_bits_words (WIDTH);
  g_autofree guint64 *bits = g_new (guint64, 2 * HEIGHT * words);
  VoxelSurfaceDiceResult result;

  for (guint z = 0; z < DEPTH; z++) {
    for (guint y = 0; y < HEIGHT; y++) {
      voxel_mask_bits_pack8 (bits + y * words, at (a, (gint) z, (gint) y, 0), WIDTH, 1);
      voxel_mask_bits_pack8 (bits + (HEIGHT + y) * words, at (b, (gint) z, (gint) y, 0), WIDTH, 1);
    }
    voxel_surface_dice_add (dice, bits, bits + HEIGHT * words);
  }
  voxel_surface_dice_finish (dice, spacing, &result);
  return result.dice;
}

static void
centroid (const Mask *mask, gdouble middle[3])
{
  gdouble n = 0.;

  memset (middle, 0, 3 * sizeof *middle);
  for (guint i = 0; i < DEPTH * HEIGHT * WIDTH; i++) {
    const guint place[] = {i / (HEIGHT * WIDTH), i / WIDTH % HEIGHT, i % WIDTH};

    for (guint a = 0; a < 3 && mask->voxels[i]; a++)
      middle[a] += place[a];
    n += mask->voxels[i] ? 1. : 0.;
  }
  for (guint a = 0; a < 3; a++)
    middle[a] /= n;
}

static GstVoxelVolume *
make_volume (void)
{
  GstVoxelVolume *volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 8);

  memcpy (volume->spacing, (const gdouble[]){4., 5., 6.}, sizeof volume->spacing);
  volume->names = g_new0 (gchar *, DEPTH + 1);
  for (guint z = 0; z < DEPTH; z++)
    volume->names[z] = g_strdup_printf ("slice-%u", z * z);
  return volume;
}

/* The record says what it said before. */
static void
check_record (const GstVoxelVolume *is, const GstVoxelVolume *was)
{
  g_assert_cmpuint (is->serial, ==, was->serial);
  for (guint a = 0; a < 3; a++) {
    g_assert_cmpuint (is->shape[a], ==, was->shape[a]);
    g_assert_cmpfloat (is->spacing[a], ==, was->spacing[a]);
    g_assert_cmpuint (is->scanned_shape[a], ==, 0);
    g_assert_cmpfloat (is->scanned_ratio[a], ==, 0.);
  }
  g_assert_null (is->scanned_names);
  g_assert_true (g_strv_equal ((const gchar *const *) is->names, (const gchar *const *) was->names));
}

/* What comes out of a pipeline: as many voxels as went in. */
static Mask
run (const gchar *launch, GstVoxelContent content)
{
  g_autoptr (GstVoxelVolume) volume = make_volume ();
  GstHarness *h = gst_harness_new_parse (launch);
  Mask out = mask_new (DEPTH, HEIGHT, WIDTH);

  send_caps (h, volume, GST_VOXEL_AXIS_Z, GRAY8, "25/1");
  for (guint z = 0; z < DEPTH; z++)
    g_assert_cmpint (
        gst_harness_push (h, make_slice (volume, GST_VOXEL_AXIS_Z, GRAY8, content, z, 0, DEPTH - 1, vessel)),
        ==, GST_FLOW_OK);
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  for (guint z = 0; z < DEPTH; z++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (h);
    const GstVoxelSliceMeta *slice;
    GstVideoInfo info;
    GstVideoFrame frame;

    g_assert_nonnull (buffer);
    slice = gst_buffer_get_voxel_slice_meta (buffer);
    g_assert_cmpuint (slice->index, ==, z);
    g_assert_cmpuint (slice->last, ==, DEPTH - 1);
    check_record (slice->volume, volume);
    gst_video_info_set_format (&info, GRAY8, WIDTH, HEIGHT);
    g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
    for (guint y = 0; y < HEIGHT; y++)
      for (guint x = 0; x < WIDTH; x++)
        *at (&out, (gint) z, (gint) y, (gint) x) = (guint8) frame_pixel (&frame, y, x);
    gst_video_frame_unmap (&frame);
  }
  g_assert_null (gst_harness_try_pull (h));
  gst_harness_teardown (h);
  return out;
}

/* Surface dice to itself is what trilinear interpolation can give, and nothing has moved. */
static void
test_surface (void)
{
  static const gdouble scales[][3] = {{1.26, 1.26, 1.26}, {1.2, 1.2, 1.2}, {2., 2., 2.},   {.8, .8, .8},
                                      {.5, .5, .5},       {1., 1.3, .7},   {3.1, 1., 1.1}, {.9, .55, 1.7}};
  Mask before = truth ();

  for (guint s = 0; s < G_N_ELEMENTS (scales); s++) {
    const gdouble *scale = scales[s], there[] = {1. / scale[0], 1. / scale[1], 1. / scale[2]};
    guint shape[3];
    g_autofree gchar *launch = NULL;
    gdouble was[3], is[3], would[3], ours, theirs;
    Mask between, naive, after;
    gchar texts[3][G_ASCII_DTOSTR_BUF_SIZE];

    for (guint a = 0; a < 3; a++) {
      shape[a] = (guint) MAX (floor (before.shape[a] * scale[a] + .5), 1.);
      g_ascii_formatd (texts[a], sizeof texts[a], "%g", scale[a]);
    }
    launch = g_strdup_printf ("voxelrescale scale=%s,%s,%s ! voxelrescale back=true", texts[0], texts[1],
                              texts[2]);
    between = trilinear (&before, shape, there);
    naive = trilinear (&between, before.shape, scale);
    after = run (launch, GST_VOXEL_CONTENT_MASK);
    ours = surface_dice (&before, &after);
    theirs = surface_dice (&before, &naive);
    g_test_message ("%s: surface dice to itself %.4f, by doubles %.4f", launch, ours, theirs);
    g_assert_cmpfloat (ours, >=, theirs);
    g_assert_cmpfloat (ours, >, .3);
    centroid (&before, was);
    centroid (&after, is);
    centroid (&naive, would);
    for (guint a = 0; a < 3; a++) {
      g_assert_cmpfloat (fabs (is[a] - would[a]), <, 1e-3);
      /* A shift would be half a voxel. Where voxels get larger thin ends are lost, which moves the middle by itself. */
      if (MIN (MIN (scale[0], scale[1]), scale[2]) >= 1.)
        g_assert_cmpfloat (fabs (is[a] - was[a]), <, .05);
    }
    g_free (between.voxels);
    g_free (naive.voxels);
    g_free (after.voxels);
  }
  g_free (before.voxels);
}

/* Twice as many of each voxel, and back, is what it was. */
static void
test_same (void)
{
  static const gchar *const ways[] = {
      "voxelrescale scale=3 ! voxelrescale back=true",
      "voxelrescale spacing=2 ! voxelrescale scale=1.5 ! voxelrescale back=true",
      "voxelrescale scale=3 ! voxelreslice ! voxelvote ! voxelrescale back=true",
      "voxelrescale scale=3 ! voxelreslice axes=z hold=false ! voxelvote ! voxelrescale back=true",
      ("voxelrescale scale=3 ! voxelreslice axes=x,y memory-limit=1 ! voxelvote mode=mean "
       "! voxelrescale back=true"),
  };
  Mask before = truth ();

  for (guint w = 0; w < G_N_ELEMENTS (ways); w++) {
    Mask after = run (ways[w], GST_VOXEL_CONTENT_MASK);

    g_test_message ("%s: surface dice to itself %.4f", ways[w], surface_dice (&before, &after));
    g_assert_cmpfloat (surface_dice (&before, &after), >, .97);
    g_free (after.voxels);
  }
  g_free (before.voxels);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelrescale/back/same", test_same);
  g_test_add_func ("/voxelrescale/back/surface", test_surface);
  return g_test_run ();
}
