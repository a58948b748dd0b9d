/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Samples as voxelshardsink receives them. */

#include "slices.h"

#include <gst/video/video.h>

#include "elements/outputs/shard-reader.h"

#define SIZE 32

static inline GstHarness *
harness_new (const gchar *folder, const gchar *properties, const gchar *format)
{
  g_autofree gchar *launch =
      g_strdup_printf ("voxelshardsink location=%s/t-%%02d.tar %s", folder, properties);

  return sink_new (launch, format, SIZE, SIZE);
}

static inline gboolean
exists (const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Tile k of a slice: pixels of its own, a label with k pixels of vessel and one ignored, metas. */
static inline GstBuffer *
tile_new (GstVoxelVolume *volume, guint k, guint bytes)
{
  g_autofree guint8 *pixels = g_malloc (SIZE * SIZE * bytes);
  g_autoptr (GstBuffer) label = gst_buffer_new_allocate (NULL, SIZE * SIZE, NULL);
  GstBuffer *buffer;
  GstVoxelSliceMeta *slice;
  GstVoxelTileMeta *tile;

  for (guint i = 0; i < SIZE * SIZE * bytes; i++)
    pixels[i] = (guint8) (i * 3 + k);
  buffer = gst_buffer_new_memdup (pixels, SIZE * SIZE * bytes);
  gst_buffer_memset (label, 0, GST_VOXEL_LABEL_BACKGROUND, SIZE * SIZE);
  gst_buffer_memset (label, 0, GST_VOXEL_LABEL_SET, k);
  gst_buffer_memset (label, SIZE * SIZE - 1, GST_VOXEL_LABEL_IGNORE, 1);
  /* Shuffled: indices go down, each slice a pass of its own. */
  slice = gst_buffer_add_voxel_slice_meta (buffer, volume, GST_VOXEL_AXIS_Y, GST_VOXEL_CONTENT_INTENSITY,
                                           40 - k, 40 - k, 40 - k);
  slice->epoch = 1;
  slice->mean = 12.5;
  slice->stddev = 3;
  tile = gst_buffer_add_voxel_tile_meta (buffer);
  tile->x = 5;
  tile->y = 6;
  tile->width = tile->height = SIZE;
  tile->index = k;
  gst_buffer_add_voxel_label_meta (buffer, label, .25);
  GST_BUFFER_PTS (buffer) = 0;
  return buffer;
}

static inline GstVoxelVolume *
volume_new (void)
{
  GstVoxelVolume *volume = gst_voxel_volume_new ("scan", 50, 60, 70, 12);

  volume->low = 100;
  volume->high = 3000;
  volume->spacing[0] = 2;
  volume->spacing[1] = volume->spacing[2] = .65;
  return volume;
}

static inline VoxelShardReader *
reader_new (const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  VoxelShardReader *reader = voxel_shard_reader_new (path, FALSE, &error);

  g_assert_no_error (error);
  return reader;
}
