/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "command.h"
#include "phantom.h"

static gboolean
parse_size (const gchar *text, gsize shape[3], GError **error)
{
  g_auto (GStrv) sides = g_strsplit (text, "x", -1);
  guint n = g_strv_length (sides);

  for (guint i = 0; i < 3 && (n == 1 || n == 3); i++) {
    g_autoptr (GError) problem = NULL;
    guint64 side;

    if (!g_ascii_string_to_unsigned (sides[n == 1 ? 0 : i], 10, VOXEL_PHANTOM_MIN_SIDE,
                                     VOXEL_PHANTOM_MAX_SIDE, &side, &problem)) {
      g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "--size %s: %s", text,
                   problem->message);
      return FALSE;
    }
    shape[i] = (gsize) side;
  }
  if (n == 1 || n == 3)
    return TRUE;
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
               "--size %s: one side, or three as in 40x600x560 (z, y, x)", text);
  return FALSE;
}

static gdouble
vessel_share (const VoxelPhantom *phantom)
{
  gsize voxels = phantom->shape[0] * phantom->shape[1] * phantom->shape[2], inside = 0;

  for (gsize i = 0; i < voxels; i++)
    inside += phantom->label[i] != 0;
  return (gdouble) inside / (gdouble) voxels;
}

static gboolean
run (int argc, char **argv, GError **error)
{
  g_autofree gchar *size = NULL;
  g_autoptr (VoxelPhantom) phantom = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("OUT");
  gint64 seed = 1;
  gboolean force = FALSE, quiet = FALSE;
  gsize shape[3] = {256, 256, 256};
  GOptionEntry entries[] = {
      {"size", 0, 0, G_OPTION_ARG_STRING, &size, "Side of the cube in voxels, or z, y and x (256)",
       "N|ZxYxX"},
      {"seed", 0, 0, G_OPTION_ARG_INT64, &seed,
       "Another seed, another phantom; the same one, the same bytes (1)", "N"},
      {"force", 0, 0, G_OPTION_ARG_NONE, &force, "Replace the phantom that OUT holds", NULL},
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "Say nothing but errors", NULL},
      {NULL},
  };

  g_option_context_set_summary (context,
                                "Makes a volume of branching tubes under noise, with its truth: 16-bit "
                                "slices in OUT/images, masks in OUT/labels.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!voxel_command_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc != 2) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "one folder to write to is needed\n"
                 "See: voxel phantom --help");
    return FALSE;
  }
  if (size && !parse_size (size, shape, error))
    return FALSE;
  phantom = voxel_phantom_new (shape, (guint64) seed, g_get_num_processors (), error);
  if (!phantom || !voxel_phantom_save (phantom, argv[1], force, error))
    return FALSE;
  if (!quiet)
    g_print ("%s: images and labels of %" G_GSIZE_FORMAT " slices of %" G_GSIZE_FORMAT
             " rows and %" G_GSIZE_FORMAT " columns, %.1f %% vessel\n",
             argv[1], shape[0], shape[1], shape[2], 100 * vessel_share (phantom));
  return TRUE;
}

/**
 * voxel_command_phantom:
 * @argc: count of words
 * @argv: "phantom" and its options
 *
 * Returns: an exit code
 */
int
voxel_command_phantom (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (run (argc, argv, &error))
    return VOXEL_EXIT_OK;
  return voxel_command_fail (argv[0], error);
}
