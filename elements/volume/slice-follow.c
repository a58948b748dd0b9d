/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A folder whose files are still being written. The name of the next slice is known from those before it, so
 * it alone is looked at; the folder is listed only while it does not come, to see what came instead. */

#include "slice-follow.h"
#include "file-rest.h"
#include "folder-watch.h"
#include "slice-list-files.h"
#include "slice-row.h"

#include <errno.h>

/* Without news from the system. */
#define LOOK_INTERVAL (G_USEC_PER_SEC / 2)
/* A folder that takes long to list is listed less often. */
#define LOOK_SHARE 20

struct _VoxelSliceFollow {
  VoxelSliceFollowOrder order;
  VoxelSliceRow *row;
  VoxelFolderWatch *watch;
  gint flushing;

  guint64 first;
  guint64 next;
  guint accepted;
  VoxelTiffPage form;
  gchar *form_path;
  VoxelSliceList *slice;

  /* Of the folder: the first file behind the next, or why it cannot be listed. */
  gint64 next_look;
  gchar *later;
  GError *unlisted;

  /* Of the file that is waited for: why it will not do yet, and how it was then. */
  gint64 since;
  VoxelFileRest rest;
  VoxelFileTrace refused;
  GError *reason;
};

/**
 * voxel_slice_follow_new:
 * @location: a folder, or a pattern for names in one folder
 * @order: which files are wanted
 * @error: VOXEL_TIFF_ERROR_NOT_FOUND or UNSUPPORTED
 *
 * Gives the slices of a folder one by one as they are written, a file a slice, in the order of the numbers in
 * their names, without a gap. A file counts as complete when its writer has closed it or it was moved in by
 * rename and all of it can be read; where the system does not tell (files that were there before, shared file
 * systems), when it has not changed for a second.
 *
 * Returns: (transfer full): nothing read yet
 */
VoxelSliceFollow *
voxel_slice_follow_new (const gchar *location, const VoxelSliceFollowOrder *order, GError **error)
{
  g_autoptr (VoxelSliceFollow) follow = g_new0 (VoxelSliceFollow, 1);

  follow->order = *order;
  follow->row = voxel_slice_row_new (location, error);
  if (!follow->row)
    return NULL;
  follow->watch = voxel_folder_watch_new (voxel_slice_row_get_folder (follow->row));
  return g_steal_pointer (&follow);
}

/**
 * voxel_slice_follow_free:
 * @follow: (transfer full): whom nobody waits for
 */
void
voxel_slice_follow_free (VoxelSliceFollow *follow)
{
  g_clear_pointer (&follow->slice, voxel_slice_list_free);
  g_clear_pointer (&follow->watch, voxel_folder_watch_free);
  g_clear_pointer (&follow->row, voxel_slice_row_free);
  g_clear_error (&follow->unlisted);
  g_clear_error (&follow->reason);
  g_free (follow->form_path);
  g_free (follow->later);
  g_free (follow);
}

static gchar *
path_of (const VoxelSliceFollow *follow, guint64 number)
{
  g_autofree gchar *name = voxel_slice_row_make_name (follow->row, number);

  return g_build_filename (voxel_slice_row_get_folder (follow->row), name, NULL);
}

/* What a file that is in the way means for the order of slices. */
static gboolean
check_name (VoxelSliceFollow *follow, const gchar *name, guint64 *number, GError **error)
{
  const gchar *folder = voxel_slice_row_get_folder (follow->row);
  g_autofree gchar *first = NULL;

  if (!voxel_slice_row_get_number (follow->row, name, number)) {
    if (voxel_slice_row_has_begun (follow->row))
      first = voxel_slice_row_make_name (follow->row, follow->first);
    g_set_error (
        error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MIXED,
        "\"%s/%s\": %s%s: files that are followed have names that differ in one number only; take it "
        "away, or name the slices by a pattern such as scan_*.tif",
        folder, name, first ? "does not belong to the row that begins with " : "has no number",
        first ? first : "");
    return FALSE;
  }
  if (voxel_slice_row_has_begun (follow->row) && follow->order.first_number < 0 && *number < follow->first) {
    first = voxel_slice_row_make_name (follow->row, follow->first);
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MIXED,
                 "\"%s/%s\": came after %s had been taken for the first slice: say which number is the first "
                 "(first-number)",
                 folder, name, first);
    return FALSE;
  }
  return TRUE;
}

