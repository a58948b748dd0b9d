/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is written is read back; the element around the writer is tried in voxelshardsink.c. */

#include "shards.h"

static gsize
size_of (const gchar *path)
{
  GStatBuf status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  return (gsize) status.st_size;
}

static void
test_limits (void)
{
  /* A sample is image, perhaps label, and JSON: 3 or 2 members of 1024 bytes. */
  static const struct {
    guint64 max_samples, max_bytes;
    guint shards[5];
  } cases[] = {
      {4, 1000000, {4, 4, 2}},
      {10, 1000000, {10}},
      /* 3072 + 3072 + 2048 and the end's 1024 are just as much as allowed. */
      {100, 9216, {3, 3, 3, 1}},
      {100, 9215, {2, 2, 2, 2, 2}},
      {3, 9215, {2, 2, 2, 2, 2}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *folder = folder_new ();
    g_autoptr (VoxelShardPlace) place = place_new (folder, "train-%06d.tar");
    VoxelShardTotals totals;
    guint64 bytes = 0;
    guint first = 0, n = 0;

    write_samples (place, 10, cases[i].max_samples, cases[i].max_bytes, &totals);
    for (; n < 5 && cases[i].shards[n]; n++) {
      g_autofree gchar *path = voxel_shard_place_get_path (place, n);

      g_assert_cmpuint (read_shard (place, n, first), ==, cases[i].shards[n]);
      g_assert_cmpuint (size_of (path), <=, cases[i].max_bytes);
      bytes += size_of (path);
      first += cases[i].shards[n];
    }
    g_assert_cmpuint (totals.samples, ==, 10);
    g_assert_cmpuint (totals.shards, ==, n);
    g_assert_cmpuint (totals.bytes, ==, bytes);
    g_assert_cmpuint (folder_count (folder), ==, n + 1);
    folder_remove (folder);
  }
}

/* A sample is never split: one that is larger than a shard may be stands in one alone. */
static void
test_large_sample (void)
{
  gchar *folder = folder_new ();
  g_autoptr (VoxelShardPlace) place = place_new (folder, "%d.tar");
  VoxelShardTotals totals;

  write_samples (place, 3, 100, 1, &totals);
  g_assert_cmpuint (totals.shards, ==, 3);
  for (guint k = 0; k < 3; k++)
    g_assert_cmpuint (read_shard (place, k, k), ==, 1);
  folder_remove (folder);
}

static void
test_index (void)
{
  gchar *folder = folder_new ();
  g_autoptr (VoxelShardPlace) place = place_new (folder, "train-%06d.tar");
  g_autofree gchar *path = g_build_filename (folder, "train.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *index, *shard;
  VoxelShardTotals totals;
  JsonArray *list;

  write_samples (place, 5, 3, 1000000, &totals);
  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  index = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpint (json_object_get_int_member (index, "wids_version"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (index, "__kind__"), ==, "wids-shard-index-v1");
  list = json_object_get_array_member (index, "shardlist");
  g_assert_cmpuint (json_array_get_length (list), ==, 2);
  for (guint k = 0; k < 2; k++) {
    g_autofree gchar *name = g_strdup_printf ("train-%06u.tar", k);
    g_autofree gchar *file = g_build_filename (folder, name, NULL);

    shard = json_array_get_object_element (list, k);
    g_assert_cmpstr (json_object_get_string_member (shard, "url"), ==, name);
    g_assert_cmpint (json_object_get_int_member (shard, "nsamples"), ==, k ? 2 : 3);
    g_assert_cmpint (json_object_get_int_member (shard, "filesize"), ==, (gint64) size_of (file));
  }
  folder_remove (folder);
}

static void
test_same_bytes (void)
{
  gchar *folders[] = {folder_new (), folder_new ()};
  gchar *texts[2];
  gsize sizes[2];

  for (guint i = 0; i < 2; i++) {
    g_autoptr (VoxelShardPlace) place = place_new (folders[i], "%d.tar");
    g_autofree gchar *path = voxel_shard_place_get_path (place, 0);
    VoxelShardTotals totals;

    write_samples (place, 5, 100, 1000000, &totals);
    g_assert_true (g_file_get_contents (path, &texts[i], &sizes[i], NULL));
    folder_remove (folders[i]);
  }
  g_assert_cmpmem (texts[0], sizes[0], texts[1], sizes[1]);
  for (guint i = 0; i < 2; i++)
    g_free (texts[i]);
}

static void
test_places (void)
{
  static const struct {
    const gchar *location, *index, *third, *file;
  } cases[] = {
      {"a/train-%06d.tar", NULL, "a/train-000003.tar", "a/train.json"},
      {"a/{index:04}.tar", NULL, "a/0003.tar", "a/index.json"},
      {"t{index}.tar", NULL, "t3.tar", "./t.json"},
      {"a/{{%%-%d", "", "a/{%-3", NULL},
      {"a/%d", "b/list", "a/3", "b/list"},
  };
  static const gchar *const refused[] = {"a/b.tar", "%d/b.tar", "a/{id}-%d.tar", "a/%s.tar", "a/%d/",
                                         "{nme}%d", ""};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelShardPlace) place = voxel_shard_place_new (cases[i].location, cases[i].index, &error);
    g_autofree gchar *third = NULL;

    g_assert_no_error (error);
    third = voxel_shard_place_get_path (place, 3);
    g_assert_cmpstr (third, ==, cases[i].third);
    g_assert_cmpstr (voxel_shard_place_get_index (place), ==, cases[i].file);
  }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (voxel_shard_place_new (refused[i], NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  }
}

/* What an earlier run left is found whatever its number, and other files are not taken for it. */
static void
test_earlier_run (void)
{
  static const gchar *const others[] = {"train-000001.tar.bak", "train-1.tar", "atrain-000001.tar",
                                        "valid-000001.tar"};
  gchar *folder = folder_new ();
  g_autoptr (VoxelShardPlace) place = place_new (folder, "train-%06d.tar");
  VoxelShardTotals totals;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree gchar *path = g_build_filename (folder, others[i], NULL);

    g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  }
  g_assert_true (voxel_shard_place_check_empty (place, NULL));
  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *path =
        i ? g_build_filename (folder, "train.json", NULL) : voxel_shard_place_get_path (place, 7);
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (path, "x", 1, NULL));
    g_assert_false (voxel_shard_place_check_empty (place, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
    g_assert_nonnull (strstr (error->message, path));
    g_assert_nonnull (strstr (error->message, "remove them"));
    if (i == 0)
      g_unlink (path);
  }
  write_samples (place, 4, 2, 1000000, &totals);
  g_assert_cmpuint (folder_count (folder), ==, G_N_ELEMENTS (others) + 3);
  write_samples (place, 1, 2, 1000000, &totals);
  g_assert_cmpuint (folder_count (folder), ==, G_N_ELEMENTS (others) + 2);
  g_assert_cmpuint (read_shard (place, 0, 0), ==, 1);
  folder_remove (folder);
}

/* Nothing stands under a name before it is complete. */
static void
test_unfinished (void)
{
  gchar *folder = folder_new ();
  g_autoptr (VoxelShardPlace) place = place_new (folder, "deeper/%d.tar");
  g_autofree gchar *deeper = g_build_filename (folder, "deeper", NULL);
  g_autoptr (GError) error = NULL;
  VoxelShardWriter *writer = voxel_shard_writer_new (place, 2, 1000000, &error);

  for (guint k = 0; k < 5; k++)
    g_assert_true (add (writer, k, 8, k % 3 != 2, &error));
  g_assert_cmpuint (voxel_shard_writer_get_totals (writer)->samples, ==, 4);
  g_assert_cmpuint (folder_count (deeper), ==, 3);
  voxel_shard_writer_free (writer);
  g_assert_cmpuint (folder_count (deeper), ==, 2);
  folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shard-writer/limits", test_limits);
  g_test_add_func ("/shard-writer/large-sample", test_large_sample);
  g_test_add_func ("/shard-writer/index", test_index);
  g_test_add_func ("/shard-writer/same-bytes", test_same_bytes);
  g_test_add_func ("/shard-writer/places", test_places);
  g_test_add_func ("/shard-writer/earlier-run", test_earlier_run);
  g_test_add_func ("/shard-writer/unfinished", test_unfinished);
  return g_test_run ();
}
