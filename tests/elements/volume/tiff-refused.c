/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <unistd.h>

#include "elements/volume/tiff-stack.h"
#include "tiff-fixture.h"

static void
assert_refused (const gchar *path, VoxelTiffError code, const gchar *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelTiffFile) file = voxel_tiff_file_open (path, &error);
  g_autoptr (GArray) pages = file ? voxel_tiff_stack_scan (file, &error) : NULL;

  if (pages) {
    const VoxelTiffPage *page = &g_array_index (pages, VoxelTiffPage, pages->len - 1);
    VoxelTiffRegion all = {0, 0, page->width, page->height};
    g_autofree guint8 *pixels = g_malloc ((gsize) page->width * page->height * 2);

    g_assert_false (voxel_tiff_page_decode (file, page, &all, pixels,
                                            (gsize) page->width * (page->bits > 8 ? 2 : 1), &error));
  }
  g_assert_error (error, VOXEL_TIFF_ERROR, (gint) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, words));
  /* What libtiff says of tags that a file need not have is not the cause. */
  g_assert_null (strstr (error->message, "Predictor"));
}

static void
test_contiguous_errors (void)
{
  gchar *folder = fixture_folder_new ();
  Fixture fixture = {.width = 31, .height = 17, .pages = 5, .bits = 16, .mode = "wb", .photometric = 1};
  g_autofree gchar *path = write_contiguous (folder, &fixture, 6, "");

  assert_refused (path, VOXEL_TIFF_ERROR_TRUNCATED, "promises 6 images, the file holds 5");
  g_free (write_contiguous (folder, &fixture, 4, "channels=2\n"));
  assert_refused (path, VOXEL_TIFF_ERROR_UNSUPPORTED, "channels 2, slices 4");
  g_free (write_contiguous (folder, &fixture, 4, "frames=2\n"));
  assert_refused (path, VOXEL_TIFF_ERROR_UNSUPPORTED, "slices 4, frames 2");
  fixture_folder_free (folder);
}

/* Two channels of two slices in four pages take turns; two pages of a larger set need not. */
static void
test_ome (void)
{
  static const gchar text[] =
      "<?xml version=\"1.0\"?><OME><Image><Pixels SizeX=\"8\" SizeC=\"2\" SizeZ=\"2\" "
      "SizeT=\"1\"/></Image></OME>";
  gchar *folder = fixture_folder_new ();
  Fixture fixture = {.width = 8, .height = 8, .pages = 4, .photometric = 1, .description = text};
  g_autofree gchar *path = fixture_write (folder, "x.tif", &fixture);
  g_autoptr (VoxelTiffFile) file = NULL;
  g_autoptr (GArray) pages = NULL;

  assert_refused (path, VOXEL_TIFF_ERROR_UNSUPPORTED, "OME-XML says (channels 2, slices 2");
  fixture.pages = 2;
  g_free (fixture_write (folder, "x.tif", &fixture));
  file = voxel_tiff_file_open (path, NULL);
  pages = voxel_tiff_stack_scan (file, NULL);
  g_assert_cmpuint (pages->len, ==, 2);
  fixture_folder_free (folder);
}

static void
test_kinds_refused (void)
{
  static const struct {
    Fixture fixture;
    const gchar *words;
  } cases[] = {
      {{.photometric = PHOTOMETRIC_MINISBLACK, .format = SAMPLEFORMAT_INT, .bits = 16}, "16-bit signed"},
      {{.photometric = PHOTOMETRIC_MINISBLACK, .format = SAMPLEFORMAT_IEEEFP, .bits = 16}, "16-bit float"},
      {{.photometric = PHOTOMETRIC_MINISBLACK, .bits = 4}, "4 bits a pixel"},
      {{.photometric = PHOTOMETRIC_MINISBLACK, .orientation = ORIENTATION_BOTLEFT}, "orientation 4"},
      {{.photometric = PHOTOMETRIC_CIELAB}, "CIE L*a*b*"},
      {{.photometric = PHOTOMETRIC_PALETTE}, "palette colour"},
  };
  gchar *folder = fixture_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Fixture fixture = cases[i].fixture;
    g_autofree gchar *path = NULL;

    fixture.width = fixture.height = 16;
    path = fixture_write (folder, "x.tif", &fixture);
    assert_refused (path, VOXEL_TIFF_ERROR_UNSUPPORTED, cases[i].words);
  }
  fixture_folder_free (folder);
}

