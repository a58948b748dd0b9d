/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <unistd.h>

#include "command.h"

G_DEFINE_QUARK (voxel_command_error, voxel_command_error)

/* Lines on stderr that start with the command's name; a progress bar that stands there is wiped first. */
static void
print_lines (const gchar *command, const gchar *kind, const gchar *text)
{
  const gchar *wipe = isatty (STDERR_FILENO) ? "\r\033[K" : "";

  g_printerr ("%svoxel %s: %s%s\n", wipe, command, kind, text);
}

/**
 * voxel_command_fail:
 * @command: subcommand that speaks
 * @error: (nullable): what went wrong; %NULL when it has been said already
 *
 * Returns: the exit code that belongs to @error
 */
int
voxel_command_fail (const gchar *command, const GError *error)
{
  gboolean usage = error && (g_error_matches (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE) ||
                             error->domain == G_OPTION_ERROR);

  if (error)
    print_lines (command, "", error->message);
  return usage ? VOXEL_EXIT_USAGE : VOXEL_EXIT_FAILED;
}

/**
 * voxel_command_warn:
 * @command: subcommand that speaks
 * @format: printf format of one line
 * @...: its arguments
 */
void
voxel_command_warn (const gchar *command, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  print_lines (command, "warning: ", text);
}

/**
 * voxel_command_parse:
 * @context: options of a subcommand
 * @argc: (inout): count of words
 * @argv: (inout): words; what is no option is left
 * @error: VOXEL_COMMAND_ERROR_USAGE that points to --help
 *
 * Returns: whether all options are known and have values of their type
 */
gboolean
voxel_command_parse (GOptionContext *context, int *argc, char ***argv, GError **error)
{
  g_autoptr (GError) own = NULL;
  const gchar *command = (*argv)[0];
  g_autofree gchar *program = g_strconcat ("voxel ", command, NULL);

  g_set_prgname (program);
  if (g_option_context_parse (context, argc, argv, &own))
    return TRUE;
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "%s\nSee: voxel %s --help",
               own->message, command);
  return FALSE;
}
