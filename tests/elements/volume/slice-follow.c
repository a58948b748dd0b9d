/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files that are written while they are waited for: slowly, in place, by rename, out of order, not at all. */

#include <sys/resource.h>

#include "elements/volume/slice-follow.h"
#include "follow-fixture.h"

static VoxelSliceFollow *
follow_new (const gchar *folder, guint count, gint64 milliseconds)
{
  const VoxelSliceFollowOrder order = {.first_number = -1, .count = count, .timeout = milliseconds * MS};
  g_autoptr (GError) error = NULL;
  VoxelSliceFollow *follow = voxel_slice_follow_new (folder, &order, &error);

  g_assert_no_error (error);
  return follow;
}

/* The next slice is number @k, whole. */
static void
assert_next (VoxelSliceFollow *follow, guint k)
{
  const VoxelTiffRegion all = {0, 0, form.width, form.height};
  g_autofree guint16 *pixels = g_new0 (guint16, form.width * form.height);
  g_autofree gchar *name = g_strdup_printf ("scan_%04u", k);
  g_autoptr (GError) error = NULL;
  Fixture slice = form;
  VoxelSliceList *list = NULL;
  VoxelSliceFollowStep step = voxel_slice_follow_wait (follow, &list, &error);

  g_assert_no_error (error);
  g_assert_cmpint (step, ==, VOXEL_SLICE_FOLLOW_SLICE);
  g_assert_cmpstr (voxel_slice_list_get_name (list, 0), ==, name);
  voxel_slice_list_decode (list, 0, &all, (guint8 *) pixels, form.width * 2, &error);
  g_assert_no_error (error);
  slice.first_value = k * 1000;
  for (guint y = 0; y < form.height; y++)
    for (guint x = 0; x < form.width; x++)
      g_assert_cmpuint (pixels[y * form.width + x], ==, fixture_expected (&slice, 0, x, y));
  voxel_slice_follow_accept (follow);
}

static void
assert_end (VoxelSliceFollow *follow, VoxelSliceFollowStep expected, const gchar *words)
{
  g_autoptr (GError) error = NULL;
  VoxelSliceList *list = NULL;
  VoxelSliceFollowStep step = voxel_slice_follow_wait (follow, &list, &error);

  g_test_message ("%s", error ? error->message : "no error");
  g_assert_cmpint (step, ==, expected);
  if (words)
    g_assert_nonnull (strstr (error->message, words));
  else
    g_assert_no_error (error);
}

/* What was there before comes first, in the order of numbers, the youngest when it has rested; then the end. */
static void
test_there_before (void)
{
  gchar *folder = fixture_folder_new ();
  g_autoptr (VoxelSliceFollow) follow = NULL;

  for (guint k = 12; k > 7; k--)
    write_whole (folder, k);
  age (folder, 8, 11);
  follow = follow_new (folder, 0, 300);
  for (guint k = 8; k <= 12; k++)
    assert_next (follow, k);
  assert_end (follow, VOXEL_SLICE_FOLLOW_END, NULL);
  g_assert_cmpuint (voxel_slice_follow_get_length (follow), ==, 5);
  g_assert_null (voxel_slice_follow_get_names (follow));
  fixture_folder_free (folder);
}

typedef struct {
  const gchar *folder;
  void (*run) (const gchar *folder);
} Writer;

static gpointer
write_files (gpointer data)
{
  Writer *writer = data;

  writer->run (writer->folder);
  return NULL;
}

static void
write_in_all_ways (const gchar *folder)
{
  /* In place, with rests, the longest beyond the second after which a file nobody speaks of counts as complete. */
  write_slowly (folder, 1, 6, 40 * MS);
  move_in (folder, 2);
  write_slowly (folder, 3, 2, 1200 * MS);
  /* Out of order, the predecessor as long in coming. */
  move_in (folder, 6);
  write_whole (folder, 5);
  g_usleep (100 * MS);
  write_slowly (folder, 4, 3, 30 * MS);
  /* Written, deleted, written again. */
  write_slowly (folder, 8, 2, 10 * MS);
  take_away (folder, 8);
  move_in (folder, 8);
  move_in (folder, 7);
}

