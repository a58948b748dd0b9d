/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"

/* The CUDA kernels on the CPU, as backends of their own: one that stores float or bf16, one that stores halves. What the
 * kernels do not compute the reference does. Every kernel runs twice, the second time with its threads
 * in reverse order and in a single block where it may: which must give the same bits. */
extern const VoxelBackend fixture_kernels;
extern const VoxelBackend fixture_kernels_half;

gboolean fixture_kernels_compute (const VoxelOp *op);