static void
begin_row (VoxelSliceFollow *follow, const gchar *name, guint64 lowest)
{
  voxel_slice_row_begin (follow->row, name);
  follow->first = follow->order.first_number < 0 ? lowest : (guint64) follow->order.first_number;
  follow->next = follow->first + follow->order.skip;
}

/* Takes @names. Begins the row with the lowest number, checks all of them, remembers the lowest behind the next. */
static gboolean
sort_names (VoxelSliceFollow *follow, GPtrArray *names, GError **error)
{
  guint64 number, lowest = G_MAXUINT64, later = G_MAXUINT64;
  const gchar *lowest_name = NULL;

  for (guint i = 0; i < names->len && !voxel_slice_row_has_begun (follow->row); i++) {
    if (!check_name (follow, g_ptr_array_index (names, i), &number, error))
      return FALSE;
    if (number <= lowest)
      lowest_name = g_ptr_array_index (names, i);
    lowest = MIN (lowest, number);
  }
  if (lowest_name)
    begin_row (follow, lowest_name, lowest);
  g_clear_pointer (&follow->later, g_free);
  for (guint i = 0; i < names->len; i++) {
    if (!check_name (follow, g_ptr_array_index (names, i), &number, error))
      return FALSE;
    if (number > follow->next)
      later = MIN (later, number);
  }
  if (later < G_MAXUINT64)
    follow->later = voxel_slice_row_make_name (follow->row, later);
  return TRUE;
}

static gboolean
look (VoxelSliceFollow *follow, GError **error)
{
  const gchar *folder = voxel_slice_row_get_folder (follow->row), *name;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gint64 began = g_get_monotonic_time (), ended;
  GDir *entries;

  g_clear_error (&follow->unlisted);
  entries = g_dir_open (folder, 0, &follow->unlisted);
  while (entries && (name = g_dir_read_name (entries))) {
    if (voxel_slice_row_accepts (follow->row, name))
      g_ptr_array_add (names, g_strdup (name));
  }
  g_clear_pointer (&entries, g_dir_close);
  ended = g_get_monotonic_time ();
  follow->next_look = ended + MAX (LOOK_INTERVAL, LOOK_SHARE * (ended - began));
  return follow->unlisted || sort_names (follow, names, error);
}

/* A file whose contents will not do, however long one waits. */
static gboolean
check_form (VoxelSliceFollow *follow, const gchar *path, VoxelSliceList *list, GError **error)
{
  const VoxelTiffPage *page = voxel_slice_list_get_form (list);

  if (voxel_slice_list_get_length (list) > 1) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_UNSUPPORTED,
                 "\"%s\": has %u pages: only files of one slice each can be followed", path,
                 voxel_slice_list_get_length (list));
    return FALSE;
  }
  if (!follow->form_path || voxel_tiff_page_same_form (&follow->form, page))
    return TRUE;
  g_set_error (
      error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MIXED,
      "\"%s\" is %u x %u pixels of %u bits, but \"%s\" is %u x %u of %u bits: all slices of a stack must "
      "have one size and depth",
      path, page->width, page->height, page->bits, follow->form_path, follow->form.width, follow->form.height,
      follow->form.bits);
  return FALSE;
}

/* The next file, once it is complete and can be read; its directory alone is read. */
static gboolean
open_next (VoxelSliceFollow *follow, const gchar *name, const gchar *path, GError **error)
{
  VoxelFileTrace trace;

  if (!voxel_file_trace_find (path, &trace)) {
    if (errno != ENOENT)
      voxel_tiff_error_set_errno (error, path, errno);
    follow->rest = (VoxelFileRest){0};
    return FALSE;
  }
  /* Something still comes. */
  if (voxel_file_rest_look (&follow->rest, &trace))
    follow->since = g_get_monotonic_time ();
  if (!voxel_file_rest_is_complete (&follow->rest, voxel_folder_watch_get_state (follow->watch, name))) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_TRUNCATED, "\"%s\": is still being written", path);
    return FALSE;
  }
  if (voxel_file_trace_equal (&trace, &follow->refused)) {
    g_propagate_error (error, g_error_copy (follow->reason));
    return FALSE;
  }
  follow->slice = voxel_slice_list_new (path, 1, error);
  follow->refused = trace;
  return follow->slice != NULL;
}

