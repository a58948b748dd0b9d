/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Files scan_0000.tif and so on that come into a folder slowly or at once, in place or by rename. */

#include <fcntl.h>
#include <unistd.h>
#include <utime.h>

#include "tiff-fixture.h"

#define MS 1000

static const Fixture form = {.width = 40, .height = 30, .bits = 16, .photometric = 1, .rows_per_strip = 10};

/* The bytes of slice @k, made elsewhere, so that a test decides how they come into the folder. */
static inline gchar *
slice_bytes (const Fixture *fixture, guint k, gsize *size)
{
  gchar *elsewhere = fixture_folder_new ();
  Fixture slice = *fixture;
  g_autofree gchar *path = NULL;
  gchar *bytes;

  slice.first_value = k * 1000;
  path = fixture_write (elsewhere, "slice.tif", &slice);
  g_assert_true (g_file_get_contents (path, &bytes, size, NULL));
  fixture_folder_free (elsewhere);
  return bytes;
}

static inline void
write_bytes (gint fd, const gchar *bytes, gsize size)
{
  g_assert_cmpint (write (fd, bytes, size), ==, (gssize) size);
}

static inline gchar *
name_of (const gchar *folder, guint k)
{
  g_autofree gchar *name = g_strdup_printf ("scan_%04u.tif", k);

  return g_build_filename (folder, name, NULL);
}

static inline void
remove_slice (const gchar *folder, guint k)
{
  g_autofree gchar *path = name_of (folder, k);

  g_unlink (path);
}

/* In place, in @parts with a rest between them. */
static inline void
write_slowly (const gchar *folder, guint k, guint parts, gulong rest)
{
  g_autofree gchar *path = name_of (folder, k);
  gsize size;
  g_autofree gchar *bytes = slice_bytes (&form, k, &size);
  gint fd = open (path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

  for (guint part = 0; part < parts; part++) {
    gsize from = size * part / parts, to = size * (part + 1) / parts;

    write_bytes (fd, bytes + from, to - from);
    g_usleep (rest);
  }
  close (fd);
}

static inline void
write_whole (const gchar *folder, guint k)
{
  write_slowly (folder, k, 1, 0);
}

/* A file that nobody spoke of counts as complete a second after its last change: make that an hour ago. */
static inline void
age (const gchar *folder, guint first, guint last)
{
  for (guint k = first; k <= last; k++) {
    g_autofree gchar *path = name_of (folder, k);
    gint64 then = g_get_real_time () / G_USEC_PER_SEC - 3600;
    const struct utimbuf times = {then, then};

    g_assert_cmpint (g_utime (path, (struct utimbuf *) &times), ==, 0);
  }
}

static inline void
move_in (const gchar *folder, guint k)
{
  g_autofree gchar *path = name_of (folder, k);
  g_autofree gchar *part = g_strconcat (path, ".part", NULL);
  gsize size;
  g_autofree gchar *bytes = slice_bytes (&form, k, &size);
  gint fd = open (part, O_WRONLY | O_CREAT, 0600);

  write_bytes (fd, bytes, size);
  g_assert_cmpint (rename (part, path), ==, 0);
  close (fd);
}

static inline void
take_away (const gchar *folder, guint k)
{
  g_autofree gchar *path = name_of (folder, k);

  g_assert_cmpint (g_unlink (path), ==, 0);
}
