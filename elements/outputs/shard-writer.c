/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Samples into tar files as WebDataset reads them: the files of a sample follow each other and share a key, which
 * is the sample's number in the run. */

#include "shard-writer.h"

#include "json-text.h"
#include "output-file.h"
#include "shard-file.h"

#define KEY "%09" G_GUINT64_FORMAT

struct _VoxelShardWriter {
  const VoxelShardPlace *place;
  guint64 max_samples;
  guint64 max_bytes;

  VoxelShardFile *file;
  guint64 file_samples;
  guint64 file_bytes;
  VoxelShardTotals totals; /* but for the open file */
  JsonArray *shards;       /* of the index */
};

/**
 * voxel_shard_writer_new:
 * @place: where to, which must outlive the writer; shards of earlier runs are removed there
 * @max_samples: in a shard, at least 1
 * @max_bytes: of a shard; one that a single sample exceeds holds that alone
 * @error: G_IO_ERROR, naming the file
 *
 * Returns: (nullable) (transfer full): a writer without samples
 */
VoxelShardWriter *
voxel_shard_writer_new (const VoxelShardPlace *place, guint64 max_samples, guint64 max_bytes, GError **error)
{
  VoxelShardWriter *self;

  if (!voxel_shard_place_clear (place, error))
    return NULL;
  self = g_new0 (VoxelShardWriter, 1);
  self->place = place;
  self->max_samples = max_samples;
  self->max_bytes = max_bytes;
  self->shards = json_array_new ();
  return self;
}

static void
list_shard (VoxelShardWriter *self, const gchar *path)
{
  const gchar *index = voxel_shard_place_get_index (self->place);
  g_autofree gchar *beside = index ? g_path_get_dirname (index) : NULL;
  JsonObject *shard = json_object_new ();
  g_autofree gchar *url = NULL, *text = NULL;

  /* Addresses count from the index's folder. */
  if (g_strcmp0 (beside, voxel_shard_place_get_folder (self->place)) == 0)
    url = g_path_get_basename (path);
  else
    url = g_canonicalize_filename (path, NULL);
  text = g_utf8_make_valid (url, -1);
  json_object_set_string_member (shard, "url", text);
  json_object_set_int_member (shard, "nsamples", (gint64) self->file_samples);
  json_object_set_int_member (shard, "filesize", (gint64) (self->file_bytes + VOXEL_SHARD_FILE_END));
  json_array_add_object_element (self->shards, shard);
}

static gboolean
close_file (VoxelShardWriter *self, GError **error)
{
  g_autofree gchar *path = voxel_shard_place_get_path (self->place, self->totals.shards);

  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 "%s was put there by somebody else meanwhile: let every run write elsewhere", path);
    return FALSE;
  }
  if (!voxel_shard_file_finish (g_steal_pointer (&self->file), error))
    return FALSE;
  list_shard (self, path);
  self->totals.shards++;
  self->totals.samples += self->file_samples;
  self->totals.bytes += self->file_bytes + VOXEL_SHARD_FILE_END;
  return TRUE;
}

static gboolean
open_file (VoxelShardWriter *self, GError **error)
{
  g_autofree gchar *path = voxel_shard_place_get_path (self->place, self->totals.shards);

  self->file = voxel_shard_file_new (path, error);
  self->file_samples = self->file_bytes = 0;
  return self->file != NULL;
}

