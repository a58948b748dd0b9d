/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of a submission: a header "id,rle", then a row for each slice. Fields are quoted as in RFC 4180
 * where they have to be. */

#include "run-length-csv.h"
#include "run-length.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct _VoxelRunLengthCsv {
  gchar *path;
  FILE *file;
  gchar *line;
  gsize allocated;
  guint64 row;
  gchar *id;
  gchar *runs;
};

static gboolean
refuse (VoxelRunLengthCsv *self, const gchar *what, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: row %" G_GUINT64_FORMAT ": %s", self->path,
               self->row, what);
  return FALSE;
}

/* Reads a line without its end into self->line. FALSE at the end of the file or with an error. */
static gboolean
read_line (VoxelRunLengthCsv *self, GError **error)
{
  gssize length;

  errno = 0;
  length = getline (&self->line, &self->allocated, self->file);
  if (length < 0) {
    if (ferror (self->file))
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", self->path,
                   g_strerror (errno));
    return FALSE;
  }
  self->row++;
  if (strlen (self->line) != (gsize) length)
    return refuse (self, "has a zero byte: not a text file", error);
  if (length && self->line[length - 1] == '\n')
    self->line[--length] = '\0';
  if (length && self->line[length - 1] == '\r')
    self->line[--length] = '\0';
  return TRUE;
}

/* Cuts a field off in place, its quotes undone. Returns what follows its comma (an empty text behind the
 * last field), or NULL with an error. */
static gchar *
cut_field (VoxelRunLengthCsv *self, gchar *at, gchar **field, gboolean *last, GError **error)
{
  gchar *to = at, *end;

  *field = at;
  if (*at != '"') {
    end = strchrnul (at, ',');
    to = end;
  } else {
    for (at++; *at && !(at[0] == '"' && at[1] != '"'); at++) {
      if (*at == '"')
        at++;
      *to++ = *at;
    }
    end = at + 1;
    if (*at != '"' || (*end != ',' && *end != '\0')) {
      refuse (self, "a quoted field does not end", error);
      return NULL;
    }
  }
  *last = *end == '\0';
  *to = '\0';
  return *last ? end : end + 1;
}

static gboolean
cut_row (VoxelRunLengthCsv *self, gchar *at, GError **error)
{
  gboolean last;

  at = cut_field (self, at, &self->id, &last, error);
  if (!at)
    return FALSE;
  if (last)
    return refuse (self, "has one field, expected id and rle", error);
  if (!cut_field (self, at, &self->runs, &last, error))
    return FALSE;
  return last || refuse (self, "has more than the two fields id and rle", error);
}

static gboolean
read_header (VoxelRunLengthCsv *self, GError **error)
{
  g_autoptr (GError) broken = NULL;
  gchar *at;

  if (!read_line (self, &broken)) {
    if (!broken)
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: is empty, expected a header \"id,rle\"",
                   self->path);
    else
      g_propagate_error (error, g_steal_pointer (&broken));
    return FALSE;
  }
  at = self->line;
  if (g_str_has_prefix (at, BYTE_ORDER_MARK))
    at += strlen (BYTE_ORDER_MARK);
  if (!cut_row (self, at, NULL) || strcmp (self->id, "id") != 0 || strcmp (self->runs, "rle") != 0)
    return refuse (self, "expected a header \"id,rle\"", error);
  return TRUE;
}

/**
 * voxel_run_length_csv_open:
 * @path: a CSV file with the header "id,rle"
 * @error: G_IO_ERROR, naming the file
 *
 * Returns: (nullable) (transfer full): a reader of its rows in their order, one in memory at a time; to be
 *   closed with voxel_run_length_csv_close()
 */
VoxelRunLengthCsv *
voxel_run_length_csv_open (const gchar *path, GError **error)
{
  g_autoptr (VoxelRunLengthCsv) self = g_new0 (VoxelRunLengthCsv, 1);

  self->path = g_strdup (path);
  self->file = fopen (path, "re");
  if (!self->file) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
    return NULL;
  }
  if (!read_header (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * voxel_run_length_csv_next:
 * @self: a reader
 * @id: (out) (transfer none) (optional): the row's id; valid until the next row is read
 * @runs: (out) (transfer none) (optional): the row's run lengths; likewise
 * @error: G_IO_ERROR, naming file and row (the header is row 1)
 *
 * Blank lines are passed over.
 *
 * Returns: whether there was another row; %FALSE without an error at the end of the file
 */
gboolean
voxel_run_length_csv_next (VoxelRunLengthCsv *self, const gchar **id, const gchar **runs, GError **error)
{
  do {
    if (!read_line (self, error))
      return FALSE;
  } while (*self->line == '\0');
  if (!cut_row (self, self->line, error))
    return FALSE;
  if (id)
    *id = self->id;
  if (runs)
    *runs = self->runs;
  return TRUE;
}

/**
 * voxel_run_length_csv_decode:
 * @self: a reader that has read a row
 * @mask: (out): @n_pixels bytes
 * @n_pixels: pixels of a slice
 * @value: of the pixels that are set; the others become 0
 * @error: G_IO_ERROR_INVALID_DATA, naming file, row, id and run
 *
 * Returns: whether the row describes a mask of this size
 */
gboolean
voxel_run_length_csv_decode (VoxelRunLengthCsv *self, guint8 *mask, gsize n_pixels, guint8 value,
                             GError **error)
{
  g_return_val_if_fail (self->runs != NULL, FALSE);

  if (voxel_run_length_decode (self->runs, mask, n_pixels, value, error))
    return TRUE;
  g_prefix_error (error, "%s: row %" G_GUINT64_FORMAT ", id \"%s\": ", self->path, self->row, self->id);
  return FALSE;
}

/**
 * voxel_run_length_csv_close:
 * @self: (transfer full): a reader
 */
void
voxel_run_length_csv_close (VoxelRunLengthCsv *self)
{
  if (self->file)
    fclose (self->file);
  free (self->line);
  g_free (self->path);
  g_free (self);
}

/**
 * voxel_run_length_csv_append_field:
 * @line: a row being written
 * @field: its next field, quoted here where it has to be
 */
void
voxel_run_length_csv_append_field (GString *line, const gchar *field)
{
  if (!strpbrk (field, ",\"\r\n")) {
    g_string_append (line, field);
    return;
  }
  g_string_append_c (line, '"');
  for (; *field; field++) {
    if (*field == '"')
      g_string_append_c (line, '"');
    g_string_append_c (line, *field);
  }
  g_string_append_c (line, '"');
}
