/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the tests of voxelsliceinfer share. All of them run on the stand-ins for a device and cuDNN, which the environment
 * names. */

#include <glib/gstdio.h>

#include "tests/elements/network/voxelinfer-fixture.h"
#include "tests/support/conv1x1-model.h"
#include "tests/support/unet-model.h"

static gchar *slice_folder;
static gboolean slice_unmeasured; /* nobody says mean and deviation */

static inline gchar *
slice_model (const gchar *name)
{
  return g_strdup_printf ("%s/%s.safetensors", slice_folder, name);
}

/* "slice", "tile" and "none" by z-score; "neighbours" sees three slices; "steep" finds nothing in dark pixels; "damaged"
 * gives no numbers. */
static inline void
slice_models_save (void)
{
  static const gchar *const zscores[] = {"slice", "tile", "none"};
  static const gchar *const others[] = {"neighbours", "steep", "damaged"};

  slice_folder = g_dir_make_tmp ("voxelsliceinfer-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (zscores); i++) {
    g_autofree gchar *path = slice_model (zscores[i]), *other = slice_model (others[i]);

    unet_model_save (path, 4, 2, 1, zscores[i]);
    if (i == 0)
      conv1x1_model_save_neighbours (other, 3, (const gfloat[]){1, -2, 1.5}, (const gfloat[]){.25}, "slice");
    else
      conv1x1_model_save (other, 1, 1, i == 1 ? (const gfloat[]){20} : (const gfloat[]){3e38f},
                          i == 1 ? (const gfloat[]){-12} : (const gfloat[]){3e38f}, "none");
  }
}

static inline void
slice_models_remove (void)
{
  g_autoptr (GDir) dir = g_dir_open (slice_folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (slice_folder, name, NULL);

    g_remove (path);
  }
  g_rmdir (slice_folder);
  g_clear_pointer (&slice_folder, g_free);
}

static inline GstVoxelVolume *
slice_volume (guint depth, guint height, guint width, guint bits)
{
  GstVoxelVolume *volume = gst_voxel_volume_new ("scan", depth, height, width, bits);

  volume->axes = 1u << GST_VOXEL_AXIS_Z;
  return volume;
}

/* A z slice of smooth noise, its lower left quarter darker than 2000 (of 255: 7), with its mean and deviation. */
static inline GstBuffer *
slice_new (GstVoxelVolume *volume, const GstVideoInfo *info, guint index, guint last)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (index);
  guint width = (guint) GST_VIDEO_INFO_WIDTH (info), height = (guint) GST_VIDEO_INFO_HEIGHT (info);
  gdouble sum = 0, squares = 0, n = (gdouble) width * height;
  GstVoxelSliceMeta *meta;
  GstVideoFrame frame;

  g_assert_true (gst_video_frame_map (&frame, info, buffer, GST_MAP_WRITE));
  for (guint y = 0; y < height; y++) {
    guint8 *row =
        (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) + y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);

    for (guint x = 0; x < width; x++) {
      gdouble v =
          30000 + 9000 * sin (x / 5. + index) * cos (y / 7.) + g_rand_double_range (random, -5000, 5000);
      guint16 wide = (guint16) (y > height / 2 && x < width / 2 ? v / 40 : v);
      guint pixel = GST_VIDEO_INFO_COMP_PSTRIDE (info, 0) == 1 ? wide >> 8 : wide;

      if (GST_VIDEO_INFO_COMP_PSTRIDE (info, 0) == 1)
        row[x] = (guint8) pixel;
      else
        ((guint16 *) row)[x] = GUINT16_TO_LE ((guint16) pixel);
      sum += pixel;
      squares += (gdouble) pixel * pixel;
    }
  }
  gst_video_frame_unmap (&frame);
  meta = gst_buffer_add_voxel_slice_meta (buffer, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY,
                                          index, 0, last);
  meta->mean = sum / n;
  meta->stddev = sqrt (squares / n - meta->mean * meta->mean);
  if (slice_unmeasured)
    meta->mean = meta->stddev = NAN;
  GST_BUFFER_PTS (buffer) = index * GST_SECOND;
  return buffer;
}

/* Slices of a whole volume through some elements. */
static inline GPtrArray *
slices_through (const gchar *launch, GstVideoFormat format, guint width, guint height, guint depth)
{
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  GstHarness *h = gst_harness_new_parse (launch);
  g_autoptr (GstVoxelVolume) volume =
      slice_volume (depth, height, width, format == GST_VIDEO_FORMAT_GRAY8 ? 8 : 16);
  GstVideoInfo info;
  GstBuffer *buffer;

  gst_video_info_set_format (&info, format, width, height);
  set_caps (h, gst_video_format_to_string (format), width, height);
  for (guint i = 0; i < depth; i++)
    g_assert_cmpint (gst_harness_push (h, slice_new (volume, &info, i, depth - 1)), ==, GST_FLOW_OK);
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  while ((buffer = gst_harness_try_pull (h)))
    g_ptr_array_add (results, buffer);
  gst_harness_teardown (h);
  return results;
}
