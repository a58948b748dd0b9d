/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "command.h"
#include "models/selftest/selftest-command.h"

/**
 * voxel_command_selftest:
 * @argc: words
 * @argv: words, the subcommand first
 *
 * Returns: a #VoxelSelftestEnd, which has the codes of #VoxelExit and one of its own
 */
int
voxel_command_selftest (int argc, char **argv)
{
  return voxel_selftest_command (argc, argv, "voxel selftest");
}
