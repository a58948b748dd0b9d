/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/rows/rows.h"

#include "models/cpu/isa.h"

extern const VoxelRows voxel_rows_base_table;
#ifdef VOXEL_ROWS_X86
extern const VoxelRows voxel_rows_avx2_table;
extern const VoxelRows voxel_rows_avx512_table;
#endif

/**
 * voxel_rows:
 *
 * Returns: (transfer none): the loops for the instruction set that networks use here too
 */
const VoxelRows *
voxel_rows (void)
{
#ifdef VOXEL_ROWS_X86
  switch (voxel_cpu_kernels ()->lanes) {
  case 16:
    return &voxel_rows_avx512_table;
  case 8:
    return &voxel_rows_avx2_table;
  default:
    break;
  }
#endif
  return &voxel_rows_base_table;
}
