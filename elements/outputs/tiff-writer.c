/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-writer.h"

#include "output-file.h"

#include <errno.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

/* Bytes of a strip before compression: enough for the coder to learn, few enough to read a part of a page. */
#define STRIP_BYTES (256 * 1024)
/* Beyond this many bytes of pixels a file is BigTIFF: half of what offsets of 32 bits reach, as compression
 * may fail to compress and directories come on top. */
#define CLASSIC_BYTES G_GUINT64_CONSTANT (0x80000000)
#define BIG_TIFF "w8m"
#define CLASSIC_TIFF "wm"

struct _VoxelTiffWriter {
  VoxelOutputFile *file;
  TIFF *tiff;
  VoxelTiffFormat format;
  gchar *software;
  gchar *description;
  guint8 *strip;
  guint rows_per_strip;
  guint64 n_written;
  gint write_errno;
  gchar *complaint;
};

static const struct {
  guint16 scheme;
  gboolean predicts; /* differences of neighbours compress better where pixels have 16 bits */
} schemes[] = {
    [VOXEL_TIFF_COMPRESSION_NONE] = {COMPRESSION_NONE, FALSE},
    [VOXEL_TIFF_COMPRESSION_PACKBITS] = {COMPRESSION_PACKBITS, FALSE},
    [VOXEL_TIFF_COMPRESSION_LZW] = {COMPRESSION_LZW, TRUE},
    [VOXEL_TIFF_COMPRESSION_DEFLATE] = {COMPRESSION_ADOBE_DEFLATE, TRUE},
    [VOXEL_TIFF_COMPRESSION_ZSTD] = {COMPRESSION_ZSTD, TRUE},
};

static tmsize_t
client_read (thandle_t handle, void *data, tmsize_t size)
{
  VoxelTiffWriter *self = handle;
  gssize got;

  do
    got = read (voxel_output_file_get_fd (self->file), data, (gsize) size);
  while (got < 0 && errno == EINTR);
  return got;
}

static tmsize_t
client_write (thandle_t handle, void *data, tmsize_t size)
{
  VoxelTiffWriter *self = handle;
  const guint8 *from = data;

  for (tmsize_t done = 0; done < size;) {
    gssize written = write (voxel_output_file_get_fd (self->file), from + done, (gsize) (size - done));

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      self->write_errno = errno;
      return -1;
    }
    done += written;
  }
  return size;
}

static toff_t
client_seek (thandle_t handle, toff_t offset, int whence)
{
  VoxelTiffWriter *self = handle;

  return (toff_t) lseek (voxel_output_file_get_fd (self->file), (off_t) offset, whence);
}

static int
client_close (thandle_t handle)
{
  return 0;
}

static toff_t
client_size (thandle_t handle)
{
  VoxelTiffWriter *self = handle;
  gint fd = voxel_output_file_get_fd (self->file);
  off_t at = lseek (fd, 0, SEEK_CUR), end = lseek (fd, 0, SEEK_END);

  lseek (fd, at, SEEK_SET);
  return (toff_t) end;
}

static int keep_complaint (TIFF *tiff, void *data, const char *module, const char *format, va_list arguments)
    G_GNUC_PRINTF (4, 0);

static int
keep_complaint (TIFF *tiff, void *data, const char *module, const char *format, va_list arguments)
{
  VoxelTiffWriter *self = data;

  if (!self->complaint)
    self->complaint = g_strdup_vprintf (format, arguments);
  return 1;
}

static gboolean
fail (VoxelTiffWriter *self, GError **error)
{
  const gchar *path = voxel_output_file_get_path (self->file);

  if (self->write_errno)
    voxel_output_file_set_error (error, "Cannot write", path, self->write_errno);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Cannot write %s: %s", path,
                 self->complaint ? self->complaint : "the TIFF library failed");
  return FALSE;
}

/* In ImageJ's words, which tifffile, Fiji and others read: the only place for the distance of pages. */
static gchar *
describe (const VoxelTiffFormat *format)
{
  GString *text = g_string_new ("ImageJ=1.53t\n");
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  if (format->n_pages)
    g_string_append_printf (text, "images=%" G_GUINT64_FORMAT "\nslices=%" G_GUINT64_FORMAT "\n",
                            format->n_pages, format->n_pages);
  if (format->spacing[0] > 0)
    g_string_append_printf (text, "unit=micron\nspacing=%s\n",
                            g_ascii_dtostr (number, sizeof number, format->spacing[0]));
  g_string_append (text, "loop=false\n");
  if (format->remarks)
    g_string_append (text, format->remarks);
  return g_string_free (text, FALSE);
}

static gboolean
may_exceed_classic (const VoxelTiffFormat *format)
{
  guint64 page = (guint64) format->width * format->height * (format->bits / 8);

  return format->n_pages == 0 || page > CLASSIC_BYTES || format->n_pages > CLASSIC_BYTES / MAX (page, 1);
}

static gboolean
open_tiff (VoxelTiffWriter *self)
{
  gboolean big = self->format.big || may_exceed_classic (&self->format);
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc ();

  TIFFOpenOptionsSetErrorHandlerExtR (options, keep_complaint, self);
  TIFFOpenOptionsSetWarningHandlerExtR (options, keep_complaint, self);
  self->tiff = TIFFClientOpenExt (voxel_output_file_get_path (self->file), big ? BIG_TIFF : CLASSIC_TIFF,
                                  self, client_read, client_write, client_seek, client_close, client_size,
                                  NULL, NULL, options);
  TIFFOpenOptionsFree (options);
  return self->tiff != NULL;
}

