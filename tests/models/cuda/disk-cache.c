/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/disk-cache.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

/* Texts kept in a folder: what is not whole is not taken, nothing is needed of the folder, and it stays small. */

#define PLENTY (1 << 20)

typedef struct {
  gchar *folder;
  VoxelDiskCache *cache;
} Fixture;

static void
set_up (Fixture *f, gconstpointer limit)
{
  g_autofree gchar *above = g_dir_make_tmp ("disk-cache-XXXXXX", NULL);

  g_assert_nonnull (above);
  f->folder = g_build_filename (above, "plans", NULL);
  f->cache = voxel_disk_cache_new (f->folder, GPOINTER_TO_UINT (limit));
}

static void
tear_down (Fixture *f, gconstpointer limit)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  g_autofree gchar *above = g_path_get_dirname (f->folder);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (f->folder, name, NULL);

    g_unlink (path);
  }
  g_remove (f->folder);
  g_rmdir (above);
  g_free (f->folder);
  voxel_disk_cache_free (f->cache);
}

/* Without waiting for the disk. */
static void
put (const gchar *path, const gchar *contents, gsize length)
{
  g_assert_true (
      g_file_set_contents_full (path, contents, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
check (const Fixture *f, const gchar *key, const gchar *expected)
{
  g_autofree gchar *text = voxel_disk_cache_read (f->cache, key);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_kept (Fixture *f, gconstpointer limit)
{
  g_autoptr (VoxelDiskCache) next = voxel_disk_cache_new (f->folder, PLENTY);
  g_autofree gchar *text = NULL;

  check (f, "a", NULL);
  voxel_disk_cache_write (f->cache, "a", "first");
  voxel_disk_cache_write (f->cache, "b", "");
  check (f, "a", "first");
  check (f, "b", "");
  voxel_disk_cache_write (f->cache, "a", "second\nline");
  check (f, "a", "second\nline");
  text = voxel_disk_cache_read (next, "a");
  g_assert_cmpstr (text, ==, "second\nline");
}

/* Every byte of a file changed in turn, every length shorter than it, and a whole file under another name. */
static void
test_damaged (Fixture *f, gconstpointer limit)
{
  g_autofree gchar *path = g_build_filename (f->folder, "a", NULL), *whole = NULL;
  g_autofree gchar *other = g_build_filename (f->folder, "b", NULL);
  gsize length;

  voxel_disk_cache_write (f->cache, "a", "text");
  g_assert_true (g_file_get_contents (path, &whole, &length, NULL));
  for (gsize i = 0; i < length; i++) {
    g_autofree gchar *damaged = g_memdup2 (whole, length);

    damaged[i] ^= 1;
    put (path, damaged, length);
    check (f, "a", NULL);
    put (path, whole, i);
    check (f, "a", NULL);
  }
  put (other, whole, length);
  check (f, "b", NULL);
  voxel_disk_cache_write (f->cache, "a", "text");
  check (f, "a", "text");
}

/* Logged once, not for every plan. */
static void
test_refused (Fixture *f, gconstpointer limit)
{
  put (f->folder, "a file", 6);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "Nothing is kept for the next start: *plans*");
  voxel_disk_cache_write (f->cache, "a", "text");
  g_test_assert_expected_messages ();
  voxel_disk_cache_write (f->cache, "a", "text");
  check (f, "a", NULL);
}

static void
age (const Fixture *f, const gchar *key, glong seconds)
{
  g_autofree gchar *path = g_build_filename (f->folder, key, NULL);
  const struct utimbuf times = {time (NULL) - seconds, time (NULL) - seconds};

  g_assert_cmpint (utime (path, &times), ==, 0);
}

/* Three files fit; that which was read last stays though it is the oldest. */
static void
test_bounded (Fixture *f, gconstpointer limit)
{
  static const gchar *const keys[] = {"a", "b", "c"};

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    voxel_disk_cache_write (f->cache, keys[i], "0123456789");
    age (f, keys[i], 300 - 100 * (glong) i);
  }
  check (f, "a", "0123456789");
  voxel_disk_cache_write (f->cache, "d", "0123456789");
  check (f, "a", "0123456789");
  check (f, "b", NULL);
  check (f, "c", "0123456789");
  check (f, "d", "0123456789");
}

/* What a process writes over and over is whole whenever it is read. */
static void
test_processes (Fixture *f, gconstpointer limit)
{
  g_autofree gchar *long_text = g_strnfill (100000, 'x');
  guint read = 0;
  gint status;
  pid_t child;

  voxel_disk_cache_write (f->cache, "a", "short");
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  for (guint i = 0; i < 50; i++) {
    if (child == 0) {
      voxel_disk_cache_write (f->cache, "a", i % 2 ? "short" : long_text);
    } else {
      g_autofree gchar *text = voxel_disk_cache_read (f->cache, "a");

      g_assert_true (g_strcmp0 (text, "short") == 0 || g_strcmp0 (text, long_text) == 0);
      read++;
    }
  }
  if (child == 0)
    _exit (0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpuint (read, ==, 50);
}

int
main (int argc, char **argv)
{
  /* Digest, its line's end and ten letters. */
  const guint three_files = 3 * (64 + 1 + 10);
  const struct {
    const gchar *path;
    guint limit;
    void (*test) (Fixture *f, gconstpointer limit);
  } tests[] = {
      {"/cuda/disk-cache/kept", PLENTY, test_kept},
      {"/cuda/disk-cache/damaged", PLENTY, test_damaged},
      {"/cuda/disk-cache/refused", PLENTY, test_refused},
      {"/cuda/disk-cache/bounded", three_files, test_bounded},
      {"/cuda/disk-cache/processes", PLENTY, test_processes},
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, GUINT_TO_POINTER (tests[i].limit), set_up, tests[i].test, tear_down);
  return g_test_run ();
}