/* A header by hand: whatever a file may say, also what no library writes. */
static void
test_headers_refused (void)
{
  static const struct {
    const gchar *words;
    VoxelTiffError code;
    guint16 tag;
    guint32 value;
  } cases[] = {
      {"RGB colour", VOXEL_TIFF_ERROR_UNSUPPORTED, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB},
      {"2 samples a pixel", VOXEL_TIFF_ERROR_UNSUPPORTED, TIFFTAG_SAMPLESPERPIXEL, 2},
      {"32 bits a pixel", VOXEL_TIFF_ERROR_UNSUPPORTED, TIFFTAG_BITSPERSAMPLE, 32},
      {"complex float", VOXEL_TIFF_ERROR_UNSUPPORTED, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_COMPLEXIEEEFP},
      {"JPEG", VOXEL_TIFF_ERROR_UNSUPPORTED, TIFFTAG_COMPRESSION, COMPRESSION_JPEG},
      {"unknown", VOXEL_TIFF_ERROR_UNSUPPORTED, TIFFTAG_COMPRESSION, 12345},
      {"more than its file", VOXEL_TIFF_ERROR_BROKEN, TIFFTAG_IMAGELENGTH, 0x7fffffff},
      {"which cannot be", VOXEL_TIFF_ERROR_BROKEN, TIFFTAG_IMAGEWIDTH, 0x80000000},
      {"strip 0 needs", VOXEL_TIFF_ERROR_TRUNCATED, TIFFTAG_STRIPOFFSETS, 100000},
      {"no data for its strip 0", VOXEL_TIFF_ERROR_BROKEN, TIFFTAG_STRIPOFFSETS, 0},
  };
  gchar *folder = fixture_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    RawTag tags[] = {
        {TIFFTAG_IMAGEWIDTH, 4, 1, 32},
        {TIFFTAG_IMAGELENGTH, 4, 1, 32},
        {TIFFTAG_BITSPERSAMPLE, 4, 1, 8},
        {TIFFTAG_COMPRESSION, 4, 1, COMPRESSION_NONE},
        {TIFFTAG_PHOTOMETRIC, 4, 1, PHOTOMETRIC_MINISBLACK},
        {TIFFTAG_STRIPOFFSETS, 4, 1, RAW_DATA},
        {TIFFTAG_SAMPLESPERPIXEL, 4, 1, 1},
        {TIFFTAG_STRIPBYTECOUNTS, 4, 1, 1024},
        {TIFFTAG_SAMPLEFORMAT, 4, 1, SAMPLEFORMAT_UINT},
    };
    g_autoptr (GByteArray) data = g_byte_array_set_size (g_byte_array_new (), 1024);
    g_autofree gchar *path = NULL;

    memset (data->data, 0, data->len);
    for (guint k = 0; k < G_N_ELEMENTS (tags); k++)
      if (tags[k].tag == cases[i].tag)
        tags[k].value = cases[i].value;
    path = raw_write (folder, "x.tif", i % 2, tags, G_N_ELEMENTS (tags), "", data);
    assert_refused (path, cases[i].code, cases[i].words);
  }
  fixture_folder_free (folder);
}

/* Without g_file_set_contents ()'s safety: it costs a write to the disk each time, as does replacing a file. */
static void
set_contents (const gchar *path, gconstpointer bytes, gsize size)
{
  FILE *file;

  g_unlink (path);
  file = fopen (path, "wb");
  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, size, file), ==, size);
  fclose (file);
}

