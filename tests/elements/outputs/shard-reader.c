/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What may be wrong with shards. */

#include "elements/outputs/shard-file.h"

#include "shards.h"

typedef struct {
  const gchar *name;
  const gchar *text; /* NULL for a picture */
  VoxelNpy form;
} Member;

static gchar *
write_tar (const gchar *folder, const Member *members)
{
  g_autofree gchar *path = g_build_filename (folder, "a.tar", NULL);
  g_autoptr (GError) error = NULL;
  VoxelShardFile *file = voxel_shard_file_new (path, &error);

  g_assert_no_error (error);
  for (; members->name; members++) {
    g_autoptr (GBytes) header = voxel_npy_header (&members->form);
    gsize size = voxel_npy_get_size (&members->form);
    g_autofree guint8 *pixels = g_malloc0 (size + 1);

    if (members->text) {
      voxel_shard_file_begin (file, members->name, strlen (members->text), &error);
      voxel_shard_file_write (file, members->text, strlen (members->text), &error);
    } else {
      voxel_shard_file_begin (file, members->name, g_bytes_get_size (header) + size, &error);
      voxel_shard_file_write (file, g_bytes_get_data (header, NULL), g_bytes_get_size (header), &error);
      voxel_shard_file_write (file, pixels, size, &error);
    }
    g_assert_no_error (error);
  }
  g_assert_true (voxel_shard_file_finish (file, &error));
  return g_steal_pointer (&path);
}

/* What others may hand in; the message is NULL for what is read, as one sample of key "a". */
static void
test_broken_samples (void)
{
#define IMAGE(key) \
  { \
    key ".image.npy", NULL, \
    { \
      8, 4, 3 \
    } \
  }
  static const struct {
    Member members[6];
    gboolean need_labels;
    const gchar *message;
  } cases[] = {
      {{IMAGE ("a"), {"a.label.npy", NULL, {8, 4, 3}}, {"a.json", "{}"}}, TRUE, NULL},
      {{{"a.json", "{\"weight\": null}"}, {"a.cls", "3"}, {"readme", "x"}, IMAGE ("a")}, FALSE, NULL},
      {{{"a.IMAGE.NPY", NULL, {16, 4, 3}}}, FALSE, NULL},
      {{IMAGE ("a"), {"a.json", "{}"}}, TRUE, "*a.tar, sample a: it has no label.npy*labels=required*"},
      {{IMAGE ("a"), {"a.json", "{\"weight\": 1}"}}, FALSE, "*sample a: its label.npy is missing, though*"},
      {{{"a.json", "{}"}}, FALSE, "*sample a: it has no image.npy*voxelshardsink*"},
      {{IMAGE ("a"), IMAGE ("a")}, FALSE, "*sample a, image.npy: it is there twice*"},
      {{IMAGE ("a"), {"a.label.npy", NULL, {8, 3, 4}}}, FALSE, "*label.npy: it is not of the image's size*"},
      {{IMAGE ("a"), {"a.label.npy", NULL, {16, 4, 3}}}, FALSE, "*label.npy: it is not of*a byte a pixel*"},
      {{{"a.image.npy", "no pixels in here"}}, FALSE, "*a.tar, sample a, image.npy: it is no .npy*again"},
      {{IMAGE ("a"), {"a.label.npy", "nor here"}}, FALSE, "*sample a, label.npy: it is no .npy file*"},
      {{IMAGE ("a"), {"a.json", "{\"weight\""}}, FALSE, "*sample a, json: JSON*"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *folder = folder_new ();
    g_autofree gchar *path = write_tar (folder, cases[i].members);
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelShardReader) reader = voxel_shard_reader_new (path, cases[i].need_labels, &error);
    const VoxelShardSample *sample = voxel_shard_reader_next (reader, &error);

    if (!cases[i].message) {
      g_assert_no_error (error);
      g_assert_cmpstr (sample->key, ==, "a");
      g_assert_cmpuint (sample->form.width, ==, 4);
      g_assert_null (voxel_shard_reader_next (reader, &error));
    }
    if (cases[i].message)
      assert_like (error ? error->message : NULL, cases[i].message);
    else
      g_assert_no_error (error);
    folder_remove (folder);
  }
}

static void
test_label_codes (void)
{
  gchar *folder = folder_new ();
  g_autoptr (VoxelShardPlace) place = place_new (folder, "%d.tar");
  g_autofree gchar *path = voxel_shard_place_get_path (place, 0);
  const guint8 image[6] = {0}, label[6] = {0, 255, 128, 0, 0, 7};
  const VoxelShardPicture pixels = {{8, 3, 2}, image, 3}, codes = {{8, 3, 2}, label, 3};
  g_autoptr (JsonObject) record = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelShardWriter) writer = voxel_shard_writer_new (place, 9, 9999, &error);
  g_autoptr (VoxelShardReader) reader = NULL;

  g_assert_true (voxel_shard_writer_add (writer, &pixels, &codes, record, &error));
  g_assert_true (voxel_shard_writer_finish (writer, &error));
  reader = voxel_shard_reader_new (path, TRUE, &error);
  g_assert_null (voxel_shard_reader_next (reader, &error));
  assert_like (error->message, "*0.tar, sample 000000000, label.npy: its pixel at row 1, column 2 is 7*");
  folder_remove (folder);
}

/* Wherever a shard is cut, that is said: no sample is lost in silence. */
static void
test_cut (void)
{
  gchar *folder = folder_new ();
  g_autoptr (VoxelShardPlace) place = place_new (folder, "%d.tar");
  g_autofree gchar *path = voxel_shard_place_get_path (place, 0), *text = NULL;
  VoxelShardTotals totals;
  gsize size;

  write_samples (place, 3, 9, 1000000, &totals);
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  for (gsize cut = 0; cut + 512 < size; cut += 128) {
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelShardReader) reader = NULL;

    g_assert_true (g_file_set_contents (path, text, (gssize) cut, NULL));
    reader = voxel_shard_reader_new (path, FALSE, &error);
    while (reader && voxel_shard_reader_next (reader, &error))
      continue;
    if (!error)
      g_error ("cut to %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes it is taken for whole", cut, size);
    g_assert_nonnull (strstr (error->message, path));
  }
  folder_remove (folder);
}

static void
test_unreadable (void)
{
  static const struct {
    const gchar *path, *message;
  } cases[] = {
      {"/nowhere/a.tar", "Cannot read /nowhere/a.tar: No such file*"},
      {"/proc", "/proc is no tar file*"},
      {"/dev/null", "/dev/null is no tar file*"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (voxel_shard_reader_new (cases[i].path, FALSE, &error));
    assert_like (error->message, cases[i].message);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shard-reader/broken-samples", test_broken_samples);
  g_test_add_func ("/shard-reader/label-codes", test_label_codes);
  g_test_add_func ("/shard-reader/cut", test_cut);
  g_test_add_func ("/shard-reader/unreadable", test_unreadable);
  return g_test_run ();
}
