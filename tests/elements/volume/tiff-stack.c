/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/tiff-pixels.h"
#include "elements/volume/tiff-stack.h"
#include "tiff-fixture.h"

static void
assert_pixels (const Fixture *fixture, guint page, const VoxelTiffRegion *region, const guint8 *pixels,
               gsize stride)
{
  for (guint y = 0; y < region->height; y++) {
    const guint8 *row = pixels + y * stride;

    for (guint x = 0; x < region->width; x++) {
      guint expected = fixture_expected (fixture, page, region->x + x, region->y + y);
      guint got = fixture->bits > 8 ? GUINT16_FROM_LE (((const guint16 *) row)[x]) : row[x];

      if (got != expected)
        g_error ("%u bits, compression %u, mode %s, tile %u, page %u, (%u, %u): %u, not %u", fixture->bits,
                 fixture->compression, fixture->mode, fixture->tile, page, region->x + x, region->y + y, got,
                 expected);
    }
  }
}

static void
check_reading (const gchar *path, const Fixture *fixture)
{
  const VoxelTiffRegion regions[] = {
      {0, 0, fixture->width, fixture->height},
      {5, 3, fixture->width - 9, fixture->height - 10},
      {fixture->width - 1, fixture->height - 1, 1, 1},
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelTiffFile) file = voxel_tiff_file_open (path, &error);
  g_autoptr (GArray) pages = NULL;

  g_assert_no_error (error);
  pages = voxel_tiff_stack_scan (file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pages->len, ==, MAX (1, fixture->pages));
  for (guint page = pages->len; page-- > 0;) {
    for (guint i = 0; i < G_N_ELEMENTS (regions); i++) {
      gsize row = (gsize) regions[i].width * (fixture->bits > 8 ? 2 : 1);
      /* Strides: just the row, and with a gap. */
      gsize stride = i == 0 && page % 2 == 0 ? row : row + 6;
      g_autofree guint8 *pixels = g_malloc (stride * regions[i].height);

      g_assert_true (voxel_tiff_page_decode (file, &g_array_index (pages, VoxelTiffPage, page), &regions[i],
                                             pixels, stride, &error));
      g_assert_no_error (error);
      assert_pixels (fixture, page, &regions[i], pixels, stride);
    }
  }
}

static void
test_codings (void)
{
  static const guint depths[] = {1, 8, 12, 16};
  static const guint16 compressions[] = {COMPRESSION_NONE,    COMPRESSION_LZW,      COMPRESSION_ADOBE_DEFLATE,
                                         COMPRESSION_DEFLATE, COMPRESSION_PACKBITS, COMPRESSION_ZSTD};
  static const gchar *const modes[] = {"wl", "wb", "wl8", "wb8"};
  static const guint layouts[][2] = {{0, 0}, {7, 0}, {0, 16}, {0, 64}};
  gchar *folder = fixture_folder_new ();
  guint count = 0;

  for (guint i = 0; i < 4 * 6 * 4 * 4 * 2 * 2; i++) {
    Fixture fixture = {.width = 53, .height = 41, .pages = 2};
    g_autofree gchar *path = NULL;

    fixture.bits = depths[i % 4];
    fixture.compression = compressions[i / 4 % 6];
    fixture.mode = modes[i / 24 % 4];
    fixture.rows_per_strip = layouts[i / 96 % 4][0];
    fixture.tile = layouts[i / 96 % 4][1];
    fixture.photometric = i / 384 % 2 ? PHOTOMETRIC_MINISWHITE : PHOTOMETRIC_MINISBLACK;
    if (!TIFFIsCODECConfigured (fixture.compression))
      continue;
    if (i / 768 % 2) {
      if (fixture.compression == COMPRESSION_NONE || fixture.compression == COMPRESSION_PACKBITS ||
          fixture.bits % 8 != 0)
        continue;
      fixture.predictor = PREDICTOR_HORIZONTAL;
    }
    path = fixture_write (folder, "x.tif", &fixture);
    check_reading (path, &fixture);
    count++;
  }
  g_test_message ("%u codings", count);
  fixture_folder_free (folder);
}

static void
test_fill_order (void)
{
  gchar *folder = fixture_folder_new ();

  for (guint bits = 1; bits <= 8; bits += 7) {
    Fixture fixture = {
        .width = 30, .height = 20, .bits = bits, .photometric = 1, .fill_order = FILLORDER_LSB2MSB};
    g_autofree gchar *path = fixture_write (folder, "x.tif", &fixture);

    check_reading (path, &fixture);
  }
  fixture_folder_free (folder);
}

static void
test_contiguous (void)
{
  static const gchar *const modes[] = {"wl", "wb"};
  gchar *folder = fixture_folder_new ();

  for (guint i = 0; i < 8; i++) {
    Fixture fixture = {.width = 31,
                       .height = 17,
                       .pages = 5,
                       .bits = i & 1 ? 8 : 16,
                       .mode = modes[i >> 1 & 1],
                       .photometric = i >> 2 & 1};
    g_autofree gchar *path = write_contiguous (folder, &fixture, 5, "");

    check_reading (path, &fixture);
  }
  fixture_folder_free (folder);
}

