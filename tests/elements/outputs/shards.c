/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writing shards and reading them back; the element around the writer is tried in voxelshardsink.c. */

#include "elements/outputs/output-file.h"
#include "elements/outputs/shard-file.h"
#include "elements/outputs/shard-reader.h"
#include "elements/outputs/shard-writer.h"

#include "slices.h"

#define WIDTH 13
#define HEIGHT 7
#define PADDED 20

/* Sample k: pixels and label of their own. */
static void
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

static gboolean
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

static void
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

static VoxelShardPlace *
place_new (const gchar *folder, const gchar *name)
{
  g_autofree gchar *location = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  VoxelShardPlace *place = voxel_shard_place_new (location, NULL, &error);

  g_assert_no_error (error);
  return place;
}

/* Writes n samples, every third without a label. */
static void
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
static guint
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
  g_test_add_func ("/shards/limits", test_limits);
  g_test_add_func ("/shards/large-sample", test_large_sample);
  g_test_add_func ("/shards/index", test_index);
  g_test_add_func ("/shards/same-bytes", test_same_bytes);
  g_test_add_func ("/shards/places", test_places);
  g_test_add_func ("/shards/earlier-run", test_earlier_run);
  g_test_add_func ("/shards/unfinished", test_unfinished);
  g_test_add_func ("/shards/broken-samples", test_broken_samples);
  g_test_add_func ("/shards/label-codes", test_label_codes);
  g_test_add_func ("/shards/cut", test_cut);
  g_test_add_func ("/shards/unreadable", test_unreadable);
  return g_test_run ();
}
