/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../fixture-network.h"
#include "models/backend.h"
#include "models/cuda/cudnn-plan.h"
#include "models/ops/ops.h"

VoxelCudnnLibrary *planned_library (void);
VoxelGraph *planned_graph (const VoxelArchitecture *architecture, VoxelJson *config, guint n, guint side,
                           VoxelPrecision precision);
VoxelNode *planned_conv (VoxelGraph *graph, const VoxelOp *op, VoxelTensor *x, const VoxelShape *weight,
                         const VoxelConv2d *conv);
