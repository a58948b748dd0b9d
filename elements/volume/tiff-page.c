/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-page.h"
#include "tiff-pixels.h"

static guint16
get_short (TIFF *tiff, guint32 tag, guint16 otherwise)
{
  guint16 value = otherwise;

  return TIFFGetFieldDefaulted (tiff, tag, &value) ? value : otherwise;
}

static const gchar *
photometric_name (guint16 photometric)
{
  static const gchar *const names[] = {"min-is-white",      "min-is-black", "RGB colour",   "palette colour",
                                       "transparency mask", "CMYK colour",  "YCbCr colour", NULL,
                                       "CIE L*a*b* colour"};

  if (photometric < G_N_ELEMENTS (names) && names[photometric])
    return names[photometric];
  return "a colour model";
}

static gboolean
check_grey (VoxelTiffFile *file, guint number, GError **error)
{
  guint16 photometric = get_short (file->tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  guint16 samples = get_short (file->tiff, TIFFTAG_SAMPLESPERPIXEL, 1);

  if (photometric != PHOTOMETRIC_MINISBLACK && photometric != PHOTOMETRIC_MINISWHITE)
    return voxel_tiff_file_fail (file, number, VOXEL_TIFF_ERROR_UNSUPPORTED, error,
                                 "is %s, not grey: save it as 8- or 16-bit greyscale",
                                 photometric_name (photometric));
  if (samples != 1)
    return voxel_tiff_file_fail (file, number, VOXEL_TIFF_ERROR_UNSUPPORTED, error,
                                 "has %u samples a pixel (channels or alpha), not one: save one channel "
                                 "as 8- or 16-bit greyscale",
                                 samples);
  return TRUE;
}

static gboolean
check_numbers (VoxelTiffFile *file, guint number, guint16 bits, GError **error)
{
  static const gchar *const formats[] = {NULL,           NULL, "signed", "float", NULL, "complex integer",
                                         "complex float"};
  guint16 format = get_short (file->tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);

  if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID)
    return voxel_tiff_file_fail (
        file, number, VOXEL_TIFF_ERROR_UNSUPPORTED, error,
        "has %u-bit %s pixels, not unsigned integers: rescale it to 8 or 16 bits unsigned", bits,
        format < G_N_ELEMENTS (formats) && formats[format] ? formats[format] : "strange");
  if (bits != 1 && bits != 8 && bits != 12 && bits != 16)
    return voxel_tiff_file_fail (file, number, VOXEL_TIFF_ERROR_UNSUPPORTED, error,
                                 "has %u bits a pixel, not 1, 8, 12 or 16: rescale it to 8 or 16 bits", bits);
  return TRUE;
}

static gboolean
check_orientation (VoxelTiffFile *file, guint number, GError **error)
{
  guint16 orientation = get_short (file->tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);

  if (orientation <= ORIENTATION_TOPLEFT || orientation > ORIENTATION_LEFTBOT)
    return TRUE;
  return voxel_tiff_file_fail (
      file, number, VOXEL_TIFF_ERROR_UNSUPPORTED, error,
      "has its first pixel elsewhere than top left (orientation %u): turn its pixels, "
      "or set the tag to 1 where it is wrong",
      orientation);
}

static gboolean
read_geometry (VoxelTiffFile *file, VoxelTiffPage *page, GError **error)
{
  guint32 width = 0, height = 0, chunk_width = 0, chunk_height = 0;

  TIFFGetField (file->tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField (file->tiff, TIFFTAG_IMAGELENGTH, &height);
  page->tiled = TIFFIsTiled (file->tiff) != 0;
  if (page->tiled) {
    TIFFGetField (file->tiff, TIFFTAG_TILEWIDTH, &chunk_width);
    TIFFGetField (file->tiff, TIFFTAG_TILELENGTH, &chunk_height);
  } else {
    chunk_width = width;
    TIFFGetFieldDefaulted (file->tiff, TIFFTAG_ROWSPERSTRIP, &chunk_height);
    chunk_height = chunk_height == 0 ? height : MIN (chunk_height, height);
  }
  if (width == 0 || height == 0 || width > G_MAXINT32 || height > G_MAXINT32 || chunk_width == 0 ||
      chunk_height == 0 || chunk_width > G_MAXINT32 || chunk_height > G_MAXINT32)
    return voxel_tiff_file_fail (
        file, page->number, VOXEL_TIFF_ERROR_BROKEN, error,
        "says it is %u x %u pixels in pieces of %u x %u, which cannot be: write it again", width, height,
        chunk_width, chunk_height);
  page->width = width;
  page->height = height;
  page->chunk_width = chunk_width;
  page->chunk_height = chunk_height;
  return TRUE;
}

/**
 * voxel_tiff_page_read:
 * @file: an open file whose handle is at the page's directory
 * @number: of the page, from 0
 * @page: (out): what the directory says
 * @error: VOXEL_TIFF_ERROR_UNSUPPORTED, BROKEN or TRUNCATED
 *
 * Nothing is allocated for the pixels, so that any numbers may stand in a broken header. The spacing is not
 * read: see voxel_tiff_page_read_spacing().
 *
 * Returns: whether the page can be decoded
 */
gboolean
voxel_tiff_page_read (VoxelTiffFile *file, guint number, VoxelTiffPage *page, GError **error)
{
  guint16 compression;

  *page = (VoxelTiffPage){.number = number, .directory = TIFFCurrentDirOffset (file->tiff)};
  compression = get_short (file->tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  page->bits = get_short (file->tiff, TIFFTAG_BITSPERSAMPLE, 1);
  page->inverted =
      get_short (file->tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK) == PHOTOMETRIC_MINISWHITE;
  return check_grey (file, number, error) && check_numbers (file, number, (guint16) page->bits, error) &&
         check_orientation (file, number, error) && read_geometry (file, page, error) &&
         voxel_tiff_page_check_chunks (file, page, compression, error);
}

/**
 * voxel_tiff_page_bytes:
 * @page: a page
 *
 * Returns: bytes of its pixels without compression, in strips
 */
guint64
voxel_tiff_page_bytes (const VoxelTiffPage *page)
{
  return (guint64) voxel_tiff_row_bytes (page->bits, page->width) * page->height;
}

/**
 * voxel_tiff_page_same_form:
 * @a: a page
 * @b: another
 *
 * Returns: whether both can be slices of one volume: same size and depth
 */
gboolean
voxel_tiff_page_same_form (const VoxelTiffPage *a, const VoxelTiffPage *b)
{
  return a->width == b->width && a->height == b->height && a->bits == b->bits;
}
