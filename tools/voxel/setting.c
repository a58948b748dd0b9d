/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>
#include <string.h>

#include "command.h"
#include "setting.h"

/**
 * voxel_settings_add_options:
 * @settings: (array length=n): what can be said
 * @n: how many
 * @given: (array length=n): hears what was said of each, %NULL for nothing
 * @context: of the command line
 */
void
voxel_settings_add_options (const VoxelSetting *settings, gsize n, gchar **given, GOptionContext *context)
{
  for (gsize i = 0; i < n; i++) {
    const GOptionEntry entries[] = {
        {settings[i].name, 0, 0, G_OPTION_ARG_STRING, &given[i], settings[i].help, settings[i].argument},
        {NULL},
    };

    g_option_context_add_main_entries (context, entries, NULL);
  }
}

static gboolean
words_hold (const gchar *words, const gchar *text, gboolean several)
{
  g_auto (GStrv) known = g_strsplit (words, ",", -1);
  g_auto (GStrv) given = g_strsplit (text, ",", -1);

  for (guint i = 0; given[i]; i++) {
    if (!g_strv_contains ((const gchar *const *) known, given[i]))
      return FALSE;
    for (guint j = 0; j < i; j++) {
      if (strcmp (given[i], given[j]) == 0)
        return FALSE;
    }
  }
  return given[0] && (several || !given[1]);
}

/**
 * voxel_setting_parse_number:
 * @text: words of the user
 * @value: (out): the number
 *
 * Returns: whether it is one, and nothing else
 */
gboolean
voxel_setting_parse_number (const gchar *text, gdouble *value)
{
  gchar *end = NULL;

  *value = g_ascii_strtod (text, &end);
  return end != text && !*end && isfinite (*value);
}

/**
 * voxel_setting_format_number:
 * @value: a number
 *
 * Returns: (transfer full): as pipelines take it, to 10 digits
 */
gchar *
voxel_setting_format_number (gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.10g", value));
}

static gboolean
check (const VoxelSetting *setting, const gchar *text, GError **error)
{
  gboolean count = setting->kind == VOXEL_SETTING_COUNT;
  gdouble value;

  if (setting->kind == VOXEL_SETTING_TEXT)
    return TRUE;
  if (setting->words) {
    if (words_hold (setting->words, text, setting->kind == VOXEL_SETTING_LIST))
      return TRUE;
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "--%s %s: expected %s of %s",
                 setting->name, text, setting->kind == VOXEL_SETTING_LIST ? "some" : "one", setting->words);
    return FALSE;
  }
  if (voxel_setting_parse_number (text, &value) && value >= setting->low && value <= setting->high &&
      (!count || value == floor (value)))
    return TRUE;
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
               "--%s %s: expected a %snumber from %.10g to %.10g", setting->name, text, count ? "whole " : "",
               setting->low, setting->high);
  return FALSE;
}

/**
 * voxel_settings_check:
 * @settings: (array length=n): what can be said
 * @n: how many
 * @given: (array length=n): what was said
 * @error: VOXEL_COMMAND_ERROR_USAGE naming the option and what it takes
 *
 * Returns: whether what was said can be
 */
gboolean
voxel_settings_check (const VoxelSetting *settings, gsize n, gchar *const *given, GError **error)
{
  for (gsize i = 0; i < n; i++) {
    if (given[i] && !check (&settings[i], given[i], error))
      return FALSE;
  }
  return TRUE;
}
