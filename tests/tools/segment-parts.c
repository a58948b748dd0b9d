/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "tools/voxel/byte-size.h"
#include "tools/voxel/command.h"
#include "tools/voxel/disk-space.h"
#include "tools/voxel/segment-memory.h"
#include "tools/voxel/segment-outputs.h"
#include "tools/voxel/segment-settings.h"
#include "tools/voxel/pipeline-values.h"
#include "tools/voxel/slice-range.h"

static void
test_byte_size (void)
{
  const struct {
    const gchar *text;
    guint64 bytes;
  } good[] = {
      {"65536", 65536},
      {"4G", G_GUINT64_CONSTANT (4294967296)},
      {"4g", G_GUINT64_CONSTANT (4294967296)},
      {"1.5GiB", 1610612736},
      {"800M", 838860800},
      {"800MB", 838860800},
      {"2k", 2048},
      {"7B", 7},
      {"3T", G_GUINT64_CONSTANT (3298534883328)},
  };
  const gchar *const bad[] = {"", "G", "4Q", "-1", "0", "4G4", "4 G", "nan", "inf", "1e30", "4GiBs"};
  guint64 bytes;

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (voxel_byte_size_parse (good[i].text, &bytes, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (bytes, ==, good[i].bytes);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (voxel_byte_size_parse (bad[i], &bytes, &error));
    g_assert_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE);
  }
}

static void
test_slice_range (void)
{
  const struct {
    const gchar *text;
    guint first, last;
  } good[] = {
      {"3:7", 3, 6}, {":4", 0, 3}, {"6:", 6, 9}, {":", 0, 9}, {"-3:", 7, 9}, {":-3", 0, 6}, {"-99:99", 0, 9},
  };
  const gchar *const bad[] = {"", "3", "5:5", "7:3", "10:", "a:b", "1:2:3", "1.5:3"};
  guint first, last;

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (voxel_slice_range_parse (good[i].text, 10, &first, &last, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (first, ==, good[i].first);
    g_assert_cmpuint (last, ==, good[i].last);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (voxel_slice_range_parse (bad[i], 10, &first, &last, &error));
    g_assert_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE);
  }
}

static void
test_output_kind (void)
{
  const struct {
    const gchar *path;
    VoxelOutputKind kind;
    const gchar *location;
  } good[] = {
      {"x.csv", VOXEL_OUTPUT_CSV, "x.csv"},      {"a.b/X.CSV", VOXEL_OUTPUT_CSV, "a.b/X.CSV"},
      {"x.tif", VOXEL_OUTPUT_TIFF, "x.tif"},     {"x.y.tiff", VOXEL_OUTPUT_TIFF, "x.y.tiff"},
      {"masks", VOXEL_OUTPUT_FOLDER, "masks/"},  {"v1.2/", VOXEL_OUTPUT_FOLDER, "v1.2/"},
      {"a.csv/", VOXEL_OUTPUT_FOLDER, "a.csv/"},
  };
  const gchar *const bad[] = {"", "x.png", ".csv", "x.csv.gz"};
  VoxelOutputKind kind;

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree gchar *location = NULL;

    g_assert_true (voxel_output_kind_parse (good[i].path, &kind, &error));
    g_assert_cmpint (kind, ==, good[i].kind);
    location = voxel_output_location (good[i].path, kind);
    g_assert_cmpstr (location, ==, good[i].location);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (voxel_output_kind_parse (bad[i], &kind, &error));
    g_assert_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE);
  }
}

static void
assert_check (const gchar *root, const gchar *output, const gchar *input, gboolean expected)
{
  g_autofree gchar *path = g_strconcat (root, "/", output, NULL);
  g_autofree gchar *other = g_strconcat (root, "/", input, NULL);
  const gchar *const inputs[] = {other, NULL};
  g_autoptr (GError) error = NULL;

  if (voxel_output_check (path, inputs, &error) != expected)
    g_error ("%s with input %s: %s", output, input, error ? error->message : "taken");
}

static void
test_output_check (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *root = g_dir_make_tmp ("voxel-XXXXXX", &error);
  g_autofree gchar *scan = g_strconcat (root, "/scan", NULL);
  g_autofree gchar *file = g_strconcat (root, "/stack.tif", NULL);
  g_autofree gchar *model = g_strconcat (root, "/m.safetensors", NULL);
  const gchar *const twice[] = {"a.csv", "b.csv", "./a.csv", NULL};

  g_assert_no_error (error);
  g_mkdir (scan, 0755);
  g_assert_true (g_file_set_contents (file, "x", 1, NULL) && g_file_set_contents (model, "x", 1, NULL));
  assert_check (root, "mask.csv", "scan", TRUE);
  assert_check (root, "mask.tif", "scan", TRUE);
  assert_check (root, "mask.tif", "stack.tif", TRUE);
  assert_check (root, "new/", "scan", TRUE);
  assert_check (root, "scan/mask.csv", "scan", TRUE);
  assert_check (root, "scan/mask.tif", "scan", FALSE);
  assert_check (root, "scan/", "scan", FALSE);
  assert_check (root, "scan", "scan", FALSE);
  assert_check (root, "scan/mask.tif", "scan/*.tif", FALSE);
  assert_check (root, "stack.tif", "stack.tif", FALSE);
  assert_check (root, "m.safetensors", "m.safetensors", FALSE);
  assert_check (root, "none/mask.csv", "scan", FALSE);
  assert_check (root, "stack.tif/", "scan", FALSE);
  g_assert_false (voxel_outputs_distinct (twice, &error));
  g_assert_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE);
  g_unlink (file);
  g_unlink (model);
  g_rmdir (scan);
  g_rmdir (root);
}