/* A slice cut out of a hyperstack that kept the stack's description. */
static void
test_old_description (void)
{
  gchar *folder = fixture_folder_new ();
  Fixture fixture = {.width = 30,
                     .height = 20,
                     .bits = 8,
                     .photometric = 1,
                     .compression = COMPRESSION_LZW,
                     .description = "ImageJ=1.53t\nimages=20\nchannels=2\nslices=10\nhyperstack=true\n"};
  g_autofree gchar *path = fixture_write (folder, "x.tif", &fixture);

  check_reading (path, &fixture);
  fixture_folder_free (folder);
}

static void
test_spacing (void)
{
  gchar *folder = fixture_folder_new ();
  Fixture fixture = {.width = 8, .height = 8, .pages = 2, .bits = 8, .mode = "wl", .photometric = 1};
  g_autofree gchar *path = write_contiguous (folder, &fixture, 2, "");
  g_autoptr (VoxelTiffFile) file = voxel_tiff_file_open (path, NULL);
  g_autoptr (GArray) pages = voxel_tiff_stack_scan (file, NULL);
  const VoxelTiffPage *page = &g_array_index (pages, VoxelTiffPage, 0);
  TIFF *tiff;
  VoxelTiffPage read = {0};

  g_assert_cmpfloat (page->spacing[0], ==, 2.5);
  g_assert_cmpfloat (page->spacing[1], ==, 0.);

  tiff = TIFFOpen (path, "w");
  TIFFSetField (tiff, TIFFTAG_XRESOLUTION, 2000.);
  TIFFSetField (tiff, TIFFTAG_YRESOLUTION, 1000.);
  TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
  voxel_tiff_page_read_spacing (tiff, &read);
  g_assert_cmpfloat (read.spacing[0], ==, 0.);
  g_assert_cmpfloat (read.spacing[1], ==, 10.);
  g_assert_cmpfloat (read.spacing[2], ==, 5.);
  TIFFSetField (tiff, TIFFTAG_XRESOLUTION, 72.);
  TIFFSetField (tiff, TIFFTAG_YRESOLUTION, 25400.);
  TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  voxel_tiff_page_read_spacing (tiff, &read);
  g_assert_cmpfloat (read.spacing[1], ==, 1.);
  g_assert_cmpfloat (read.spacing[2], ==, 0.);
  TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, "ImageJ=1\nunit=nm\nspacing=300.0\n");
  TIFFSetField (tiff, TIFFTAG_XRESOLUTION, .02);
  voxel_tiff_page_read_spacing (tiff, &read);
  g_assert_cmpfloat_with_epsilon (read.spacing[0], .3, 1e-9);
  g_assert_cmpfloat_with_epsilon (read.spacing[2], .05, 1e-6);
  TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OME "
                "xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\">"
                "<Image><Pixels PhysicalSizeX=\"650\" PhysicalSizeXUnit=\"nm\" PhysicalSizeY=\".5\" "
                "PhysicalSizeZ=\"2\" PhysicalSizeZUnit=\"pixel\"/></Image></OME>");
  voxel_tiff_page_read_spacing (tiff, &read);
  g_assert_cmpfloat (read.spacing[0], ==, 0.);
  g_assert_cmpfloat (read.spacing[1], ==, .5);
  g_assert_cmpfloat_with_epsilon (read.spacing[2], .65, 1e-9);
  TIFFClose (tiff);
  fixture_folder_free (folder);
}

static void
test_previews_left_out (void)
{
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = g_build_filename (folder, "x.tif", NULL);
  Fixture slice = {.width = 16, .height = 16, .photometric = 1},
          preview = {.width = 4, .height = 4, .photometric = 1};
  TIFF *tiff = TIFFOpen (path, "w");
  g_autoptr (VoxelTiffFile) file = NULL;
  g_autoptr (GArray) pages = NULL;

  fixture_write_page (tiff, &slice, 0);
  TIFFSetField (tiff, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
  fixture_write_page (tiff, &preview, 1);
  fixture_write_page (tiff, &slice, 2);
  TIFFClose (tiff);
  file = voxel_tiff_file_open (path, NULL);
  pages = voxel_tiff_stack_scan (file, NULL);
  g_assert_cmpuint (pages->len, ==, 2);
  g_assert_cmpuint (g_array_index (pages, VoxelTiffPage, 1).number, ==, 2);
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
  g_test_add_func ("/tiff-stack/codings", test_codings);
  g_test_add_func ("/tiff-stack/fill-order", test_fill_order);
  g_test_add_func ("/tiff-stack/contiguous", test_contiguous);
  g_test_add_func ("/tiff-stack/old-description", test_old_description);
  g_test_add_func ("/tiff-stack/spacing", test_spacing);
  g_test_add_func ("/tiff-stack/previews-left-out", test_previews_left_out);
  return g_test_run ();
}
