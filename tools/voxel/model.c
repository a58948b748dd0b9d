/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "command.h"
#include "model-info.h"
#include "model-list.h"
#include "model-new.h"

typedef struct {
  const gchar *name;
  const gchar *summary;
  int (*call) (int argc, char **argv);
} ModelCommand;

static const ModelCommand commands[] = {
    {"list", "architectures, their configuration and sizes", voxel_command_model_list},
    {"new", "a model file with weights as training begins with", voxel_command_model_new},
    {"info", "record, size and, with --time, the time of each layer", voxel_command_model_info},
};

static void
print_help (void)
{
  g_print ("Usage: voxel model COMMAND [OPTION…]\n\nCommands:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-10s %s\n", commands[i].name, commands[i].summary);
  g_print ("\n  voxel model COMMAND --help   options of a command\n");
}

/**
 * voxel_command_model:
 * @argc: words
 * @argv: "model", what to do with models, its words
 *
 * Returns: exit code
 */
int
voxel_command_model (int argc, char **argv)
{
  const gchar *name = argc > 1 ? argv[1] : "";

  if (!strcmp (name, "--help") || !strcmp (name, "-h")) {
    print_help ();
    return VOXEL_EXIT_OK;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree gchar *whole = g_strconcat ("model ", commands[i].name, NULL);

    if (strcmp (name, commands[i].name))
      continue;
    argv[1] = whole;
    return commands[i].call (argc - 1, argv + 1);
  }
  g_printerr ("voxel model: there is no command \"%s\"\nSee: voxel model --help\n", name);
  return VOXEL_EXIT_USAGE;
}
