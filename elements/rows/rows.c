/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/rows/rows.h"

#include "models/cpu/isa.h"

extern const VoxelRows voxel_rows_base_table;
#ifdef VOXEL_ROWS_X86
extern const VoxelRows voxel_rows_avx2_table;
extern const VoxelRows voxel_rows_avx512_table;
#endif

/**
 * voxel_rows_for_lanes:
 * @lanes: floats a vector, 4, 8 or 16: no more than the processor has
 *
 * Returns: (transfer none): the loops for such vectors, or the widest below that this build has
 */
const VoxelRows *
voxel_rows_for_lanes (guint lanes)
{
#ifdef VOXEL_ROWS_X86
  if (lanes >= 16)
    return &voxel_rows_avx512_table;
  if (lanes >= 8)
    return &voxel_rows_avx2_table;
#endif
  return &voxel_rows_base_table;
}

/**
 * voxel_rows:
 *
 * Returns: (transfer none): the loops for the instruction set that networks use here too
 */
const VoxelRows *
voxel_rows (void)
{
  return voxel_rows_for_lanes (voxel_cpu_kernels ()->lanes);
}
