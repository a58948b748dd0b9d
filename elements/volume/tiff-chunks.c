/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-page.h"
#include "tiff-pixels.h"

#define CHUNK_LIMIT ((guint64) 4 << 30)

typedef struct {
  guint16 compression;
  const gchar *name;
  /* The most bytes that one byte can become; 0 = not read here. */
  guint expansion;
  /* Whether it may have a predictor; libtiff complains where others are asked for it. */
  gboolean predicts;
} Coding;

/* LZW: a code of 12 bits stands for at most 3838 bytes. Deflate: 258 bytes in 2 bits. PackBits: 128 in
 * 2 bytes. ZSTD: a block of 128 KiB in 4 bytes. */
static const Coding codings[] = {
    {COMPRESSION_NONE, "none", 1},
    {COMPRESSION_LZW, "LZW", 2560, TRUE},
    {COMPRESSION_ADOBE_DEFLATE, "Deflate", 1032, TRUE},
    {COMPRESSION_DEFLATE, "Deflate", 1032, TRUE},
    {COMPRESSION_PACKBITS, "PackBits", 64},
    {COMPRESSION_ZSTD, "ZSTD", 32768, TRUE},
    {COMPRESSION_CCITTRLE, "CCITT RLE", 0},
    {COMPRESSION_CCITTFAX3, "CCITT G3", 0},
    {COMPRESSION_CCITTFAX4, "CCITT G4", 0},
    {COMPRESSION_OJPEG, "JPEG (old)", 0},
    {COMPRESSION_JPEG, "JPEG", 0},
    {COMPRESSION_JP2000, "JPEG 2000", 0},
    {COMPRESSION_LZMA, "LZMA", 0},
    {COMPRESSION_LERC, "LERC", 0},
    {COMPRESSION_WEBP, "WebP", 0},
};

static const Coding *
find_coding (guint16 compression)
{
  for (guint i = 0; i < G_N_ELEMENTS (codings); i++) {
    if (codings[i].compression == compression)
      return &codings[i];
  }
  return NULL;
}

static guint16
get_predictor (const VoxelTiffFile *file, const Coding *coding)
{
  guint16 predictor = PREDICTOR_NONE;

  if (coding->predicts)
    TIFFGetFieldDefaulted (file->tiff, TIFFTAG_PREDICTOR, &predictor);
  return predictor;
}

static const Coding *
check_coding (VoxelTiffFile *file, const VoxelTiffPage *page, guint16 compression, GError **error)
{
  const Coding *coding = find_coding (compression);
  guint16 predictor;

  if (!coding || coding->expansion == 0) {
    voxel_tiff_file_fail (
        file, page->number, VOXEL_TIFF_ERROR_UNSUPPORTED, error,
        "has compression %u (%s), which is not read: save it with none, LZW, Deflate, PackBits "
        "or ZSTD (tiffcp -c zip)",
        compression, coding ? coding->name : "unknown");
    return NULL;
  }
  if (!TIFFIsCODECConfigured (compression)) {
    voxel_tiff_file_fail (
        file, page->number, VOXEL_TIFF_ERROR_UNSUPPORTED, error,
        "has compression %s, which this system's libtiff was built without: save it with none, "
        "LZW or Deflate",
        coding->name);
    return NULL;
  }
  predictor = get_predictor (file, coding);
  if (predictor != PREDICTOR_NONE && predictor != PREDICTOR_HORIZONTAL) {
    voxel_tiff_file_fail (file, page->number, VOXEL_TIFF_ERROR_UNSUPPORTED, error,
                          "has predictor %u, not 1 or 2 (horizontal): save it without predictor", predictor);
    return NULL;
  }
  return coding;
}

