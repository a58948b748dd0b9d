/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* All that the votes of a run depend on, as JSON: a run can only go on where all of it is as it was. Outputs,
 * threads, memory limits and where the files lie change no vote and are not in it. */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <string.h>

#include "command.h"
#include "elements/volume/slice-list.h"
#include "models/model.h"
#include "segment-backend.h"
#include "segment-identity.h"

#define CHECKSUM "checksum"

static const gchar *const no_matter[] = {
    "backend",
    "batch",
    "csv",
    "devices",
    "mask",
    "memory-limit",
    "model",
    "network-memory-limit",
    "precision",
    "probability",
    "scan",
    "scratch",
    "soft-memory-limit",
    "threads",
    "tiff",
    "vote-memory-limit",
    NULL,
};

static JsonObject *
describe_options (const VoxelSegmentRequest *request, GHashTable *values)
{
  JsonObject *options = json_object_new ();
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (values), (GCompareFunc) strcmp);

  for (GList *name = names; name; name = name->next) {
    GPtrArray *list = g_hash_table_lookup (values, name->data);

    if (!g_strv_contains (no_matter, name->data))
      json_object_set_string_member (options, name->data, g_ptr_array_index (list, 0));
  }
  json_object_set_string_member (options, "probability", request->probability ? "yes" : "no");
  return options;
}

static JsonObject *
describe_stack (const gchar *location, guint counts[3], GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (location, g_get_num_processors (), error);
  JsonObject *stack, *files;
  const VoxelTiffPage *form;
  g_autofree gchar *shape = NULL;

  if (!list)
    return NULL;
  form = voxel_slice_list_get_form (list);
  counts[0] = voxel_slice_list_get_length (list);
  counts[1] = form->height;
  counts[2] = form->width;
  shape = g_strdup_printf ("%u x %u x %u voxels of %u bits", counts[0], counts[1], counts[2], form->bits);
  stack = json_object_new ();
  json_object_set_string_member (stack, "shape", shape);
  files = json_object_new ();
  for (guint i = 0; i < voxel_slice_list_get_n_files (list); i++) {
    VoxelSliceListFile file = voxel_slice_list_get_file (list, i);
    g_autofree gchar *base = g_path_get_basename (file.path);
    g_autofree gchar *name = g_utf8_make_valid (base, -1);
    g_autofree gchar *text = g_strdup_printf (
        "%u pages, %" G_GUINT64_FORMAT " bytes, written at %" G_GINT64_FORMAT ".%09u", file.n_pages,
        file.size, file.modified / 1000000000, (guint) (file.modified % 1000000000));

    json_object_set_string_member (files, name, text);
  }
  json_object_set_object_member (stack, "files", files);
  return stack;
}

/**
 * voxel_segment_identity_new:
 * @request: the command line
 * @values: of voxel_segment_plan() for it
 * @shape: (out): slices, rows and columns of the whole scan
 * @error: VOXEL_TIFF_ERROR and VOXEL_MODEL_ERROR
 *
 * Returns: (transfer full): what the votes depend on
 */
JsonObject *
voxel_segment_identity_new (const VoxelSegmentRequest *request, GHashTable *values, guint shape[3],
                            GError **error)
{
  g_autoptr (JsonObject) identity = json_object_new ();
  g_auto (VoxelSegmentBackend) backend = {0};
  g_autoptr (VoxelModel) model =
      voxel_model_load_as (request->model, request->architecture, request->config, error);
  g_autofree gchar *arithmetic = NULL;
  JsonObject *scan;

  if (!model || !voxel_segment_backend_find (request->settings, &backend, error))
    return NULL;
  arithmetic = voxel_segment_backend_identify (&backend);
  scan = describe_stack (request->scan, shape, error);
  if (!scan)
    return NULL;
  json_object_set_string_member (identity, "program", "voxel " PACKAGE_VERSION);
  json_object_set_string_member (identity, "arithmetic", arithmetic);
  json_object_set_string_member (identity, "model", voxel_model_get_digest (model));
  json_object_set_object_member (identity, "options", describe_options (request, values));
  json_object_set_object_member (identity, "scan", scan);
  if (request->mask) {
    guint counts[3];
    JsonObject *mask = describe_stack (request->mask, counts, error);

    if (!mask)
      return NULL;
    json_object_set_object_member (identity, "mask", mask);
  }
  return g_steal_pointer (&identity);
}