static void
test_written_meanwhile (void)
{
  gchar *folder = fixture_folder_new ();
  g_autoptr (VoxelSliceFollow) follow = follow_new (folder, 8, 10000);
  Writer writer = {folder, write_in_all_ways};
  GThread *thread = g_thread_new ("writer", write_files, &writer);
  g_auto (GStrv) names = NULL;

  for (guint k = 1; k <= 8; k++)
    assert_next (follow, k);
  /* The last one promised: nothing is waited for. */
  assert_end (follow, VOXEL_SLICE_FOLLOW_END, NULL);
  names = voxel_slice_follow_get_names (follow);
  g_assert_cmpuint (g_strv_length (names), ==, 8);
  g_assert_cmpstr (names[7], ==, "scan_0008");
  g_thread_join (thread);
  fixture_folder_free (folder);
}

/* How soon a slice is there once its writer has closed it. */
static void
write_with_times (const gchar *folder)
{
  for (guint k = 1; k <= 20; k++) {
    g_autofree gchar *done = g_strdup_printf ("%s/%u.time", folder, k);
    g_autofree gchar *text = NULL;

    g_usleep (20 * MS);
    write_slowly (folder, k, 2, 5 * MS);
    text = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_monotonic_time ());
    g_file_set_contents (done, text, -1, NULL);
  }
}

static void
test_latency (void)
{
  gchar *folder = fixture_folder_new ();
  g_autoptr (VoxelSliceFollow) follow = follow_new (folder, 20, 10000);
  Writer writer = {folder, write_with_times};
  GThread *thread;
  gint64 came[21], longest = 0;

  write_whole (folder, 0);
  assert_next (follow, 0);
  thread = g_thread_new ("writer", write_files, &writer);
  for (guint k = 1; k < 20; k++) {
    assert_next (follow, k);
    came[k] = g_get_monotonic_time ();
  }
  g_thread_join (thread);
  for (guint k = 1; k < 20; k++) {
    g_autofree gchar *done = g_strdup_printf ("%s/%u.time", folder, k);
    g_autofree gchar *text = NULL;

    g_assert_true (g_file_get_contents (done, &text, NULL, NULL));
    longest = MAX (longest, came[k] - g_ascii_strtoll (text, NULL, 10));
  }
  g_test_message ("at most %.2f ms from close to slice", (gdouble) longest / 1000.);
  /* Far below the half second in which the folder is looked at anyway. */
  g_assert_cmpint (longest, <, 250 * MS);
  fixture_folder_free (folder);
}

/* Number 8 never comes though 9 is there; 3 of 5 come; nothing comes; a file never gets complete. */
static void
test_missing (void)
{
  gchar *folder = fixture_folder_new ();
  VoxelSliceFollow *follow = follow_new (folder, 0, 200);
  g_autofree gchar *tenth = name_of (folder, 10);

  assert_end (follow, VOXEL_SLICE_FOLLOW_ERROR, "no *.tif");
  write_whole (folder, 7);
  write_whole (folder, 9);
  write_whole (folder, 11);
  assert_next (follow, 7);
  assert_end (follow, VOXEL_SLICE_FOLLOW_ERROR, "scan_0008.tif\" is missing, but scan_0009.tif is there");
  voxel_slice_follow_free (follow);

  age (folder, 7, 7);
  age (folder, 9, 9);
  follow = follow_new (folder, 5, 200);
  write_whole (folder, 8);
  for (guint k = 7; k < 10; k++)
    assert_next (follow, k);
  take_away (folder, 11);
  assert_end (follow, VOXEL_SLICE_FOLLOW_ERROR, "scan_0010.tif\" is missing; 3 slices came, 5 were promised");
  voxel_slice_follow_free (follow);

  age (folder, 8, 8);
  follow = follow_new (folder, 0, 1400);
  for (guint k = 7; k < 10; k++)
    assert_next (follow, k);
  g_assert_true (g_file_set_contents (tenth, "II*", -1, NULL));
  assert_end (follow, VOXEL_SLICE_FOLLOW_ERROR, "scan_0010.tif\": ends within its header");
  voxel_slice_follow_free (follow);
  fixture_folder_free (folder);
}

static void
write_for_polling (const gchar *folder)
{
  write_slowly (folder, 1, 3, 350 * MS);
  move_in (folder, 3);
  move_in (folder, 2);
}

