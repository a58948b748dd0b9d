/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/masks/mask-bits.h"
#include "elements/masks/run-length-csv.h"
#include "elements/masks/run-length.h"

#include <glib/gstdio.h>
#include <string.h>

#include "random-mask.h"
#include "run-length-values.h"

static gchar *
encode (const guint8 *mask, guint height, guint width)
{
  g_autofree guint64 *bits = g_new (guint64, voxel_mask_bits_words (width));
  GString *text = g_string_new (NULL);
  VoxelRunLength encoder = {0};

  for (guint y = 0; y < height; y++) {
    voxel_mask_bits_pack8 (bits, mask + (gsize) y * width, width, 127);
    voxel_run_length_add (&encoder, text, bits, width);
  }
  voxel_run_length_finish (&encoder, text);
  return g_string_free (text, FALSE);
}

static void
test_stored (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (run_length_values); i++) {
    guint height = run_length_values[i].height, width = run_length_values[i].width;
    g_autofree guint8 *mask = g_malloc ((gsize) height * width);
    g_autofree guint8 *again = g_malloc ((gsize) height * width);
    g_autofree gchar *text = NULL;
    g_autoptr (GError) error = NULL;

    random_mask_fill (run_length_values[i].seed, 1, height, width, run_length_values[i].balls,
                      run_length_values[i].specks, mask);
    text = encode (mask, height, width);
    g_assert_cmpstr (text, ==, run_length_values[i].text);
    voxel_run_length_decode (text, again, (gsize) height * width, 255, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (again, (gsize) height * width, mask, (gsize) height * width);
  }
}

/* The definition, pixel by pixel. */
static gchar *
encode_plainly (const guint8 *mask, gsize n)
{
  GString *text = g_string_new (NULL);
  gsize start = 0;

  for (gsize i = 0; i <= n; i++) {
    gboolean set = i < n && mask[i], before = i > 0 && mask[i - 1];

    if (set && !before)
      start = i;
    if (before && !set)
      g_string_append_printf (text, "%s%" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT, text->len ? " " : "", start + 1,
                              i - start);
  }
  if (text->len == 0)
    g_string_append (text, "1 0");
  return g_string_free (text, FALSE);
}

static void
test_random (void)
{
  for (guint round = 0; round < 300; round++) {
    guint height = (guint) g_test_rand_int_range (1, 20), width = (guint) g_test_rand_int_range (1, 300);
    gsize n = (gsize) height * width;
    g_autofree guint8 *mask = g_malloc (n);
    g_autofree guint8 *again = g_malloc (n);
    g_autofree gchar *text = NULL, *expected = NULL;
    gint set = g_test_rand_int_range (0, 101);

    for (gsize i = 0; i < n; i++)
      mask[i] = g_test_rand_int_range (0, 100) < set ? 255 : 0;
    text = encode (mask, height, width);
    expected = encode_plainly (mask, n);
    g_assert_cmpstr (text, ==, expected);
    memset (again, 7, n);
    g_assert_true (voxel_run_length_decode (text, again, n, 255, NULL));
    g_assert_cmpmem (again, n, mask, n);
  }
}

static void
test_thresholds (void)
{
  guint8 narrow[256];
  guint16 wide[256];

  for (guint i = 0; i < 256; i++) {
    narrow[i] = (guint8) i;
    wide[i] = (guint16) (257 * i);
  }
  for (guint threshold = 1; threshold <= 256; threshold++) {
    guint64 bits[5], bits16[5];

    voxel_mask_bits_pack8 (bits, narrow, 256, threshold);
    voxel_mask_bits_pack16 (bits16, wide, 256, threshold == 256 ? 65536 : 257 * threshold);
    for (guint i = 0; i < 256; i++)
      g_assert_cmpuint (bits[i / 64] >> (i % 64) & 1, ==, i >= threshold);
    g_assert_cmpuint (bits[4], ==, 0);
    g_assert_cmpmem (bits, sizeof bits, bits16, sizeof bits16);
    g_assert_cmpuint (voxel_mask_bits_count (bits, 5), ==, 256 - threshold);
  }
}

