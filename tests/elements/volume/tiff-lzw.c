/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/tiff-lzw.h"

#include <string.h>

#define CLEAR 256
#define END 257
#define FIRST_FREE 258

typedef struct {
  GByteArray *bytes;
  guint64 word;
  guint n_bits;
} Writer;

static void
put (Writer *writer, guint code, guint bits)
{
  writer->word = writer->word << bits | code;
  writer->n_bits += bits;
  for (; writer->n_bits >= 8; writer->n_bits -= 8)
    g_byte_array_append (writer->bytes, &(guint8){(guint8) (writer->word >> (writer->n_bits - 8))}, 1);
}

/* TIFF 6.0, section 13, word for word: strings are looked up in a table by (string before, byte). Without
 * @clears the table stays as it is once it is full, as some writers leave it. */
static GByteArray *
encode (const guint8 *bytes, gsize n, gboolean clears)
{
  g_autoptr (GHashTable) table = g_hash_table_new (NULL, NULL);
  Writer writer = {g_byte_array_new (), 0, 0};
  guint bits = 9, next = FIRST_FREE, string = bytes[0];

  put (&writer, CLEAR, 9);
  for (gsize i = 1; i < n; i++) {
    gpointer key = GUINT_TO_POINTER (string << 8 | bytes[i] | 1u << 31);
    guint longer = GPOINTER_TO_UINT (g_hash_table_lookup (table, key));

    if (longer) {
      string = longer;
      continue;
    }
    put (&writer, string, bits);
    if (next < 4096)
      g_hash_table_insert (table, key, GUINT_TO_POINTER (next++));
    /* The decoder is one string behind, and codes become wider one early. */
    if (next == (1u << bits) && bits < 12)
      bits++;
    if (clears && next == 4095) {
      put (&writer, CLEAR, bits);
      g_hash_table_remove_all (table);
      bits = 9;
      next = FIRST_FREE;
    }
    string = bytes[i];
  }
  put (&writer, string, bits);
  if (++next == (1u << bits) && bits < 12)
    bits++;
  put (&writer, END, bits);
  put (&writer, 0, 7);
  return writer.bytes;
}

/* In memory of exactly the size that is asked for, so that a sanitizer sees what goes beyond. */
static guint8 *
decode (const guint8 *codes, gsize n_codes, gsize n)
{
  g_autofree guint8 *read = g_malloc0 (n_codes + VOXEL_TIFF_LZW_SPARE);
  g_autofree guint8 *memory = g_malloc (VOXEL_TIFF_LZW_BEFORE + n + VOXEL_TIFF_LZW_BEHIND);

  memcpy (read, codes, n_codes);
  return voxel_tiff_lzw_decode (read, n_codes, memory + VOXEL_TIFF_LZW_BEFORE, n)
             ? g_memdup2 (memory + VOXEL_TIFF_LZW_BEFORE, n)
             : NULL;
}

static void
check (const guint8 *bytes, gsize n, gboolean clears)
{
  g_autoptr (GByteArray) codes = encode (bytes, n, clears);
  g_autofree guint8 *got = decode (codes->data, codes->len, n);

  g_assert_nonnull (got);
  g_assert_cmpmem (got, n, bytes, n);
}

/* Values below @many, each repeated for up to @run bytes. */
static guint8 *
make (gsize n, guint many, guint run, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  guint8 *bytes = g_malloc (n);

  for (gsize i = 0; i < n;) {
    guint8 value = (guint8) g_rand_int_range (random, 0, (gint) many);

    for (gint left = g_rand_int_range (random, 1, (gint) run + 1); left && i < n; left--)
      bytes[i++] = value;
  }
  return bytes;
}

static void
test_round_trip (void)
{
  static const guint many[] = {1, 2, 3, 16, 256}, run[] = {1, 2, 9, 300};

  for (guint m = 0; m < G_N_ELEMENTS (many); m++) {
    for (guint r = 0; r < G_N_ELEMENTS (run); r++) {
      g_autofree guint8 *bytes = make (60000, many[m], run[r], 100 * m + r);

      for (gsize n = 1; n < 40; n++)
        check (bytes, n, TRUE);
      for (gsize n = 900; n < 60000; n = n * 2 + 1)
        check (bytes, n, TRUE);
      check (bytes, 60000, FALSE);
    }
  }
}

/* Section 13's own example, with the codes that it lists. */
static void
test_specification (void)
{
  static const guint8 bytes[] = {7, 7, 7, 8, 8, 7, 7, 6, 6};
  static const guint codes[] = {CLEAR, 7, 258, 8, 8, 258, 6, 6, END};
  Writer writer = {g_byte_array_new (), 0, 0};
  g_autofree guint8 *got = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    put (&writer, codes[i], 9);
  put (&writer, 0, 7);
  got = decode (writer.bytes->data, writer.bytes->len, sizeof bytes);
  g_assert_nonnull (got);
  g_assert_cmpmem (got, sizeof bytes, bytes, sizeof bytes);
  g_byte_array_unref (writer.bytes);
}

static void
test_short (void)
{
  g_autofree guint8 *bytes = make (5000, 16, 4, 1);
  g_autoptr (GByteArray) codes = encode (bytes, 5000, TRUE);

  for (gsize n = 0; n + 2 < codes->len; n += 7) {
    g_autofree guint8 *got = decode (codes->data, n, 5000);

    g_assert_null (got);
  }
  g_assert_null (decode (codes->data, codes->len, 5001));
}

static void
test_damaged (void)
{
  static const guint wrong[][3] = {{CLEAR, END, 0}, {CLEAR, 258, 0}, {CLEAR, 7, 259}, {300, 0, 0}};
  g_autofree guint8 *bytes = make (5000, 16, 4, 2);
  g_autoptr (GByteArray) codes = encode (bytes, 5000, TRUE);
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    Writer writer = {g_byte_array_new (), 0, 0};

    for (guint k = 0; k < 3; k++)
      put (&writer, wrong[i][k], 9);
    put (&writer, 0, 7);
    g_assert_null (decode (writer.bytes->data, writer.bytes->len, 3));
    g_byte_array_unref (writer.bytes);
  }
  for (guint i = 0; i < 2000; i++) {
    gsize at = (gsize) g_rand_int_range (random, 0, (gint) codes->len);
    guint8 kept = codes->data[at];

    codes->data[at] = (guint8) g_rand_int_range (random, 0, 256);
    g_free (decode (codes->data, codes->len, 5000));
    codes->data[at] = kept;
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiff-lzw/round-trip", test_round_trip);
  g_test_add_func ("/tiff-lzw/specification", test_specification);
  g_test_add_func ("/tiff-lzw/short", test_short);
  g_test_add_func ("/tiff-lzw/damaged", test_damaged);
  return g_test_run ();
}
