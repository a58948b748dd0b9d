/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-list.h"
#include "slice-list-files.h"
#include "tiff-pixels.h"
#include "tiff-stack.h"

#define MAX_IDLE 16

typedef struct {
  gchar *path;
  guint64 size;
  gint64 modified;
  guint64 inode;
  GArray *pages;
  GError *error;
} SliceFile;

typedef struct {
  guint file;
  guint page;
  gchar *name;
} Slice;

typedef struct {
  guint file;
  VoxelTiffFile *tiff;
} IdleFile;

struct _VoxelSliceList {
  gchar *id;
  guint ignored;
  GArray *files;
  GArray *slices;
  GMutex lock;
  GArray *idle;
};

static void
slice_file_clear (gpointer data)
{
  SliceFile *file = data;

  g_clear_error (&file->error);
  g_clear_pointer (&file->pages, g_array_unref);
  g_free (file->path);
}

static void
slice_clear (gpointer data)
{
  g_free (((Slice *) data)->name);
}

static void
idle_file_clear (gpointer data)
{
  voxel_tiff_file_close (((IdleFile *) data)->tiff);
}

static void
scan_file (gpointer data, gpointer unused)
{
  SliceFile *file = data;
  g_autoptr (VoxelTiffFile) tiff = voxel_tiff_file_open (file->path, &file->error);

  if (!tiff)
    return;
  file->size = tiff->size;
  file->modified = tiff->modified;
  file->inode = tiff->inode;
  file->pages = voxel_tiff_stack_scan (tiff, &file->error);
}

static void
scan_files (GArray *files, guint threads)
{
  GThreadPool *pool = threads > 1 && files->len > 1
                          ? g_thread_pool_new (scan_file, NULL, (gint) MIN (threads, files->len), FALSE, NULL)
                          : NULL;

  for (guint i = 0; i < files->len; i++) {
    SliceFile *file = &g_array_index (files, SliceFile, i);

    if (pool)
      g_thread_pool_push (pool, file, NULL);
    else
      scan_file (file, NULL);
  }
  if (pool)
    g_thread_pool_free (pool, FALSE, TRUE);
}

