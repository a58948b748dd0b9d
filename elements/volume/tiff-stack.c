/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-stack.h"
#include "tiff-imagej.h"
#include "tiff-ome.h"
#include "tiff-pixels.h"

#include <string.h>

/* As many as libtiff follows directories. */
#define MAX_IMAGES (1u << 20)
/* How often the directories may have each byte of the file read: once is what writers leave behind. */
#define MOST_SHARED 16

static gboolean
is_slice (TIFF *tiff)
{
  guint32 kind = 0;

  return !TIFFGetField (tiff, TIFFTAG_SUBFILETYPE, &kind) ||
         !(kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK));
}

static gboolean
add_page (VoxelTiffFile *file, guint number, GArray *pages, GError **error)
{
  const VoxelTiffPage *first;
  VoxelTiffPage page;

  if (!is_slice (file->tiff)) {
    g_debug ("\"%s\", page %u: a preview or mask of another page, left out", file->path, number);
    return TRUE;
  }
  if (!voxel_tiff_page_read (file, number, &page, error))
    return FALSE;
  first = pages->len ? &g_array_index (pages, VoxelTiffPage, 0) : &page;
  if (first == &page)
    voxel_tiff_page_read_spacing (file->tiff, &page);
  else
    memcpy (page.spacing, first->spacing, sizeof page.spacing);
  if (!voxel_tiff_page_same_form (first, &page))
    return voxel_tiff_file_fail (
        file, number, VOXEL_TIFF_ERROR_MIXED, error,
        "is %u x %u pixels of %u bits, but page %u is %u x %u of %u bits: all slices of a "
        "stack must have one size and depth",
        page.width, page.height, page.bits, first->number, first->width, first->height, first->bits);
  g_array_append_val (pages, page);
  return TRUE;
}

static gboolean
walk_directories (VoxelTiffFile *file, GArray *pages, GError **error)
{
  guint number = 0;

  if (!voxel_tiff_file_get_tiff (file, error))
    return FALSE;
  for (;; number++) {
    g_clear_pointer (&file->complaint, g_free);
    if (!add_page (file, number, pages, error))
      return FALSE;
    if (TIFFLastDirectory (file->tiff))
      break;
    if (TIFFReadDirectory (file->tiff))
      continue;
    return voxel_tiff_file_fail (
        file, number + 1, VOXEL_TIFF_ERROR_BROKEN, error,
        file->allowance ? "its directory cannot be read: copy it again from where it came"
                        : "its directories point to the same bytes again and again, as no writer "
                          "leaves them: write it again");
  }
  if (pages->len == 0)
    return voxel_tiff_file_fail (
        file, 0, VOXEL_TIFF_ERROR_EMPTY, error,
        "every page is marked as a preview or mask of another: write the slices again");
  return TRUE;
}

/* Where only one of the three counts anything, the pages are a plain sequence, whatever it is called. */
static gboolean
check_hyperstack (VoxelTiffFile *file, const gchar *writer, guint64 channels, guint64 slices, guint64 frames,
                  GError **error)
{
  if ((channels > 1) + (slices > 1) + (frames > 1) <= 1)
    return TRUE;
  return voxel_tiff_file_fail (file, 0, VOXEL_TIFF_ERROR_UNSUPPORTED, error,
                               "is a hyperstack as %s says (channels %" G_GUINT64_FORMAT
                               ", slices %" G_GUINT64_FORMAT ", frames %" G_GUINT64_FORMAT
                               "), whose pages take turns: save one channel and one frame "
                               "(ImageJ: Image > Hyperstacks > Make Subset)",
                               writer, channels, slices, frames);
}

/* A single compressed page is a slice cut out of a stack, whatever its old description says. OME's
 * numbers are those of a set of files: only where all of it is in this one do the pages surely take turns. */
static gboolean
check_description (VoxelTiffFile *file, const gchar *description, const GArray *pages,
                   VoxelTiffImagej *imagej, GError **error)
{
  gboolean by_imagej = voxel_tiff_imagej_parse (description, imagej);
  VoxelTiffOme ome;

  if (voxel_tiff_ome_parse (description, &ome) && ome.channels <= pages->len && ome.slices <= pages->len &&
      ome.frames <= pages->len && ome.channels * ome.slices * ome.frames == pages->len)
    return check_hyperstack (file, "OME-XML", ome.channels, ome.slices, ome.frames, error);
  if (by_imagej && (pages->len > 1 || (g_array_index (pages, VoxelTiffPage, 0).raw && imagej->images > 1)))
    return check_hyperstack (file, "ImageJ", imagej->channels, imagej->slices, imagej->frames, error);
  return TRUE;
}

/* Beyond 4 GB ImageJ writes one directory only; the other pages follow the first without a gap. */
static gboolean
add_contiguous_pages (VoxelTiffFile *file, guint64 images, GArray *pages, GError **error)
{
  VoxelTiffPage page = g_array_index (pages, VoxelTiffPage, 0);
  guint64 bytes = voxel_tiff_page_bytes (&page);
  guint64 held = (file->size - page.raw_offset) / bytes;

  if (images > held)
    return voxel_tiff_file_fail (file, (guint) MIN (held, G_MAXUINT), VOXEL_TIFF_ERROR_TRUNCATED, error,
                                 "is truncated: ImageJ's description promises %" G_GUINT64_FORMAT
                                 " images, the file holds %" G_GUINT64_FORMAT
                                 ": copy it again from where it came, or mend its description",
                                 images, held);
  if (images > MAX_IMAGES)
    return voxel_tiff_file_fail (file, 0, VOXEL_TIFF_ERROR_UNSUPPORTED, error,
                                 "promises %" G_GUINT64_FORMAT " images, more than are read from one file",
                                 images);
  for (guint number = 1; number < images; number++) {
    page.number = number;
    page.raw_offset += bytes;
    g_array_append_val (pages, page);
  }
  return TRUE;
}

/**
 * voxel_tiff_stack_scan:
 * @file: an open file
 * @error: any VOXEL_TIFF_ERROR
 *
 * Reads every directory, no pixels. Pages marked as previews or masks of others are left out. A file of one
 * directory that ImageJ says holds more images, with pixels as they are, is a contiguous stack.
 *
 * Returns: (transfer full) (element-type VoxelTiffPage): the slices, at least one, all of one size and depth
 */
GArray *
voxel_tiff_stack_scan (VoxelTiffFile *file, GError **error)
{
  g_autoptr (GArray) pages = g_array_new (FALSE, FALSE, sizeof (VoxelTiffPage));
  g_autofree gchar *description = NULL;
  const VoxelTiffPage *first;
  VoxelTiffImagej imagej;
  gchar *text = NULL;
  gboolean walked;

  if (!voxel_tiff_file_get_tiff (file, error))
    return NULL;
  /* libtiff's text goes when the next directory is read. */
  TIFFGetField (file->tiff, TIFFTAG_IMAGEDESCRIPTION, &text);
  description = g_strdup (text);
  voxel_tiff_file_set_allowance (file, MIN (file->size, G_MAXUINT64 / 64) * MOST_SHARED + (1 << 20));
  walked = walk_directories (file, pages, error);
  voxel_tiff_file_set_allowance (file, G_MAXUINT64);
  if (!walked || !check_description (file, description, pages, &imagej, error))
    return NULL;
  first = &g_array_index (pages, VoxelTiffPage, 0);
  if (pages->len == 1 && first->raw && imagej.images > 1 &&
      !add_contiguous_pages (file, imagej.images, pages, error))
    return NULL;
  return g_steal_pointer (&pages);
}
