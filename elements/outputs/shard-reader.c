/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Samples out of a tar file: files that follow each other with the same name up to its first dot, as WebDataset
 * groups them. */

#include "shard-reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json-text.h"
#include "shard-writer.h"

#define BUFFERED (1 << 20)
#define BLOCK 512

enum {
  PART_IMAGE,
  PART_LABEL,
  PART_RECORD,
  N_PARTS,
};

static const gchar *const suffixes[N_PARTS] = {VOXEL_SHARD_IMAGE, VOXEL_SHARD_LABEL, VOXEL_SHARD_RECORD};

struct _VoxelShardReader {
  gchar *path;
  gboolean need_labels;
  gint fd;
  guint64 size;
  struct archive *tar;

  /* The member at which the archive stands, whose bytes are still to be read: of the sample after this one. */
  gchar *next_key;
  gchar *next_suffix;
  guint64 next_size;
  guint64 next_end;

  gboolean begun;
  gchar *key;
  GByteArray *parts[N_PARTS];
  gboolean there[N_PARTS];
  guint64 n_samples;
  VoxelShardSample sample;
};

/**
 * voxel_shard_reader_new:
 * @path: a tar file
 * @need_labels: whether a sample without a label is an error
 * @error: G_IO_ERROR, naming the file
 *
 * Returns: (nullable) (transfer full): a reader before the first sample
 */
VoxelShardReader *
voxel_shard_reader_new (const gchar *path, gboolean need_labels, GError **error)
{
  g_autoptr (VoxelShardReader) self = g_new0 (VoxelShardReader, 1);
  struct stat status;

  for (guint i = 0; i < N_PARTS; i++)
    self->parts[i] = g_byte_array_new ();
  self->path = g_strdup (path);
  self->need_labels = need_labels;
  self->fd = open (path, O_RDONLY | O_CLOEXEC);
  if (self->fd < 0 || fstat (self->fd, &status) < 0) {
    gint code = errno;

    g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code), "Cannot read %s: %s", path,
                 g_strerror (code));
    return NULL;
  }
  self->size = (guint64) status.st_size;
  self->tar = archive_read_new ();
  archive_read_support_format_tar (self->tar);
  if (S_ISREG (status.st_mode) && archive_read_open_fd (self->tar, self->fd, BUFFERED) == ARCHIVE_OK)
    return g_steal_pointer (&self);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s is no tar file: shards of voxelshardsink are needed, not compressed", path);
  return NULL;
}

/* Says where, what and what to do. */
static gboolean
fail (const VoxelShardReader *self, GError **error, const gchar *part, const gchar *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s, sample %s%s%s: %s; write the shard again",
               self->path, self->key, part ? ", " : "", part ? part : "", what);
  return FALSE;
}

static gboolean
fail_damaged (const VoxelShardReader *self, GError **error, const gchar *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s is damaged behind %" G_GUINT64_FORMAT " samples (%s): copy or write it again", self->path,
               self->n_samples, what);
  return FALSE;
}

/* "folder/key.image.npy": "folder/key" and "image.npy"; FALSE for what belongs to no sample. */
static gboolean
split_name (const gchar *name, gchar **key, gchar **suffix)
{
  const gchar *slash = strrchr (name, '/'), *base = slash ? slash + 1 : name, *dot = strchr (base, '.');

  if (!dot || dot == base)
    return FALSE;
  *key = g_strndup (name, (gsize) (dot - name));
  *suffix = g_ascii_strdown (dot + 1, -1);
  return TRUE;
}

/* A tar file ends in blocks of zeros, which the library does not miss. */
static gboolean
check_end (const VoxelShardReader *self, GError **error)
{
  if (self->size >= self->next_end + BLOCK)
    return TRUE;
  return fail_damaged (self, error, "its end is missing");
}

/* Goes to the next member that may belong to a sample; next_key is NULL at the end. */
static gboolean
advance (VoxelShardReader *self, GError **error)
{
  g_clear_pointer (&self->next_key, g_free);
  g_clear_pointer (&self->next_suffix, g_free);
  while (!self->next_key) {
    struct archive_entry *entry;
    gint status = archive_read_next_header (self->tar, &entry);
    const gchar *name;

    if (status == ARCHIVE_EOF)
      return check_end (self, error);
    if (status < ARCHIVE_WARN)
      return fail_damaged (self, error, archive_error_string (self->tar));
    name = archive_entry_pathname (entry);
    self->next_size = (guint64) archive_entry_size (entry);
    self->next_end = (guint64) archive_filter_bytes (self->tar, 0) + self->next_size;
    if (self->next_size > self->size)
      return fail_damaged (self, error, "a file in it is larger than the shard");
    if (name && archive_entry_filetype (entry) == AE_IFREG)
      split_name (name, &self->next_key, &self->next_suffix);
  }
  return TRUE;
}

