/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "world.h"

/* launch.c: the kernels of bodies.c, as work of streams. */
extern const VoxelCudaEntry stand_in_kernels[VOXEL_CUDA_N_KERNELS];
