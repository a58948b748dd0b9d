/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Samples that can be told from each other, into shards and out of them. */

#include "elements/outputs/shard-reader.h"
#include "elements/outputs/shard-writer.h"

#include "slices.h"

#define WIDTH 13
#define HEIGHT 7
#define PADDED 20

/* Sample k: pixels and label of their own. */
static inline void
fill (guint k, guint bits, guint8 image[HEIGHT][2 * PADDED], guint8 label[HEIGHT][PADDED])
{
  static const guint8 codes[] = {VOXEL_LABEL_BACKGROUND, VOXEL_LABEL_IGNORE, VOXEL_LABEL_SET};

  memset (image, 0xee, HEIGHT * 2 * PADDED);
  memset (label, 0xee, HEIGHT * PADDED);
  for (guint y = 0; y < HEIGHT; y++) {
    for (guint x = 0; x < WIDTH * bits / 8; x++)
      image[y][x] = (guint8) (k * 31 + y * 17 + x);
    for (guint x = 0; x < WIDTH; x++)
      label[y][x] = codes[(k + x + y) % 3];
  }
}

static inline gboolean
add (VoxelShardWriter *writer, guint k, guint bits, gboolean labelled, GError **error)
{
  guint8 image[HEIGHT][2 * PADDED], label[HEIGHT][PADDED];
  const VoxelShardPicture pixels = {{bits, WIDTH, HEIGHT}, image[0], sizeof image[0]};
  const VoxelShardPicture codes = {{8, WIDTH, HEIGHT}, label[0], sizeof label[0]};
  g_autoptr (JsonObject) record = json_object_new ();

  fill (k, bits, image, label);
  json_object_set_int_member (record, "number", k);
  return voxel_shard_writer_add (writer, &pixels, labelled ? &codes : NULL, record, error);
}

static inline void
assert_sample (const VoxelShardSample *sample, guint k, guint bits, gboolean labelled)
{
  guint8 image[HEIGHT][2 * PADDED], label[HEIGHT][PADDED];
  gsize row = WIDTH * bits / 8;
  g_autofree gchar *key = g_strdup_printf ("%09u", k);

  fill (k, bits, image, label);
  g_assert_cmpstr (sample->key, ==, key);
  g_assert_cmpuint (sample->form.bits, ==, bits);
  g_assert_cmpuint (sample->form.width, ==, WIDTH);
  g_assert_cmpuint (sample->form.height, ==, HEIGHT);
  g_assert_cmpint (json_object_get_int_member (sample->record, "number"), ==, k);
  g_assert_cmpint (sample->label != NULL, ==, labelled);
  for (guint y = 0; y < HEIGHT; y++) {
    g_assert_cmpmem (sample->image + y * row, row, image[y], row);
    if (labelled)
      g_assert_cmpmem (sample->label + y * WIDTH, WIDTH, label[y], WIDTH);
  }
}

static inline VoxelShardPlace *
place_new (const gchar *folder, const gchar *name)
{
  g_autofree gchar *location = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  VoxelShardPlace *place = voxel_shard_place_new (location, NULL, &error);

  g_assert_no_error (error);
  return place;
}

/* Writes n samples, every third without a label. */
static inline void
write_samples (const VoxelShardPlace *place, guint n, guint64 max_samples, guint64 max_bytes,
               VoxelShardTotals *totals)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelShardWriter) writer = voxel_shard_writer_new (place, max_samples, max_bytes, &error);

  g_assert_no_error (error);
  for (guint k = 0; k < n; k++) {
    add (writer, k, k % 2 ? 16 : 8, k % 3 != 2, &error);
    g_assert_no_error (error);
  }
  voxel_shard_writer_finish (writer, &error);
  g_assert_no_error (error);
  *totals = *voxel_shard_writer_get_totals (writer);
}

/* Reads shard k, of which the samples begin at `first`; returns how many there are. */
static inline guint
read_shard (const VoxelShardPlace *place, guint number, guint first)
{
  g_autofree gchar *path = voxel_shard_place_get_path (place, number);
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelShardReader) reader = voxel_shard_reader_new (path, FALSE, &error);
  const VoxelShardSample *sample;
  guint n = 0;

  g_assert_no_error (error);
  for (; (sample = voxel_shard_reader_next (reader, &error)); n++)
    assert_sample (sample, first + n, (first + n) % 2 ? 16 : 8, (first + n) % 3 != 2);
  g_assert_no_error (error);
  g_assert_null (voxel_shard_reader_next (reader, &error));
  g_assert_no_error (error);
  return n;
}