static gboolean
read_member (VoxelShardReader *self, GError **error)
{
  for (guint i = 0; i < N_PARTS; i++) {
    la_ssize_t got;

    if (!g_str_equal (self->next_suffix, suffixes[i]))
      continue;
    if (self->there[i])
      return fail (self, error, suffixes[i], "it is there twice");
    self->there[i] = TRUE;
    if (self->next_size > G_MAXINT)
      return fail (self, error, suffixes[i], "it is larger than 2 GB");
    g_byte_array_set_size (self->parts[i], (guint) self->next_size);
    got = archive_read_data (self->tar, self->parts[i]->data, self->next_size);
    if (got != (la_ssize_t) self->next_size)
      return fail_damaged (self, error, got < 0 ? archive_error_string (self->tar) : "it is cut short");
  }
  return advance (self, error);
}

static gboolean
parse_record (VoxelShardReader *self, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  const GByteArray *text = self->parts[PART_RECORD];

  if (!self->there[PART_RECORD])
    return TRUE;
  self->sample.record = voxel_json_text_parse ((const gchar *) text->data, text->len, &wrong);
  return self->sample.record || fail (self, error, suffixes[PART_RECORD], wrong->message);
}

static gconstpointer
parse_picture (VoxelShardReader *self, guint part, VoxelNpy *form, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  gconstpointer pixels = voxel_npy_parse (self->parts[part]->data, self->parts[part]->len, form, &wrong);

  if (!pixels)
    fail (self, error, suffixes[part], wrong->message);
  return pixels;
}

static gboolean
parse_label (VoxelShardReader *self, GError **error)
{
  VoxelShardSample *sample = &self->sample;
  g_autoptr (GError) wrong = NULL;
  gboolean told = sample->record && json_object_has_member (sample->record, "weight") &&
                  !json_object_get_null_member (sample->record, "weight");
  VoxelNpy form;

  if (!self->there[PART_LABEL]) {
    if (told)
      return fail (self, error, NULL, "its label.npy is missing, though its record tells of one");
    return !self->need_labels ||
           fail (self, error, NULL,
                 "it has no label.npy, and labels are needed: write shards with labels=required");
  }
  sample->label = parse_picture (self, PART_LABEL, &form, error);
  if (!sample->label)
    return FALSE;
  if (form.bits != 8 || form.width != sample->form.width || form.height != sample->form.height)
    return fail (self, error, suffixes[PART_LABEL], "it is not of the image's size, a byte a pixel");
  return voxel_label_count (sample->label, form.width, form.width, form.height, &sample->count, &wrong) ||
         fail (self, error, suffixes[PART_LABEL], wrong->message);
}

static gboolean
parse_sample (VoxelShardReader *self, GError **error)
{
  self->sample.key = self->key;
  if (!self->there[PART_IMAGE])
    return fail (self, error, NULL, "it has no image.npy: shards of voxelshardsink are needed");
  self->sample.image = parse_picture (self, PART_IMAGE, &self->sample.form, error);
  return self->sample.image && parse_record (self, error) && parse_label (self, error);
}

static void
forget_sample (VoxelShardReader *self)
{
  g_clear_pointer (&self->sample.record, json_object_unref);
  g_clear_pointer (&self->key, g_free);
  self->sample = (VoxelShardSample){0};
  memset (self->there, 0, sizeof self->there);
}

/**
 * voxel_shard_reader_next:
 * @self: a reader
 * @error: G_IO_ERROR_INVALID_DATA, naming file and sample and saying what to do
 *
 * Returns: (nullable) (transfer none): the next sample, until the next call; %NULL at the end and after an error
 */
const VoxelShardSample *
voxel_shard_reader_next (VoxelShardReader *self, GError **error)
{
  forget_sample (self);
  if (!self->begun && !advance (self, error))
    return NULL;
  self->begun = TRUE;
  if (!self->next_key)
    return NULL;
  self->key = g_strdup (self->next_key);
  while (g_strcmp0 (self->next_key, self->key) == 0) {
    if (!read_member (self, error))
      return NULL;
  }
  if (!parse_sample (self, error))
    return NULL;
  self->n_samples++;
  return &self->sample;
}

/**
 * voxel_shard_reader_free:
 * @self: (transfer full): a reader
 */
void
voxel_shard_reader_free (VoxelShardReader *self)
{
  forget_sample (self);
  if (self->tar)
    archive_read_free (self->tar);
  if (self->fd >= 0)
    close (self->fd);
  for (guint i = 0; i < N_PARTS; i++)
    g_byte_array_unref (self->parts[i]);
  g_free (self->next_key);
  g_free (self->next_suffix);
  g_free (self->path);
  g_free (self);
}