/* Returns %FALSE where the next file will not do, however long one waits. */
static gboolean
try_next (VoxelSliceFollow *follow, GError **error)
{
  g_autofree gchar *name = voxel_slice_row_make_name (follow->row, follow->next);
  g_autofree gchar *path = g_build_filename (voxel_slice_row_get_folder (follow->row), name, NULL);
  GError *reason = NULL;

  if (open_next (follow, name, path, &reason))
    return check_form (follow, path, follow->slice, error);
  if (g_error_matches (reason, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_UNSUPPORTED)) {
    g_propagate_error (error, reason);
    return FALSE;
  }
  g_clear_error (&follow->reason);
  follow->reason = reason;
  return TRUE;
}

static VoxelSliceFollowStep
fail (VoxelSliceFollow *follow, GError **error, const gchar *format, ...)
{
  gdouble seconds = (gdouble) follow->order.timeout / G_USEC_PER_SEC;
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_NOT_FOUND,
               "Slice %u did not come within %g s (follow-timeout): %s", follow->accepted, seconds, text);
  return VOXEL_SLICE_FOLLOW_ERROR;
}

/* The time is over: was that the end, or is something missing? */
static VoxelSliceFollowStep
conclude (VoxelSliceFollow *follow, GError **error)
{
  const gchar *folder = voxel_slice_row_get_folder (follow->row);
  g_autofree gchar *path = NULL;

  if (follow->unlisted)
    return fail (follow, error, "%s", follow->unlisted->message);
  if (!voxel_slice_row_has_begun (follow->row))
    return fail (follow, error, "\"%s\" has no *.tif or *.tiff; check where the slices are written to",
                 folder);
  path = path_of (follow, follow->next);
  if (follow->reason)
    return fail (follow, error, "%s", follow->reason->message);
  if (follow->later)
    return fail (follow, error, "\"%s\" is missing, but %s is there", path, follow->later);
  if (follow->order.count > 0)
    return fail (follow, error, "\"%s\" is missing; %u slices came, %u were promised", path, follow->accepted,
                 follow->order.count);
  if (follow->accepted == 0)
    return fail (follow, error, "\"%s\" is missing", path);
  return VOXEL_SLICE_FOLLOW_END;
}

static gint64
end_of_wait (const VoxelSliceFollow *follow)
{
  return follow->order.timeout > 0 ? MAX (follow->since + follow->order.timeout, follow->rest.at)
                                   : G_MAXINT64;
}

static gint64
next_event (const VoxelSliceFollow *follow)
{
  gint64 at = follow->next_look;

  if (follow->rest.at > g_get_monotonic_time ())
    at = MIN (at, follow->rest.at);
  return MIN (at, end_of_wait (follow));
}

