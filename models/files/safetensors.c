/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The format (https://github.com/huggingface/safetensors): 8 bytes little-endian, the length of the header;
 * the header, one JSON object from names to {dtype, shape, data_offsets}, with free text under __metadata__;
 * then the elements, which the offsets cover without a gap. */

#include "safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "tensor-dtype.h"

/* As the format's own library: no header is near this, a file of another kind often is beyond it. */
#define MAX_HEADER (100 * 1000 * 1000)

#define COPY_AGAIN "copy it again from where it came"

struct _VoxelSafetensors {
  guint8 *bytes;
  gsize data_begin, data_size;
  GArray *tensors; /* VoxelTensorView, in the order of the data */
  GHashTable *by_name;
  GHashTable *metadata;
  gchar *digest;
};

static void
clear_tensor (gpointer tensor)
{
  g_free ((gchar *) ((VoxelTensorView *) tensor)->name);
}

static void G_GNUC_PRINTF (2, 3) set_file_error (GError **error, const gchar *format, ...)
{
  g_autofree gchar *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_FILE, what);
}

static void
set_open_error (GError **error, const gchar *path, gint code)
{
  const gchar *remedy = code == ENOENT || code == ENOTDIR ? ": check its name"
                        : code == EACCES || code == EPERM ? ": ask its owner for the permission (chmod +r)"
                                                          : "";

  set_file_error (error, "%s: %s%s", path, g_strerror (code), remedy);
}

static gboolean
read_fully (gint fd, guint8 *out, gsize size, GError **error)
{
  for (gsize done = 0; done < size;) {
    gssize n = read (fd, out + done, size - done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      set_file_error (error, "%s", g_strerror (errno));
      return FALSE;
    }
    if (n == 0) {
      set_file_error (error, "became shorter while it was read: " COPY_AGAIN);
      return FALSE;
    }
    done += n;
  }
  return TRUE;
}

/* What torch.save() writes: a zip archive, once a bare pickle of protocol 2 or later. Neither can begin a header of
 * a length that the file has. */
static gboolean
is_pickle (const guint8 *start)
{
  return memcmp (start, "PK\3\4", 4) == 0 || (start[0] == 0x80 && start[1] >= 2 && start[1] <= 5);
}

/* Read, not mapped: weights must not change, nor the process die, when another process rewrites the file. */
static gboolean
load (VoxelSafetensors *file, gint fd, GError **error)
{
  struct stat status;
  guint64 header = 0;
  guint8 start[8];
  gsize size;

  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode)) {
    set_file_error (error, "not a regular file: give the name of a safetensors file");
    return FALSE;
  }
  size = (gsize) status.st_size;
  if (size < 10) {
    set_file_error (error, "%" G_GSIZE_FORMAT " bytes are too few for a safetensors file: " COPY_AGAIN, size);
    return FALSE;
  }
  if (!read_fully (fd, start, sizeof start, error))
    return FALSE;
  memcpy (&header, start, sizeof header);
  header = GUINT64_FROM_LE (header);
  if (header > size - 8 && is_pickle (start)) {
    set_file_error (error, "is a PyTorch pickle: convert it with tools/convert-checkpoint");
    return FALSE;
  }
  if (header > MAX_HEADER) {
    set_file_error (error,
                    "not a safetensors file: it would begin with a header of %" G_GUINT64_FORMAT
                    " bytes; give the name of one, or convert it",
                    header);
    return FALSE;
  }
  if (header > size - 8) {
    set_file_error (error,
                    "cut short: the header goes to byte %" G_GUINT64_FORMAT
                    ", the file ends at %" G_GSIZE_FORMAT "; " COPY_AGAIN,
                    header + 8, size);
    return FALSE;
  }
  file->bytes = g_try_malloc (size);
  if (!file->bytes) {
    set_file_error (error, "no memory for its %" G_GSIZE_FORMAT " bytes", size);
    return FALSE;
  }
  memcpy (file->bytes, start, sizeof start);
  file->data_begin = 8 + (gsize) header;
  file->data_size = size - file->data_begin;
  if (!read_fully (fd, file->bytes + 8, size - 8, error))
    return FALSE;
  file->digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, file->bytes, size);
  return TRUE;
}