static void
test_refused (void)
{
  static const struct {
    const gchar *text, *message;
  } cases[] = {
      {"", "*run 1: nothing there*"},
      {"3", "*run 1: start 3 has no length*"},
      {"1 2 5", "*run 2: start 5 has no length*"},
      {"1 2 x 3", "*run 2: \"x 3\"*"},
      {"1 2 5 1.5", "*run 2: \"1.5\"*"},
      {"-1 2", "*run 1*number*"},
      {"0 2", "*run 1*count from 1*"},
      {"4 0", "*run 1*count from 1*"},
      {"1 0 4 2", "*run 1*count from 1*"},
      {"3 3 5 1", "*run 2: start 5 lies within*5*"},
      {"7 1 2 1", "*run 2: start 2 lies within or before*"},
      {"8 4", "*run 1*beyond the 10 pixels*"},
      {"11 1", "*run 1*beyond*"},
      {"1 1844674407370955161", "*run 1*beyond*"},
      {"1 99999999999999999999999", "*run 1*number*"},
  };
  guint8 mask[10];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (voxel_run_length_decode (cases[i].text, mask, 10, 1, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    if (!g_pattern_match_simple (cases[i].message, error->message))
      g_error ("\"%s\": \"%s\" is not like \"%s\"", cases[i].text, error->message, cases[i].message);
  }
}

static gchar *
write_file (const gchar *text)
{
  gchar *path = NULL;
  gint fd = g_file_open_tmp ("run-length-XXXXXX.csv", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_table (void)
{
  g_autofree gchar *path = write_file ("\xef\xbb\xbfid,rle\r\na,1 1\n\"b,\"\"c\",\"2 3\"\r\n\n\"\",1 0");
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelRunLengthCsv) table = voxel_run_length_csv_open (path, &error);
  const gchar *id, *runs;
  guint8 mask[4];

  g_assert_no_error (error);
  g_assert_true (voxel_run_length_csv_next (table, &id, &runs, &error));
  g_assert_cmpstr (id, ==, "a");
  g_assert_cmpstr (runs, ==, "1 1");
  g_assert_true (voxel_run_length_csv_next (table, &id, &runs, &error));
  g_assert_cmpstr (id, ==, "b,\"c");
  g_assert_true (voxel_run_length_csv_decode (table, mask, 4, 9, &error));
  g_assert_cmpmem (mask, 4, "\0\11\11\11", 4);
  g_assert_false (voxel_run_length_csv_decode (table, mask, 3, 9, &error));
  g_assert_nonnull (strstr (error->message, "row 3, id \"b,\"c\": run 1: \"2 3\" ends beyond"));
  g_clear_error (&error);
  g_assert_true (voxel_run_length_csv_next (table, &id, &runs, &error));
  g_assert_cmpstr (id, ==, "");
  g_assert_false (voxel_run_length_csv_next (table, &id, &runs, &error));
  g_assert_no_error (error);
  g_unlink (path);
}

static void
test_table_refused (void)
{
  static const struct {
    const gchar *text, *message;
  } cases[] = {
      {"", "*is empty*"},
      {"rle,id\n", "*row 1: expected a header*"},
      {"a,1 1\n", "*row 1: expected a header*"},
      {"id,rle\na\n", "*row 2: has one field*"},
      {"id,rle\na,1 1\nb,1 1,2\n", "*row 3: has more than the two*"},
      {"id,rle\n\"a,1 1\n", "*row 2: a quoted field does not end*"},
      {"id,rle\n\"a\"b,1 1\n", "*row 2: a quoted field does not end*"},
  };
  g_autoptr (GError) missing = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = write_file (cases[i].text);
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelRunLengthCsv) table = voxel_run_length_csv_open (path, &error);

    while (table && voxel_run_length_csv_next (table, NULL, NULL, &error))
      ;
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_assert_nonnull (strstr (error->message, path));
    if (!g_pattern_match_simple (cases[i].message, error->message))
      g_error ("\"%s\" is not like \"%s\"", error->message, cases[i].message);
    g_unlink (path);
  }
  g_assert_null (voxel_run_length_csv_open ("/does/not/exist.csv", &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Numbers of every length, as g_strdup_printf() writes them: a run whose start and length are about a power of
 * ten, in a mask that is too large to be made. */
static void
test_digits (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 power = 1;

  for (guint digits = 1; digits < 20; digits++, power *= 10) {
    for (gint64 off = -2; off <= 2; off++) {
      guint64 start = power + (guint64) off, first = 1, last = 0;
      VoxelRunLength encoder = {.position = start - 1};
      g_autofree gchar *expected =
          g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, start, 2 * start + 1);

      if (start == 0 || start > G_MAXINT64)
        continue;
      g_string_truncate (text, 0);
      voxel_run_length_add (&encoder, text, &first, 1);
      encoder.position += 2 * start;
      voxel_run_length_add (&encoder, text, &last, 1);
      voxel_run_length_finish (&encoder, text);
      g_assert_cmpstr (text->str, ==, expected);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-length/stored", test_stored);
  g_test_add_func ("/run-length/random", test_random);
  g_test_add_func ("/run-length/digits", test_digits);
  g_test_add_func ("/run-length/thresholds", test_thresholds);
  g_test_add_func ("/run-length/refused", test_refused);
  g_test_add_func ("/run-length/table", test_table);
  g_test_add_func ("/run-length/table-refused", test_table_refused);
  return g_test_run ();
}
