/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* made-data slices FOLDER Z Y X SEED CODING: a stack of 16-bit TIFF slices, CODING none, lzw or deflate
 * made-data labels FOLDER Z Y X SEED: a stack of their masks, 8 bits, no compression
 * made-data mask FILE Z Y X SEED: the same masks as bytes 0 and 255 without a header
 *
 * What tools/bench measures with, the same for the same seed. */

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "made-volume.h"

/* Of a compressed slice, as libraries choose them: some hundred KiB. */
#define STRIP_BYTES (256 * 1024)

static gboolean
fail (const gchar *path, GError **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: cannot be written", path);
  return FALSE;
}

static gboolean
write_slice (const gchar *path, gpointer pixels, const gsize shape[3], guint bytes, guint16 coding,
             GError **error)
{
  gsize row = shape[2] * bytes;
  gsize rows = coding == COMPRESSION_NONE ? shape[1] : CLAMP (STRIP_BYTES / row, 1, shape[1]);
  TIFF *tiff = TIFFOpen (path, "wl");
  gboolean ok = TRUE;

  if (!tiff)
    return fail (path, error);
  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, (guint32) shape[2]);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, (guint32) shape[1]);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 8 * bytes);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, coding);
  TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, (guint32) rows);
  for (gsize y = 0; y < shape[1]; y += rows) {
    tmsize_t size = (tmsize_t) (MIN (rows, shape[1] - y) * row);

    ok = ok && TIFFWriteEncodedStrip (tiff, (guint32) (y / rows), (guint8 *) pixels + y * row, size) == size;
  }
  ok = TIFFFlush (tiff) && ok;
  TIFFClose (tiff);
  return ok || fail (path, error);
}

/* 16-bit slices; without a coding their masks. */
static gboolean
make_stack (const gchar *folder, const gsize shape[3], guint64 seed, const gchar *coding, GError **error)
{
  g_autofree guint8 *mask = voxel_made_mask (shape, seed);
  g_autofree guint16 *pixels = g_new (guint16, shape[1] * shape[2]);
  guint16 compression = COMPRESSION_NONE;

  if (g_strcmp0 (coding, "lzw") == 0)
    compression = COMPRESSION_LZW;
  else if (g_strcmp0 (coding, "deflate") == 0)
    compression = COMPRESSION_ADOBE_DEFLATE;
  if (g_mkdir_with_parents (folder, 0755) != 0)
    return fail (folder, error);
  for (gsize z = 0; z < shape[0]; z++) {
    g_autofree gchar *path = g_strdup_printf ("%s/%05" G_GSIZE_FORMAT ".tif", folder, z);
    gpointer slice = mask + z * shape[1] * shape[2];

    if (coding) {
      voxel_made_slice (mask, z, shape, seed, pixels);
      slice = pixels;
    }
    if (!write_slice (path, slice, shape, coding ? 2 : 1, compression, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
make_mask (const gchar *path, const gsize shape[3], guint64 seed, GError **error)
{
  g_autofree guint8 *mask = voxel_made_mask (shape, seed);

  return g_file_set_contents_full (path, (const gchar *) mask, (gssize) (shape[0] * shape[1] * shape[2]),
                                   G_FILE_SET_CONTENTS_NONE, 0644, error);
}

int
main (int argc, char **argv)
{
  gboolean slices = argc == 8 && g_str_equal (argv[1], "slices");
  gboolean labels = argc == 7 && g_str_equal (argv[1], "labels");
  gsize shape[3] = {0, 0, 0};
  g_autoptr (GError) error = NULL;
  guint64 seed;

  if (!slices && !labels && (argc != 7 || !g_str_equal (argv[1], "mask"))) {
    g_printerr (
        "made-data slices FOLDER Z Y X SEED CODING | labels FOLDER Z Y X SEED | mask FILE Z Y X SEED\n");
    return 2;
  }
  for (guint i = 0; i < 3; i++)
    shape[i] = (gsize) g_ascii_strtoull (argv[3 + i], NULL, 10);
  seed = g_ascii_strtoull (argv[6], NULL, 10);
  if (slices || labels ? make_stack (argv[2], shape, seed, argv[7], &error)
                       : make_mask (argv[2], shape, seed, &error))
    return 0;
  g_printerr ("made-data: %s\n", error->message);
  return 1;
}
