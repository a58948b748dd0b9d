/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "safetensors.h"

#include <string.h>

#include "json.h"
#include "tensor-dtype.h"

typedef struct {
  gchar *name;
  VoxelDtype dtype;
  guint n_dims;
  gsize shape[VOXEL_SAFETENSORS_MAX_DIMS];
  guint8 *data;
  gsize size;
} Entry;

struct _VoxelSafetensorsWriter {
  GPtrArray *entries;
  GHashTable *metadata;
};

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  g_free (entry->data);
  g_free (entry);
}

/**
 * voxel_safetensors_writer_new:
 *
 * Returns: (transfer full): a writer of an empty file
 */
VoxelSafetensorsWriter *
voxel_safetensors_writer_new (void)
{
  VoxelSafetensorsWriter *writer = g_new0 (VoxelSafetensorsWriter, 1);

  writer->entries = g_ptr_array_new_with_free_func (free_entry);
  writer->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return writer;
}

/**
 * voxel_safetensors_writer_free:
 * @writer: (nullable): a writer
 */
void
voxel_safetensors_writer_free (VoxelSafetensorsWriter *writer)
{
  if (!writer)
    return;
  g_ptr_array_unref (writer->entries);
  g_hash_table_unref (writer->metadata);
  g_free (writer);
}

/**
 * voxel_safetensors_writer_metadata:
 * @writer: a writer
 * @key: such as %VOXEL_MODEL_RECORD_KEY
 * @value: text
 *
 * Sets the text under @key of the header's __metadata__.
 */
void
voxel_safetensors_writer_metadata (VoxelSafetensorsWriter *writer, const gchar *key, const gchar *value)
{
  g_hash_table_insert (writer->metadata, g_strdup (key), g_strdup (value));
}

/**
 * voxel_safetensors_writer_add:
 * @writer: a writer
 * @name: of the tensor, new in this file
 * @dtype: of its elements
 * @shape: @n_dims sides, outermost first
 * @n_dims: at most %VOXEL_SAFETENSORS_MAX_DIMS, 0 for a scalar
 * @data: little-endian elements, row-major; copied
 */
void
voxel_safetensors_writer_add (VoxelSafetensorsWriter *writer, const gchar *name, VoxelDtype dtype,
                              const gsize *shape, guint n_dims, gconstpointer data)
{
  gsize bytes;
  Entry *entry;

  g_return_if_fail (n_dims <= VOXEL_SAFETENSORS_MAX_DIMS);
  g_return_if_fail (voxel_tensor_bytes (dtype, shape, n_dims, &bytes));

  entry = g_new0 (Entry, 1);
  entry->name = g_strdup (name);
  entry->dtype = dtype;
  entry->n_dims = n_dims;
  for (guint i = 0; i < n_dims; i++)
    entry->shape[i] = shape[i];
  entry->data = g_memdup2 (data, bytes);
  entry->size = bytes;
  g_ptr_array_add (writer->entries, entry);
}

/* Wide elements first: all tensors are aligned to their elements without gaps, which the format forbids. */
static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *s = *(Entry *const *) a, *t = *(Entry *const *) b;
  gsize u = voxel_dtype_size (s->dtype), v = voxel_dtype_size (t->dtype);

  if (u != v)
    return u > v ? -1 : 1;
  return strcmp (s->name, t->name);
}

static gboolean
check_names (VoxelSafetensorsWriter *writer, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < writer->entries->len; i++) {
    Entry *entry = g_ptr_array_index (writer->entries, i);

    if (!g_utf8_validate (entry->name, -1, NULL) || g_str_equal (entry->name, "__metadata__") ||
        !g_hash_table_add (seen, entry->name)) {
      g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
                   "%s cannot be the name of a tensor or is two's", entry->name);
      return FALSE;
    }
  }
  return TRUE;
}

static VoxelJson *
describe (const Entry *entry, gsize begin)
{
  VoxelJson *object = voxel_json_new_object ();
  VoxelJson *shape = voxel_json_new_array (), *offsets = voxel_json_new_array ();

  for (guint i = 0; i < entry->n_dims; i++)
    voxel_json_append (shape, voxel_json_new_integer ((gint64) entry->shape[i]));
  voxel_json_append (offsets, voxel_json_new_integer ((gint64) begin));
  voxel_json_append (offsets, voxel_json_new_integer ((gint64) (begin + entry->size)));
  voxel_json_set (object, "dtype", voxel_json_new_string (voxel_dtype_to_name (entry->dtype)));
  voxel_json_set (object, "shape", shape);
  voxel_json_set (object, "data_offsets", offsets);
  return object;
}

static gchar *
make_header (VoxelSafetensorsWriter *writer)
{
  g_autoptr (VoxelJson) header = voxel_json_new_object ();
  gsize offset = 0;

  if (g_hash_table_size (writer->metadata) > 0) {
    g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (writer->metadata), (GCompareFunc) strcmp);
    VoxelJson *metadata = voxel_json_new_object ();

    for (GList *l = keys; l; l = l->next)
      voxel_json_set (metadata, l->data,
                      voxel_json_new_string (g_hash_table_lookup (writer->metadata, l->data)));
    voxel_json_set (header, "__metadata__", metadata);
  }
  for (guint i = 0; i < writer->entries->len; i++) {
    Entry *entry = g_ptr_array_index (writer->entries, i);

    voxel_json_set (header, entry->name, describe (entry, offset));
    offset += entry->size;
  }
  return voxel_json_write (header, FALSE);
}

/**
 * voxel_safetensors_writer_save:
 * @writer: a writer
 * @path: file to make or to replace
 * @error: VOXEL_MODEL_ERROR_TENSOR for a name twice, else of GFileError
 *
 * Writes to a temporary name beside @path, flushes it to the disk and renames it, so that @path is either as
 * it was or complete. The same content gives the same bytes.
 *
 * Returns: whether the file is there
 */
gboolean
voxel_safetensors_writer_save (VoxelSafetensorsWriter *writer, const gchar *path, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree gchar *header = NULL;
  gsize length, total;
  guint64 prefix;

  if (!check_names (writer, error))
    return FALSE;
  g_ptr_array_sort (writer->entries, compare_entries);
  header = make_header (writer);
  length = strlen (header);
  total = 8 + (length + 7) / 8 * 8;
  for (guint i = 0; i < writer->entries->len; i++)
    total += ((Entry *) g_ptr_array_index (writer->entries, i))->size;
  if (total > G_MAXUINT) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "%s: %" G_GSIZE_FORMAT " bytes are more than this writer takes", path, total);
    return FALSE;
  }
  prefix = GUINT64_TO_LE ((length + 7) / 8 * 8);
  g_byte_array_append (bytes, (const guint8 *) &prefix, sizeof prefix);
  g_byte_array_append (bytes, (const guint8 *) header, (guint) length);
  g_byte_array_append (bytes, (const guint8 *) "        ", (guint) (-length & 7));
  for (guint i = 0; i < writer->entries->len; i++) {
    Entry *entry = g_ptr_array_index (writer->entries, i);

    if (entry->size > 0)
      g_byte_array_append (bytes, entry->data, (guint) entry->size);
  }
  return g_file_set_contents_full (path, (const gchar *) bytes->data, bytes->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, error);
}
