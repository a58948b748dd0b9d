/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "command.h"
#include "pipeline-text.h"
#include "pipeline-values.h"
#include "pipeline-words.h"

/* Pipeline text: what gst-launch-1.0 takes, and
 *   # a comment
 *   ${name}  ${name:-default}            a value, in one piece whatever is in it
 *   ${each name} … ${end}                what stands between, once for each value of that name
 *   ${none name} … ${end}                what stands between, where there is no value of that name
 */

#define NAME "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

/**
 * VoxelPipelineText:
 *
 * Expanded words and the line each came from.
 */
struct _VoxelPipelineText {
  GArray *words;
};

/* The blocks that a word stands in, innermost first. */
typedef struct _Scope Scope;

struct _Scope {
  const Scope *outer;
  const gchar *name;
  const gchar *value;
};

typedef struct {
  const gchar *file;
  GHashTable *values;
  GHashTable *used;
  GArray *out;
} Expansion;

static void
append_word (GArray *out, gchar *text, guint line)
{
  VoxelPipelineWord word = {text, line};

  g_array_append_val (out, word);
}

static const gchar *
look_up (Expansion *e, const Scope *scope, const gchar *name, guint line, GError **error)
{
  GPtrArray *list;

  for (; scope; scope = scope->outer) {
    if (strcmp (scope->name, name) == 0)
      return scope->value;
  }
  list = g_hash_table_lookup (e->values, name);
  if (!list)
    return NULL;
  g_hash_table_add (e->used, g_strdup (name));
  if (list->len == 1)
    return g_ptr_array_index (list, 0);
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
               "%s:%u: ${%s} takes one value here, %u are given", e->file, line, name, list->len);
  return NULL;
}

/* @variable is "${name}" or "${name:-default}"; its value is appended as it is. */
static gboolean
append_variable (Expansion *e, const Scope *scope, GString *out, const gchar *variable, gsize size,
                 guint line, GError **error)
{
  g_autofree gchar *inside = g_strndup (variable + 2, size - 3);
  gchar *fallback = strstr (inside, ":-");
  g_autoptr (GError) own = NULL;
  const gchar *value;

  if (fallback) {
    *fallback = '\0';
    fallback += 2;
  }
  if (!*inside || strspn (inside, NAME) != strlen (inside)) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED, "%s:%u: \"%.*s\" names no variable",
                 e->file, line, (int) size, variable);
    return FALSE;
  }
  value = look_up (e, scope, inside, line, &own);
  if (own) {
    g_propagate_error (error, g_steal_pointer (&own));
    return FALSE;
  }
  if (!value && !fallback) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "%s:%u: ${%s} has no value and no default\nGive it: %s=VALUE", e->file, line, inside,
                 inside);
    return FALSE;
  }
  if (value && !g_utf8_validate (value, -1, NULL)) {
    g_autofree gchar *readable = g_utf8_make_valid (value, -1);

    g_set_error (
        error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
        "the value of ${%s}, \"%s\", is not UTF-8, which GStreamer needs\nRename the file or link to it",
        inside, readable);
    return FALSE;
  }
  g_string_append (out, value ? value : fallback);
  return TRUE;
}

/* Everything behind the = of a word: quoted and plain pieces and variables become one value. */
static gboolean
append_pieces (Expansion *e, const Scope *scope, GString *out, const gchar *text, guint line, GError **error)
{
  gchar quote = 0;

  for (gsize span; *text; text += span) {
    span = 1;
    if (g_str_has_prefix (text, "${")) {
      span = voxel_pipeline_words_span (text);
      if (span == 0) {
        g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED, "%s:%u: a variable has no }",
                     e->file, line);
        return FALSE;
      }
      if (!append_variable (e, scope, out, text, span, line, error))
        return FALSE;
    } else if (quote ? *text == quote : (*text == '"' || *text == '\'')) {
      quote = quote ? 0 : *text;
    } else {
      if (*text == '\\' && text[1])
        text++;
      g_string_append_c (out, *text);
    }
  }
  return TRUE;
}

/* Bytes of a word that stand before its value: up to the first =, none where the word before was or ended in
 * one; G_MAXSIZE where the word has no value. */
static gsize
find_value (const gchar *word, const GArray *before)
{
  const gchar *equals = strpbrk (word, "=\"'$");
  const gchar *last = before->len ? g_array_index (before, VoxelPipelineWord, before->len - 1).text : "";

  if (equals && *equals == '=')
    return (gsize) (equals - word) + 1;
  return g_str_has_suffix (last, "=") ? 0 : G_MAXSIZE;
}

static gboolean
expand_word (Expansion *e, const Scope *scope, const VoxelPipelineWord *word, GError **error)
{
  gsize head = find_value (word->text, e->out);
  g_autoptr (GString) value = g_string_new (NULL);
  g_autofree gchar *quoted = NULL;

  if (!strstr (word->text, "${")) {
    append_word (e->out, g_strdup (word->text), word->line);
    return TRUE;
  }
  if (!append_pieces (e, scope, value, word->text + (head == G_MAXSIZE ? 0 : head), word->line, error))
    return FALSE;
  quoted = voxel_pipeline_quote (value->str);
  if (head == G_MAXSIZE && *quoted == '"') {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "%s:%u: \"%s\" cannot stand in \"%s\": only the value of a property takes any text", e->file,
                 word->line, value->str, word->text);
    return FALSE;
  }
  append_word (e->out, g_strdup_printf ("%.*s%s", head == G_MAXSIZE ? 0 : (int) head, word->text, quoted),
               word->line);
  return TRUE;
}

static gboolean
opens_block (const gchar *word)
{
  return g_str_has_prefix (word, "${each ") || g_str_has_prefix (word, "${none ");
}

