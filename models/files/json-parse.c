/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RFC 8259 by recursive descent, each byte looked at once. Beyond it: names of an object differ, as the safetensors
 * format demands, and no string holds U+0000, which would end it for C. */

#include "json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "models/files/model-record.h"

typedef struct {
  const gchar *text, *end, *at;
  guint depth;
  GString *string; /* of the string that was read last */
  GError **error;
} Parser;

static VoxelJson *parse_value (Parser *parser);

static gboolean
refuse (Parser *parser, const gchar *at, const gchar *what)
{
  g_set_error (parser->error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_FILE,
               "JSON at byte %" G_GSIZE_FORMAT ": %s", (gsize) (at - parser->text), what);
  return FALSE;
}

static gboolean
refuse_here (Parser *parser)
{
  return refuse (parser, parser->at,
                 parser->at == parser->end ? "the text ends too early"
                                           : "a character that JSON does not have there");
}

static gboolean
take (Parser *parser, gchar c)
{
  if (parser->at == parser->end || *parser->at != c)
    return FALSE;
  parser->at++;
  return TRUE;
}

static void
skip_space (Parser *parser)
{
  while (take (parser, ' ') || take (parser, '\n') || take (parser, '\r') || take (parser, '\t'))
    ;
}

static gboolean
parse_hex (Parser *parser, gunichar *unit)
{
  *unit = 0;
  for (guint i = 0; i < 4; i++) {
    gint digit = parser->at < parser->end ? g_ascii_xdigit_value (*parser->at) : -1;

    if (digit < 0)
      return refuse_here (parser);
    *unit = *unit << 4 | (gunichar) digit;
    parser->at++;
  }
  return TRUE;
}

/* Behind "\u". Characters beyond U+FFFF are two units of UTF-16, the high surrogate first. */
static gboolean
parse_unicode (Parser *parser, const gchar *begin)
{
  gunichar unit, low;

  if (!parse_hex (parser, &unit))
    return FALSE;
  if (unit == 0)
    return refuse (parser, begin, "a string with a NUL in it");
  if (unit >= 0xd800 && unit <= 0xdfff) {
    if (unit >= 0xdc00 || !take (parser, '\\') || !take (parser, 'u'))
      return refuse (parser, begin, "half a surrogate pair");
    if (!parse_hex (parser, &low))
      return FALSE;
    if (low < 0xdc00 || low > 0xdfff)
      return refuse (parser, begin, "half a surrogate pair");
    unit = 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff));
  }
  g_string_append_unichar (parser->string, unit);
  return TRUE;
}

static gboolean
parse_escape (Parser *parser)
{
  static const gchar letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  const gchar *begin = parser->at - 1, *known;

  if (take (parser, 'u'))
    return parse_unicode (parser, begin);
  known = parser->at < parser->end ? memchr (letters, *parser->at, strlen (letters)) : NULL;
  if (!known)
    return refuse_here (parser);
  g_string_append_c (parser->string, meant[known - letters]);
  parser->at++;
  return TRUE;
}

/* Into parser->string. */
static gboolean
parse_string (Parser *parser)
{
  g_string_truncate (parser->string, 0);
  if (!take (parser, '"'))
    return refuse_here (parser);
  while (!take (parser, '"')) {
    const gchar *plain = parser->at;

    while (parser->at < parser->end && (guchar) *parser->at >= 0x20 && *parser->at != '"' &&
           *parser->at != '\\')
      parser->at++;
    g_string_append_len (parser->string, plain, parser->at - plain);
    if (parser->at == parser->end)
      return refuse_here (parser);
    if ((guchar) *parser->at < 0x20)
      return refuse (parser, parser->at, "a control character in a string");
    if (take (parser, '\\') && !parse_escape (parser))
      return FALSE;
  }
  return TRUE;
}

static gboolean
skip_digits (Parser *parser)
{
  const gchar *begin = parser->at;

  while (parser->at < parser->end && g_ascii_isdigit (*parser->at))
    parser->at++;
  return parser->at > begin || refuse_here (parser);
}

/* -0 is no whole number: 64 bits would lose its sign. */
static VoxelJson *
parse_number (Parser *parser)
{
  const gchar *begin = parser->at;
  g_autofree gchar *digits = NULL;
  gboolean whole = TRUE;
  gint64 integer;
  gdouble number;

  take (parser, '-');
  if (!take (parser, '0') && !skip_digits (parser))
    return NULL;
  if (take (parser, '.')) {
    whole = FALSE;
    if (!skip_digits (parser))
      return NULL;
  }
  if (take (parser, 'e') || take (parser, 'E')) {
    whole = FALSE;
    if (!take (parser, '+'))
      take (parser, '-');
    if (!skip_digits (parser))
      return NULL;
  }
  digits = g_strndup (begin, (gsize) (parser->at - begin));
  errno = 0;
  integer = whole ? g_ascii_strtoll (digits, NULL, 10) : 0;
  if (whole && errno == 0 && !g_str_equal (digits, "-0"))
    return voxel_json_new_integer (integer);
  number = g_ascii_strtod (digits, NULL);
  if (isfinite (number))
    return voxel_json_new_number (number);
  refuse (parser, begin, "a number beyond what 64 bits hold");
  return NULL;
}