/* The file that is waited for may have grown meanwhile; a folder that is gone does not come back. */
static gboolean
is_over (const VoxelSliceFollow *follow)
{
  return g_error_matches (follow->unlisted, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
         g_get_monotonic_time () >= end_of_wait (follow);
}

/**
 * voxel_slice_follow_wait:
 * @follow: a folder that is followed
 * @slice: (out) (transfer none): the next slice, alone in its list; the same one until
 *   voxel_slice_follow_accept() or voxel_slice_follow_reject()
 * @error: any VOXEL_TIFF_ERROR, naming the file that is missing or at fault
 *
 * Waits for the next slice, as long as @follow's order says.
 *
 * Returns: what there is
 */
VoxelSliceFollowStep
voxel_slice_follow_wait (VoxelSliceFollow *follow, VoxelSliceList **slice, GError **error)
{
  gboolean news = TRUE, late = FALSE;

  follow->since = g_get_monotonic_time ();
  while (!follow->slice) {
    gint64 now = g_get_monotonic_time ();

    if (g_atomic_int_get (&follow->flushing))
      return VOXEL_SLICE_FOLLOW_FLUSHING;
    if (follow->order.count > 0 && follow->accepted == follow->order.count)
      return VOXEL_SLICE_FOLLOW_END;
    news |= voxel_folder_watch_wait (follow->watch, 0);
    if (late || now >= follow->next_look || (news && !voxel_slice_row_has_begun (follow->row))) {
      if (!look (follow, error))
        return VOXEL_SLICE_FOLLOW_ERROR;
    }
    if (voxel_slice_row_has_begun (follow->row) && !try_next (follow, error))
      return VOXEL_SLICE_FOLLOW_ERROR;
    if (follow->slice)
      break;
    if (late && is_over (follow))
      return conclude (follow, error);
    late = is_over (follow);
    news = !late && voxel_folder_watch_wait (follow->watch, next_event (follow));
  }
  *slice = follow->slice;
  return g_atomic_int_get (&follow->flushing) ? VOXEL_SLICE_FOLLOW_FLUSHING : VOXEL_SLICE_FOLLOW_SLICE;
}

/**
 * voxel_slice_follow_accept:
 * @follow: a folder that is followed
 *
 * The slice that voxel_slice_follow_wait() gave was read: on to the next one.
 */
void
voxel_slice_follow_accept (VoxelSliceFollow *follow)
{
  g_autofree gchar *name = voxel_slice_row_make_name (follow->row, follow->next);

  g_return_if_fail (follow->slice);
  if (!follow->form_path) {
    follow->form = *voxel_slice_list_get_form (follow->slice);
    follow->form_path = path_of (follow, follow->next);
  }
  voxel_folder_watch_forget (follow->watch, name);
  g_clear_pointer (&follow->slice, voxel_slice_list_free);
  g_clear_error (&follow->reason);
  follow->rest = (VoxelFileRest){0};
  follow->refused = (VoxelFileTrace){0};
  follow->next++;
  follow->accepted++;
}

/**
 * voxel_slice_follow_reject:
 * @follow: a folder that is followed
 * @reason: (transfer full): why the slice that voxel_slice_follow_wait() gave could not be read
 *
 * Its file is waited for until it changes.
 */
void
voxel_slice_follow_reject (VoxelSliceFollow *follow, GError *reason)
{
  g_return_if_fail (follow->slice);
  g_clear_pointer (&follow->slice, voxel_slice_list_free);
  g_clear_error (&follow->reason);
  follow->reason = reason;
}

/**
 * voxel_slice_follow_set_flushing:
 * @follow: a folder that is followed
 * @flushing: whether voxel_slice_follow_wait() returns at once, from whatever thread
 */
void
voxel_slice_follow_set_flushing (VoxelSliceFollow *follow, gboolean flushing)
{
  g_atomic_int_set (&follow->flushing, flushing);
  if (flushing)
    voxel_folder_watch_wake (follow->watch);
}

/**
 * voxel_slice_follow_get_length:
 * @follow: a folder that is followed
 *
 * Returns: slices accepted so far
 */
guint
voxel_slice_follow_get_length (const VoxelSliceFollow *follow)
{
  return follow->accepted;
}

/**
 * voxel_slice_follow_get_names:
 * @follow: a folder whose first slice has come
 *
 * Returns: (transfer full) (nullable): the names that the promised slices will have; %NULL where nobody knows
 *   how many there are
 */
gchar **
voxel_slice_follow_get_names (const VoxelSliceFollow *follow)
{
  gchar **names;

  if (follow->order.count == 0)
    return NULL;
  names = g_new0 (gchar *, (gsize) follow->order.count + 1);
  for (guint i = 0; i < follow->order.count; i++) {
    g_autofree gchar *name = voxel_slice_row_make_name (follow->row, follow->first + follow->order.skip + i);

    names[i] = voxel_slice_list_make_stem (name);
  }
  return names;
}