static VoxelSegmentSettings *
parse (const gchar *line, GError **error)
{
  g_autoptr (VoxelSegmentSettings) settings = voxel_segment_settings_new ();
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree gchar *all = g_strconcat ("segment ", line, NULL);
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (all, NULL, &argv, NULL));
  voxel_segment_settings_add_options (settings, context);
  g_assert_true (g_option_context_parse_strv (context, &argv, error));
  return voxel_segment_settings_check (settings, error) ? g_steal_pointer (&settings) : NULL;
}

static VoxelModelRecord *
make_record (void)
{
  g_autoptr (GError) error = NULL;
  VoxelModelRecord *record = voxel_model_record_parse (
      "{\"version\": 1, \"architecture\": \"unet\", \"config\": {}, \"preprocess\": {\"range\": \"fixed\", "
      "\"range_low\": 10, \"range_high\": 500.5}, \"inference\": {\"axes\": \"z,y\", \"tile\": 128, "
      "\"stitch\": "
      "\"gaussian\", \"threshold\": 0.25}}",
      &error);

  g_assert_no_error (error);
  return record;
}

static void
assert_value (GHashTable *values, const gchar *name, const gchar *expected)
{
  GPtrArray *list = g_hash_table_lookup (values, name);

  g_assert_cmpstr (list ? g_ptr_array_index (list, 0) : NULL, ==, expected);
}

/* Option, else the published entry's way, else the record, else the default. */
static void
test_precedence (void)
{
  const struct {
    const gchar *line;
    gboolean parity;
    const gchar *tile, *axes, *stitch, *threshold, *overlap, *grid, *range, *low, *high, *bits, *precision;
  } cases[] = {
      {"", FALSE, "128", "z,y", "gaussian", "0.25", "0.5", "minimal", "fixed", "10", "500.5", "16", "auto"},
      {"--tile 64 --threshold .1 --range percentile:1:99 --axes x", FALSE, "64", "x", "gaussian", ".1", "0.5",
       "minimal", "percentile", "1", "99", "16", "auto"},
      {"", TRUE, "512", "z,y,x", "or", "0.5", "0.5", "origin", "percentile", "0.1", "99.9", "8", "fp32"},
      {"--precision bf16 --grid minimal --range full", TRUE, "512", "z,y,x", "or", "0.5", "0.5", "minimal",
       "full", "0", "65535", "8", "bf16"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelSegmentSettings) settings = parse (cases[i].line, &error);
    g_autoptr (VoxelModelRecord) record = make_record ();
    g_autoptr (GHashTable) values = voxel_pipeline_values_new ();

    g_assert_no_error (error);
    g_assert_true (voxel_segment_settings_resolve (settings, record, 16, cases[i].parity, &error));
    voxel_segment_settings_add_values (settings, values);
    assert_value (values, "tile", cases[i].tile);
    assert_value (values, "axes", cases[i].axes);
    assert_value (values, "stitch", cases[i].stitch);
    assert_value (values, "threshold", cases[i].threshold);
    assert_value (values, "overlap", cases[i].overlap);
    assert_value (values, "grid", cases[i].grid);
    assert_value (values, "range", cases[i].range);
    assert_value (values, "low", cases[i].low);
    assert_value (values, "high", cases[i].high);
    assert_value (values, "bits", cases[i].bits);
    assert_value (values, "precision", cases[i].precision);
    assert_value (values, "multiple", "16");
  }
}

/* Percent of white become pixels as the network gets them, none of them too low. */
static void
test_skip_below (void)
{
  const struct {
    const gchar *line;
    gboolean parity;
    const gchar *level;
  } cases[] = {
      {"", FALSE, "0"},
      {"--skip-below 0", FALSE, "0"},
      {"--skip-below 10", FALSE, "6554"},
      {"--skip-below 100", FALSE, "65535"},
      {"--skip-below 10", TRUE, "26"},
      {"--skip-below .001", TRUE, "1"},
  };
  g_autoptr (VoxelModelRecord) record = make_record ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelSegmentSettings) settings = parse (cases[i].line, &error);
    g_autoptr (GHashTable) values = voxel_pipeline_values_new ();

    g_assert_no_error (error);
    record->preprocess.bits = 16;
    g_assert_true (voxel_segment_settings_resolve (settings, record, 16, cases[i].parity, &error));
    voxel_segment_settings_add_values (settings, values);
    assert_value (values, "skip-below", cases[i].level);
  }
}

