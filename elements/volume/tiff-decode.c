/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-lzw.h"
#include "tiff-page.h"
#include "tiff-pixels.h"

#include <string.h>

static gboolean
read_whole_rows (VoxelTiffFile *file, const VoxelTiffPage *page, const VoxelTiffRegion *region,
                 guint8 *pixels, gsize stride, GError **error)
{
  gsize row = voxel_tiff_row_bytes (page->bits, page->width);

  if (!voxel_tiff_file_read_at (file, page->number, pixels, row * region->height,
                                page->raw_offset + (guint64) row * region->y, error))
    return FALSE;
  /* Read in one go without gaps, then moved apart from the last row on. */
  for (guint y = region->height - 1; stride != row && y > 0; y--)
    memmove (pixels + y * stride, pixels + y * row, row);
  return TRUE;
}

static gboolean
read_part_rows (VoxelTiffFile *file, const VoxelTiffPage *page, const VoxelTiffRegion *region, guint8 *pixels,
                gsize stride, GError **error)
{
  gsize row = voxel_tiff_row_bytes (page->bits, page->width), pixel = voxel_tiff_pixel_bytes (page->bits);

  for (guint y = 0; y < region->height; y++) {
    guint64 offset = page->raw_offset + (guint64) row * (region->y + y) + region->x * pixel;

    if (!voxel_tiff_file_read_at (file, page->number, pixels + y * stride, region->width * pixel, offset,
                                  error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_raw (VoxelTiffFile *file, const VoxelTiffPage *page, const VoxelTiffRegion *region, guint8 *pixels,
          gsize stride, GError **error)
{
  gboolean swapped = file->big_endian && page->bits == 16;
  gboolean whole = region->width == page->width;

  if (!(whole ? read_whole_rows : read_part_rows) (file, page, region, pixels, stride, error))
    return FALSE;
  for (guint y = 0; (swapped || page->inverted) && y < region->height; y++)
    voxel_tiff_fix_row (page->bits, page->inverted, swapped, region->width, pixels + y * stride);
  return TRUE;
}

/* In host order, as libtiff leaves them. */
static void
add_differences (VoxelTiffFile *file, const VoxelTiffPage *page, guint rows, guint8 *chunk)
{
  gboolean swapped = page->bits == 16 && file->big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN);
  gsize row = voxel_tiff_row_bytes (page->bits, page->chunk_width);

  for (guint y = 0; y < rows; y++) {
    guint8 *bytes = chunk + y * row;
    guint16 *words = (guint16 *) (gpointer) bytes;

    voxel_tiff_fix_row (page->bits, FALSE, swapped, page->chunk_width, bytes);
    for (guint x = 1; page->differences && page->bits == 8 && x < page->chunk_width; x++)
      bytes[x] = (guint8) (bytes[x] + bytes[x - 1]);
    for (guint x = 1; page->differences && page->bits == 16 && x < page->chunk_width; x++)
      words[x] = (guint16) (words[x] + words[x - 1]);
  }
}

/* Faster than libtiff, which takes over where this returns FALSE: it says what is damaged, and knows the LZW
 * from before 1988, which has the low bit first and begins otherwise. */
static gboolean
decode_lzw (VoxelTiffFile *file, const VoxelTiffPage *page, guint index, guint rows, guint8 *chunk)
{
  gsize bytes = voxel_tiff_row_bytes (page->bits, page->chunk_width) * rows;
  /* No more than 12 bits a byte, and a code now and then to begin anew. */
  gsize n_codes = MIN (TIFFGetStrileByteCount (file->tiff, index), 2 * bytes + 16);
  g_autofree guint8 *codes = g_try_malloc (n_codes + VOXEL_TIFF_LZW_SPARE);

  if (!codes || bytes > G_MAXUINT32 - VOXEL_TIFF_LZW_BEFORE ||
      !voxel_tiff_file_read_at (file, page->number, codes, n_codes, TIFFGetStrileOffset (file->tiff, index),
                                NULL) ||
      codes[0] != 0x80)
    return FALSE;
  memset (codes + n_codes, 0, VOXEL_TIFF_LZW_SPARE);
  if (!voxel_tiff_lzw_decode (codes, n_codes, chunk, bytes))
    return FALSE;
  add_differences (file, page, rows, chunk);
  return TRUE;
}

static gboolean
decode_chunk (VoxelTiffFile *file, const VoxelTiffPage *page, guint index, guint rows, guint8 *chunk,
              GError **error)
{
  tmsize_t bytes = (tmsize_t) (voxel_tiff_row_bytes (page->bits, page->chunk_width) * rows);
  tmsize_t got;

  if (page->lzw && decode_lzw (file, page, index, rows, chunk))
    return TRUE;
  got = page->tiled ? TIFFReadEncodedTile (file->tiff, index, chunk, bytes)
                    : TIFFReadEncodedStrip (file->tiff, index, chunk, bytes);
  if (got != bytes)
    return voxel_tiff_file_fail (
        file, page->number, VOXEL_TIFF_ERROR_BROKEN, error,
        "the data of its %s %u are damaged or cut short: copy it again from where it came",
        page->tiled ? "tile" : "strip", index);
  g_clear_pointer (&file->complaint, g_free);
  return TRUE;
}

static void
place_chunk (const VoxelTiffPage *page, const VoxelTiffRegion *region, guint chunk_x, guint chunk_y,
             const guint8 *chunk, guint8 *pixels, gsize stride)
{
  gsize row = voxel_tiff_row_bytes (page->bits, page->chunk_width),
        pixel = voxel_tiff_pixel_bytes (page->bits);
  guint64 x0 = MAX (chunk_x, region->x), y0 = MAX (chunk_y, region->y);
  guint64 x1 = MIN ((guint64) chunk_x + page->chunk_width, (guint64) region->x + region->width);
  guint64 y1 = MIN ((guint64) chunk_y + page->chunk_height, (guint64) region->y + region->height);

  for (guint64 y = y0; y < y1; y++)
    voxel_tiff_unpack_row (page->bits, page->inverted, chunk + (y - chunk_y) * row, (guint) (x0 - chunk_x),
                           (guint) (x1 - x0), pixels + (y - region->y) * stride + (x0 - region->x) * pixel);
}

static gboolean
read_chunks (VoxelTiffFile *file, const VoxelTiffPage *page, const VoxelTiffRegion *region, guint8 *pixels,
             gsize stride, GError **error)
{
  gsize row = voxel_tiff_row_bytes (page->bits, page->chunk_width);
  guint across = page->tiled ? (page->width - 1) / page->chunk_width + 1 : 1;
  guint first_x = region->x / page->chunk_width, last_x = (region->x + region->width - 1) / page->chunk_width;
  guint first_y = region->y / page->chunk_height,
        last_y = (region->y + region->height - 1) / page->chunk_height;
  g_autofree guint8 *memory =
      g_try_malloc (VOXEL_TIFF_LZW_BEFORE + row * page->chunk_height + VOXEL_TIFF_LZW_BEHIND);
  guint8 *chunk = memory + VOXEL_TIFF_LZW_BEFORE;

  if (!memory)
    return voxel_tiff_file_fail (file, page->number, VOXEL_TIFF_ERROR_MEMORY, error,
                                 "no memory for %" G_GSIZE_FORMAT
                                 " bytes: save it in smaller strips or tiles",
                                 row * page->chunk_height);
  for (guint y = first_y; y <= last_y; y++) {
    guint rows =
        page->tiled ? page->chunk_height : MIN (page->chunk_height, page->height - y * page->chunk_height);

    for (guint x = first_x; x <= last_x; x++) {
      if (!decode_chunk (file, page, y * across + x, rows, chunk, error))
        return FALSE;
      place_chunk (page, region, x * page->chunk_width, y * page->chunk_height, chunk, pixels, stride);
    }
  }
  return TRUE;
}

static gboolean
go_to_page (VoxelTiffFile *file, const VoxelTiffPage *page, GError **error)
{
  VoxelTiffPage now;

  if (!voxel_tiff_file_get_tiff (file, error))
    return FALSE;
  if (TIFFCurrentDirOffset (file->tiff) != page->directory &&
      !TIFFSetSubDirectory (file->tiff, page->directory))
    return voxel_tiff_file_fail (file, page->number, VOXEL_TIFF_ERROR_BROKEN, error,
                                 "its directory cannot be read: copy it again from where it came");
  g_clear_pointer (&file->complaint, g_free);
  if (!voxel_tiff_page_read (file, page->number, &now, error))
    return FALSE;
  if (!voxel_tiff_page_same_form (page, &now) || now.tiled != page->tiled ||
      now.chunk_width != page->chunk_width || now.chunk_height != page->chunk_height)
    return voxel_tiff_file_fail (
        file, page->number, VOXEL_TIFF_ERROR_CHANGED, error,
        "has changed since the stack was opened: start again when its writer is done");
  return TRUE;
}

/**
 * voxel_tiff_page_decode:
 * @file: the page's file
 * @page: the page
 * @region: the part wanted, within the page
 * @pixels: (out): rows of bytes (1 and 8 bits) or of little-endian words (12 and 16 bits, aligned to 2)
 * @stride: bytes from row to row, at least those of a row
 * @error: VOXEL_TIFF_ERROR_READ, TRUNCATED, BROKEN, CHANGED or MEMORY
 *
 * Returns: whether all of @region was decoded
 */
gboolean
voxel_tiff_page_decode (VoxelTiffFile *file, const VoxelTiffPage *page, const VoxelTiffRegion *region,
                        guint8 *pixels, gsize stride, GError **error)
{
  g_return_val_if_fail (region->width > 0 && region->height > 0, FALSE);
  g_return_val_if_fail (region->x < page->width && region->width <= page->width - region->x, FALSE);
  g_return_val_if_fail (region->y < page->height && region->height <= page->height - region->y, FALSE);

  if (page->raw)
    return read_raw (file, page, region, pixels, stride, error);
  return go_to_page (file, page, error) && read_chunks (file, page, region, pixels, stride, error);
}