static gboolean
enter (Parser *parser)
{
  if (parser->depth == VOXEL_JSON_MAX_DEPTH)
    return refuse (parser, parser->at, "nested too deeply");
  parser->depth++;
  parser->at++;
  skip_space (parser);
  return TRUE;
}

/* Behind an item or member: whether another one follows; else @close was there, or it is an error. */
static gboolean
goes_on (Parser *parser, gchar close, gboolean *ok)
{
  skip_space (parser);
  if (take (parser, ',')) {
    skip_space (parser);
    return TRUE;
  }
  *ok = take (parser, close) || refuse_here (parser);
  parser->depth--;
  return FALSE;
}

static VoxelJson *
parse_array (Parser *parser)
{
  g_autoptr (VoxelJson) array = voxel_json_new_array ();
  gboolean ok = TRUE;

  if (!enter (parser))
    return NULL;
  if (take (parser, ']')) {
    parser->depth--;
    return g_steal_pointer (&array);
  }
  do {
    VoxelJson *item = parse_value (parser);

    if (!item)
      return NULL;
    voxel_json_append (array, item);
  } while (goes_on (parser, ']', &ok));
  return ok ? g_steal_pointer (&array) : NULL;
}

static gboolean
parse_member (Parser *parser, VoxelJson *object)
{
  const gchar *begin = parser->at;
  g_autofree gchar *name = NULL;
  VoxelJson *member;

  if (!parse_string (parser))
    return FALSE;
  if (voxel_json_get (object, parser->string->str))
    return refuse (parser, begin, "a name that the object has already");
  name = g_strndup (parser->string->str, parser->string->len);
  skip_space (parser);
  if (!take (parser, ':'))
    return refuse_here (parser);
  skip_space (parser);
  member = parse_value (parser);
  if (member)
    voxel_json_set (object, name, member);
  return member != NULL;
}

static VoxelJson *
parse_object (Parser *parser)
{
  g_autoptr (VoxelJson) object = voxel_json_new_object ();
  gboolean ok = TRUE;

  if (!enter (parser))
    return NULL;
  if (take (parser, '}')) {
    parser->depth--;
    return g_steal_pointer (&object);
  }
  do {
    if (!parse_member (parser, object))
      return NULL;
  } while (goes_on (parser, '}', &ok));
  return ok ? g_steal_pointer (&object) : NULL;
}

static gboolean
take_word (Parser *parser, const gchar *word)
{
  for (; *word; word++)
    if (!take (parser, *word))
      return refuse_here (parser);
  return TRUE;
}

static VoxelJson *
parse_value (Parser *parser)
{
  switch (parser->at < parser->end ? *parser->at : '\0') {
  case '{':
    return parse_object (parser);
  case '[':
    return parse_array (parser);
  case '"':
    return parse_string (parser) ? voxel_json_new_string (parser->string->str) : NULL;
  case 't':
    return take_word (parser, "true") ? voxel_json_new_boolean (TRUE) : NULL;
  case 'f':
    return take_word (parser, "false") ? voxel_json_new_boolean (FALSE) : NULL;
  case 'n':
    return take_word (parser, "null") ? voxel_json_new_null () : NULL;
  default:
    return parse_number (parser);
  }
}

/**
 * voxel_json_parse:
 * @text: JSON
 * @length: bytes
 * @error: %VOXEL_MODEL_ERROR_FILE, with the position
 *
 * Parses a text that is exactly one value in UTF-8, nested at most %VOXEL_JSON_MAX_DEPTH deep.
 *
 * Returns: (transfer full) (nullable): the value
 */
VoxelJson *
voxel_json_parse (const gchar *text, gsize length, GError **error)
{
  g_autoptr (GString) string = g_string_new (NULL);
  g_autoptr (VoxelJson) json = NULL;
  Parser parser = {text, text + length, text, 0, string, error};
  const gchar *wrong;

  if (!g_utf8_validate_len (text, length, &wrong)) {
    refuse (&parser, wrong, "not UTF-8, or a NUL");
    return NULL;
  }
  skip_space (&parser);
  json = parse_value (&parser);
  if (!json)
    return NULL;
  skip_space (&parser);
  if (parser.at == parser.end)
    return g_steal_pointer (&json);
  refuse (&parser, parser.at, "something follows the end of the value");
  return NULL;
}

/**
 * voxel_json_parse_object:
 * @text: JSON
 * @length: bytes
 * @error: %VOXEL_MODEL_ERROR_FILE, with the position
 *
 * As voxel_json_parse(), for a text that must be an object.
 *
 * Returns: (transfer full) (nullable): the object
 */
VoxelJson *
voxel_json_parse_object (const gchar *text, gsize length, GError **error)
{
  VoxelJson *json = voxel_json_parse (text, length, error);

  if (!json || json->kind == VOXEL_JSON_OBJECT)
    return json;
  voxel_json_free (json);
  g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_FILE, "JSON at byte 0: not an object");
  return NULL;
}
