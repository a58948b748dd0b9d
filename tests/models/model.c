/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/model.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "models/files/safetensors.h"

/* A good model file, copied with one thing wrong. */

typedef struct {
  const gchar *record; /* NULL: the file's own; "": none */
  const gchar *skip;   /* a tensor that is left out */
  const gchar *add;    /* one more that belongs nowhere */
  const gchar *other;  /* one that gets another type or shape */
  VoxelDtype dtype;
  gboolean transposed;
} Change;

static gchar *
write_changed (const Change *change)
{
  g_autofree gchar *source = fixture_path ("unet-transposed.safetensors");
  g_autofree gchar *name = g_strdup_printf ("voxel-model-%u.safetensors", g_random_int ());
  gchar *path = g_build_filename (g_get_tmp_dir (), name, NULL);
  g_autoptr (VoxelSafetensors) file = voxel_safetensors_open (source, NULL);
  g_autoptr (VoxelSafetensorsWriter) writer = voxel_safetensors_writer_new ();
  static const gint64 zeros[1024];
  const gsize one = 1;

  g_assert_nonnull (file);
  if (!change->record || *change->record)
    voxel_safetensors_writer_metadata (
        writer, VOXEL_MODEL_RECORD_KEY,
        change->record ? change->record : voxel_safetensors_metadata (file, VOXEL_MODEL_RECORD_KEY));
  for (guint i = 0; i < voxel_safetensors_count (file); i++) {
    const VoxelTensorView *tensor = voxel_safetensors_nth (file, i);
    gsize shape[4] = {tensor->shape[0], tensor->shape[1], tensor->shape[2], tensor->shape[3]};
    gboolean wrong = g_strcmp0 (tensor->name, change->other) == 0;

    if (g_strcmp0 (tensor->name, change->skip) == 0)
      continue;
    if (wrong && change->transposed) {
      shape[0] = tensor->shape[1];
      shape[1] = tensor->shape[0];
    }
    voxel_safetensors_writer_add (writer, tensor->name, wrong ? change->dtype : tensor->dtype, shape,
                                  tensor->n_dims, wrong ? (gconstpointer) zeros : tensor->data);
  }
  if (change->add)
    voxel_safetensors_writer_add (writer, change->add, VOXEL_DTYPE_F32, &one, 1, zeros);
  g_assert_true (voxel_safetensors_writer_save (writer, path, NULL));
  return path;
}

/* The message names the file and all of @words, separated by |. */
static void
check_words (const GError *error, const gchar *path, const gchar *words)
{
  g_auto (GStrv) each = g_strsplit (words, "|", -1);

  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, path));
  for (guint i = 0; each[i]; i++)
    if (!strstr (error->message, each[i]))
      g_error ("\"%s\" is not in: %s", each[i], error->message);
}