/* Counts up to 2^53 survive every JSON library; more would not fit a file either. */
static gboolean
read_counts (const VoxelJson *object, const gchar *member, gsize *out, guint max, guint *n)
{
  const VoxelJson *array = voxel_json_get (object, member);

  *n = voxel_json_length (array);
  if (!voxel_json_is (array, VOXEL_JSON_ARRAY) || *n > max)
    return FALSE;
  for (guint i = 0; i < *n; i++) {
    const VoxelJson *item = voxel_json_nth (array, i);

    if (item->kind != VOXEL_JSON_INTEGER || item->integer < 0 || item->integer > (gint64) 1 << 53)
      return FALSE;
    out[i] = (gsize) item->integer;
  }
  return TRUE;
}

static gboolean
read_dtype (const VoxelJson *object, const gchar *name, VoxelDtype *dtype, GError **error)
{
  const gchar *type = voxel_json_get_string (object, "dtype");

  if (!type) {
    set_file_error (error, "tensor %s has no dtype", name);
    return FALSE;
  }
  if (!voxel_dtype_from_name (type, dtype)) {
    set_file_error (error, "tensor %s is of the unknown type %s: export the model again as F32, F16 or BF16",
                    name, type);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_tensor (VoxelSafetensors *file, const VoxelJson *object, GError **error)
{
  VoxelTensorView tensor = {0};
  const gchar *name = object->name;
  gsize offsets[2], bytes;
  guint n;

  if (object->kind != VOXEL_JSON_OBJECT) {
    set_file_error (error, "tensor %s is not described by an object", name);
    return FALSE;
  }
  if (!read_dtype (object, name, &tensor.dtype, error))
    return FALSE;
  if (!read_counts (object, "shape", tensor.shape, VOXEL_SAFETENSORS_MAX_DIMS, &tensor.n_dims)) {
    set_file_error (error, "tensor %s: its shape must be up to %d whole numbers", name,
                    VOXEL_SAFETENSORS_MAX_DIMS);
    return FALSE;
  }
  if (!voxel_tensor_bytes (tensor.dtype, tensor.shape, tensor.n_dims, &bytes)) {
    set_file_error (error, "tensor %s: its shape is beyond the address space", name);
    return FALSE;
  }
  if (!read_counts (object, "data_offsets", offsets, 2, &n) || n != 2 || offsets[0] > offsets[1]) {
    set_file_error (error, "tensor %s: its data_offsets must be two rising whole numbers", name);
    return FALSE;
  }
  if (offsets[1] > file->data_size) {
    set_file_error (error,
                    "cut short: tensor %s goes to byte %" G_GSIZE_FORMAT ", the file ends at %" G_GSIZE_FORMAT
                    "; " COPY_AGAIN,
                    name, file->data_begin + offsets[1], file->data_begin + file->data_size);
    return FALSE;
  }
  if (offsets[1] - offsets[0] != bytes) {
    set_file_error (
        error, "tensor %s: its shape asks for %" G_GSIZE_FORMAT " bytes, its offsets for %" G_GSIZE_FORMAT,
        name, bytes, offsets[1] - offsets[0]);
    return FALSE;
  }
  tensor.name = g_strdup (name);
  tensor.data = file->bytes + file->data_begin + offsets[0];
  tensor.size = bytes;
  g_array_append_val (file->tensors, tensor);
  return TRUE;
}

static gboolean
read_metadata (VoxelSafetensors *file, const VoxelJson *object, GError **error)
{
  if (object->kind != VOXEL_JSON_OBJECT) {
    set_file_error (error, "__metadata__ is not an object");
    return FALSE;
  }
  for (guint i = 0; i < voxel_json_length (object); i++) {
    const VoxelJson *value = voxel_json_nth (object, i);

    if (value->kind != VOXEL_JSON_STRING) {
      set_file_error (error, "__metadata__: %s is not a string", value->name);
      return FALSE;
    }
    g_hash_table_insert (file->metadata, g_strdup (value->name), g_strdup (value->string));
  }
  return TRUE;
}

static gint
compare_tensors (gconstpointer a, gconstpointer b)
{
  const VoxelTensorView *s = a, *t = b;

  if (s->data != t->data)
    return s->data < t->data ? -1 : 1;
  if (s->size != t->size)
    return s->size < t->size ? -1 : 1;
  return strcmp (s->name, t->name);
}

/* Overlaps and gaps could hide data from whoever checks a file, so the format rules them out. */
static gboolean
check_cover (VoxelSafetensors *file, GError **error)
{
  const guint8 *end = file->bytes + file->data_begin;

  g_array_sort (file->tensors, compare_tensors);
  for (guint i = 0; i < file->tensors->len; i++) {
    VoxelTensorView *tensor = &g_array_index (file->tensors, VoxelTensorView, i);

    if (tensor->data != end) {
      set_file_error (error, "tensor %s begins at byte %" G_GSIZE_FORMAT ", %s byte %" G_GSIZE_FORMAT,
                      tensor->name, (gsize) (tensor->data - file->bytes),
                      tensor->data < end ? "inside the one before, which goes to" : "leaving a gap after",
                      (gsize) (end - file->bytes));
      return FALSE;
    }
    end += tensor->size;
    g_hash_table_insert (file->by_name, (gchar *) tensor->name, tensor);
  }
  if (end != file->bytes + file->data_begin + file->data_size) {
    set_file_error (error,
                    "%" G_GSIZE_FORMAT " bytes at its end, from byte %" G_GSIZE_FORMAT
                    ", belong to no tensor; " COPY_AGAIN,
                    (gsize) (file->bytes + file->data_begin + file->data_size - end),
                    (gsize) (end - file->bytes));
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_header (VoxelSafetensors *file, GError **error)
{
  g_autoptr (VoxelJson) header =
      voxel_json_parse_object ((const gchar *) file->bytes + 8, file->data_begin - 8, error);

  if (!header) {
    g_prefix_error (error, "header: ");
    return FALSE;
  }
  for (guint i = 0; i < voxel_json_length (header); i++) {
    const VoxelJson *member = voxel_json_nth (header, i);
    gboolean metadata = g_str_equal (member->name, "__metadata__");

    if (!(metadata ? read_metadata (file, member, error) : read_tensor (file, member, error)))
      return FALSE;
  }
  return check_cover (file, error);
}

/**
 * voxel_safetensors_open:
 * @path: a safetensors file
 * @error: VOXEL_MODEL_ERROR_FILE, with the file's name and what is wrong where
 *
 * Reads the file into memory and checks every length, shape, type and offset before anything is handed out.
 *
 * Returns: (transfer full): the file
 */
VoxelSafetensors *
voxel_safetensors_open (const gchar *path, GError **error)
{
  g_autoptr (VoxelSafetensors) file = g_new0 (VoxelSafetensors, 1);
  gint fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  gboolean ok;

  if (fd < 0) {
    set_open_error (error, path, errno);
    return NULL;
  }
  file->tensors = g_array_new (FALSE, TRUE, sizeof (VoxelTensorView));
  g_array_set_clear_func (file->tensors, clear_tensor);
  file->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  file->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  ok = load (file, fd, error);
  close (fd);
  if (!ok || !read_header (file, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&file);
}

/**
 * voxel_safetensors_free:
 * @file: (nullable): a file; its views are gone with it
 */
void
voxel_safetensors_free (VoxelSafetensors *file)
{
  if (!file)
    return;
  g_clear_pointer (&file->by_name, g_hash_table_unref);
  g_clear_pointer (&file->metadata, g_hash_table_unref);
  g_clear_pointer (&file->tensors, g_array_unref);
  g_free (file->digest);
  g_free (file->bytes);
  g_free (file);
}

/**
 * voxel_safetensors_count:
 * @file: a file
 *
 * Returns: how many tensors it has
 */
guint
voxel_safetensors_count (const VoxelSafetensors *file)
{
  return file->tensors->len;
}

/**
 * voxel_safetensors_nth:
 * @file: a file
 * @n: below voxel_safetensors_count()
 *
 * Returns: (nullable): the tensors in the order of their data
 */
const VoxelTensorView *
voxel_safetensors_nth (const VoxelSafetensors *file, guint n)
{
  g_return_val_if_fail (n < file->tensors->len, NULL);
  return &g_array_index (file->tensors, VoxelTensorView, n);
}

/**
 * voxel_safetensors_find:
 * @file: a file
 * @name: of a tensor
 *
 * Returns: (nullable): the tensor, NULL where there is none of that name
 */
const VoxelTensorView *
voxel_safetensors_find (const VoxelSafetensors *file, const gchar *name)
{
  return g_hash_table_lookup (file->by_name, name);
}

/**
 * voxel_safetensors_metadata:
 * @file: a file
 * @key: such as %VOXEL_MODEL_RECORD_KEY
 *
 * Returns: (nullable): the text under @key of the header's __metadata__
 */
const gchar *
voxel_safetensors_metadata (const VoxelSafetensors *file, const gchar *key)
{
  return g_hash_table_lookup (file->metadata, key);
}

/**
 * voxel_safetensors_digest:
 * @file: a file
 *
 * Returns: SHA-256 of the whole file, 64 hexadecimal digits
 */
const gchar *
voxel_safetensors_digest (const VoxelSafetensors *file)
{
  return file->digest;
}
