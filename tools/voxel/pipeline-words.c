/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "command.h"
#include "pipeline-words.h"

static void
word_clear (gpointer word)
{
  g_free (((VoxelPipelineWord *) word)->text);
}

/**
 * voxel_pipeline_words_new:
 *
 * Returns: (element-type VoxelPipelineWord): no words
 */
GArray *
voxel_pipeline_words_new (void)
{
  GArray *words = g_array_new (FALSE, FALSE, sizeof (VoxelPipelineWord));

  g_array_set_clear_func (words, word_clear);
  return words;
}

/**
 * voxel_pipeline_words_span:
 * @text: where a quote, a variable or anything else begins
 *
 * Returns: bytes of the quoted string, the variable, the escaped or the plain character that @text begins
 * with; 0 where its end is missing
 */
gsize
voxel_pipeline_words_span (const gchar *text)
{
  if (text[0] == '\\')
    return text[1] ? 2 : 1;
  if (text[0] == '"' || text[0] == '\'') {
    for (gsize i = 1; text[i]; i++) {
      if (text[i] == text[0])
        return i + 1;
      if (text[i] == '\\' && text[i + 1])
        i++;
    }
    return 0;
  }
  if (g_str_has_prefix (text, "${")) {
    const gchar *end = strchr (text, '}');

    return end ? (gsize) (end - text) + 1 : 0;
  }
  return 1;
}

static guint
count_lines (const gchar *text, gsize size)
{
  guint n = 0;

  for (gsize i = 0; i < size; i++)
    n += text[i] == '\n';
  return n;
}

/**
 * voxel_pipeline_words_split:
 * @name: of the file, for errors
 * @text: pipeline text
 * @error: VOXEL_COMMAND_ERROR_FAILED naming file and line
 *
 * A word ends at white space that is neither quoted nor in a variable; a # where a word could begin hides the
 * rest of its line.
 *
 * Returns: (element-type VoxelPipelineWord): the words
 */
GArray *
voxel_pipeline_words_split (const gchar *name, const gchar *text, GError **error)
{
  g_autoptr (GArray) words = voxel_pipeline_words_new ();
  guint line = 1;

  while (*text) {
    const gchar *begin = text;
    VoxelPipelineWord word = {NULL, line};

    if (*text == '#') {
      text += strcspn (text, "\n");
      continue;
    }
    if (g_ascii_isspace (*text)) {
      line += *text == '\n';
      text++;
      continue;
    }
    while (*text && !g_ascii_isspace (*text)) {
      gsize span = voxel_pipeline_words_span (text);

      if (span == 0) {
        g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED,
                     "%s:%u: the end of %s is missing", name, line,
                     *text == '$' ? "a variable, }," : "a quoted string");
        return NULL;
      }
      line += count_lines (text, span);
      text += span;
    }
    word.text = g_strndup (begin, (gsize) (text - begin));
    g_array_append_val (words, word);
  }
  return g_steal_pointer (&words);
}
