/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Names made of what is known of a slice: "{id}_{name}", "{axis}/{index:04}.tif". {{ and }} stand for the
 * braces themselves. */

#include "name-pattern.h"

#include <string.h>

#define WIDTH_MAX 20

typedef struct {
  gchar *text;           /* what stands before the token */
  VoxelNameTokens token; /* 0 behind the last one */
  guint width;
} Piece;

struct _VoxelNamePattern {
  GArray *pieces;
  VoxelNameTokens tokens;
};

static const struct {
  const gchar *word;
  VoxelNameTokens token;
} known[] = {
    {"id", VOXEL_NAME_ID},
    {"name", VOXEL_NAME_NAME},
    {"index", VOXEL_NAME_INDEX},
    {"axis", VOXEL_NAME_AXIS},
};

static void
piece_clear (gpointer piece)
{
  g_free (((Piece *) piece)->text);
}

static gboolean
refuse (const gchar *text, gsize at, const gchar *what, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "\"%s\", character %" G_GSIZE_FORMAT
               ": %s; known are {id}, {name}, {index}, {index:04} and {axis}, and {{ and }} for braces",
               text, at + 1, what);
  return FALSE;
}

/* What stands between the braces: a word, for an index perhaps with a number of digits. */
static gboolean
parse_token (const gchar *from, gsize length, Piece *piece)
{
  const gchar *colon = memchr (from, ':', length);
  gsize word = colon ? (gsize) (colon - from) : length;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (strlen (known[i].word) == word && memcmp (from, known[i].word, word) == 0)
      piece->token = known[i].token;
  }
  if (!colon)
    return piece->token != 0;
  if (piece->token != VOXEL_NAME_INDEX || word + 2 > length || colon[1] != '0')
    return FALSE;
  for (gsize i = word + 1; i < length; i++) {
    if (!g_ascii_isdigit (from[i]))
      return FALSE;
    piece->width = 10 * piece->width + (guint) (from[i] - '0');
    if (piece->width > WIDTH_MAX)
      return FALSE;
  }
  return piece->width > 0;
}

static gboolean
parse (VoxelNamePattern *self, const gchar *text, GError **error)
{
  g_autoptr (GString) literal = g_string_new (NULL);
  Piece rest = {0};

  for (gsize i = 0; text[i]; i++) {
    const gchar *end;
    Piece piece = {0};

    if ((text[i] == '{' || text[i] == '}') && text[i + 1] == text[i]) {
      g_string_append_c (literal, text[i++]);
      continue;
    }
    if (text[i] == '}')
      return refuse (text, i, "} without {", error);
    if (text[i] != '{') {
      g_string_append_c (literal, text[i]);
      continue;
    }
    end = strchr (text + i, '}');
    if (!end)
      return refuse (text, i, "{ without }", error);
    if (!parse_token (text + i + 1, (gsize) (end - (text + i + 1)), &piece))
      return refuse (text, i, "unknown token", error);
    piece.text = g_strdup (literal->str);
    g_string_truncate (literal, 0);
    g_array_append_val (self->pieces, piece);
    self->tokens |= piece.token;
    i = (gsize) (end - text);
  }
  rest.text = g_strdup (literal->str);
  g_array_append_val (self->pieces, rest);
  return TRUE;
}

/**
 * voxel_name_pattern_new:
 * @text: a name with tokens in braces
 * @error: G_IO_ERROR_INVALID_ARGUMENT, naming the character at which it is wrong
 *
 * Returns: (nullable) (transfer full): the pattern
 */
VoxelNamePattern *
voxel_name_pattern_new (const gchar *text, GError **error)
{
  g_autoptr (VoxelNamePattern) self = g_new0 (VoxelNamePattern, 1);

  self->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_array_set_clear_func (self->pieces, piece_clear);
  if (!parse (self, text, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * voxel_name_pattern_get_tokens:
 * @self: a pattern
 *
 * Returns: the tokens in it
 */
VoxelNameTokens
voxel_name_pattern_get_tokens (const VoxelNamePattern *self)
{
  return self->tokens;
}

/**
 * voxel_name_pattern_expand:
 * @self: a pattern
 * @id: of the volume
 * @name: of the slice
 * @index: of the slice
 * @axis: the letter of its axis
 *
 * Returns: (transfer full): the name
 */
gchar *
voxel_name_pattern_expand (const VoxelNamePattern *self, const gchar *id, const gchar *name, guint64 index,
                           gchar axis)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < self->pieces->len; i++) {
    const Piece *piece = &g_array_index (self->pieces, Piece, i);

    g_string_append (out, piece->text);
    if (piece->token == VOXEL_NAME_ID)
      g_string_append (out, id);
    if (piece->token == VOXEL_NAME_NAME)
      g_string_append (out, name);
    if (piece->token == VOXEL_NAME_INDEX)
      g_string_append_printf (out, "%0*" G_GUINT64_FORMAT, (gint) MAX (piece->width, 1), index);
    if (piece->token == VOXEL_NAME_AXIS)
      g_string_append_c (out, axis);
  }
  return g_string_free (out, FALSE);
}

/**
 * voxel_name_pattern_from_printf:
 * @text: a name with a conversion for the index as multifilesink has it: %d, %04d, %u; %% for the sign
 * @error: G_IO_ERROR_INVALID_ARGUMENT for another conversion
 *
 * Returns: (nullable) (transfer full): the same with tokens
 */
gchar *
voxel_name_pattern_from_printf (const gchar *text, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const gchar *at = text; *at; at++) {
    gsize digits;

    if (*at != '%') {
      g_string_append_c (out, *at);
      continue;
    }
    at++;
    if (*at == '%') {
      g_string_append_c (out, '%');
      continue;
    }
    digits = strspn (at, "0123456789");
    if ((at[digits] != 'd' && at[digits] != 'u') || (digits && *at != '0')) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "\"%s\", character %" G_GSIZE_FORMAT ": expected %%d or %%04d for the index, or %%%%",
                   text, (gsize) (at - text));
      return NULL;
    }
    if (digits)
      g_string_append_printf (out, "{index:%.*s}", (gint) digits, at);
    else
      g_string_append (out, "{index}");
    at += digits;
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * voxel_name_pattern_free:
 * @self: (transfer full): a pattern
 */
void
voxel_name_pattern_free (VoxelNamePattern *self)
{
  g_clear_pointer (&self->pieces, g_array_unref);
  g_free (self);
}
