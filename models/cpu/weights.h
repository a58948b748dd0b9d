/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"
#include "models/cpu/kernels.h"

G_BEGIN_DECLS

/**
 * VoxelCpuPacking:
 * @VOXEL_CPU_PACK_TAPS: group, block of output channels, tap, input channel, output channel of the block
 * @VOXEL_CPU_PACK_TRANSPOSED: tap, block, input channel, output channel of the block; from I, O, KH, KW
 * @VOXEL_CPU_PACK_PAIRS: in bf16: block of output channels, row of the kernel, pair of that row's values (columns
 *   by input channels, rounded up to an even number), output channel of the block
 * @VOXEL_CPU_PACK_BLOCK_PAIRS: as PAIRS, for each of as many blocks of neighbouring groups as @groups says, zeros
 *   where groups do not meet; groups have as many input channels as output channels
 * @VOXEL_CPU_PACK_TRANSPOSED_PAIRS: as TRANSPOSED, in bf16, a pair of input channels in place of each
 * @VOXEL_CPU_PACK_WINOGRAD: one of 36 transforms, block, input channel, output channel of the block
 * @VOXEL_CPU_PACK_ROWS: output channel, tap, input channels rounded up to whole vectors
 * @VOXEL_CPU_PACK_BIAS: each group's output channels rounded up to whole vectors
 *
 * Forms of weights. Blocks are of VOXEL_CPU_BLOCK() output channels, rounded up with zeros.
 */
typedef enum {
  VOXEL_CPU_PACK_TAPS,
  VOXEL_CPU_PACK_TRANSPOSED,
  VOXEL_CPU_PACK_PAIRS,
  VOXEL_CPU_PACK_BLOCK_PAIRS,
  VOXEL_CPU_PACK_TRANSPOSED_PAIRS,
  VOXEL_CPU_PACK_WINOGRAD,
  VOXEL_CPU_PACK_ROWS,
  VOXEL_CPU_PACK_BIAS,
} VoxelCpuPacking;

const gfloat *voxel_cpu_pack (VoxelPrepare *prepare, const VoxelTensor *constant, VoxelCpuPacking packing,
                              guint groups, GError **error);

G_END_DECLS
