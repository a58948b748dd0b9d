/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelExit:
 * @VOXEL_EXIT_OK: done
 * @VOXEL_EXIT_FAILED: understood, but it did not work out; stderr says why
 * @VOXEL_EXIT_USAGE: not understood, or an option that cannot be; nothing was touched
 * @VOXEL_EXIT_INTERRUPTED: stopped by Ctrl-C; no half-written outputs are left
 * @VOXEL_EXIT_TERMINATED: stopped by SIGTERM likewise
 *
 * What a script can trust.
 */
typedef enum {
  VOXEL_EXIT_OK = 0,
  VOXEL_EXIT_FAILED = 1,
  VOXEL_EXIT_USAGE = 2,
  VOXEL_EXIT_INTERRUPTED = 130,
  VOXEL_EXIT_TERMINATED = 143,
} VoxelExit;

#define VOXEL_COMMAND_ERROR (voxel_command_error_quark ())
GQuark voxel_command_error_quark (void);

/**
 * VoxelCommandError:
 * @VOXEL_COMMAND_ERROR_FAILED: leads to VOXEL_EXIT_FAILED, as every error of another domain
 * @VOXEL_COMMAND_ERROR_USAGE: leads to VOXEL_EXIT_USAGE
 */
typedef enum {
  VOXEL_COMMAND_ERROR_FAILED,
  VOXEL_COMMAND_ERROR_USAGE,
} VoxelCommandError;

int voxel_command_fail (const gchar *command, const GError *error);
void voxel_command_warn (const gchar *command, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
gboolean voxel_command_parse (GOptionContext *context, int *argc, char ***argv, GError **error);

/* The subcommands: argv[0] is the subcommand's own name. */
int voxel_command_model (int argc, char **argv);
int voxel_command_baseline (int argc, char **argv);
int voxel_command_phantom (int argc, char **argv);
int voxel_command_prepare (int argc, char **argv);
int voxel_command_run (int argc, char **argv);
int voxel_command_score (int argc, char **argv);
int voxel_command_segment (int argc, char **argv);
int voxel_command_selftest (int argc, char **argv);
int voxel_command_view (int argc, char **argv);

G_END_DECLS