static void
check_refused (const gchar *path, gint code, const gchar *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (voxel_model_load (path, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, code);
  check_words (error, path, words);
}

static void
test_tensors (void)
{
  static const struct {
    Change change;
    const gchar *words;
  } cases[] = {
      {{.skip = "dec.1.3.weight"}, "dec.1.3.weight|missing|[8, 8, 3, 3]"},
      {{.skip = "down.2.4.running_var"}, "down.2.4.running_var|missing|[16]"},
      {{.skip = "up.0.bias"}, "up.0.bias|missing|[4]"},
      {{.add = "gate.0.weight"}, "gate.0.weight"},
      {{.other = "up.1.weight", .dtype = VOXEL_DTYPE_F32, .transposed = TRUE},
       "up.1.weight|[8, 16, 2, 2]|[16, 8, 2, 2]"},
      {{.other = "head.bias", .dtype = VOXEL_DTYPE_I32}, "head.bias|I32|F32"},
      {{.other = "head.bias", .dtype = VOXEL_DTYPE_F64}, "head.bias|F64"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = write_changed (&cases[i].change);

    check_refused (path, VOXEL_MODEL_ERROR_TENSOR, cases[i].words);
    g_unlink (path);
  }
}

static void
test_records (void)
{
#define RECORD(config) "{\"version\": 1, \"architecture\": \"unet\", \"config\": " config "}"
  static const struct {
    const gchar *record;
    gint code;
    const gchar *words;
  } cases[] = {
      {"", VOXEL_MODEL_ERROR_RECORD, "record"},
      {"{", VOXEL_MODEL_ERROR_RECORD, "record"},
      {"{\"version\": 1, \"architecture\": \"vnet\", \"config\": {}}", VOXEL_MODEL_ERROR_UNSUPPORTED,
       "vnet|unet"},
      {RECORD ("{\"width\": 4, \"depth\": 2, \"kernel\": 3}"), VOXEL_MODEL_ERROR_RECORD, "kernel"},
      {RECORD ("{\"width\": \"4\", \"depth\": 2}"), VOXEL_MODEL_ERROR_RECORD, "width|whole number"},
      {RECORD ("{\"width\": 0, \"depth\": 2}"), VOXEL_MODEL_ERROR_RECORD, "width|0|1 to 1024"},
      {RECORD ("{\"width\": 4, \"depth\": 99}"), VOXEL_MODEL_ERROR_RECORD, "depth|99"},
      {RECORD ("{\"width\": 4, \"depth\": -1}"), VOXEL_MODEL_ERROR_RECORD, "depth|-1"},
      {RECORD ("{\"width\": 4, \"depth\": 2, \"up\": \"nearest\"}"), VOXEL_MODEL_ERROR_RECORD,
       "up|nearest|transposed|bilinear"},
      {RECORD ("{\"width\": 4, \"depth\": 2, \"align_corners\": 1}"), VOXEL_MODEL_ERROR_RECORD,
       "align_corners"},
      {RECORD ("{\"width\": 8, \"depth\": 2}"), VOXEL_MODEL_ERROR_TENSOR,
       "down.0.0.weight|[4, 1, 3, 3]|[8, 1, 3, 3]"},
      {RECORD ("{\"width\": 4, \"depth\": 3}"), VOXEL_MODEL_ERROR_TENSOR, "down.3.0.weight|missing"},
      {RECORD ("{\"width\": 4, \"depth\": 1}"), VOXEL_MODEL_ERROR_TENSOR, "dec.1."},
      {"{\"version\": 1, \"architecture\": \"unet\", \"config\": {\"width\": 4, \"depth\": 2},"
       " \"inference\": {\"output_channel\": 1}}",
       VOXEL_MODEL_ERROR_RECORD, "output_channel"},
  };
#undef RECORD

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = write_changed (&(Change){.record = cases[i].record});

    check_refused (path, cases[i].code, cases[i].words);
    g_unlink (path);
  }
}

static void
test_files (void)
{
  g_autofree gchar *source = fixture_path ("unet-transposed.safetensors");
  g_autofree gchar *path = write_changed (&(Change){.record = NULL});
  g_autofree gchar *contents = NULL;
  gsize length;

  check_refused ("/nonexistent/model.safetensors", VOXEL_MODEL_ERROR_FILE, "No such file");
  g_assert_true (g_file_get_contents (source, &contents, &length, NULL));
  for (gsize cut = 0; cut < length; cut = cut * 2 + 5) {
    g_assert_true (g_file_set_contents (path, contents, (gssize) cut, NULL));
    check_refused (path, VOXEL_MODEL_ERROR_FILE, "");
  }
  g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));
  g_autoptr (VoxelModel) model = voxel_model_load (path, NULL);
  g_assert_nonnull (model);
  g_unlink (path);
}