/* Where the system cannot tell what happens in the folder: one descriptor is left, none for inotify. */
static void
test_polled (void)
{
  gchar *folder = fixture_folder_new ();
  g_autoptr (VoxelSliceFollow) follow = NULL;
  Writer writer = {folder, write_for_polling};
  struct rlimit before, tight;
  gint next = dup (STDOUT_FILENO);
  GThread *thread;

  close (next);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  tight = before;
  tight.rlim_cur = (rlim_t) next + 1;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &tight), ==, 0);
  follow = follow_new (folder, 3, 10000);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  thread = g_thread_new ("writer", write_files, &writer);
  for (guint k = 1; k <= 3; k++)
    assert_next (follow, k);
  g_thread_join (thread);
  fixture_folder_free (folder);
}

static gpointer
close_late (gpointer data)
{
  gint fd = GPOINTER_TO_INT (data);

  g_usleep (100 * MS);
  close (fd);
  return NULL;
}

/* A file that is whole, but still open, may still change. */
static void
test_still_open (void)
{
  gchar *folder = fixture_folder_new ();
  g_autoptr (VoxelSliceFollow) follow = follow_new (folder, 0, 1300);
  g_autofree gchar *path = name_of (folder, 1);
  gsize size;
  g_autofree gchar *bytes = slice_bytes (&form, 1, &size);
  GThread *closer;
  gint fd;

  write_whole (folder, 0);
  assert_next (follow, 0);
  fd = open (path, O_WRONLY | O_CREAT, 0600);
  write_bytes (fd, bytes, size);
  assert_end (follow, VOXEL_SLICE_FOLLOW_ERROR, "scan_0001.tif\": is still being written");
  closer = g_thread_new ("closer", close_late, GINT_TO_POINTER (fd));
  assert_next (follow, 1);
  g_thread_join (closer);
  fixture_folder_free (folder);
}

/* What turns out to be unreadable is waited for until it changes. */
static void
test_rejected (void)
{
  gchar *folder = fixture_folder_new ();
  g_autoptr (VoxelSliceFollow) follow = follow_new (folder, 0, 200);
  g_autoptr (GError) error = NULL;
  VoxelSliceList *list;

  write_whole (folder, 3);
  g_assert_cmpint (voxel_slice_follow_wait (follow, &list, &error), ==, VOXEL_SLICE_FOLLOW_SLICE);
  voxel_slice_follow_reject (follow, g_error_new_literal (VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_BROKEN, "torn"));
  assert_end (follow, VOXEL_SLICE_FOLLOW_ERROR, "torn");
  g_usleep (20 * MS);
  write_slowly (folder, 3, 2, MS);
  assert_next (follow, 3);
  fixture_folder_free (folder);
}

static void
test_no_permission (void)
{
  gchar *folder = fixture_folder_new ();
  g_autoptr (VoxelSliceFollow) follow = follow_new (folder, 0, 200);
  g_autofree gchar *path = name_of (folder, 0);

  if (geteuid () == 0) {
    g_test_skip ("root may read everything");
    fixture_folder_free (folder);
    return;
  }
  write_whole (folder, 0);
  g_assert_cmpint (g_chmod (path, 0), ==, 0);
  assert_end (follow, VOXEL_SLICE_FOLLOW_ERROR, "may not be read");
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  assert_next (follow, 0);
  fixture_folder_free (folder);
}