static void
test_no_tiff (void)
{
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = g_build_filename (folder, "x.tif", NULL);

  assert_refused (path, VOXEL_TIFF_ERROR_NOT_FOUND, "no such file");
  assert_refused (folder, VOXEL_TIFF_ERROR_NOT_TIFF, "folder");
  set_contents (path, "", 0);
  assert_refused (path, VOXEL_TIFF_ERROR_EMPTY, "0 bytes");
  set_contents (path, "\x89PNG\r\n\x1a\n........", 16);
  assert_refused (path, VOXEL_TIFF_ERROR_NOT_TIFF, "no TIFF");
  set_contents (path, "II", 2);
  assert_refused (path, VOXEL_TIFF_ERROR_NOT_TIFF, "no TIFF");
  set_contents (path, "II*\0\x08", 5);
  assert_refused (path, VOXEL_TIFF_ERROR_TRUNCATED, "within its header");
  set_contents (path, "II*\0\0\0\0\0", 8);
  assert_refused (path, VOXEL_TIFF_ERROR_EMPTY, "no pages");
  set_contents (path, "MM\0*\0\0\1\0", 8);
  assert_refused (path, VOXEL_TIFF_ERROR_TRUNCATED, "byte 256 of 8");
  set_contents (path, "II*\0\x08\0\0\0\x05\0", 10);
  assert_refused (path, VOXEL_TIFF_ERROR_BROKEN, "directory");
  fixture_folder_free (folder);
}

static void
test_unreadable (void)
{
  gchar *folder = fixture_folder_new ();
  Fixture fixture = {.width = 8, .height = 8, .photometric = 1};
  g_autofree gchar *path = fixture_write (folder, "x.tif", &fixture);

  g_chmod (path, 0);
  g_chmod (folder, 0755);
  /* Root may read everything: be somebody else for a moment. */
  if (geteuid () == 0 && seteuid (65534) != 0)
    g_test_skip ("root reads everything");
  else
    assert_refused (path, VOXEL_TIFF_ERROR_PERMISSION, "may not be read");
  if (geteuid () != getuid ())
    g_assert_cmpint (seteuid (getuid ()), ==, 0);
  fixture_folder_free (folder);
}

/* Cut anywhere: an error with the file's name, never a crash, never a slice. */
static void
test_cut_anywhere (void)
{
  static const guint16 compressions[] = {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE,
                                         COMPRESSION_PACKBITS};
  gchar *folder = fixture_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (compressions); i++) {
    Fixture fixture = {.width = 40,
                       .height = 33,
                       .pages = 2,
                       .bits = 16,
                       .photometric = 1,
                       .rows_per_strip = 8,
                       .compression = compressions[i]};
    g_autofree gchar *path = fixture_write (folder, "x.tif", &fixture);
    g_autofree gchar *bytes = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
    for (gsize cut = 0; cut < size - 1; cut += 37) {
      g_autoptr (GError) error = NULL;
      g_autoptr (VoxelTiffFile) file = NULL;
      g_autoptr (GArray) pages = NULL;

      set_contents (path, bytes, cut);
      file = voxel_tiff_file_open (path, &error);
      pages = file ? voxel_tiff_stack_scan (file, &error) : NULL;
      g_assert_null (pages);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, path));
    }
  }
  fixture_folder_free (folder);
}

