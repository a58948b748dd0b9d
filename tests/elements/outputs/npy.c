/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/outputs/npy.h"

#include <string.h>

#define BEGIN "\x93NUMPY\x01\x00"

static void
test_header (void)
{
  static const struct {
    VoxelNpy form;
    const gchar *text;
  } cases[] = {
      {{8, 48, 40}, "{'descr': '|u1', 'fortran_order': False, 'shape': (40, 48), }"},
      {{16, 1, 1}, "{'descr': '<u2', 'fortran_order': False, 'shape': (1, 1), }"},
      {{16, 65535, 2147483647}, "{'descr': '<u2', 'fortran_order': False, 'shape': (2147483647, 65535), }"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) header = voxel_npy_header (&cases[i].form);
    gsize size, length = strlen (cases[i].text);
    const guint8 *bytes = g_bytes_get_data (header, &size);

    g_assert_cmpuint (size % 64, ==, 0);
    g_assert_cmpmem (bytes, 8, BEGIN, 8);
    g_assert_cmpuint (bytes[8] + 256u * bytes[9], ==, size - 10);
    g_assert_cmpmem (bytes + 10, length, cases[i].text, length);
    for (gsize k = 10 + length; k < size - 1; k++)
      g_assert_cmpint (bytes[k], ==, ' ');
    g_assert_cmpint (bytes[size - 1], ==, '\n');
  }
}

static void
test_read_back (void)
{
  for (guint bits = 8; bits <= 16; bits += 8) {
    const VoxelNpy form = {bits, 5, 3};
    g_autoptr (GBytes) header = voxel_npy_header (&form);
    g_autoptr (GByteArray) file = g_byte_array_new ();
    g_autoptr (GError) error = NULL;
    guint8 pixels[30];
    gconstpointer read;
    VoxelNpy got;

    for (guint i = 0; i < sizeof pixels; i++)
      pixels[i] = (guint8) (i * 7);
    g_assert_cmpuint (voxel_npy_get_size (&form), ==, 15 * bits / 8);
    g_byte_array_append (file, g_bytes_get_data (header, NULL), (guint) g_bytes_get_size (header));
    g_byte_array_append (file, pixels, (guint) voxel_npy_get_size (&form));
    read = voxel_npy_parse (file->data, file->len, &got, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (&got, sizeof got, &form, sizeof form);
    g_assert_cmpmem (read, voxel_npy_get_size (&got), pixels, voxel_npy_get_size (&form));
  }
}

static GByteArray *
file_new (guint version, const gchar *text, guint pixels)
{
  GByteArray *file = g_byte_array_new ();
  guint length = (guint) strlen (text);
  const guint8 size[] = {length & 255, (guint8) (length >> 8), 0, 0};
  const guint8 begin[] = {0x93, 'N', 'U', 'M', 'P', 'Y', (guint8) version, 0};

  g_byte_array_append (file, begin, sizeof begin);
  g_byte_array_append (file, size, version > 1 ? 4 : 2);
  g_byte_array_append (file, (const guint8 *) text, length);
  for (guint i = 0; i < pixels; i++)
    g_byte_array_append (file, (const guint8 *) "\x80", 1);
  return file;
}

/* What other programs may write; the message is NULL for what is read. */
static void
test_others (void)
{
  static const struct {
    guint version;
    const gchar *text;
    guint pixels;
    const gchar *message;
  } cases[] = {
      {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }  \n", 6, NULL},
      {2, "{'shape':(2,3),'fortran_order':False,'descr':'<u2'}\n", 12, NULL},
      {3, "{\"descr\": \"|u1\", \"fortran_order\": False, \"shape\": (1, 6)}", 6, NULL},
      {4, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", 6, "*unknown version*"},
      {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24, "*dtype is '<f4', not uint8*"},
      {1, "{'descr': '>u2', 'fortran_order': False, 'shape': (2, 3), }", 12, "*dtype is '>u2'*"},
      {1, "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (2, 3), }", 6,
       "*dtype is [('a', '|u1')]*"},
      {1, "{'fortran_order': False, 'shape': (2, 3), }", 6, "*dtype is not told*"},
      {1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", 6,
       "*fortran_order*ascontiguousarray*"},
      {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 1), }", 6, "*shape is (2, 3, 1)*"},
      {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (6,), }", 6, "*shape is (6,)*"},
      {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 3), }", 0, "*shape is (0, 3)*"},
      {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 3), }", 6, "*shape is*"},
      {1, "{'descr': '|u1', 'fortran_order': False}", 6, "*shape is not told*"},
      {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", 5, "*fewer or more pixels*"},
      {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", 7, "*fewer or more pixels*"},
      {1, "\xff", 6, "*cannot be read*"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) file = file_new (cases[i].version, cases[i].text, cases[i].pixels);
    g_autoptr (GError) error = NULL;
    VoxelNpy form;
    gconstpointer pixels = voxel_npy_parse (file->data, file->len, &form, &error);

    if (!cases[i].message) {
      g_assert_no_error (error);
      g_assert_cmpuint (form.width * form.height, ==, 6);
      g_assert_true ((const guint8 *) pixels + cases[i].pixels == file->data + file->len);
      continue;
    }
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_assert_null (pixels);
    if (!g_pattern_match_simple (cases[i].message, error->message))
      g_error ("\"%s\" is not like \"%s\"", error->message, cases[i].message);
  }
}

/* Every shorter file is refused, not read beyond its end. */
static void
test_cut (void)
{
  g_autoptr (GByteArray) file =
      file_new (1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", 6);

  for (gsize size = 0; size < file->len; size++) {
    guint8 *part = g_memdup2 (file->data, size);
    g_autoptr (GError) error = NULL;
    VoxelNpy form;

    g_assert_null (voxel_npy_parse (part, size, &form, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_free (part);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/npy/header", test_header);
  g_test_add_func ("/npy/read-back", test_read_back);
  g_test_add_func ("/npy/others", test_others);
  g_test_add_func ("/npy/cut", test_cut);
  return g_test_run ();
}