static gboolean
check_files (GArray *files, GError **error)
{
  SliceFile *first = &g_array_index (files, SliceFile, 0);

  for (guint i = 0; i < files->len; i++) {
    SliceFile *file = &g_array_index (files, SliceFile, i);
    const VoxelTiffPage *form, *page;

    if (file->error) {
      g_propagate_error (error, g_steal_pointer (&file->error));
      return FALSE;
    }
    form = &g_array_index (first->pages, VoxelTiffPage, 0);
    page = &g_array_index (file->pages, VoxelTiffPage, 0);
    if (!voxel_tiff_page_same_form (form, page)) {
      g_set_error (
          error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MIXED,
          "\"%s\" is %u x %u pixels of %u bits, but \"%s\" is %u x %u of %u bits: all slices of a stack must "
          "have one size and depth; take the odd ones out",
          file->path, page->width, page->height, page->bits, first->path, form->width, form->height,
          form->bits);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
name_slices (VoxelSliceList *list, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < list->files->len; i++) {
    const SliceFile *file = &g_array_index (list->files, SliceFile, i);
    g_autofree gchar *stem = voxel_slice_list_make_stem (file->path);

    for (guint page = 0; page < file->pages->len; page++) {
      Slice slice = {i, page,
                     file->pages->len > 1 ? g_strdup_printf ("%s_%04u", stem, page) : g_strdup (stem)};

      g_array_append_val (list->slices, slice);
      if (!g_hash_table_add (seen, slice.name)) {
        g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MIXED,
                     "\"%s\": a second slice is called \"%s\": take one scan at a time, and no slice twice",
                     file->path, slice.name);
        return FALSE;
      }
    }
  }
  return TRUE;
}

/**
 * voxel_slice_list_new:
 * @location: a folder, a file of one or more pages, or a pattern
 * @threads: to read headers with, at least 1
 * @error: any VOXEL_TIFF_ERROR; of several files at fault the first one's
 *
 * Finds the files of a stack and reads all their directories, no pixels.
 *
 * Returns: (transfer full): the slices in their order, at least one, all of one size and depth
 */
VoxelSliceList *
voxel_slice_list_new (const gchar *location, guint threads, GError **error)
{
  g_autoptr (VoxelSliceList) list = g_new0 (VoxelSliceList, 1);
  g_autoptr (GPtrArray) paths = NULL;

  g_mutex_init (&list->lock);
  list->files = g_array_new (FALSE, TRUE, sizeof (SliceFile));
  list->slices = g_array_new (FALSE, TRUE, sizeof (Slice));
  list->idle = g_array_new (FALSE, TRUE, sizeof (IdleFile));
  g_array_set_clear_func (list->files, slice_file_clear);
  g_array_set_clear_func (list->slices, slice_clear);
  g_array_set_clear_func (list->idle, idle_file_clear);

  paths = voxel_slice_list_find_files (location, &list->ignored, error);
  if (!paths)
    return NULL;
  for (guint i = 0; i < paths->len; i++) {
    SliceFile file = {.path = g_strdup (g_ptr_array_index (paths, i))};

    g_array_append_val (list->files, file);
  }
  scan_files (list->files, threads);
  if (!check_files (list->files, error) || !name_slices (list, error))
    return NULL;
  list->id = voxel_slice_list_make_id (g_ptr_array_index (paths, 0));
  return g_steal_pointer (&list);
}

/**
 * voxel_slice_list_free:
 * @list: (transfer full): a list that no thread decodes from
 */
void
voxel_slice_list_free (VoxelSliceList *list)
{
  g_array_unref (list->idle);
  g_array_unref (list->slices);
  g_array_unref (list->files);
  g_mutex_clear (&list->lock);
  g_free (list->id);
  g_free (list);
}

/**
 * voxel_slice_list_get_length:
 * @list: a list
 *
 * Returns: slices
 */
guint
voxel_slice_list_get_length (const VoxelSliceList *list)
{
  return list->slices->len;
}

/**
 * voxel_slice_list_get_ignored:
 * @list: a list
 *
 * Returns: entries of the folder that are no slices: hidden, or no *.tif or *.tiff
 */
guint
voxel_slice_list_get_ignored (const VoxelSliceList *list)
{
  return list->ignored;
}

/**
 * voxel_slice_list_get_n_files:
 * @list: a list
 *
 * Returns: files that the slices lie in
 */
guint
voxel_slice_list_get_n_files (const VoxelSliceList *list)
{
  return list->files->len;
}

/**
 * voxel_slice_list_get_file:
 * @list: a list
 * @number: of the file, from 0
 *
 * Returns: (transfer none): what it was when the list was made
 */
VoxelSliceListFile
voxel_slice_list_get_file (const VoxelSliceList *list, guint number)
{
  const SliceFile *file = &g_array_index (list->files, SliceFile, number);

  return (VoxelSliceListFile){file->path, file->size, file->modified, file->pages->len};
}

/**
 * voxel_slice_list_get_form:
 * @list: a list
 *
 * Returns: (transfer none): the first slice's page; its size and depth are those of all
 */
const VoxelTiffPage *
voxel_slice_list_get_form (const VoxelSliceList *list)
{
  return &g_array_index (g_array_index (list->files, SliceFile, 0).pages, VoxelTiffPage, 0);
}

/**
 * voxel_slice_list_get_id:
 * @list: a list
 *
 * Returns: the name of the scan, see voxel_slice_list_make_id()
 */
const gchar *
voxel_slice_list_get_id (const VoxelSliceList *list)
{
  return list->id;
}

/**
 * voxel_slice_list_get_name:
 * @list: a list
 * @index: a slice
 *
 * Returns: its file's stem; of a file of several pages with "_" and the page (four digits, from 0)
 */
const gchar *
voxel_slice_list_get_name (const VoxelSliceList *list, guint index)
{
  g_return_val_if_fail (index < list->slices->len, NULL);
  return g_array_index (list->slices, Slice, index).name;
}

/**
 * voxel_slice_list_get_path:
 * @list: a list
 * @index: a slice
 *
 * Returns: the file that it lies in
 */
const gchar *
voxel_slice_list_get_path (const VoxelSliceList *list, guint index)
{
  g_return_val_if_fail (index < list->slices->len, NULL);
  return g_array_index (list->files, SliceFile, g_array_index (list->slices, Slice, index).file).path;
}

/**
 * voxel_slice_list_get_names:
 * @list: a list
 * @first: the first slice
 * @last: the last slice
 *
 * Returns: (transfer full): names of slices @first to @last
 */
gchar **
voxel_slice_list_get_names (const VoxelSliceList *list, guint first, guint last)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  gchar **names;

  for (guint index = first; index <= last; index++)
    g_strv_builder_add (builder, voxel_slice_list_get_name (list, index));
  names = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return names;
}

