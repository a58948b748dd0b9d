/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>
#include <stdio.h>

#include "models/selftest/selftest-command.h"

/* voxel-selftest: the same as "voxel selftest", which is not built where there is no GStreamer. */
int
main (int argc, char **argv)
{
  VoxelSelftestEnd end;

  setlocale (LC_CTYPE, "");
  end = voxel_selftest_command (argc, argv, "voxel-selftest");
  /* Results that nobody got are no success. */
  if (fflush (stdout) == 0 && !ferror (stdout))
    return end;
  perror ("voxel-selftest: cannot write to the standard output");
  return end == VOXEL_SELFTEST_PASSED ? VOXEL_SELFTEST_FAILED : end;
}