/* Bytes changed at random: whatever comes, no crash and no more memory than the file justifies. */
static void
test_damaged (void)
{
  static const guint16 compressions[] = {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE,
                                         COMPRESSION_PACKBITS, COMPRESSION_ZSTD};
  gchar *folder = fixture_folder_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < 2000; i++) {
    Fixture fixture = {.width = 40,
                       .height = 33,
                       .bits = 16,
                       .photometric = 1,
                       .tile = i % 3 ? 0 : 16,
                       .rows_per_strip = 8,
                       .compression = compressions[i % 5],
                       .mode = i % 2 ? "wl" : "wb8"};
    g_autofree gchar *path = NULL, *bytes = NULL;
    g_autoptr (VoxelTiffFile) file = NULL;
    g_autoptr (GArray) pages = NULL;
    gsize size;

    if (!TIFFIsCODECConfigured (fixture.compression))
      continue;
    path = fixture_write (folder, "x.tif", &fixture);
    g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
    for (guint k = 0; k < 1 + i % 8; k++) {
      gsize at = (gsize) g_rand_int_range (random, 0, (gint) size);

      /* Half of them in the directory, which libtiff writes last. */
      if (k % 2)
        at = size - 1 - at % MIN (size, 240);
      bytes[at] = (gchar) g_rand_int (random);
    }
    set_contents (path, bytes, size);
    file = voxel_tiff_file_open (path, NULL);
    pages = file ? voxel_tiff_stack_scan (file, NULL) : NULL;
    for (guint k = 0; pages && k < pages->len; k++) {
      const VoxelTiffPage *page = &g_array_index (pages, VoxelTiffPage, k);
      VoxelTiffRegion part = {0, 0, MIN (page->width, 64), MIN (page->height, 64)};
      g_autofree guint8 *pixels = g_malloc (64 * 64 * 2);
      g_autoptr (GError) error = NULL;

      if (!voxel_tiff_page_decode (file, page, &part, pixels, 128, &error))
        g_assert_nonnull (error);
    }
  }
  fixture_folder_free (folder);
}

static void
test_mixed_pages (void)
{
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = g_build_filename (folder, "x.tif", NULL);
  Fixture small = {.width = 16, .height = 16, .photometric = 1},
          large = {.width = 17, .height = 16, .photometric = 1};
  TIFF *tiff = TIFFOpen (path, "w");

  fixture_write_page (tiff, &small, 0);
  fixture_write_page (tiff, &small, 1);
  fixture_write_page (tiff, &large, 2);
  TIFFClose (tiff);
  assert_refused (path, VOXEL_TIFF_ERROR_MIXED, "page 2: is 17 x 16 pixels of 8 bits, but page 0 is 16 x 16");
  fixture_folder_free (folder);
}

