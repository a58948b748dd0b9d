/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>
#include <string.h>

#include "command.h"
#include "elements/masks/mask-bits.h"
#include "elements/masks/run-length-csv.h"
#include "elements/volume/slice-list.h"
#include "mask-reader.h"

/**
 * VoxelMaskReader:
 *
 * A mask slice by slice, from a stack of TIFF slices or from a run-length file, whichever it is.
 */
struct _VoxelMaskReader {
  gchar *path;
  gdouble threshold;
  VoxelSliceList *list;
  VoxelRunLengthCsv *csv;
  VoxelMaskShape shape;
  guint index;
  guint8 *pixels;
};

/**
 * voxel_mask_shape_parse:
 * @text: "z,y,x", or "y,x" where the count of slices does not matter
 * @shape: (out): the numbers
 * @error: VOXEL_COMMAND_ERROR_USAGE
 *
 * Returns: whether it is a shape
 */
gboolean
voxel_mask_shape_parse (const gchar *text, VoxelMaskShape *shape, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  guint n = g_strv_length (parts);
  guint64 numbers[3] = {0};

  for (guint i = 0; i < n && n <= 3; i++) {
    if (!g_ascii_string_to_unsigned (g_strstrip (parts[i]), 10, 1, G_MAXINT, &numbers[3 - n + i], NULL))
      n = 0;
  }
  if (n < 2 || n > 3) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "--shape %s: expected slices,rows,columns, such as 256,512,512", text);
    return FALSE;
  }
  *shape = (VoxelMaskShape){(guint) numbers[0], (guint) numbers[1], (guint) numbers[2]};
  return TRUE;
}

/**
 * voxel_mask_reader_new:
 * @path: folder, glob or multi-page file of TIFF slices, or a file x.csv of run lengths
 * @threshold: share of a pixel's range above which it is set; 0: whatever is not 0
 * @error: VOXEL_TIFF_ERROR or G_IO_ERROR
 *
 * Returns: a reader before its first slice
 */
VoxelMaskReader *
voxel_mask_reader_new (const gchar *path, gdouble threshold, GError **error)
{
  g_autoptr (VoxelMaskReader) reader = g_new0 (VoxelMaskReader, 1);
  g_autofree gchar *lower = g_ascii_strdown (path, -1);
  const VoxelTiffPage *form;

  reader->path = g_strdup (path);
  reader->threshold = threshold;
  if (g_str_has_suffix (lower, ".csv") && !g_file_test (path, G_FILE_TEST_IS_DIR)) {
    reader->csv = voxel_run_length_csv_open (path, error);
    return reader->csv ? g_steal_pointer (&reader) : NULL;
  }
  reader->list = voxel_slice_list_new (path, g_get_num_processors (), error);
  if (!reader->list)
    return NULL;
  form = voxel_slice_list_get_form (reader->list);
  reader->shape = (VoxelMaskShape){voxel_slice_list_get_length (reader->list), form->height, form->width};
  return g_steal_pointer (&reader);
}

/**
 * voxel_mask_reader_free:
 * @reader: reader
 */
void
voxel_mask_reader_free (VoxelMaskReader *reader)
{
  g_clear_pointer (&reader->list, voxel_slice_list_free);
  g_clear_pointer (&reader->csv, voxel_run_length_csv_close);
  g_free (reader->pixels);
  g_free (reader->path);
  g_free (reader);
}

/**
 * voxel_mask_reader_get_shape:
 * @reader: reader
 *
 * Returns: (transfer none): a stack's shape; zeros for run lengths
 */
const VoxelMaskShape *
voxel_mask_reader_get_shape (const VoxelMaskReader *reader)
{
  return &reader->shape;
}

/**
 * voxel_mask_reader_set_shape:
 * @reader: of run lengths
 * @shape: how their masks are folded
 */
void
voxel_mask_reader_set_shape (VoxelMaskReader *reader, const VoxelMaskShape *shape)
{
  reader->shape = *shape;
}

/**
 * voxel_mask_reader_get_path:
 * @reader: reader
 *
 * Returns: (transfer none): what it reads
 */
const gchar *
voxel_mask_reader_get_path (const VoxelMaskReader *reader)
{
  return reader->path;
}

static gboolean
read_csv (VoxelMaskReader *reader, const gchar **id, GError **error)
{
  gsize n = (gsize) reader->shape.height * reader->shape.width;

  return voxel_run_length_csv_next (reader->csv, id, NULL, error) &&
         voxel_run_length_csv_decode (reader->csv, reader->pixels, n, 255, error);
}

static gboolean
read_stack (VoxelMaskReader *reader, gboolean *wide, GError **error)
{
  const VoxelTiffRegion whole = {0, 0, reader->shape.width, reader->shape.height};
  gboolean levels = reader->threshold > 0. && voxel_slice_list_get_form (reader->list)->bits > 1;
  gsize width = reader->shape.width;

  *wide = levels && voxel_slice_list_get_form (reader->list)->bits > 8;
  if (!levels)
    return voxel_slice_list_decode_mask (reader->list, reader->index, &whole, reader->pixels, width, error);
  return voxel_slice_list_decode (reader->list, reader->index, &whole, reader->pixels,
                                  *wide ? 2 * width : width, error);
}

/**
 * voxel_mask_reader_is_table:
 * @reader: reader
 *
 * Returns: whether it reads run lengths, with ids that say which slice a row is
 */
gboolean
voxel_mask_reader_is_table (const VoxelMaskReader *reader)
{
  return reader->csv != NULL;
}

/**
 * voxel_mask_reader_next:
 * @reader: reader whose rows and columns are known
 * @bits: (out): rows of the next slice, see mask-bits.h
 * @id: (out) (transfer none): the slice's name, valid until the next
 * @error: VOXEL_TIFF_ERROR or G_IO_ERROR
 *
 * Returns: whether there was another slice; %FALSE without an error at the end
 */
gboolean
voxel_mask_reader_next (VoxelMaskReader *reader, guint64 *bits, const gchar **id, GError **error)
{
  gsize height = reader->shape.height, width = reader->shape.width;
  gsize words = voxel_mask_bits_words (width);
  gboolean wide = FALSE;
  guint bits_deep, lowest = 1;

  if (!reader->pixels)
    reader->pixels = g_malloc_n (height * width, 2);
  if (reader->csv) {
    if (!read_csv (reader, id, error))
      return FALSE;
  } else {
    if (reader->index == reader->shape.depth || !read_stack (reader, &wide, error))
      return FALSE;
    *id = voxel_slice_list_get_name (reader->list, reader->index);
    bits_deep = voxel_slice_list_get_form (reader->list)->bits;
    lowest = (guint) floor (reader->threshold * ((1u << bits_deep) - 1.)) + 1;
  }
  reader->index++;
  for (gsize y = 0; y < height; y++) {
    if (wide)
      voxel_mask_bits_pack16 (bits + y * words, (guint16 *) reader->pixels + y * width, width, lowest);
    else
      voxel_mask_bits_pack8 (bits + y * words, reader->pixels + y * width, width, lowest);
  }
  return TRUE;
}