static const gchar *
string_of (JsonObject *object, const gchar *member)
{
  JsonNode *node = object ? json_object_get_member (object, member) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static JsonObject *
object_of (JsonObject *object, const gchar *member)
{
  JsonNode *node = object ? json_object_get_member (object, member) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* The first member of either that is not the same string in both. */
static const gchar *
first_difference (JsonObject *was, JsonObject *is)
{
  g_autoptr (GList) old = was ? json_object_get_members (was) : NULL;
  g_autoptr (GList) new = is ? json_object_get_members (is) : NULL;

  for (GList *name = old; name; name = name->next) {
    if (!string_of (was, name->data) || g_strcmp0 (string_of (was, name->data), string_of (is, name->data)))
      return name->data;
  }
  for (GList *name = new; name; name = name->next) {
    if (!string_of (was, name->data))
      return name->data;
  }
  return NULL;
}

static gchar *
tell (const gchar *what, const gchar *was, const gchar *is)
{
  return g_strdup_printf ("%s was %s, is %s", what, was ? was : "not there", is ? is : "not there");
}

static gchar *
stack_difference (const gchar *what, JsonObject *was, JsonObject *is)
{
  JsonObject *old = object_of (was, "files"), *new = object_of (is, "files");
  const gchar *file = first_difference (old, new);
  g_autofree gchar *label = NULL;

  if (!was && !is)
    return NULL;
  if (!was || !is)
    return tell (what, was ? "given" : NULL, is ? "given" : NULL);
  if (file) {
    label = g_strdup_printf ("file %s of %s", file, what);
    return tell (label, string_of (old, file), string_of (new, file));
  }
  if (g_strcmp0 (string_of (was, "shape"), string_of (is, "shape")))
    return tell (what, string_of (was, "shape"), string_of (is, "shape"));
  return NULL;
}

/**
 * voxel_segment_identity_difference:
 * @was: of an earlier run
 * @is: of this one
 *
 * Returns: (nullable) (transfer full): the first thing that differs, with what it was and is; %NULL where the
 *   votes are the same
 */
gchar *
voxel_segment_identity_difference (JsonObject *was, JsonObject *is)
{
  static const gchar *const words[][2] = {
      {"program", "the program"},
      {"arithmetic", "the arithmetic (backend, precision, processor or devices)"},
      {"model", "the SHA-256 of the model file"},
  };
  JsonObject *old = object_of (was, "options"), *new = object_of (is, "options");
  const gchar *option = first_difference (old, new);
  gchar *difference;

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_strcmp0 (string_of (was, words[i][0]), string_of (is, words[i][0])))
      return tell (words[i][1], string_of (was, words[i][0]), string_of (is, words[i][0]));
  }
  if (option) {
    g_autofree gchar *label = g_strdup_printf ("option %s", option);

    return tell (label, string_of (old, option), string_of (new, option));
  }
  difference = stack_difference ("the scan", object_of (was, "scan"), object_of (is, "scan"));
  return difference ? difference
                    : stack_difference ("the mask", object_of (was, "mask"), object_of (is, "mask"));
}

static gchar *
write_json (JsonObject *object, gboolean pretty)
{
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);

  return json_to_string (root, pretty);
}

/**
 * voxel_segment_identity_to_text:
 * @identity: what the votes depend on
 * @digest: (out) (transfer full): SHA-256 of all of it
 *
 * Returns: (transfer full): JSON that voxel_segment_identity_from_text() takes
 */
gchar *
voxel_segment_identity_to_text (JsonObject *identity, gchar **digest)
{
  g_autofree gchar *plain = write_json (identity, FALSE);
  g_autofree gchar *text = NULL;

  *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, plain, -1);
  json_object_set_string_member (identity, CHECKSUM, *digest);
  text = write_json (identity, TRUE);
  json_object_remove_member (identity, CHECKSUM);
  return g_strconcat (text, "\n", NULL);
}

/**
 * voxel_segment_identity_from_text:
 * @text: of voxel_segment_identity_to_text()
 * @size: its bytes
 * @error: G_IO_ERROR_INVALID_DATA where anything in it was changed
 *
 * Returns: (nullable) (transfer full): what was written
 */
JsonObject *
voxel_segment_identity_from_text (const gchar *text, gsize size, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (JsonObject) identity = NULL;
  g_autofree gchar *checksum = NULL, *plain = NULL, *digest = NULL;
  JsonNode *root;

  if (g_utf8_validate (text, (gssize) size, NULL) &&
      json_parser_load_from_data (parser, text, (gssize) size, NULL)) {
    root = json_parser_get_root (parser);
    identity = root && JSON_NODE_HOLDS_OBJECT (root) ? json_object_ref (json_node_get_object (root)) : NULL;
  }
  checksum = g_strdup (string_of (identity, CHECKSUM));
  if (checksum) {
    json_object_remove_member (identity, CHECKSUM);
    plain = write_json (identity, FALSE);
    digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, plain, -1);
  }
  if (checksum && strcmp (checksum, digest) == 0)
    return g_steal_pointer (&identity);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "is damaged");
  return NULL;
}
