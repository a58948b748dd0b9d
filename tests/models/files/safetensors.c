/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "models/files/safetensors.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

typedef struct {
  gchar *folder;
  gchar *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("voxel-XXXXXX", &error);
  g_assert_no_error (error);
  f->path = g_build_filename (f->folder, "a.safetensors", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_remove (f->path);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_free (f->path);
}

/* A file of @header, its length as it should be, and @n_data bytes 0, 1, 2 … */
static void
write_raw (const gchar *path, guint64 length, const gchar *header, gsize n_header, guint n_data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  length = GUINT64_TO_LE (length);
  g_byte_array_append (bytes, (const guint8 *) &length, 8);
  g_byte_array_append (bytes, (const guint8 *) header, n_header);
  for (guint i = 0; i < n_data; i++)
    g_byte_array_append (bytes, (const guint8[]){i}, 1);
  g_file_set_contents (path, (const gchar *) bytes->data, bytes->len, &error);
  g_assert_no_error (error);
}

static void
write_header (const gchar *path, const gchar *header, guint n_data)
{
  write_raw (path, strlen (header), header, strlen (header), n_data);
}

static void
test_round_trip (Fixture *f, gconstpointer data)
{
  static const gfloat weights[6] = {1, -2, 3.5f, 1e-30f, INFINITY, 0};
  static const gint64 count[1] = {7};
  static const guint8 flags[3] = {1, 0, 1};
  static const gsize matrix[2] = {2, 3}, three[1] = {3}, none[2] = {0, 5};
  g_autoptr (VoxelSafetensorsWriter) writer = voxel_safetensors_writer_new ();
  g_autoptr (VoxelSafetensors) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *bytes = NULL, *digest = NULL;
  const VoxelTensorView *view;
  gfloat out[6];
  gsize size;

  voxel_safetensors_writer_metadata (writer, "voxel", "{\"a\": \"\xc3\xbc\"}\n");
  voxel_safetensors_writer_add (writer, "flags", VOXEL_DTYPE_BOOL, three, 1, flags);
  voxel_safetensors_writer_add (writer, "b.weight", VOXEL_DTYPE_F32, matrix, 2, weights);
  voxel_safetensors_writer_add (writer, "count", VOXEL_DTYPE_I64, NULL, 0, count);
  voxel_safetensors_writer_add (writer, "none", VOXEL_DTYPE_F32, none, 2, NULL);
  g_assert_true (voxel_safetensors_writer_save (writer, f->path, &error));
  g_assert_no_error (error);

  file = voxel_safetensors_open (f->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (voxel_safetensors_count (file), ==, 4);
  g_assert_cmpstr (voxel_safetensors_metadata (file, "voxel"), ==, "{\"a\": \"\xc3\xbc\"}\n");
  g_assert_null (voxel_safetensors_metadata (file, "pt"));
  g_assert_null (voxel_safetensors_find (file, "c"));
  view = voxel_safetensors_find (file, "b.weight");
  g_assert_cmpint (view->dtype, ==, VOXEL_DTYPE_F32);
  g_assert_cmpuint (view->n_dims, ==, 2);
  g_assert_cmpuint (view->shape[0], ==, 2);
  g_assert_cmpuint (view->shape[1], ==, 3);
  g_assert_true (voxel_tensor_view_to_float (view, out, &error));
  g_assert_cmpmem (out, sizeof out, weights, sizeof weights);
  view = voxel_safetensors_find (file, "count");
  g_assert_cmpuint (view->n_dims, ==, 0);
  g_assert_cmpmem (view->data, view->size, count, 8);
  g_assert_false (voxel_tensor_view_to_float (view, out, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR);
  g_clear_error (&error);
  view = voxel_safetensors_find (file, "flags");
  g_assert_cmpmem (view->data, view->size, flags, 3);
  g_assert_cmpuint (voxel_safetensors_find (file, "none")->size, ==, 0);
  g_assert_cmpstr (voxel_safetensors_nth (file, 0)->name, ==, "count");

  g_assert_true (g_file_get_contents (f->path, &bytes, &size, &error));
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, size);
  g_assert_cmpstr (voxel_safetensors_digest (file), ==, digest);
  g_assert_cmpint ((guint8) bytes[0] % 8, ==, 0);
}

static void
test_conversion (Fixture *f, gconstpointer data)
{
  static const guint16 half[8] = {0x3c00, 0xc000, 0x7bff, 0x0001, 0x8400, 0x7c00, 0x8000, 0x3555};
  static const gfloat half_is[8] = {1, -2, 65504, 0x1p-24f, -0x1p-14f, INFINITY, -0.0f, 0x1.554p-2f};
  static const guint16 brain[3] = {0x3f80, 0xc049, 0x0001};
  static const gdouble wide[3] = {.1, -1e300, 4};
  static const gsize eight[1] = {8}, three[1] = {3};
  g_autoptr (VoxelSafetensorsWriter) writer = voxel_safetensors_writer_new ();
  g_autoptr (VoxelSafetensors) file = NULL;
  g_autoptr (GError) error = NULL;
  gfloat out[8];

  voxel_safetensors_writer_add (writer, "half", VOXEL_DTYPE_F16, eight, 1, half);
  voxel_safetensors_writer_add (writer, "brain", VOXEL_DTYPE_BF16, three, 1, brain);
  voxel_safetensors_writer_add (writer, "wide", VOXEL_DTYPE_F64, three, 1, wide);
  g_assert_true (voxel_safetensors_writer_save (writer, f->path, &error));
  file = voxel_safetensors_open (f->path, &error);
  g_assert_no_error (error);
  g_assert_true (voxel_tensor_view_to_float (voxel_safetensors_find (file, "half"), out, &error));
  g_assert_cmpmem (out, sizeof out, half_is, sizeof half_is);
  g_assert_true (voxel_tensor_view_to_float (voxel_safetensors_find (file, "brain"), out, &error));
  g_assert_cmpfloat (out[0], ==, 1);
  g_assert_cmpfloat (out[1], ==, -3.140625f);
  g_assert_cmpfloat (out[2], ==, 0x1p-133f);
  g_assert_false (voxel_tensor_view_to_float (voxel_safetensors_find (file, "wide"), out, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR);
  g_assert_cmpfloat (out[0], ==, .1f);
}

/* As others write them: no padding, so that neither the data nor its elements are aligned. */
static void
test_unaligned (Fixture *f, gconstpointer data)
{
  g_autoptr (VoxelSafetensors) file = NULL;
  g_autoptr (GError) error = NULL;
  gfloat out;

  write_header (f->path,
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                "\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[1,5]}}",
                5);
  file = voxel_safetensors_open (f->path, &error);
  g_assert_no_error (error);
  g_assert_true (voxel_tensor_view_to_float (voxel_safetensors_find (file, "b"), &out, &error));
  g_assert_cmpmem (&out, 4, "\1\2\3\4", 4);
}

static void
check_broken (const gchar *path, const gchar *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelSafetensors) file = voxel_safetensors_open (path, &error);

  g_assert_null (file);
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_FILE);
  g_assert_true (g_str_has_prefix (error->message, path));
  if (!strstr (error->message, says))
    g_error ("\"%s\" does not say \"%s\"", error->message, says);
}

#define TENSOR(dtype, shape, offsets) \
  "{\"a\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"
#define PAIR(first, second) \
  "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" first "}," \
  "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" second "}}"

static void
test_broken_headers (Fixture *f, gconstpointer data)
{
  static const struct {
    const gchar *header;
    guint n_data;
    const gchar *says;
  } cases[] = {
      {"[1,2]", 0, "not an object"},
      {"{\"a\":1}", 0, "tensor a is not described"},
      {"{\"a\":{}} trailing", 0, "follows the end"},
      {"{\"a\":{\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "tensor a has no dtype"},
      {"{\"a\":{\"dtype\":5,\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "tensor a has no dtype"},
      {TENSOR ("F8_E4M3", "[2]", "[0,2]"), 2, "unknown type F8_E4M3"},
      {TENSOR ("U8", "2", "[0,2]"), 2, "its shape must be"},
      {TENSOR ("U8", "[2.0]", "[0,2]"), 2, "its shape must be"},
      {TENSOR ("U8", "[\"2\"]", "[0,2]"), 2, "its shape must be"},
      {TENSOR ("U8", "[null]", "[0,2]"), 2, "its shape must be"},
      {TENSOR ("U8", "[-2]", "[0,2]"), 2, "its shape must be"},
      {TENSOR ("U8", "[18446744073709551615]", "[0,2]"), 2, "its shape must be"},
      {TENSOR ("U8", "[99999999999999999999999]", "[0,2]"), 2, "its shape must be"},
      {TENSOR ("U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]"), 1, "its shape must be up to 8"},
      {TENSOR ("F32", "[4294967296,4294967296]", "[0,0]"), 0, "beyond the address space"},
      {TENSOR ("U8", "[2]", "[0]"), 2, "data_offsets"},
      {TENSOR ("U8", "[2]", "[0,2,4]"), 2, "data_offsets"},
      {TENSOR ("U8", "[2]", "[2,0]"), 2, "data_offsets"},
      {TENSOR ("U8", "[2]", "[-2,0]"), 2, "data_offsets"},
      {TENSOR ("U8", "[2]", "{}"), 2, "data_offsets"},
      {TENSOR ("F32", "[2]", "[0,4]"), 4, "asks for 8 bytes, its offsets for 4"},
      {TENSOR ("U8", "[4]", "[0,4]"), 3, "cut short: tensor a goes to byte"},
      {TENSOR ("U8", "[4]", "[0,4]"), 6, "2 bytes at its end"},
      {TENSOR ("U8", "[4]", "[2,6]"), 6, "leaving a gap"},
      {PAIR ("[0,4]", "[2,6]"), 6, "inside the one before"},
      {PAIR ("[0,4]", "[0,4]"), 4, "inside the one before"},
      {PAIR ("[0,4]", "[5,9]"), 9, "leaving a gap"},
      {"{\"__metadata__\":[]}", 0, "__metadata__ is not an object"},
      {"{\"__metadata__\":{\"a\":1}}", 0, "a is not a string"},
      {"{\"__metadata__\":{}}", 1, "belong to no tensor"},
      {"{\"a\xff\":1}", 0, "not UTF-8"},
      {"{\"a\":\"\n\"}", 0, "control character"},
      {"{\"a\":}", 0, "JSON"},
      {"{'a':1}", 0, "does not have there"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *shown = g_strescape (cases[i].header, NULL);

    g_test_message ("%s", shown);
    write_header (f->path, cases[i].header, cases[i].n_data);
    check_broken (f->path, cases[i].says);
  }
}

static void
test_broken_lengths (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  check_broken (f->path, "No such file");
  g_assert_true (g_file_set_contents (f->path, "", 0, &error));
  check_broken (f->path, "too few");
  g_assert_true (g_file_set_contents (f->path, "\2\0\0\0\0\0\0\0{", 9, &error));
  check_broken (f->path, "too few");
  write_raw (f->path, 3, "{}", 2, 0);
  check_broken (f->path, "cut short: the header goes to byte 11, the file ends at 10");
  write_raw (f->path, 100000001, "{}", 2, 0);
  check_broken (f->path, "not a safetensors file");
  write_raw (f->path, G_MAXUINT64, "{}", 2, 0);
  check_broken (f->path, "not a safetensors file");
  write_raw (f->path, 1, "{}", 2, 0);
  check_broken (f->path, "ends too early");
  write_raw (f->path, 0, "{}", 2, 0);
  check_broken (f->path, "ends too early");
  write_raw (f->path, 8, "{}\0\0\0\0\0", 8, 0);
  check_broken (f->path, "header");
  check_broken (f->folder, "not a regular file");
}

/* Without a flush, which a thousand files would wait for. */
static void
rewrite (const gchar *path, const gchar *bytes, gsize size)
{
  g_autoptr (GError) error = NULL;

  g_remove (path);
  g_file_set_contents_full (path, bytes, size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* A good file cut anywhere, and one with any byte of its header changed, is either read or refused. */
static void
test_cut_and_flipped (Fixture *f, gconstpointer data)
{
  static const gchar header[] = "{\"__metadata__\":{\"k\":\"v\"},"
                                "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],"
                                "\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],"
                                "\"data_offsets\":[8,9]}}";
  g_autofree gchar *bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint refused = 0, taken = 0;
  gsize size;

  write_header (f->path, header, 9);
  g_assert_true (g_file_get_contents (f->path, &bytes, &size, &error));
  for (gsize cut = 0; cut < size; cut++) {
    rewrite (f->path, bytes, cut);
    check_broken (f->path, "");
  }
  for (gsize i = 0; i < size - 9; i++) {
    for (guint bit = 0; bit < 8; bit++) {
      VoxelSafetensors *file;

      bytes[i] ^= 1 << bit;
      rewrite (f->path, bytes, size);
      bytes[i] ^= 1 << bit;
      file = voxel_safetensors_open (f->path, NULL);
      if (file)
        taken++;
      else
        refused++;
      voxel_safetensors_free (file);
    }
  }
  g_assert_cmpuint (taken, >, 0);
  g_assert_cmpuint (refused, >, taken);
}

static void
test_writer_refusals (Fixture *f, gconstpointer data)
{
  static const gsize one[1] = {1};
  g_autoptr (VoxelSafetensorsWriter) writer = voxel_safetensors_writer_new ();
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  gsize size;

  g_assert_true (g_file_set_contents (f->path, "before", 6, &error));
  voxel_safetensors_writer_add (writer, "a", VOXEL_DTYPE_U8, one, 1, "x");
  voxel_safetensors_writer_add (writer, "a", VOXEL_DTYPE_U8, one, 1, "y");
  g_assert_false (voxel_safetensors_writer_save (writer, f->path, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR);
  g_assert_true (g_file_get_contents (f->path, &text, &size, NULL));
  g_assert_cmpmem (text, size, "before", 6);
  g_clear_error (&error);
  g_assert_false (voxel_safetensors_writer_save (writer, "/nonexistent/a.safetensors", &error));
  g_assert_nonnull (error);
}

#define ADD(name, func) g_test_add ("/models/files/safetensors/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("conversion", test_conversion);
  ADD ("unaligned", test_unaligned);
  ADD ("broken-headers", test_broken_headers);
  ADD ("broken-lengths", test_broken_lengths);
  ADD ("cut-and-flipped", test_cut_and_flipped);
  ADD ("writer-refusals", test_writer_refusals);
  return g_test_run ();
}