/* The name in "${each name}" or "${none name}", NULL for any other word. */
static gchar *
block_name (const gchar *word)
{
  if (!opens_block (word) || !g_str_has_suffix (word, "}"))
    return NULL;
  return g_strstrip (g_strndup (word + 7, strlen (word) - 8));
}

/* Where the block that opens at @begin ends; the count of words where it does not. */
static guint
find_end (const GArray *words, guint begin)
{
  guint depth = 0;

  for (guint i = begin; i < words->len; i++) {
    const gchar *text = g_array_index (words, VoxelPipelineWord, i).text;

    depth += opens_block (text);
    depth -= strcmp (text, "${end}") == 0;
    if (depth == 0)
      return i;
  }
  return words->len;
}

static gboolean expand_range (Expansion *e, const Scope *scope, const GArray *words, guint begin, guint end,
                              GError **error);

/* A block that is left out: its values are no mistake all the same. */
static void
leave_out (Expansion *e, const Scope *scope, const GArray *words, guint begin, guint end)
{
  g_autoptr (GArray) nothing = voxel_pipeline_words_new ();
  Expansion aside = *e;

  aside.out = nothing;
  expand_range (&aside, scope, words, begin, end, NULL);
}

static gboolean
expand_range (Expansion *e, const Scope *scope, const GArray *words, guint begin, guint end, GError **error)
{
  for (guint i = begin; i < end; i++) {
    const VoxelPipelineWord *word = &g_array_index (words, VoxelPipelineWord, i);
    g_autofree gchar *name = block_name (word->text);
    guint stop = name ? find_end (words, i) : i;
    GPtrArray *list = name ? g_hash_table_lookup (e->values, name) : NULL;
    gboolean none = name && g_str_has_prefix (word->text, "${none ");

    if (stop == words->len || strcmp (word->text, "${end}") == 0) {
      g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED, "%s:%u: %s has no %s", e->file,
                   word->line, word->text, name ? "${end}" : "${each name} before it");
      return FALSE;
    }
    if (!name && !expand_word (e, scope, word, error))
      return FALSE;
    if (list)
      g_hash_table_add (e->used, g_strdup (name));
    if (none && list)
      leave_out (e, scope, words, i + 1, stop);
    if (none && !list && !expand_range (e, scope, words, i + 1, stop, error))
      return FALSE;
    for (guint k = 0; list && !none && k < list->len; k++) {
      Scope inner = {scope, name, g_ptr_array_index (list, k)};

      if (!expand_range (e, &inner, words, i + 1, stop, error))
        return FALSE;
    }
    i = stop;
  }
  return TRUE;
}

static gboolean
check_used (const Expansion *e, GError **error)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, e->values);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    if (!g_hash_table_contains (e->used, name)) {
      g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "no ${%s} in this pipeline, %s",
                   (const gchar *) name, e->file);
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * voxel_pipeline_text_expand:
 * @name: of the file, for errors
 * @text: pipeline text
 * @values: (element-type utf8 GPtrArray): values of each variable, of voxel_pipeline_values_add()
 * @error: VOXEL_COMMAND_ERROR: a variable without a value, a value without a variable, text that does not
 * close
 *
 * A value is never looked at again: ${…} in it stays what it is.
 *
 * Returns: (transfer full): the text with comments gone and variables replaced
 */
VoxelPipelineText *
voxel_pipeline_text_expand (const gchar *name, const gchar *text, GHashTable *values, GError **error)
{
  g_autoptr (GArray) words = voxel_pipeline_words_split (name, text, error);
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (VoxelPipelineText) pipeline = g_new0 (VoxelPipelineText, 1);
  Expansion e = {name, values, used};

  if (!words)
    return NULL;
  pipeline->words = e.out = voxel_pipeline_words_new ();
  if (!expand_range (&e, NULL, words, 0, words->len, error) || !check_used (&e, error))
    return NULL;
  return g_steal_pointer (&pipeline);
}

/**
 * voxel_pipeline_text_free:
 * @pipeline: expanded text
 */
void
voxel_pipeline_text_free (VoxelPipelineText *pipeline)
{
  g_clear_pointer (&pipeline->words, g_array_unref);
  g_free (pipeline);
}

/**
 * voxel_pipeline_text_to_launch:
 * @pipeline: expanded text
 *
 * Returns: what gst_parse_launch() takes
 */
gchar *
voxel_pipeline_text_to_launch (const VoxelPipelineText *pipeline)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < pipeline->words->len; i++)
    g_string_append_printf (out, "%s%s", i ? " " : "",
                            g_array_index (pipeline->words, VoxelPipelineWord, i).text);
  return g_string_free (out, FALSE);
}

/* Only what the shell could take for something else is quoted. */
static void
append_shell (GString *out, const gchar *word)
{
  g_autofree gchar *quoted = NULL;

  if (strcmp (word, "!") == 0 || strspn (word, VOXEL_PIPELINE_SAFE) == strlen (word)) {
    g_string_append (out, word);
    return;
  }
  quoted = g_shell_quote (word);
  g_string_append (out, quoted);
}

/**
 * voxel_pipeline_text_to_shell:
 * @pipeline: expanded text
 *
 * Returns: a gst-launch-1.0 command for the shell, a line for each line of the file
 */
gchar *
voxel_pipeline_text_to_shell (const VoxelPipelineText *pipeline)
{
  GString *out = g_string_new ("gst-launch-1.0 -e");
  guint line = 0;

  for (guint i = 0; i < pipeline->words->len; i++) {
    const VoxelPipelineWord *word = &g_array_index (pipeline->words, VoxelPipelineWord, i);

    g_string_append (out, line && word->line != line ? " \\\n  " : " ");
    append_shell (out, word->text);
    line = word->line;
  }
  return g_string_free (out, FALSE);
}