/* A thousand directories with one long text: each byte of the file would be read hundreds of times. */
static void
test_shared_bytes (void)
{
  const guint directories = 1000, entries = 9, text_bytes = 64 * 1024;
  const guint directory_bytes = 2 + 12 * entries + 4;
  guint32 text_at = 8 + directories * directory_bytes, data_at = text_at + text_bytes;
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = g_build_filename (folder, "x.tif", NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *rest = g_malloc (text_bytes + 64);

  g_byte_array_append (bytes, (const guint8 *) "II", 2);
  raw_append (bytes, 42, 2, FALSE);
  raw_append (bytes, 8, 4, FALSE);
  for (guint i = 0; i < directories; i++) {
    const RawTag tags[] = {
        {TIFFTAG_IMAGEWIDTH, 4, 1, 8},         {TIFFTAG_IMAGELENGTH, 4, 1, 8},
        {TIFFTAG_BITSPERSAMPLE, 4, 1, 8},      {TIFFTAG_COMPRESSION, 4, 1, COMPRESSION_NONE},
        {TIFFTAG_PHOTOMETRIC, 4, 1, 1},        {TIFFTAG_IMAGEDESCRIPTION, 2, text_bytes, text_at},
        {TIFFTAG_STRIPOFFSETS, 4, 1, data_at}, {TIFFTAG_ROWSPERSTRIP, 4, 1, 8},
        {TIFFTAG_STRIPBYTECOUNTS, 4, 1, 64},
    };

    raw_append (bytes, entries, 2, FALSE);
    for (guint k = 0; k < entries; k++) {
      raw_append (bytes, tags[k].tag, 2, FALSE);
      raw_append (bytes, tags[k].type, 2, FALSE);
      raw_append (bytes, tags[k].count, 4, FALSE);
      raw_append (bytes, tags[k].value, 4, FALSE);
    }
    raw_append (bytes, i + 1 < directories ? 8 + (i + 1) * directory_bytes : 0, 4, FALSE);
  }
  memset (rest, 'x', text_bytes + 64);
  rest[text_bytes - 1] = 0;
  g_byte_array_append (bytes, rest, text_bytes + 64);
  set_contents (path, bytes->data, bytes->len);
  assert_refused (path, VOXEL_TIFF_ERROR_BROKEN, "the same bytes again and again");
  fixture_folder_free (folder);
}

/* Zeros in Deflate take a thousandth: a slice of nothing must load from a file that is all but empty. */
static void
test_empty_slice_loads (void)
{
  static const guint16 compressions[] = {COMPRESSION_ADOBE_DEFLATE, COMPRESSION_LZW, COMPRESSION_PACKBITS,
                                         COMPRESSION_ZSTD};
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = g_build_filename (folder, "x.tif", NULL);
  const guint side = 4096;
  g_autofree guint8 *pixels = g_malloc0 ((gsize) side * side);

  for (guint i = 0; i < G_N_ELEMENTS (compressions); i++) {
    const VoxelTiffRegion all = {0, 0, side, side};
    g_autoptr (VoxelTiffFile) file = NULL;
    g_autoptr (GArray) pages = NULL;
    g_autoptr (GError) error = NULL;
    TIFF *tiff;

    if (!TIFFIsCODECConfigured (compressions[i]))
      continue;
    tiff = TIFFOpen (path, "w");
    TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, side);
    TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, side);
    TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField (tiff, TIFFTAG_COMPRESSION, compressions[i]);
    TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, side);
    memset (pixels, 0, (gsize) side * side);
    g_assert_cmpint (TIFFWriteEncodedStrip (tiff, 0, pixels, (tmsize_t) side * side), >, 0);
    TIFFClose (tiff);
    file = voxel_tiff_file_open (path, &error);
    g_assert_no_error (error);
    g_test_message ("%u: %" G_GUINT64_FORMAT " bytes", compressions[i], file->size);
    g_assert_cmpuint (file->size, <, (guint64) side * side / 60);
    pages = voxel_tiff_stack_scan (file, &error);
    g_assert_no_error (error);
    memset (pixels, 1, (gsize) side * side);
    voxel_tiff_page_decode (file, &g_array_index (pages, VoxelTiffPage, 0), &all, pixels, side, &error);
    g_assert_no_error (error);
    for (gsize k = 0; k < (gsize) side * side; k++)
      if (pixels[k])
        g_error ("pixel %" G_GSIZE_FORMAT " is %u", k, pixels[k]);
  }
  fixture_folder_free (folder);
}

/* What the reader does not catch would be printed. */
static void
fail (const char *module, const char *format, va_list arguments)
{
  g_assert_not_reached ();
}

int
main (int argc, char **argv)
{
  TIFFSetWarningHandler (NULL);
  TIFFSetErrorHandler (fail);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiff-refused/contiguous-errors", test_contiguous_errors);
  g_test_add_func ("/tiff-refused/ome", test_ome);
  g_test_add_func ("/tiff-refused/kinds-refused", test_kinds_refused);
  g_test_add_func ("/tiff-refused/headers-refused", test_headers_refused);
  g_test_add_func ("/tiff-refused/no-tiff", test_no_tiff);
  g_test_add_func ("/tiff-refused/unreadable", test_unreadable);
  g_test_add_func ("/tiff-refused/cut-anywhere", test_cut_anywhere);
  g_test_add_func ("/tiff-refused/damaged", test_damaged);
  g_test_add_func ("/tiff-refused/mixed-pages", test_mixed_pages);
  g_test_add_func ("/tiff-refused/shared-bytes", test_shared_bytes);
  g_test_add_func ("/tiff-refused/empty-slice-loads", test_empty_slice_loads);
  return g_test_run ();
}
