/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files that change, or go, between the look at all of them and the reading of theirs. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gst/gst.h>

#include "tiff-fixture.h"

#define SLICES 12
#define LATE 9

static const Fixture form = {.width = 21, .height = 14, .bits = 16, .photometric = 1};

static void
write_slice (const gchar *folder, guint k, const Fixture *fixture)
{
  g_autofree gchar *name = g_strdup_printf ("img%u.tif", k);
  Fixture slice = *fixture;

  slice.first_value = k * 1000;
  g_free (fixture_write (folder, name, &slice));
}

static void
cut (const gchar *folder, const gchar *path)
{
  GStatBuf status;

  g_stat (path, &status);
  g_assert_cmpint (truncate (path, status.st_size - 1), ==, 0);
}

static void
write_in_place (const gchar *folder, const gchar *path)
{
  g_autofree gchar *contents = NULL;
  gsize size;
  FILE *file = fopen (path, "r+");

  g_file_get_contents (path, &contents, &size, NULL);
  g_assert_cmpuint (fwrite (contents, 1, size, file), ==, size);
  fclose (file);
}

/* Another file of the same size and time, as backup programs and rsync leave it. */
static void
replace (const gchar *folder, const gchar *path)
{
  g_autofree gchar *other = g_strconcat (path, ".new", NULL);
  g_autofree gchar *contents = NULL;
  gsize size;
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  g_file_get_contents (path, &contents, &size, NULL);
  g_assert_true (g_file_set_contents (other, contents, (gssize) size, NULL));
  g_assert_cmpint (utimensat (AT_FDCWD, other, (struct timespec[]){status.st_atim, status.st_mtim}, 0), ==,
                   0);
  g_assert_cmpint (g_rename (other, path), ==, 0);
}

static void
change_shape (const gchar *folder, const gchar *path)
{
  Fixture other = form;

  other.width++;
  write_slice (folder, LATE, &other);
}

static void delete (const gchar *folder, const gchar *path)
{
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
delete_folder (const gchar *folder, const gchar *path)
{
  fixture_folder_free (g_strdup (folder));
}

static void
make_folder (const gchar *folder, const gchar *path)
{
  delete (folder, path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
}

static void
forbid (const gchar *folder, const gchar *path)
{
  g_assert_cmpint (g_chmod (path, 0), ==, 0);
}

static const struct {
  const gchar *name;
  void (*change) (const gchar *folder, const gchar *path);
  gboolean resource;
  gint code;
  const gchar *words;
} cases[] = {
    {"cut", cut, TRUE, GST_RESOURCE_ERROR_READ, "has changed"},
    {"written", write_in_place, TRUE, GST_RESOURCE_ERROR_READ, "has changed"},
    {"replaced", replace, TRUE, GST_RESOURCE_ERROR_READ, "has changed"},
    {"shape", change_shape, TRUE, GST_RESOURCE_ERROR_READ, "has changed"},
    {"deleted", delete, TRUE, GST_RESOURCE_ERROR_NOT_FOUND, "there is no such file"},
    {"folder-deleted", delete_folder, TRUE, GST_RESOURCE_ERROR_NOT_FOUND, "there is no such file"},
    {"folder", make_folder, FALSE, GST_STREAM_ERROR_WRONG_TYPE, "is a folder"},
    {"forbidden", forbid, TRUE, GST_RESOURCE_ERROR_NOT_AUTHORIZED, "may not be read"},
};

static void
count (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer n)
{
  (*(guint *) n)++;
}

/* The error names slice and file; the slices before it came, it and those behind it did not. */
static void
test_change (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data), came = 0;
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = g_build_filename (folder, "img9.tif", NULL);
  g_autofree gchar *line = g_strdup_printf ("voxelsrc location=\"%s\" read-ahead=2 ! fakesink name=sink "
                                            "signal-handoffs=true",
                                            folder);
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, NULL);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (cases[i].change == forbid && geteuid () == 0) {
    g_test_skip ("root may read everything");
    fixture_folder_free (folder);
    return;
  }
  for (guint k = 0; k < SLICES; k++)
    write_slice (folder, k, &form);
  g_signal_connect (sink, "handoff", G_CALLBACK (count), &came);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  g_assert_cmpint (gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE), ==,
                   GST_STATE_CHANGE_SUCCESS);
  /* Beyond the grain of the file system's time. */
  g_usleep (20000);
  cases[i].change (folder, path);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_true (
      g_error_matches (error, cases[i].resource ? GST_RESOURCE_ERROR : GST_STREAM_ERROR, cases[i].code));
  g_assert_nonnull (strstr (error->message, cases[i].words));
  if (cases[i].change == delete_folder) {
    g_assert_true (g_str_has_prefix (error->message, "Slice "));
  } else {
    g_assert_true (g_str_has_prefix (error->message, "Slice 9: "));
    g_assert_nonnull (strstr (error->message, path));
    g_assert_cmpuint (came, ==, LATE);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (cases[i].change == delete_folder)
    g_free (folder);
  else
    fixture_folder_free (folder);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *name = g_strconcat ("/voxelsrc-changed/", cases[i].name, NULL);

    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_change);
  }
  return g_test_run ();
}