static gboolean
check_chunk (VoxelTiffFile *file, const VoxelTiffPage *page, const Coding *coding, guint index, guint64 bytes,
             guint64 *offset, GError **error)
{
  const gchar *kind = page->tiled ? "tile" : "strip";
  guint64 count = TIFFGetStrileByteCount (file->tiff, index);
  guint64 needed = coding->expansion == 1 ? bytes : count;

  *offset = TIFFGetStrileOffset (file->tiff, index);
  if (*offset == 0 || count == 0)
    return voxel_tiff_file_fail (file, page->number, VOXEL_TIFF_ERROR_BROKEN, error,
                                 "has no data for its %s %u: write it again", kind, index);
  if (*offset > file->size || needed > file->size - *offset)
    return voxel_tiff_file_fail (file, page->number, VOXEL_TIFF_ERROR_TRUNCATED, error,
                                 "is truncated: %s %u needs %" G_GUINT64_FORMAT
                                 " bytes at byte %" G_GUINT64_FORMAT ", the file ends at %" G_GUINT64_FORMAT
                                 ": copy it again from where it came",
                                 kind, index, needed, *offset, file->size);
  if (count < bytes / coding->expansion)
    return voxel_tiff_file_fail (file, page->number, VOXEL_TIFF_ERROR_BROKEN, error,
                                 "says that %s %u holds %" G_GUINT64_FORMAT
                                 " bytes of pixels in %" G_GUINT64_FORMAT
                                 " bytes (%s), which cannot be: write it again",
                                 kind, index, bytes, count, coding->name);
  return TRUE;
}

/**
 * voxel_tiff_page_check_chunks:
 * @file: an open file whose handle is at the page's directory
 * @page: the page; raw and raw_offset are set
 * @compression: TIFFTAG_COMPRESSION
 * @error: VOXEL_TIFF_ERROR_UNSUPPORTED, BROKEN or TRUNCATED
 *
 * Returns: whether every strip or tile lies in the file and can hold as many pixels as it should, so that
 *   the memory that decoding takes is justified by the file
 */
gboolean
voxel_tiff_page_check_chunks (VoxelTiffFile *file, VoxelTiffPage *page, guint16 compression, GError **error)
{
  const Coding *coding = check_coding (file, page, compression, error);
  guint64 across, down, stored, row, next = 0;
  guint16 fill = FILLORDER_MSB2LSB;

  if (!coding)
    return FALSE;
  row = voxel_tiff_row_bytes (page->bits, page->chunk_width);
  across = page->tiled ? (page->width - 1) / page->chunk_width + 1 : 1;
  down = (page->height - 1) / page->chunk_height + 1;
  stored = page->tiled ? TIFFNumberOfTiles (file->tiff) : TIFFNumberOfStrips (file->tiff);
  if (row * page->chunk_height > CHUNK_LIMIT ||
      voxel_tiff_page_bytes (page) / coding->expansion > file->size || stored != across * down)
    return voxel_tiff_file_fail (
        file, page->number, VOXEL_TIFF_ERROR_BROKEN, error,
        "says it is %u x %u pixels of %u bits, more than its file of %" G_GUINT64_FORMAT
        " bytes can hold: copy or write it again",
        page->width, page->height, page->bits, file->size);

  TIFFGetFieldDefaulted (file->tiff, TIFFTAG_FILLORDER, &fill);
  page->raw = coding->expansion == 1 && !page->tiled && page->bits % 8 == 0 && fill == FILLORDER_MSB2LSB;
  page->lzw = compression == COMPRESSION_LZW && page->bits % 8 == 0 && fill == FILLORDER_MSB2LSB;
  page->differences = get_predictor (file, coding) == PREDICTOR_HORIZONTAL;
  for (guint index = 0; index < stored; index++) {
    guint rows = page->tiled ? page->chunk_height
                             : MIN (page->chunk_height, page->height - index * page->chunk_height);
    guint64 offset;

    if (!check_chunk (file, page, coding, index, row * rows, &offset, error))
      return FALSE;
    if (index == 0)
      page->raw_offset = offset;
    else if (offset != next)
      page->raw = FALSE;
    next = offset + row * rows;
  }
  return TRUE;
}
