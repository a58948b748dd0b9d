/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* volume-store-time [--side N] [--bits N] [--threads N] [--memory-limit BYTES] [--scratch DIR] [--cold] [--wait US] [--turns N]: how fast
 * slices go into a volume store and come out of it along each axis, and how fast memory is copied beside it. A JSON
 * object a line on stdout, a table on stderr; GB/s are 1e9 bytes of slices a second, best of the turns. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elements/volume/volume-store.h"
#include "turns.h"

#define BUFFERS 4

static gint side = 512, bits = 16, threads = 1, turns = 3, wait_us;
static gboolean cold;
static gint64 memory_limit = G_MAXINT64;
static gchar *scratch;

static const GOptionEntry entries[] = {
    {"side", 0, 0, G_OPTION_ARG_INT, &side, "Of the cube, in voxels (512)", "N"},
    {"bits", 0, 0, G_OPTION_ARG_INT, &bits, "Of a voxel: 1, 2, 8, 16, 32 (16)", "N"},
    {"threads", 0, 0, G_OPTION_ARG_INT, &threads, "Processors that may be used (1)", "N"},
    {"memory-limit", 0, 0, G_OPTION_ARG_INT64, &memory_limit, "Of the store, in bytes (none)", "BYTES"},
    {"scratch", 0, 0, G_OPTION_ARG_FILENAME, &scratch, "Folder for the scratch file", "DIR"},
    {"cold", 0, 0, G_OPTION_ARG_NONE, &cold, "Scratch file out of the page cache before each turn", NULL},
    {"wait", 0, 0, G_OPTION_ARG_INT, &wait_us,
     "Microseconds that the caller does something else after each slice", "US"},
    {"turns", 0, 0, G_OPTION_ARG_INT, &turns, "Of which the best counts (3)", "N"},
    {NULL},
};

static gsize
slice_bytes (void)
{
  return (gsize) side * (gsize) side * (gsize) ((bits + 7) / 8);
}

static void
report (const gchar *operation, const gchar *axis, gdouble seconds, guint64 scratch_bytes)
{
  gdouble rate = (gdouble) slice_bytes () * side / seconds / 1e9;

  printf (
      "{\"operation\": \"%s\", \"axis\": \"%s\", \"side\": %d, \"bits\": %d, \"threads\": %d, \"seconds\": "
      "%.6f, \"gb_per_s\": %.3f, \"ms_per_slice\": %.4f, \"scratch_bytes\": %" G_GUINT64_FORMAT "}\n",
      operation, axis, side, bits, threads, seconds, rate, seconds * 1e3 / side, scratch_bytes);
  fflush (stdout);
  fprintf (stderr, "%-6s %s  %8.2f GB/s  %8.4f ms a slice\n", operation, axis, rate, seconds * 1e3 / side);
}

static void
time_memcpy (guint8 *const *buffers)
{
  gsize size = slice_bytes ();
  g_autofree guint8 *volume = g_malloc (size * (gsize) side);
  gdouble best = G_MAXDOUBLE;

  memset (volume, 1, size * (gsize) side);
  for (gint turn = 0; turn < turns; turn++) {
    gint64 begin = g_get_monotonic_time ();

    for (gint i = 0; i < side; i++)
      memcpy (buffers[i % BUFFERS], volume + (gsize) i * size, size);
    best = MIN (best, (gdouble) (g_get_monotonic_time () - begin) * 1e-6);
  }
  report ("memcpy", "-", best, 0);
}

/* Scratch files have no name: they are found among the open ones. */
static void
forget_scratch (void)
{
  g_autoptr (GDir) files = g_dir_open ("/proc/self/fd", 0, NULL);
  const gchar *name;

  while (files && (name = g_dir_read_name (files))) {
    g_autofree gchar *path = g_build_filename ("/proc/self/fd", name, NULL);
    g_autofree gchar *target = g_file_read_link (path, NULL);
    gint fd = atoi (name);

    if (!target || !g_str_has_suffix (target, " (deleted)"))
      continue;
    fdatasync (fd);
    posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  }
}

static gboolean
pass (VoxelVolumeStore *store, guint axis, gboolean put, guint8 *const *buffers, gdouble *seconds,
      GError **error)
{
  gsize stride = slice_bytes () / (gsize) side;
  gint64 begin;

  if (cold)
    forget_scratch ();
  begin = g_get_monotonic_time ();
  for (gint i = 0; i < side; i++) {
    guint8 *buffer = buffers[i % BUFFERS];

    if (!(put ? voxel_volume_store_put (store, axis, (guint) i, buffer, stride, error)
              : voxel_volume_store_get (store, axis, (guint) i, buffer, stride, error)))
      return FALSE;
    if (wait_us > 0)
      g_usleep ((gulong) wait_us);
  }
  *seconds = MIN (*seconds, (gdouble) (g_get_monotonic_time () - begin) * 1e-6);
  return TRUE;
}

static gboolean
time_store (guint8 *const *buffers, GError **error)
{
  const guint shape[3] = {(guint) side, (guint) side, (guint) side};
  const VoxelVolumeStoreMode mode =
      bits == 8 || bits == 16 ? VOXEL_VOLUME_STORE_REPLACE : VOXEL_VOLUME_STORE_ADD;
  g_autoptr (VoxelVolumeStore) store =
      voxel_volume_store_new (shape, (guint) bits, mode, (guint64) memory_limit, scratch, error);
  gdouble first = G_MAXDOUBLE;

  if (!store || !pass (store, 0, TRUE, buffers, &first, error))
    return FALSE;
  report ("first", "z", first, voxel_volume_store_get_scratch_size (store));
  for (guint put = 0; put < 2; put++) {
    for (guint axis = 0; axis < 3; axis++) {
      const gchar letter[] = {"zyx"[axis], '\0'};
      gdouble best = G_MAXDOUBLE;

      for (gint turn = 0; turn < turns; turn++) {
        if (!pass (store, axis, put, buffers, &best, error))
          return FALSE;
      }
      report (put ? "put" : "get", letter, best, voxel_volume_store_get_scratch_size (store));
    }
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  guint8 *buffers[BUFFERS];
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  ok = g_option_context_parse (context, &argc, &argv, &error);
  if (!ok || argc > 1 || side < 1 || side > 4096 || turns < 1 || threads < 1 || memory_limit < 0 ||
      (bits != 1 && bits != 2 && bits != 8 && bits != 16 && bits != 32)) {
    g_printerr ("volume-store-time: %s\n", error ? error->message : "what is that? See --help");
    return 2;
  }
  if (!scratch)
    scratch = g_strdup (g_get_tmp_dir ());
  threads = (gint) voxel_turns_keep_to ((guint) threads);
  for (guint i = 0; i < BUFFERS; i++) {
    buffers[i] = g_malloc (slice_bytes ());
    for (gsize k = 0; k < slice_bytes (); k++)
      buffers[i][k] = bits < 8 ? (k * 7 >> 3) & 1 : (guint8) (k * 7 + i);
  }
  time_memcpy (buffers);
  ok = time_store (buffers, &error);
  for (guint i = 0; i < BUFFERS; i++)
    g_free (buffers[i]);
  g_free (scratch);
  if (!ok)
    g_printerr ("volume-store-time: %s\n", error->message);
  return ok ? 0 : 1;
}
