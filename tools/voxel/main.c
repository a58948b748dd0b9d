/* SPDX-License-Identifier: LGPL-2.1-or-later */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <gst/gst.h>

#include "command.h"

typedef struct {
  const gchar *name;
  const gchar *summary;
  int (*call) (int argc, char **argv);
} VoxelCommand;

static const VoxelCommand commands[] = {
    {"segment", "from a stack of slices to a vessel mask", voxel_command_segment},
    {"prepare", "from labelled stacks to shards of augmented tiles for training", voxel_command_prepare},
    {"score", "compare a mask with the truth: surface dice, Dice, IoU", voxel_command_score},
    {"run", "run a pipeline file with values for its variables", voxel_command_run},
    {"model", "what a model file holds and how long it takes", voxel_command_model},
    {"baseline", "tell what the best intensity threshold alone would reach", voxel_command_baseline},
    {"phantom", "make a volume of branching tubes, with its truth", voxel_command_phantom},
    {"selftest", "test whether networks are computed right here, on CPU and GPU, and how fast",
     voxel_command_selftest},
    {"view", "write a slice as a picture, with a mask over it", voxel_command_view},
};

static void
print_help (void)
{
  g_print ("Usage: voxel COMMAND [OPTION…]\n\nFrom scanned slices to vessel masks.\n\nCommands:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-10s %s\n", commands[i].name, commands[i].summary);
  g_print ("\n  voxel COMMAND --help   options of a command\n"
           "  voxel --version        version of this program and of GStreamer\n\n"
           "Exit codes: 0 done, 1 failed, 2 not understood, 130 stopped by Ctrl-C; selftest has more.\n");
}

static void
print_version (void)
{
  g_autofree gchar *gstreamer = gst_version_string ();

  g_print ("voxel %s (%s)\n", PACKAGE_VERSION, gstreamer);
}

/* Results that nobody got are no success: stdout may be a file on a full disk. */
static int
flush_results (int code)
{
  gboolean lost = ferror (stdout) != 0;

  if (fflush (stdout) == 0 && !lost)
    return code;
  g_printerr ("voxel: cannot write to the standard output: %s\n", g_strerror (errno ? errno : EIO));
  return code == VOXEL_EXIT_OK ? VOXEL_EXIT_FAILED : code;
}

int
main (int argc, char **argv)
{
  const gchar *name = argc > 1 ? argv[1] : NULL;
  int code;

  setlocale (LC_CTYPE, "");
  /* A file as large as ulimit -f allows is an error of write () to tell of, no reason to die halfway. */
  signal (SIGXFSZ, SIG_IGN);
  g_set_prgname ("voxel");
  if (!name) {
    print_help ();
    return VOXEL_EXIT_USAGE;
  }
  if (!strcmp (name, "--help") || !strcmp (name, "-h") || !strcmp (name, "help")) {
    print_help ();
    return VOXEL_EXIT_OK;
  }
  if (!strcmp (name, "--version")) {
    print_version ();
    return VOXEL_EXIT_OK;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (strcmp (name, commands[i].name) != 0)
      continue;
    code = flush_results (commands[i].call (argc - 1, argv + 1));
    /* Where tracers tell what they saw. */
    if (gst_is_initialized ())
      gst_deinit ();
    return code;
  }
  g_printerr ("voxel: there is no command \"%s\"\nSee: voxel --help\n", name);
  return VOXEL_EXIT_USAGE;
}
