/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "phantom.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <tiffio.h>
#include <unistd.h>

#include "elements/outputs/output-file.h"

static const gchar *const parts[] = {"images", "labels"};

static gboolean
fail (const gchar *path, const gchar *what, GError **error)
{
  voxel_output_file_set_error (error, what, path, errno ? errno : EIO);
  return FALSE;
}

/* errno says it; libtiff would print its own words besides, several times. */
static int
say_nothing (TIFF *tiff, void *user_data, const char *module, const char *format, va_list arguments)
{
  return 1;
}

static TIFF *
open_tiff (const gchar *path)
{
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc ();
  TIFF *tiff;

  TIFFOpenOptionsSetErrorHandlerExtR (options, say_nothing, NULL);
  TIFFOpenOptionsSetWarningHandlerExtR (options, say_nothing, NULL);
  tiff = TIFFOpenExt (path, "wl", options);
  TIFFOpenOptionsFree (options);
  return tiff;
}

/* Labels are Deflate with horizontal runs, a hundredth of their size; noise does not compress. */
static gboolean
write_slice (const gchar *path, gpointer pixels, gsize rows, gsize columns, guint bits, GError **error)
{
  gsize stride = columns * bits / 8;
  TIFF *tiff;
  gboolean ok;

  errno = 0;
  tiff = open_tiff (path);
  if (!tiff)
    return fail (path, "Cannot make", error);
  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, (guint32) columns);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, (guint32) rows);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, bits);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField (tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, bits == 8 ? COMPRESSION_ADOBE_DEFLATE : COMPRESSION_NONE);
  TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, (guint32) rows);
  TIFFSetField (tiff, TIFFTAG_SOFTWARE, "gst-voxel phantom");
  ok = TIFFWriteEncodedStrip (tiff, 0, pixels, (tmsize_t) (rows * stride)) == (tmsize_t) (rows * stride);
  ok = TIFFFlush (tiff) && ok;
  if (!ok)
    fail (path, "Cannot write", error);
  TIFFClose (tiff);
  return ok;
}

/* Removes what this program writes, and nothing else. */
static void
clear_part (const gchar *folder, const gchar *part)
{
  g_autofree gchar *path = g_build_filename (folder, part, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    if (g_str_has_suffix (name, ".tif") && g_ascii_isdigit (name[0]))
      g_ptr_array_add (names, g_build_filename (path, name, NULL));
  }
  for (guint i = 0; i < names->len; i++)
    g_unlink (g_ptr_array_index (names, i));
  g_rmdir (path);
}

static gboolean
is_empty (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return !dir || !g_dir_read_name (dir);
}

static gboolean
write_part (const VoxelPhantom *phantom, const gchar *folder, guint part, GError **error)
{
  gsize slab = phantom->shape[1] * phantom->shape[2];
  g_autofree gchar *path = g_build_filename (folder, parts[part], NULL);

  if (g_mkdir (path, 0777) != 0)
    return fail (path, "Cannot make", error);
  for (gsize z = 0; z < phantom->shape[0]; z++) {
    g_autofree gchar *name = g_strdup_printf ("%04" G_GSIZE_FORMAT ".tif", z);
    g_autofree gchar *file = g_build_filename (path, name, NULL);
    gpointer pixels =
        part == 0 ? (gpointer) (phantom->image + z * slab) : (gpointer) (phantom->label + z * slab);

    if (!write_slice (file, pixels, phantom->shape[1], phantom->shape[2], part == 0 ? 16 : 8, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
move_parts (const gchar *from, const gchar *folder, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree gchar *source = g_build_filename (from, parts[i], NULL);
    g_autofree gchar *target = g_build_filename (folder, parts[i], NULL);

    clear_part (folder, parts[i]);
    if (g_rename (source, target) != 0)
      return fail (target, "Cannot put in place", error);
  }
  return TRUE;
}

/**
 * voxel_phantom_save:
 * @phantom: a phantom
 * @folder: made where it is missing
 * @force: whether a folder that is not empty may be written to: the slices of an older phantom are replaced
 * @error: of GIOError, with the name of the file
 *
 * Writes images/0000.tif … (16 bit) and labels/0000.tif … (8 bit, 0 or 255) into @folder. Both appear when
 * they are complete.
 *
 * Returns: whether they are there
 */
gboolean
voxel_phantom_save (const VoxelPhantom *phantom, const gchar *folder, gboolean force, GError **error)
{
  g_autofree gchar *work = g_build_filename (folder, ".phantom-XXXXXX", NULL);
  gboolean ok = TRUE;

  if (g_mkdir_with_parents (folder, 0777) != 0)
    return fail (folder, "Cannot make", error);
  if (!force && !is_empty (folder)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 "%s is not empty; choose another folder, or --force to replace a phantom in it", folder);
    return FALSE;
  }
  if (!g_mkdtemp_full (work, 0777))
    return fail (folder, "Cannot write to", error);
  for (guint i = 0; ok && i < G_N_ELEMENTS (parts); i++)
    ok = write_part (phantom, work, i, error);
  ok = ok && move_parts (work, folder, error);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    clear_part (work, parts[i]);
  g_rmdir (work);
  return ok;
}