/* Files that are in the way of a row, whatever way they are. */
static void
test_refused (void)
{
  static const struct {
    const gchar *name;
    guint width;
    guint pages;
    const gchar *words;
  } cases[] = {
      {"scan_0002.tif", 41, 1, "scan_0002.tif\" is 41 x 30 pixels of 16 bits, but"},
      {"scan_0002.tif", 40, 3, "scan_0002.tif\": has 3 pages"},
      {"scan_02.tif", 40, 1, "scan_02.tif\": does not belong to the row that begins with scan_0001.tif"},
      {"dark_0002.tif", 40, 1, "dark_0002.tif\": does not belong"},
      {"scan.tif", 40, 1, "scan.tif\": does not belong"},
      {"scan_0000.tif", 40, 1, "scan_0000.tif\": came after scan_0001.tif"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *folder = fixture_folder_new ();
    g_autoptr (VoxelSliceFollow) follow = follow_new (folder, 0, 5000);
    Fixture fixture = form;

    write_whole (folder, 1);
    assert_next (follow, 1);
    fixture.width = cases[i].width;
    fixture.pages = cases[i].pages;
    g_free (fixture_write (folder, cases[i].name, &fixture));
    assert_end (follow, VOXEL_SLICE_FOLLOW_ERROR, cases[i].words);
    fixture_folder_free (folder);
  }
}

static void
test_locations (void)
{
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *pattern = g_build_filename (folder, "scan_00*.tif", NULL);
  g_autofree gchar *tail = g_build_filename (folder, "scan_*_16bit.tif", NULL);
  g_autofree gchar *file = name_of (folder, 4);
  g_autofree gchar *missing = g_build_filename (folder, "none", NULL);
  const gchar *const wrong[] = {file, missing};
  VoxelSliceFollowOrder order = {.first_number = -1, .timeout = 200 * MS};
  VoxelSliceFollow *follow;
  VoxelSliceList *list;

  write_whole (folder, 4);
  g_free (fixture_write (folder, "dark_0001.tif", &form));
  g_free (fixture_write (folder, "scan_9_16bit.tif", &form));
  follow = voxel_slice_follow_new (tail, &order, NULL);
  g_assert_cmpint (voxel_slice_follow_wait (follow, &list, NULL), ==, VOXEL_SLICE_FOLLOW_SLICE);
  voxel_slice_follow_accept (follow);
  g_free (fixture_write (folder, "scan_10_16bit.tif", &form));
  g_assert_cmpint (voxel_slice_follow_wait (follow, &list, NULL), ==, VOXEL_SLICE_FOLLOW_SLICE);
  g_assert_cmpstr (voxel_slice_list_get_name (list, 0), ==, "scan_10_16bit");
  voxel_slice_follow_free (follow);

  /* A first number that is given is waited for; of those that are skipped none need be there. */
  order.first_number = 2;
  order.skip = 1;
  age (folder, 4, 4);
  follow = voxel_slice_follow_new (pattern, &order, NULL);
  assert_end (follow, VOXEL_SLICE_FOLLOW_ERROR, "scan_0003.tif\" is missing, but scan_0004.tif is there");
  write_whole (folder, 3);
  assert_next (follow, 3);
  assert_next (follow, 4);
  voxel_slice_follow_free (follow);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (voxel_slice_follow_new (wrong[i], &order, &error));
    g_assert_nonnull (strstr (error->message, "name the folder of the slices"));
  }
  fixture_folder_free (folder);
}

static gpointer
flush_late (gpointer follow)
{
  g_usleep (50 * MS);
  voxel_slice_follow_set_flushing (follow, TRUE);
  return NULL;
}

/* A wait without end is broken off at once, and can go on. */
static void
test_flush (void)
{
  gchar *folder = fixture_folder_new ();
  g_autoptr (VoxelSliceFollow) follow = follow_new (folder, 0, 0);

  for (guint k = 0; k < 3; k++) {
    GThread *thread = g_thread_new ("flush", flush_late, follow);
    gint64 began = g_get_monotonic_time ();

    assert_end (follow, VOXEL_SLICE_FOLLOW_FLUSHING, NULL);
    g_thread_join (thread);
    g_assert_cmpint (g_get_monotonic_time () - began, <, 400 * MS);
    assert_end (follow, VOXEL_SLICE_FOLLOW_FLUSHING, NULL);
    voxel_slice_follow_set_flushing (follow, FALSE);
    write_whole (folder, k);
    assert_next (follow, k);
  }
  fixture_folder_free (folder);
}

/* A folder that is gone is told at once, however long slices would be waited for. */
static void
test_folder_gone (void)
{
  gchar *folder = fixture_folder_new ();
  g_autoptr (VoxelSliceFollow) follow = follow_new (folder, 0, 0);

  write_whole (folder, 0);
  assert_next (follow, 0);
  fixture_folder_free (g_strdup (folder));
  assert_end (follow, VOXEL_SLICE_FOLLOW_ERROR, folder);
  g_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slice-follow/there-before", test_there_before);
  g_test_add_func ("/slice-follow/written-meanwhile", test_written_meanwhile);
  g_test_add_func ("/slice-follow/latency", test_latency);
  g_test_add_func ("/slice-follow/missing", test_missing);
  g_test_add_func ("/slice-follow/polled", test_polled);
  g_test_add_func ("/slice-follow/still-open", test_still_open);
  g_test_add_func ("/slice-follow/rejected", test_rejected);
  g_test_add_func ("/slice-follow/no-permission", test_no_permission);
  g_test_add_func ("/slice-follow/refused", test_refused);
  g_test_add_func ("/slice-follow/locations", test_locations);
  g_test_add_func ("/slice-follow/flush", test_flush);
  g_test_add_func ("/slice-follow/folder-gone", test_folder_gone);
  return g_test_run ();
}
