/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Slices in random planes: which ones, and that they hold what the volume's store gives there. */

#include "reslice-labels.h"

#include "elements/volume/volume-store-sample.h"

#include <string.h>

#define N 6u

/* What voxelreslice keeps, kept here too. */
static VoxelVolumeStore *
keep (const GstVoxelVolume *volume, guint bits, MakePixel make)
{
  const guint *shape = volume->shape;
  VoxelVolumeStore *store =
      voxel_volume_store_new (shape, bits, VOXEL_VOLUME_STORE_REPLACE, 1 << 24, g_get_tmp_dir (), NULL);
  g_autofree guint16 *pixels = g_new (guint16, (gsize) shape[1] * shape[2]);

  g_assert_nonnull (store);
  for (guint z = 0; z < shape[0]; z++) {
    for (guint y = 0; y < shape[1]; y++) {
      for (guint x = 0; x < shape[2]; x++) {
        gsize at = (gsize) y * shape[2] + x;

        if (bits == 16)
          pixels[at] = (guint16) make (z, y, x);
        else
          ((guint8 *) pixels)[at] = (guint8) make (z, y, x);
      }
    }
    g_assert_true (voxel_volume_store_put (store, 0, z, pixels, (gsize) shape[2] * bits / 8, NULL));
  }
  return store;
}

static void
check_pixels (GstBuffer *buffer, GstVideoFormat format, guint side, VoxelVolumeStore *store,
              VoxelVolumeStoreSampling sampling, const gdouble plane[3][3])
{
  guint bytes = format == GRAY16 ? 2 : 1, set = 0;
  g_autofree guint8 *expected = g_malloc0 ((gsize) side * side * bytes);
  GstVideoFrame frame;
  GstVideoInfo info;

  g_assert_true (
      voxel_volume_store_sample (store, plane, side, side, sampling, expected, (gsize) side * bytes, NULL));
  gst_video_info_set_format (&info, format, side, side);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint row = 0; row < side; row++) {
    const guint8 *line = (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                         row * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);

    g_assert_cmpmem (line, (gsize) side * bytes, expected + (gsize) row * side * bytes, (gsize) side * bytes);
    for (guint i = 0; i < side * bytes; i++)
      set += line[i] > 0;
  }
  gst_video_frame_unmap (&frame);
  /* a plane through the volume, not past it */
  g_assert_cmpuint (set, >, side);
}

/* The planes that a stream takes, as text, its pixels looked at where @look. */
static gchar *
take_planes (const gchar *options, guint side, guint epochs, gboolean look)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  g_autofree gchar *description = g_strdup_printf ("voxelreslice axes=z oblique=%u %s", N, options);
  g_autoptr (VoxelVolumeStore) voxels = keep (volume, 16, pixel_16);
  g_autoptr (VoxelVolumeStore) labels = keep (volume, 8, label_pixel);
  GString *planes = g_string_new (NULL);
  gboolean shuffled = strstr (options, "shuffle=true") != NULL;
  guint seen = 0;
  Fixture f;

  fixture_open (&f, description);
  g_assert_cmpint (push_labelled (&f, volume, GRAY16, pixel_16), ==, GST_FLOW_OK);
  g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
  for (guint i = 0; i < epochs * (DEPTH + N); i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (f.h);
    const GstVoxelSliceMeta *slice;
    const GstVoxelLabelMeta *label;

    g_assert_nonnull (buffer);
    slice = gst_buffer_get_voxel_slice_meta (buffer);
    g_assert_cmpuint (slice->volume->axes, ==, 1 | 1u << GST_VOXEL_AXIS_OBLIQUE);
    if (slice->axis == GST_VOXEL_AXIS_Z)
      continue;
    g_assert_cmpint (slice->axis, ==, GST_VOXEL_AXIS_OBLIQUE);
    g_assert_cmpuint (slice->first, ==, shuffled ? slice->index : 0);
    g_assert_cmpuint (slice->last, ==, shuffled ? slice->index : N - 1);
    if (!shuffled)
      g_assert_cmpuint (slice->index, ==, i % (DEPTH + N) - DEPTH);
    g_assert_cmpuint (slice->epoch, ==, i / (DEPTH + N));
    seen |= 1u << (slice->epoch * N + slice->index);
    g_string_append_printf (planes, "%u:%u", slice->epoch, slice->index);
    for (guint k = 0; k < 9; k++)
      g_string_append_printf (planes, " %.17g", slice->plane[k / 3][k % 3]);
    g_string_append_c (planes, '\n');
    if (!look)
      continue;
    label = gst_buffer_get_voxel_label_meta (buffer);
    g_assert_nonnull (label);
    g_assert_cmpfloat (label->weight, ==, WEIGHT);
    check_pixels (buffer, GRAY16, side, voxels, VOXEL_VOLUME_STORE_LINEAR, slice->plane);
    check_pixels (label->label, GST_VIDEO_FORMAT_GRAY8, side, labels, VOXEL_VOLUME_STORE_NEAREST,
                  slice->plane);
  }
  g_assert_cmphex (seen, ==, (1u << epochs * N) - 1);
  g_assert_null (gst_harness_try_pull (f.h));
  fixture_close (&f);
  return g_string_free (planes, FALSE);
}

static void
test_pixels (gconstpointer options)
{
  g_autofree gchar *small = g_strdup_printf ("%s oblique-size=21", (const gchar *) options);

  g_free (take_planes (options, WIDTH, 1, TRUE));
  g_free (take_planes (small, 21, 1, TRUE));
}

/* Other planes for each slice, epoch and seed; the same ones in any order. */
static void
test_planes (void)
{
  g_autofree gchar *one = take_planes ("seed=4 epochs=3", 0, 3, FALSE);
  g_autofree gchar *same = take_planes ("seed=4 epochs=3 memory-limit=1", 0, 3, FALSE);
  g_autofree gchar *other = take_planes ("seed=5 epochs=3", 0, 3, FALSE);
  g_autofree gchar *shuffled = take_planes ("seed=4 epochs=3 shuffle=true", 0, 3, FALSE);
  g_autoptr (GHashTable) planes = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) lines = g_strsplit (one, "\n", -1), mixed = g_strsplit (shuffled, "\n", -1);

  g_assert_cmpstr (one, ==, same);
  g_assert_cmpstr (one, !=, other);
  g_assert_cmpstr (one, !=, shuffled);
  g_assert_cmpuint (g_strv_length (mixed), ==, g_strv_length (lines));
  for (guint i = 0; mixed[i]; i++)
    g_assert_true (g_strv_contains ((const gchar *const *) lines, mixed[i]));
  for (guint i = 0; i < 3 * N; i++)
    g_assert_true (g_hash_table_add (planes, strchr (lines[i], ' ')));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/voxelreslice-oblique/pixels/memory", "seed=1", test_pixels);
  g_test_add_data_func ("/voxelreslice-oblique/pixels/scratch", "seed=2 memory-limit=1", test_pixels);
  g_test_add_data_func ("/voxelreslice-oblique/pixels/shuffled", "seed=3 shuffle=true", test_pixels);
  g_test_add_func ("/voxelreslice-oblique/planes", test_planes);
  return g_test_run ();
}
