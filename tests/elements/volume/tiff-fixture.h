/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <tiffio.h>

/* How a file is to be written; zeros mean: one page, 8 bits, uncompressed, one strip, little-endian, grey. */
typedef struct {
  guint width;
  guint height;
  guint pages;
  guint bits;
  guint16 compression;
  guint16 predictor;
  guint16 photometric;
  guint16 samples;
  guint16 format;
  guint16 fill_order;
  guint16 orientation;
  guint tile;
  guint rows_per_strip;
  guint first_value;
  /* Where there are any, pixels have these values only. */
  const guint16 *values;
  guint n_values;
  const gchar *mode;
  const gchar *description;
} Fixture;

/* A pixel of no pattern that a mistake would leave alone: every bit depends on page, row and column. */
static inline guint
fixture_pixel (const Fixture *fixture, guint page, guint x, guint y)
{
  guint bits = fixture->bits ? fixture->bits : 8;
  guint32 mixed = (fixture->first_value + page * 7919 + y * 104729 + x + 1) * 2654435761u;

  mixed ^= mixed >> 15;
  if (fixture->n_values > 0)
    return fixture->values[(mixed >> 9) % fixture->n_values];
  /* Runs of equal pixels, so that compression has something to do. */
  return bits == 1 ? mixed >> 9 & 1 : x % 5 < 2 ? page % 251 : mixed & ((1u << bits) - 1);
}

static inline void
fixture_pack (guint8 *row, guint bits, guint x, guint value)
{
  if (bits == 8)
    row[x] = (guint8) value;
  else if (bits == 16)
    ((guint16 *) row)[x] = (guint16) value;
  else
    for (guint bit = 0; bit < bits; bit++) {
      gsize at = (gsize) x * bits + bit;

      if (value >> (bits - 1 - bit) & 1)
        row[at / 8] |= (guint8) (0x80 >> at % 8);
    }
}

static inline void
fixture_write_chunk (TIFF *tiff, const Fixture *fixture, guint page, guint x0, guint y0, guint width,
                     guint height, guint32 number)
{
  guint bits = fixture->bits ? fixture->bits : 8;
  gsize row = ((gsize) width * bits + 7) / 8;
  g_autofree guint8 *chunk = g_malloc0 (row * height);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      if (x0 + x < fixture->width && y0 + y < fixture->height)
        fixture_pack (chunk + y * row, bits, x, fixture_pixel (fixture, page, x0 + x, y0 + y));
  if (fixture->tile)
    g_assert_cmpint (TIFFWriteEncodedTile (tiff, number, chunk, (tmsize_t) (row * height)), >, 0);
  else
    g_assert_cmpint (TIFFWriteEncodedStrip (tiff, number, chunk, (tmsize_t) (row * height)), >, 0);
}

static inline void
fixture_write_page (TIFF *tiff, const Fixture *fixture, guint page)
{
  guint rows = fixture->rows_per_strip ? fixture->rows_per_strip : fixture->height;
  guint32 number = 0;

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, fixture->width);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, fixture->height);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, fixture->bits ? fixture->bits : 8);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField (tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, fixture->photometric);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, fixture->compression ? fixture->compression : COMPRESSION_NONE);
  if (fixture->format)
    TIFFSetField (tiff, TIFFTAG_SAMPLEFORMAT, fixture->format);
  if (fixture->predictor)
    TIFFSetField (tiff, TIFFTAG_PREDICTOR, fixture->predictor);
  if (fixture->fill_order)
    TIFFSetField (tiff, TIFFTAG_FILLORDER, fixture->fill_order);
  if (fixture->orientation)
    TIFFSetField (tiff, TIFFTAG_ORIENTATION, fixture->orientation);
  if (fixture->photometric == PHOTOMETRIC_PALETTE) {
    guint16 ramp[256] = {0};

    TIFFSetField (tiff, TIFFTAG_COLORMAP, ramp, ramp, ramp);
  }
  if (fixture->description && page == 0)
    TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, fixture->description);
  if (fixture->tile) {
    TIFFSetField (tiff, TIFFTAG_TILEWIDTH, fixture->tile);
    TIFFSetField (tiff, TIFFTAG_TILELENGTH, fixture->tile);
    for (guint y = 0; y < fixture->height; y += fixture->tile)
      for (guint x = 0; x < fixture->width; x += fixture->tile)
        fixture_write_chunk (tiff, fixture, page, x, y, fixture->tile, fixture->tile, number++);
  } else {
    TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, rows);
    for (guint y = 0; y < fixture->height; y += rows)
      fixture_write_chunk (tiff, fixture, page, 0, y, fixture->width, MIN (rows, fixture->height - y),
                           number++);
  }
  g_assert_true (TIFFWriteDirectory (tiff));
}

static inline gchar *
fixture_write (const gchar *folder, const gchar *name, const Fixture *fixture)
{
  gchar *path = g_build_filename (folder, name, NULL);
  TIFF *tiff;

  /* A new file: to replace one costs a write to the disk. */
  g_unlink (path);
  tiff = TIFFOpen (path, fixture->mode ? fixture->mode : "wl");
  g_assert_nonnull (tiff);
  for (guint page = 0; page < MAX (1, fixture->pages); page++)
    fixture_write_page (tiff, fixture, page);
  TIFFClose (tiff);
  return path;
}

