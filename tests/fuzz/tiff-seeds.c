/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzz.h"

#include "tests/elements/volume/tiff-fixture.h"

static const guint16 compressions[] = {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE,
                                       COMPRESSION_PACKBITS, COMPRESSION_ZSTD};

static const gchar ome[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OME "
    "xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\">"
    "<Image ID=\"Image:0\"><Pixels ID=\"Pixels:0\" SizeX=\"24\" SizeY=\"17\" SizeZ=\"3\" SizeC=\"1\" "
    "SizeT=\"1\" "
    "PhysicalSizeX=\"0.5\" PhysicalSizeXUnit=\"\xC2\xB5m\" PhysicalSizeY=\"0.5\" PhysicalSizeZ=\"2000\" "
    "PhysicalSizeZUnit=\"nm\"><TiffData IFD=\"0\"/></Pixels></Image></OME>";

static const gchar imagej[] =
    "ImageJ=1.53t\nimages=3\nslices=3\nunit=micron\nspacing=2.5\nloop=false\nmin=0.0\nmax=255.0\n";

static void
add_file (GPtrArray *seeds, const gchar *path)
{
  gchar *contents = NULL;
  gsize size;

  if (!g_file_get_contents (path, &contents, &size, NULL))
    g_error ("cannot read \"%s\"", path);
  g_ptr_array_add (seeds, g_bytes_new_take (contents, size));
}

static void
add (GPtrArray *seeds, const gchar *folder, Fixture fixture)
{
  g_autofree gchar *path = NULL;

  if (fixture.compression && !TIFFIsCODECConfigured (fixture.compression))
    return;
  fixture.width = fixture.width ? fixture.width : 24;
  fixture.height = fixture.height ? fixture.height : 17;
  path = fixture_write (folder, "x.tif", &fixture);
  add_file (seeds, path);
}

/* The sides are small, so that a change often meets a tag; the zeros are as many as a slice of nothing has. */
GPtrArray *
fuzz_seeds (void)
{
  static const gchar *const modes[] = {"wl", "wb", "wl8", "wb8"};
  static const guint depths[] = {8, 16, 12, 1};
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gchar *folder = fixture_folder_new ();
  Fixture contiguous = {.width = 24, .height = 17, .pages = 3, .bits = 16, .mode = "wb", .photometric = 1};
  g_autofree gchar *path = NULL;

  for (guint c = 0; c < G_N_ELEMENTS (compressions); c++)
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++)
      for (guint tiled = 0; tiled < 2; tiled++)
        add (seeds, folder,
             (Fixture){.bits = depths[(c + m + tiled) % 4],
                       .compression = compressions[c],
                       .mode = modes[m],
                       .photometric = (m + tiled) % 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_MINISWHITE,
                       .tile = tiled ? 16 : 0,
                       .rows_per_strip = 8,
                       .pages = 1 + (c + m) % 3});
  add (seeds, folder, (Fixture){.photometric = 1, .pages = 3, .description = ome});
  add (seeds, folder, (Fixture){.photometric = 1, .pages = 3, .description = imagej});
  add (seeds, folder,
       (Fixture){.photometric = 1,
                 .bits = 16,
                 .compression = COMPRESSION_LZW,
                 .predictor = PREDICTOR_HORIZONTAL,
                 .rows_per_strip = 1});
  add (seeds, folder, (Fixture){.photometric = 1, .bits = 1, .fill_order = FILLORDER_LSB2MSB});
  path = write_contiguous (folder, &contiguous, 3, "");
  add_file (seeds, path);
  fixture_folder_free (folder);
  return seeds;
}