static void
test_refused (void)
{
  const gchar *const lines[] = {
      "--axes z,z",
      "--axes w",
      "--axes ''",
      "--views r0,r45",
      "--tile -1",
      "--tile 1.5",
      "--tile 40000",
      "--overlap 1",
      "--overlap .96",
      "--grid big",
      "--edge none",
      "--merge min",
      "--stitch and",
      "--vote two",
      "--threshold 1.01",
      "--threshold nan",
      "--precision fp8",
      "--batch 1025",
      "--skip-below -1",
      "--skip-below 101",
      "--threads x",
      "--range foo",
      "--range full:1:2",
      "--range fixed:5:4",
      "--range percentile:-1:50",
      "--range percentile:0:101",
      "--range fixed:0:70000",
      "--grid minimal,origin",
  };
  g_autoptr (VoxelModelRecord) record = make_record ();

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelSegmentSettings) settings = parse (lines[i], &error);

    if (settings)
      g_error ("%s was taken", lines[i]);
    g_assert_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE);
  }
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelSegmentSettings) settings = parse ("--tile 100", &error);

    g_assert_false (voxel_segment_settings_resolve (settings, record, 16, FALSE, &error));
    g_assert_cmpstr (error->message, ==, "--tile 100: the model takes multiples of 16, such as 96");
  }
}

static guint64
free_bytes (const gchar *folder)
{
  struct statvfs fs;

  g_assert_cmpint (statvfs (folder, &fs), ==, 0);
  return (guint64) fs.f_bavail * fs.f_frsize;
}

/* Parts that fit one by one, but not together, on one disk; others may write to it meanwhile. */
static void
test_disk_space (void)
{
  const gchar *folder = g_get_tmp_dir ();
  g_autofree gchar *file = g_build_filename (folder, "not-there", "mask.tif", NULL);
  guint64 part = free_bytes (folder) / 3 * 2;
  const VoxelDiskNeed little[] = {{folder, "volume", 4096}, {file, "mask", 0}, {"/proc/none", "x", 1}};
  const VoxelDiskNeed together[] = {{folder, "volume", part}, {file, "mask", part}};
  const VoxelDiskNeed vast[] = {{file, "mask", G_MAXUINT64}, {folder, "votes", G_MAXUINT64}};
  g_autoptr (GError) error = NULL;

  g_assert_true (voxel_disk_space_check (little, G_N_ELEMENTS (little), "--scratch", &error));
  g_assert_no_error (error);
  g_assert_false (voxel_disk_space_check (together, G_N_ELEMENTS (together), "--scratch", &error));
  g_assert_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, folder));
  g_assert_nonnull (strstr (error->message, "volume"));
  g_assert_nonnull (strstr (error->message, "--scratch"));
  g_clear_error (&error);
  g_assert_false (voxel_disk_space_check (vast, G_N_ELEMENTS (vast), "--scratch", &error));
  g_assert_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED);
}

static void
test_memory_share (void)
{
  const guint shape[] = {640, 640, 640};
  const guint64 limit = 150 << 20, whole = (guint64) 640 * 640 * 640;
  VoxelSegmentHolder holders[] = {{16, 0, 0}, {2, 0, 0}, {0, 0, 0}};
  guint64 sum = 0, scratch = 0;

  voxel_segment_memory_share (shape, limit, holders, G_N_ELEMENTS (holders));
  voxel_segment_memory_plan (shape, holders, G_N_ELEMENTS (holders));
  for (gsize i = 0; i < G_N_ELEMENTS (holders); i++) {
    sum += holders[i].memory_limit;
    scratch += holders[i].scratch_bytes;
  }
  g_assert_cmpuint (sum, <=, limit);
  g_assert_cmpuint (sum, >=, limit - G_N_ELEMENTS (holders));
  g_assert_cmpuint (holders[0].memory_limit, >, 4 * holders[1].memory_limit);
  g_assert_cmpuint (holders[2].memory_limit, ==, 0);
  g_assert_cmpuint (scratch, <, whole * 9 / 4);
  g_assert_cmpuint (scratch, >, whole * 9 / 4 - limit);
  holders[0].memory_limit = holders[1].memory_limit = G_GUINT64_CONSTANT (1) << 40;
  voxel_segment_memory_plan (shape, holders, G_N_ELEMENTS (holders));
  g_assert_cmpuint (holders[0].scratch_bytes + holders[1].scratch_bytes, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment/byte-size", test_byte_size);
  g_test_add_func ("/segment/slice-range", test_slice_range);
  g_test_add_func ("/segment/output-kind", test_output_kind);
  g_test_add_func ("/segment/output-check", test_output_check);
  g_test_add_func ("/segment/precedence", test_precedence);
  g_test_add_func ("/segment/skip-below", test_skip_below);
  g_test_add_func ("/segment/refused", test_refused);
  g_test_add_func ("/segment-parts/disk-space", test_disk_space);
  g_test_add_func ("/segment-parts/memory-share", test_memory_share);
  return g_test_run ();
}