/**
 * voxel_tiff_writer_new:
 * @path: where the file shall appear when it is complete
 * @format: what will come; copied
 * @error: G_IO_ERROR, naming the file
 *
 * Returns: (nullable) (transfer full): a writer, to be closed by voxel_tiff_writer_finish() or
 *   voxel_tiff_writer_abort()
 */
VoxelTiffWriter *
voxel_tiff_writer_new (const gchar *path, const VoxelTiffFormat *format, GError **error)
{
  g_autoptr (VoxelTiffWriter) self = g_new0 (VoxelTiffWriter, 1);
  gsize row = (gsize) format->width * (format->bits / 8);

  g_return_val_if_fail (format->bits == 8 || format->bits == 16, NULL);

  self->format = *format;
  self->software = g_strdup (format->software);
  self->description = describe (format);
  self->rows_per_strip = (guint) CLAMP (STRIP_BYTES / MAX (row, 1), 1, format->height);
  self->strip = g_malloc (row * self->rows_per_strip);
  self->file = voxel_output_file_new (path, error);
  if (!self->file)
    return NULL;
  if (!voxel_output_file_is_seekable (self->file)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                 "Cannot write %s: a TIFF file needs a regular file, not a pipe or device", path);
    return NULL;
  }
  if (!open_tiff (self)) {
    fail (self, error);
    return NULL;
  }
  return g_steal_pointer (&self);
}

static gboolean
set_tags (VoxelTiffWriter *self, const gchar *name)
{
  const VoxelTiffFormat *format = &self->format;
  TIFF *tiff = self->tiff;
  gboolean set = TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, format->width) &&
                 TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, format->height) &&
                 TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, format->bits) &&
                 TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 1) &&
                 TIFFSetField (tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT) &&
                 TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK) &&
                 TIFFSetField (tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) &&
                 TIFFSetField (tiff, TIFFTAG_COMPRESSION, schemes[format->compression].scheme) &&
                 TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, self->rows_per_strip);

  if (set && schemes[format->compression].predicts && format->bits == 16)
    set = TIFFSetField (tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
  if (set && format->spacing[1] > 0 && format->spacing[2] > 0)
    set = TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE) &&
          TIFFSetField (tiff, TIFFTAG_XRESOLUTION, 1. / format->spacing[2]) &&
          TIFFSetField (tiff, TIFFTAG_YRESOLUTION, 1. / format->spacing[1]);
  if (set && self->software)
    set = TIFFSetField (tiff, TIFFTAG_SOFTWARE, self->software);
  if (set && name)
    set = TIFFSetField (tiff, TIFFTAG_PAGENAME, name);
  /* Of the whole stack: said once. */
  if (set && self->n_written == 0)
    set = TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, self->description);
  return set;
}

static gboolean
write_strips (VoxelTiffWriter *self, const guint8 *pixels, gsize stride)
{
  gsize row = (gsize) self->format.width * (self->format.bits / 8);

  for (guint y = 0; y < self->format.height; y += self->rows_per_strip) {
    guint rows = MIN (self->rows_per_strip, self->format.height - y);

    /* A copy without gaps, which the library may change as it encodes. */
    for (guint i = 0; i < rows; i++)
      memcpy (self->strip + i * row, pixels + (gsize) (y + i) * stride, row);
    if (TIFFWriteEncodedStrip (self->tiff, y / self->rows_per_strip, self->strip, (tmsize_t) (rows * row)) <
        0)
      return FALSE;
  }
  return TRUE;
}

/**
 * voxel_tiff_writer_add:
 * @self: a writer
 * @pixels: the next page, in host order
 * @stride: bytes from row to row
 * @name: (nullable): of the page
 * @error: G_IO_ERROR, naming the file
 *
 * Returns: whether the page was taken
 */
gboolean
voxel_tiff_writer_add (VoxelTiffWriter *self, gconstpointer pixels, gsize stride, const gchar *name,
                       GError **error)
{
  if (!set_tags (self, name) || !write_strips (self, pixels, stride) || !TIFFWriteDirectory (self->tiff))
    return fail (self, error);
  self->n_written++;
  return TRUE;
}

static void
release (VoxelTiffWriter *self)
{
  g_clear_pointer (&self->tiff, TIFFClose);
  g_clear_pointer (&self->file, voxel_output_file_abort);
  g_free (self->software);
  g_free (self->description);
  g_free (self->strip);
  g_free (self->complaint);
  g_free (self);
}

/**
 * voxel_tiff_writer_finish:
 * @self: (transfer full): a writer
 * @durable: whether to wait until the file is on disk
 * @error: G_IO_ERROR, naming the file; nothing appears then
 *
 * Returns: whether the file now stands under its name
 */
gboolean
voxel_tiff_writer_finish (VoxelTiffWriter *self, gboolean durable, GError **error)
{
  gboolean complete;

  g_clear_pointer (&self->tiff, TIFFClose);
  complete = self->write_errno == 0 || fail (self, error);
  complete = complete && voxel_output_file_finish (g_steal_pointer (&self->file), durable, error);
  release (self);
  return complete;
}

/**
 * voxel_tiff_writer_abort:
 * @self: (transfer full): a writer, to be forgotten
 */
void
voxel_tiff_writer_abort (VoxelTiffWriter *self)
{
  release (self);
}

/**
 * voxel_tiff_writer_supports:
 * @compression: a compression
 *
 * Returns: whether the TIFF library was built with it
 */
gboolean
voxel_tiff_writer_supports (VoxelTiffCompression compression)
{
  return TIFFIsCODECConfigured (schemes[compression].scheme);
}
