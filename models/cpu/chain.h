/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/cpu.h"
#include "models/cpu/kernels.h"

G_BEGIN_DECLS

/* Additions, products and activations one after the other, in one pass over memory. */
extern const VoxelOp voxel_cpu_op_chain;

gboolean voxel_cpu_chain_of (const VoxelNode *node, VoxelCpuChain *chain);
gboolean voxel_cpu_fuse_chains (VoxelGraph *graph, GError **error);

G_END_DECLS