/* Files of others: no record, and what is asked for may be wrong; records that are asked for something else. */
static void
test_foreign (void)
{
#define CONFIG "{\"width\": 4, \"depth\": 2}"
  static const struct {
    Change change;
    const gchar *architecture, *config;
    const gchar *words; /* NULL: it loads */
  } cases[] = {
      {{.record = ""}, "unet", CONFIG, NULL},
      {{.record = NULL}, "unet", CONFIG, NULL},
      {{.record = NULL}, "unet", NULL, NULL},
      {{.record = NULL}, NULL, "{\"width\": 4}", NULL},
      {{.record = ""}, NULL, CONFIG, "No model record|architecture|tools/convert-checkpoint"},
      {{.record = ""}, "vnet", CONFIG, "vnet|unet"},
      {{.record = ""}, "unet", "{\"width\": 4", "{\"width\": 4|no JSON object"},
      {{.record = ""}, "unet", "[]", "no JSON object"},
      {{.record = ""}, "unet", "{\"wdth\": 4}", "\"wdth\"|it has width"},
      {{.record = ""},
       "unet",
       NULL,
       "down.0.0.weight|[4, 1, 3, 3]|[16, 1, 3, 3]|22 missing|tools/convert-checkpoint"},
      {{.record = "", .skip = "up.0.bias", .add = "gate.0.weight"},
       "unet",
       CONFIG,
       "up.0.bias|missing|1 missing, 1 left over|tools/convert-checkpoint"},
      {{.record = "", .skip = "up.0.bias", .add = "module.up.0.bias"},
       "unet",
       CONFIG,
       "up.0.bias|the file has it as module.up.0.bias|tools/convert-checkpoint"},
      {{.record = NULL}, "conv1x1", NULL, "says the architecture is unet, not conv1x1"},
      {{.record = NULL}, "unet", "{\"width\": 8}", "\"width\" 4|8"},
      {{.record = NULL}, NULL, "{\"sides\": 8}", "\"sides\" not at all"},
  };
#undef CONFIG

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = write_changed (&cases[i].change);
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelModel) model = voxel_model_load_as (path, cases[i].architecture, cases[i].config, &error);

    if (cases[i].words) {
      g_assert_null (model);
      check_words (error, path, cases[i].words);
    } else {
      g_assert_no_error (error);
      g_assert_cmpstr (voxel_model_get_record (model)->architecture, ==, "unet");
      g_assert_cmpuint (voxel_model_get_stride (model), ==, 4);
    }
    g_unlink (path);
  }
}

/* What torch.save() writes, by its first bytes. */
static void
test_pickles (void)
{
  static const gchar *const starts[] = {"PK\3\4\0\0\b\b\0\0\0\0\0\0", "\200\2\212\nl\374\234F\371 j\250P\31",
                                        "\200\4\225\20\1\1\1\1\1\1"};
  g_autofree gchar *path = write_changed (&(Change){.record = NULL});

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
    g_assert_true (g_file_set_contents (path, starts[i], i ? 10 : 14, NULL));
    check_refused (path, VOXEL_MODEL_ERROR_FILE,
                   "is a PyTorch pickle: convert it with tools/convert-checkpoint");
  }
  g_unlink (path);
}

/* The same file has the same digest, whoever loads it; counters of batches are of no interest. */
static void
test_facts (void)
{
  g_autofree gchar *path = write_changed (&(Change){.skip = "down.0.1.num_batches_tracked"});
  g_autofree gchar *source = fixture_path ("unet-transposed.safetensors");
  g_autoptr (VoxelModel) model = voxel_model_load (path, NULL);
  g_autoptr (VoxelModel) a = voxel_model_load (source, NULL), b = voxel_model_load (source, NULL);

  g_assert_nonnull (model);
  g_assert_cmpstr (voxel_model_get_digest (a), ==, voxel_model_get_digest (b));
  g_assert_cmpstr (voxel_model_get_digest (a), !=, voxel_model_get_digest (model));
  g_assert_cmpstr (voxel_model_get_record (model)->architecture, ==, "unet");
  g_assert_cmpuint (voxel_model_get_stride (model), ==, 4);
  g_assert_cmpuint (voxel_model_get_parameters (model), ==, voxel_model_get_parameters (a));
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/facts", test_facts);
  g_test_add_func ("/model/files", test_files);
  g_test_add_func ("/model/foreign", test_foreign);
  g_test_add_func ("/model/pickles", test_pickles);
  g_test_add_func ("/model/records", test_records);
  g_test_add_func ("/model/tensors", test_tensors);
  return g_test_run ();
}
