/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzz.h"

#include <string.h>

/* The header's pieces: what stands there is replaced by what might, and the header's length set anew. */
static const gchar *const words[] = {
    "0", "1", "-1", "2", "3", "8", "255", "1.5", "1e9", "1e999", "-0", "9007199254740993", "4294967296",
    "18446744073709551616", "\"F32\"", "\"F16\"", "\"BF16\"", "\"F64\"", "\"I64\"", "\"BOOL\"", "\"F8\"",
    "\"\"", "null", "true", "{}", "[]", "[1,1,3,3]", "[0]", "[1,2,3,4,5,6,7,8,9]", "{\"a\":1}", "\"\\u0000\"",
    "\"__metadata__\"", "\"head.bias\"", "\"voxel\"", "\"down.0.0.weight\"",
    /* Within the record, whose quotes are escaped. */
    "\\\"unet\\\"", "\\\"bilinear\\\"", "\\\"tile\\\"", "\\\"z,y\\\"", "\\\"full\\\"", "NaN"};

static const gchar *const seeds_words[] = {"version", "width",  "depth", "in_channels", "threshold",
                                           "overlap", "F32",    "shape", "dtype",       "data_offsets",
                                           "config",  "record", "bits",  "unet",        "weight"};

static guint64
header_length (const guint8 *data)
{
  guint64 length;

  memcpy (&length, data, sizeof length);
  return GUINT64_FROM_LE (length);
}

static void
set_header_length (guint8 *data, guint64 length)
{
  length = GUINT64_TO_LE (length);
  memcpy (data, &length, sizeof length);
}

/* [from, to) of the header becomes @text; what follows moves. */
static gsize
replace (guint8 *data, gsize size, gsize room, gsize from, gsize to, const gchar *text)
{
  gsize bytes = strlen (text);

  if (size - (to - from) + bytes > room)
    return size;
  memmove (data + from + bytes, data + to, size - to);
  memcpy (data + from, text, bytes);
  set_header_length (data, header_length (data) - (to - from) + bytes);
  return size - (to - from) + bytes;
}

static gboolean
is_value (guint8 c)
{
  return g_ascii_isalnum (c) || strchr (".+-_\\\"", c) != NULL;
}

/* A number, a string or a part of one, from a place at random on. */
static gsize
replace_value (guint8 *data, gsize size, gsize room, gsize end, GRand *random)
{
  gsize from = 8 + (gsize) (g_rand_double (random) * (gdouble) (end - 8)), to;

  while (from < end && !is_value (data[from]))
    from++;
  for (to = from; to < end && is_value (data[to]);)
    to++;
  return replace (data, size, room, from, to, words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))]);
}

/* The value behind a word of the format or the record. */
static gsize
replace_behind (guint8 *data, gsize size, gsize room, gsize end, GRand *random)
{
  const gchar *word = seeds_words[g_rand_int_range (random, 0, G_N_ELEMENTS (seeds_words))];
  gsize skip = (gsize) (g_rand_double (random) * (gdouble) (end - 8));
  const guint8 *found = memmem (data + 8 + skip, end - 8 - skip, word, strlen (word));
  gsize from, to;

  if (!found)
    found = memmem (data + 8, end - 8, word, strlen (word));
  if (!found)
    return size;
  from = (gsize) (found - data) + strlen (word);
  while (from < end && (!is_value (data[from]) || data[from] == '"' || data[from] == '\\'))
    from++;
  for (to = from; to < end && is_value (data[to]);)
    to++;
  return replace (data, size, room, from, to, words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))]);
}

static void
change_weight (guint8 *data, gsize size, gsize end, GRand *random)
{
  static const guint32 values[] = {0x7fc00000, 0x7f800000, 0xff800000, 0x7f7fffff, 0x00000001, 0xbf800000};
  guint32 value = GUINT32_TO_LE (values[g_rand_int_range (random, 0, G_N_ELEMENTS (values))]);
  gsize count = (size - end) / 4;

  if (count)
    memcpy (data + end + 4 * (gsize) g_rand_int_range (random, 0, (gint) count), &value, sizeof value);
}

gsize
fuzz_mutate (guint8 *data, gsize size, gsize room, GRand *random)
{
  gsize end;

  if (size < 16 || header_length (data) > size - 8 || header_length (data) == 0)
    return fuzz_mutate_bytes (data, size, room, random);
  end = 8 + (gsize) header_length (data);
  switch (g_rand_int_range (random, 0, 8)) {
  case 0:
    return fuzz_mutate_bytes (data, size, room, random);
  case 1:
    set_header_length (data, header_length (data) + (guint64) g_rand_int_range (random, -9, 9));
    return size;
  case 2:
    change_weight (data, size, end, random);
    return size;
  case 3:
  case 4:
    return replace_behind (data, size, room, end, random);
  default:
    return replace_value (data, size, room, end, random);
  }
}
