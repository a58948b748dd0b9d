/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pictures as NumPy stores them, after numpy.lib.format: a magic string, a version, the length of what follows, a
 * Python dictionary of ASCII padded with spaces to a multiple of 64 bytes, the pixels. */

#include "npy.h"

#include <string.h>

#define MAGIC "\x93NUMPY"
#define MAGIC_SIZE 6
#define ALIGNMENT 64
/* No dictionary of a picture is longer. */
#define LENGTH_MAX 4096

/**
 * voxel_npy_get_size:
 * @form: of a picture
 *
 * Returns: bytes of its pixels
 */
gsize
voxel_npy_get_size (const VoxelNpy *form)
{
  return (gsize) form->width * form->height * (form->bits / 8);
}

/**
 * voxel_npy_header:
 * @form: of a picture
 *
 * Returns: (transfer full): what stands before its pixels
 */
GBytes *
voxel_npy_header (const VoxelNpy *form)
{
  GString *text = g_string_new_len (MAGIC "\x01\x00\x00\x00", MAGIC_SIZE + 4);
  gsize length;

  g_string_append_printf (text, "{'descr': '%s', 'fortran_order': False, 'shape': (%u, %u), }",
                          form->bits == 8 ? "|u1" : "<u2", form->height, form->width);
  while ((text->len + 1) % ALIGNMENT)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');
  length = text->len - MAGIC_SIZE - 4;
  text->str[MAGIC_SIZE + 2] = (gchar) (length & 255);
  text->str[MAGIC_SIZE + 3] = (gchar) (length >> 8);
  return g_string_free_to_bytes (text);
}

static gconstpointer
refuse (GError **error, const gchar *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s", what);
  return NULL;
}

/* The value of a key in the dictionary, or NULL. */
static gchar *
look_up (const gchar *dictionary, const gchar *key, const gchar *value)
{
  g_autofree gchar *pattern = g_strdup_printf ("['\"]%s['\"]\\s*:\\s*(%s)\\s*[,}]", key, value);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  g_regex_match (regex, dictionary, 0, &match);
  return g_match_info_matches (match) ? g_match_info_fetch (match, 1) : NULL;
}

static gboolean
parse_form (const gchar *dictionary, VoxelNpy *form, GError **error)
{
  g_autofree gchar *type = look_up (dictionary, "descr", "['\"][^'\"]*['\"]|\\[.*\\]");
  g_autofree gchar *order = look_up (dictionary, "fortran_order", "False");
  g_autofree gchar *shape = look_up (dictionary, "shape", "\\([^)]*\\)");
  g_autofree gchar *wrong = NULL;
  guint64 height, width;
  gchar *end;

  if (type && strlen (type) == 5 && (strstr (type, "|u1") || strstr (type, "<u2"))) {
    form->bits = type[3] == '1' ? 8 : 16;
  } else {
    wrong = g_strdup_printf ("its dtype is %s, not uint8 (|u1) or little-endian uint16 (<u2)",
                             type ? type : "not told");
    return refuse (error, wrong) != NULL;
  }
  if (!order)
    return refuse (error,
                   "its rows do not follow each other (fortran_order): store numpy.ascontiguousarray()") !=
           NULL;
  if (shape && g_regex_match_simple ("^\\(\\s*\\d+\\s*,\\s*\\d+\\s*,?\\s*\\)$", shape, 0, 0)) {
    height = g_ascii_strtoull (shape + 1, &end, 10);
    width = g_ascii_strtoull (strchr (end, ',') + 1, NULL, 10);
    if (height > 0 && width > 0 && height <= G_MAXINT && width <= G_MAXINT) {
      form->height = (guint) height;
      form->width = (guint) width;
      return TRUE;
    }
  }
  wrong =
      g_strdup_printf ("its shape is %s, not that of a picture: (rows, columns)", shape ? shape : "not told");
  return refuse (error, wrong) != NULL;
}

/**
 * voxel_npy_parse:
 * @data: a whole file
 * @size: its bytes
 * @form: (out): of the picture in it
 * @error: G_IO_ERROR_INVALID_DATA: what is wrong with it, to be read behind the file's name and a colon
 *
 * Returns: (nullable) (transfer none): the pixels, within @data, rows without gaps
 */
gconstpointer
voxel_npy_parse (gconstpointer data, gsize size, VoxelNpy *form, GError **error)
{
  const guint8 *bytes = data;
  g_autofree gchar *dictionary = NULL;
  gsize length, begin;

  if (size < MAGIC_SIZE + 6 || memcmp (bytes, MAGIC, MAGIC_SIZE) != 0)
    return refuse (error, "it is no .npy file");
  if (bytes[MAGIC_SIZE] < 1 || bytes[MAGIC_SIZE] > 3)
    return refuse (error, "it is an .npy file of an unknown version");
  length = bytes[MAGIC_SIZE + 2] | (gsize) bytes[MAGIC_SIZE + 3] << 8;
  begin = MAGIC_SIZE + 4;
  if (bytes[MAGIC_SIZE] > 1) {
    length |= (gsize) bytes[MAGIC_SIZE + 4] << 16 | (gsize) bytes[MAGIC_SIZE + 5] << 24;
    begin += 2;
  }
  if (length > LENGTH_MAX || length > size - begin)
    return refuse (error, "it is an .npy file whose header is cut short or is not of a picture");
  dictionary = g_strndup ((const gchar *) bytes + begin, length);
  if (!g_str_is_ascii (dictionary))
    return refuse (error, "it is an .npy file whose header cannot be read");
  if (!parse_form (dictionary, form, error))
    return NULL;
  if (size - begin - length != voxel_npy_get_size (form))
    return refuse (error, "it holds fewer or more pixels than it tells");
  return bytes + begin + length;
}
