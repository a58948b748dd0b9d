/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A TIFF stack from anybody, read as voxelsrc does. Besides crashes, what is found is memory that the file does
 * not justify, an error without a message, and a page that was taken though the elements could not hold it. */

#include "fuzz.h"

#include <string.h>

#include "elements/volume/tiff-pixels.h"
#include "elements/volume/tiff-stack.h"

#define MIB ((guint64) 1 << 20)
/* Decoding more than this tells nothing new and takes long under a sanitizer. */
#define MOST_DECODED (8 * MIB)
/* What the ZSTD library asks for as a frame's window says, whatever the file's size. */
#define ZSTD_WINDOW (136 * MIB)

gboolean fuzz_accepted;

/* The best that each coding can do, counted anew: see tiff-chunks.c. */
static guint64
best_ratio (guint16 compression)
{
  switch (compression) {
  case COMPRESSION_NONE:
    return 1;
  case COMPRESSION_PACKBITS:
    return 64;
  case COMPRESSION_LZW:
    return 4096 * 8 / 9;
  case COMPRESSION_ZSTD:
    return 32768;
  default:
    return 1032;
  }
}

static void
check_memory (const VoxelTiffFile *file, guint64 justified)
{
  guint64 largest = fuzz_allocation_largest ();

  /* libtiff's tags: a SHORT becomes 8 bytes. */
  if (largest > 8 * file->size + 2 * MIB + justified)
    g_error ("a file of %" G_GUINT64_FORMAT " bytes took a block of %" G_GUINT64_FORMAT, file->size, largest);
}

static gboolean
decode_page (VoxelTiffFile *file, const VoxelTiffPage *page, guint64 *budget)
{
  guint64 chunk = (guint64) voxel_tiff_row_bytes (page->bits, page->chunk_width) * page->chunk_height;
  guint64 bytes = voxel_tiff_page_bytes (page);
  VoxelTiffRegion region = {0, 0, MIN (page->width, 512), MIN (page->height, 512)};
  gsize stride = (gsize) region.width * voxel_tiff_pixel_bytes (page->bits);
  g_autofree guint8 *pixels = NULL;
  g_autoptr (GError) error = NULL;
  guint16 compression = COMPRESSION_NONE;
  gboolean decoded;

  if (chunk + bytes > *budget)
    return TRUE;
  *budget -= chunk + bytes;
  region.x = (page->width - region.width) / 2;
  region.y = page->height - region.height;
  pixels = g_malloc (stride * region.height);
  fuzz_allocation_reset ();
  decoded = voxel_tiff_page_decode (file, page, &region, pixels, stride, &error);
  if (decoded == (error != NULL) || (error && !strstr (error->message, file->path)))
    g_error ("an error without a message, or with a slice: %s", error ? error->message : "");
  if (!page->raw)
    TIFFGetFieldDefaulted (file->tiff, TIFFTAG_COMPRESSION, &compression);
  check_memory (file, best_ratio (compression) * (file->size + 1) +
                          (compression == COMPRESSION_ZSTD ? ZSTD_WINDOW : 0));
  if (bytes > best_ratio (compression) * (file->size + 1))
    g_error ("%u x %u pixels in %" G_GUINT64_FORMAT " bytes", page->width, page->height, file->size);
  return decoded;
}

static gboolean
read_stack (const gchar *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelTiffFile) file = voxel_tiff_file_open (path, &error);
  g_autoptr (GArray) pages = NULL;
  guint64 budget = MOST_DECODED;
  gboolean all = TRUE;

  if (file) {
    fuzz_allocation_reset ();
    pages = voxel_tiff_stack_scan (file, &error);
    /* The array of pages grows by doubling; a page is never smaller than its directory. */
    check_memory (file, 64 * file->size);
  }
  if ((pages != NULL) == (error != NULL) || (error && !strstr (error->message, path)))
    g_error ("an error without a message, or with a stack: %s", error ? error->message : "");
  for (guint i = 0; pages && i < pages->len; i++)
    all = decode_page (file, &g_array_index (pages, VoxelTiffPage, i), &budget) && all;
  return pages && all;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input;

  fuzz_input_open (&input, data, size);
  fuzz_accepted = read_stack (input.path);
  fuzz_input_close (&input);
  return 0;
}