static VoxelTiffFile *
take_idle (VoxelSliceList *list, guint index)
{
  VoxelTiffFile *tiff = NULL;

  g_mutex_lock (&list->lock);
  for (guint i = 0; i < list->idle->len && !tiff; i++) {
    IdleFile *idle = &g_array_index (list->idle, IdleFile, i);

    if (idle->file != index)
      continue;
    tiff = idle->tiff;
    *idle = g_array_index (list->idle, IdleFile, list->idle->len - 1);
    /* Not g_array_remove_index (): that would close the file. */
    g_array_set_clear_func (list->idle, NULL);
    g_array_set_size (list->idle, list->idle->len - 1);
    g_array_set_clear_func (list->idle, idle_file_clear);
  }
  g_mutex_unlock (&list->lock);
  return tiff;
}

static void
give_idle (VoxelSliceList *list, guint index, VoxelTiffFile *tiff)
{
  IdleFile idle = {index, tiff};

  g_mutex_lock (&list->lock);
  if (list->idle->len >= MAX_IDLE)
    g_array_remove_index (list->idle, 0);
  g_array_append_val (list->idle, idle);
  g_mutex_unlock (&list->lock);
}

static gboolean
check_unchanged (const SliceFile *file, const VoxelTiffFile *tiff, GError **error)
{
  if (voxel_tiff_file_is_unchanged (tiff, file->size, file->modified, file->inode))
    return TRUE;
  g_clear_error (error);
  g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_CHANGED,
               "\"%s\": has changed since the stack was opened: start again when its writer is done",
               file->path);
  return FALSE;
}

static VoxelTiffFile *
open_file (VoxelSliceList *list, guint index, GError **error)
{
  const SliceFile *file = &g_array_index (list->files, SliceFile, index);
  g_autoptr (VoxelTiffFile) tiff = take_idle (list, index);

  if (!tiff)
    tiff = voxel_tiff_file_open (file->path, error);
  if (!tiff)
    return NULL;
  return check_unchanged (file, tiff, error) ? g_steal_pointer (&tiff) : NULL;
}

/**
 * voxel_slice_list_decode:
 * @list: a list
 * @index: a slice
 * @region: the part wanted, within the slice
 * @pixels: (out): bytes (1 and 8 bits) or little-endian words (12 and 16 bits, aligned to 2)
 * @stride: bytes from row to row
 * @error: any VOXEL_TIFF_ERROR
 *
 * May be called by several threads at a time.
 *
 * Returns: whether all of @region was decoded
 */
gboolean
voxel_slice_list_decode (VoxelSliceList *list, guint index, const VoxelTiffRegion *region, guint8 *pixels,
                         gsize stride, GError **error)
{
  const Slice *slice = &g_array_index (list->slices, Slice, index);
  const SliceFile *file = &g_array_index (list->files, SliceFile, slice->file);
  g_autoptr (VoxelTiffFile) tiff = open_file (list, slice->file, error);
  gboolean decoded;

  if (!tiff)
    return FALSE;
  decoded = voxel_tiff_page_decode (tiff, &g_array_index (file->pages, VoxelTiffPage, slice->page), region,
                                    pixels, stride, error);
  /* What was written to meanwhile may be half old, half new, and what is wrong with it is no use. */
  if (!check_unchanged (file, tiff, error) || !decoded)
    return FALSE;
  if (file->pages->len > 1)
    give_idle (list, slice->file, g_steal_pointer (&tiff));
  return TRUE;
}

/**
 * voxel_slice_list_decode_mask:
 * @list: a list
 * @index: a slice
 * @region: the part wanted, within the slice
 * @mask: (out): a byte a pixel: 255 where the slice is not 0
 * @stride: bytes from row to row
 * @error: any VOXEL_TIFF_ERROR
 *
 * May be called by several threads at a time.
 *
 * Returns: whether all of @region was decoded
 */
gboolean
voxel_slice_list_decode_mask (VoxelSliceList *list, guint index, const VoxelTiffRegion *region, guint8 *mask,
                              gsize stride, GError **error)
{
  guint bits = voxel_slice_list_get_form (list)->bits;
  gsize row = (gsize) region->width * voxel_tiff_pixel_bytes (bits);
  g_autofree guint8 *pixels = NULL;

  if (bits <= 8) {
    if (!voxel_slice_list_decode (list, index, region, mask, stride, error))
      return FALSE;
    for (guint y = 0; bits > 1 && y < region->height; y++)
      voxel_tiff_mask_row (bits, mask + y * stride, region->width, mask + y * stride);
    return TRUE;
  }
  pixels = g_try_malloc (row * region->height);
  if (!pixels) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MEMORY,
                 "slice %u: no memory for %" G_GSIZE_FORMAT " bytes", index, row * region->height);
    return FALSE;
  }
  if (!voxel_slice_list_decode (list, index, region, pixels, row, error))
    return FALSE;
  for (guint y = 0; y < region->height; y++)
    voxel_tiff_mask_row (bits, pixels + y * row, region->width, mask + y * stride);
  return TRUE;
}