/* What the reader must give for a pixel: 0 or 255 for one bit, black where min-is-white was white. */
static inline guint
fixture_expected (const Fixture *fixture, guint page, guint x, guint y)
{
  guint bits = fixture->bits ? fixture->bits : 8, top = (1u << bits) - 1;
  guint value = fixture_pixel (fixture, page, x, y);

  if (fixture->photometric == PHOTOMETRIC_MINISWHITE)
    value = top - value;
  return bits == 1 ? value * 255 : value;
}

/* A tag written by hand. Its value may stand for a place: of the text, of the data. */
typedef struct {
  guint16 tag;
  guint16 type;
  guint32 count;
  guint32 value;
} RawTag;

#define RAW_TEXT 0xfffffff1
#define RAW_DATA 0xfffffff2

static inline void
raw_append (GByteArray *bytes, guint32 value, guint size, gboolean big_endian)
{
  for (guint i = 0; i < size; i++) {
    guint8 byte = (guint8) (value >> 8 * (big_endian ? size - 1 - i : i));

    g_byte_array_append (bytes, &byte, 1);
  }
}

/* A Classic TIFF file: header, directory, text, data. */
static inline gchar *
raw_write (const gchar *folder, const gchar *name, gboolean big_endian, const RawTag *tags, guint count,
           const gchar *text, const GByteArray *data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gchar *path = g_build_filename (folder, name, NULL);
  guint32 text_at = 8 + 2 + 12 * count + 4, data_at = (text_at + (guint32) strlen (text) + 2) & ~1u;

  g_byte_array_append (bytes, (const guint8 *) (big_endian ? "MM" : "II"), 2);
  raw_append (bytes, 42, 2, big_endian);
  raw_append (bytes, 8, 4, big_endian);
  raw_append (bytes, count, 2, big_endian);
  for (guint i = 0; i < count; i++) {
    guint32 value = tags[i].value;

    raw_append (bytes, tags[i].tag, 2, big_endian);
    raw_append (bytes, tags[i].type, 2, big_endian);
    raw_append (bytes, tags[i].count, 4, big_endian);
    raw_append (bytes, value == RAW_TEXT ? text_at : value == RAW_DATA ? data_at : value, 4, big_endian);
  }
  raw_append (bytes, 0, 4, big_endian);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text) + 1);
  while (bytes->len < data_at)
    raw_append (bytes, 0, 1, big_endian);
  g_byte_array_append (bytes, data->data, data->len);
  g_assert_true (g_file_set_contents (path, (const gchar *) bytes->data, bytes->len, NULL));
  return path;
}

/* As ImageJ writes beyond 4 GB: one directory, behind it the pixels of all images without a gap. */
static inline gchar *
write_contiguous (const gchar *folder, const Fixture *fixture, guint promised, const gchar *more)
{
  g_autofree gchar *text = g_strdup_printf (
      "ImageJ=1.53t\nimages=%u\nslices=%u\nunit=micron\nspacing=2.5\n%s", promised, promised, more);
  gboolean big_endian = strchr (fixture->mode, 'b') != NULL;
  guint32 bytes = fixture->width * fixture->height * (fixture->bits / 8);
  RawTag tags[] = {
      {TIFFTAG_IMAGEWIDTH, 4, 1, fixture->width},
      {TIFFTAG_IMAGELENGTH, 4, 1, fixture->height},
      {TIFFTAG_BITSPERSAMPLE, 4, 1, fixture->bits},
      {TIFFTAG_PHOTOMETRIC, 4, 1, fixture->photometric},
      {TIFFTAG_IMAGEDESCRIPTION, 2, (guint32) strlen (text) + 1, RAW_TEXT},
      {TIFFTAG_STRIPOFFSETS, 4, 1, RAW_DATA},
      {TIFFTAG_ROWSPERSTRIP, 4, 1, fixture->height},
      {TIFFTAG_STRIPBYTECOUNTS, 4, 1, bytes},
  };
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autofree guint8 *row = g_malloc0 ((gsize) fixture->width * 2);

  for (guint page = 0; page < fixture->pages; page++)
    for (guint y = 0; y < fixture->height; y++) {
      for (guint x = 0; x < fixture->width; x++)
        fixture_pack (row, fixture->bits, x, fixture_pixel (fixture, page, x, y));
      if (fixture->bits == 16 && big_endian)
        for (guint x = 0; x < fixture->width; x++)
          ((guint16 *) row)[x] = GUINT16_SWAP_LE_BE (((guint16 *) row)[x]);
      g_byte_array_append (data, row, fixture->width * fixture->bits / 8);
    }
  return raw_write (folder, "big.tif", big_endian, tags, G_N_ELEMENTS (tags), text, data);
}

static inline gchar *
fixture_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  gchar *folder = g_dir_make_tmp ("voxel-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static inline void
fixture_folder_free (gchar *folder)
{
  GDir *entries = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (entries && (name = g_dir_read_name (entries))) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      fixture_folder_free (g_steal_pointer (&path));
    else
      g_unlink (path);
  }
  if (entries)
    g_dir_close (entries);
  g_rmdir (folder);
  g_free (folder);
}