static gboolean
add_picture (VoxelShardWriter *self, guint64 key, const gchar *suffix, const VoxelShardPicture *picture,
             GBytes *header, GError **error)
{
  g_autofree gchar *name = g_strdup_printf (KEY ".%s", key, suffix);
  gsize row = (gsize) picture->form.width * (picture->form.bits / 8), size;
  gconstpointer head = g_bytes_get_data (header, &size);

  if (!voxel_shard_file_begin (self->file, name, size + voxel_npy_get_size (&picture->form), error) ||
      !voxel_shard_file_write (self->file, head, size, error))
    return FALSE;
  if (row == picture->stride)
    return voxel_shard_file_write (self->file, picture->pixels, row * picture->form.height, error);
  for (guint y = 0; y < picture->form.height; y++) {
    if (!voxel_shard_file_write (self->file, picture->pixels + y * picture->stride, row, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_text (VoxelShardWriter *self, guint64 key, const gchar *text, GError **error)
{
  g_autofree gchar *name = g_strdup_printf (KEY "." VOXEL_SHARD_RECORD, key);
  gsize size = strlen (text);

  return voxel_shard_file_begin (self->file, name, size, error) &&
         voxel_shard_file_write (self->file, text, size, error);
}

static guint64
measure (const VoxelShardPicture *picture, GBytes *header)
{
  return voxel_shard_file_measure (g_bytes_get_size (header) + voxel_npy_get_size (&picture->form));
}

/* What stands under its name stays there whatever happens. */
static gboolean
tell_complete (VoxelShardWriter *self, GError **error)
{
  if (self->totals.shards > 0)
    g_prefix_error (
        error, "After %" G_GUINT64_FORMAT " complete shards with %" G_GUINT64_FORMAT " samples, which stay: ",
        self->totals.shards, self->totals.samples);
  return FALSE;
}

static gboolean
write_sample (VoxelShardWriter *self, const VoxelShardPicture *image, const VoxelShardPicture *label,
              const gchar *text, GError **error)
{
  g_autoptr (GBytes) image_header = voxel_npy_header (&image->form);
  g_autoptr (GBytes) label_header = label ? voxel_npy_header (&label->form) : NULL;
  guint64 bytes = measure (image, image_header) + voxel_shard_file_measure (strlen (text)) +
                  (label ? measure (label, label_header) : 0);
  guint64 key;

  if (self->file && (self->file_samples >= self->max_samples ||
                     self->file_bytes + bytes + VOXEL_SHARD_FILE_END > self->max_bytes)) {
    if (!close_file (self, error))
      return FALSE;
  }
  if (!self->file && !open_file (self, error))
    return FALSE;
  key = self->totals.samples + self->file_samples;
  self->file_samples++;
  self->file_bytes += bytes;
  return add_picture (self, key, VOXEL_SHARD_IMAGE, image, image_header, error) &&
         (!label || add_picture (self, key, VOXEL_SHARD_LABEL, label, label_header, error)) &&
         add_text (self, key, text, error);
}

/**
 * voxel_shard_writer_add:
 * @self: a writer
 * @image: 8 or 16 bit
 * @label: (nullable): 8 bit, of the same size
 * @record: what else is known of the sample
 * @error: G_IO_ERROR, naming the file and what is complete
 *
 * Returns: whether the sample was written
 */
gboolean
voxel_shard_writer_add (VoxelShardWriter *self, const VoxelShardPicture *image,
                        const VoxelShardPicture *label, JsonObject *record, GError **error)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), record);
  g_autofree gchar *text = voxel_json_text_write (node, FALSE);

  return write_sample (self, image, label, text, error) || tell_complete (self, error);
}

/* As `widsindex create` of webdataset 0.2 makes it, but for the optional MD5 sums, which would take longer than
 * all else. */
static gboolean
write_index (VoxelShardWriter *self, GError **error)
{
  const gchar *path = voxel_shard_place_get_index (self->place);
  g_autoptr (JsonObject) index = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), index);
  g_autoptr (VoxelOutputFile) file = NULL;
  g_autofree gchar *json = NULL, *text = NULL;

  if (!path)
    return TRUE;
  json_object_set_string_member (index, "__kind__", "wids-shard-index-v1");
  json_object_set_int_member (index, "wids_version", 1);
  json_object_set_array_member (index, "shardlist", json_array_ref (self->shards));
  json = voxel_json_text_write (node, TRUE);
  text = g_strconcat (json, "\n", NULL);
  file = voxel_output_file_new (path, error);
  return file && voxel_output_file_write (file, text, strlen (text), error) &&
         voxel_output_file_finish (g_steal_pointer (&file), TRUE, error);
}

/**
 * voxel_shard_writer_finish:
 * @self: a writer
 * @error: G_IO_ERROR, naming the file and what is complete
 *
 * Completes the last shard and, when all are on disk, the index.
 *
 * Returns: whether all samples stand under their names
 */
gboolean
voxel_shard_writer_finish (VoxelShardWriter *self, GError **error)
{
  if (self->file && !close_file (self, error))
    return tell_complete (self, error);
  voxel_output_file_sync_file_system (voxel_shard_place_get_folder (self->place));
  return write_index (self, error) || tell_complete (self, error);
}

/**
 * voxel_shard_writer_get_totals:
 * @self: a writer
 *
 * Returns: what is complete
 */
const VoxelShardTotals *
voxel_shard_writer_get_totals (const VoxelShardWriter *self)
{
  return &self->totals;
}

/**
 * voxel_shard_writer_free:
 * @self: (transfer full): a writer; a shard that is not complete is forgotten
 */
void
voxel_shard_writer_free (VoxelShardWriter *self)
{
  g_clear_pointer (&self->file, voxel_shard_file_abort);
  json_array_unref (self->shards);
  g_free (self);
}
