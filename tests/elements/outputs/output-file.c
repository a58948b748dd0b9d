/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/outputs/output-file.h"

#include "slices.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static gchar *
inside (const gchar *folder, const gchar *name)
{
  return g_build_filename (folder, name, NULL);
}

/* A process that dies while it writes, as by a power cut or kill -9. */
static void
leave_behind (const gchar *path)
{
  pid_t child = fork ();
  int status;

  if (child == 0) {
    VoxelOutputFile *file = voxel_output_file_new (path, NULL);

    if (file)
      voxel_output_file_write (file, "half", 4, NULL);
    raise (SIGKILL);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
}

static void
test_leftovers (void)
{
  gchar *folder = folder_new ();
  g_autofree gchar *a = inside (folder, "a.tif"), *b = inside (folder, "b.tif");
  g_autoptr (GError) error = NULL;
  VoxelOutputFile *file;

  for (guint i = 0; i < 3; i++)
    leave_behind (a);
  g_assert_cmpuint (folder_count (folder), ==, 3);
  g_assert_false (g_file_test (a, G_FILE_TEST_EXISTS));
  file = voxel_output_file_new (b, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (folder_count (folder), ==, 4);
  voxel_output_file_clean (folder);
  g_assert_cmpuint (folder_count (folder), ==, 1);
  g_assert_true (voxel_output_file_finish (file, FALSE, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (b, G_FILE_TEST_EXISTS));
  folder_remove (folder);
}

/* What only looks like a leftover is somebody's file. */
static void
test_others_files (void)
{
  static const gchar *const names[] = {".a.tif.backup", "a.voxel-backup", ".a.voxel-backups",
                                       ".voxel-",       ".a.voxel-abc",   ".voxel-backup",
                                       "b.tif"};
  gchar *folder = folder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = inside (folder, names[i]);

    g_assert_true (g_file_set_contents (path, "mine", 4, NULL));
  }
  voxel_output_file_clean (folder);
  g_assert_cmpuint (folder_count (folder), ==, G_N_ELEMENTS (names));
  voxel_output_file_clean ("/nowhere/at/all");
  folder_remove (folder);
}

/* Many processes that write and clean at a time take nothing from each other. */
static void
test_at_a_time (void)
{
  gchar *folder = folder_new ();
  guint n = 4;

  for (guint i = 0; i < n; i++) {
    if (fork () == 0) {
      g_autofree gchar *name = g_strdup_printf ("%u.tif", i);
      g_autofree gchar *path = inside (folder, name);
      gboolean good = TRUE;

      for (guint k = 0; k < 200 && good; k++) {
        VoxelOutputFile *file = voxel_output_file_new (path, NULL);

        voxel_output_file_clean (folder);
        good = file && voxel_output_file_write (file, "whole", 5, NULL) &&
               voxel_output_file_finish (file, FALSE, NULL);
      }
      /* As another program: where a child exits, valgrind takes what is freed only after this for leaked. */
      if (good)
        execlp ("true", "true", NULL);
      _exit (1);
    }
  }
  for (guint i = 0; i < n; i++) {
    int status;

    g_assert_cmpint (wait (&status), >, 0);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  }
  g_assert_cmpuint (folder_count (folder), ==, n);
  folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/output-file/leftovers", test_leftovers);
  g_test_add_func ("/output-file/others-files", test_others_files);
  g_test_add_func ("/output-file/at-a-time", test_at_a_time);
  return g_test_run ();
}
