/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

/* What the stand-in device exports beside its table, for the stand-in cuDNN, which finds it in the file that
 * VOXEL_CUDA_MODULE names. */

typedef void (*VoxelCudaStandInFunc) (void *data);

/* Adds work to a stream: done in its turn, or recorded while the stream captures and done whenever that is played.
 * @free is called for @data when it cannot be done any more. Returns a cudaError_t, as all functions of the table. */
int voxel_cuda_stand_in_add (void *stream, VoxelCudaStandInFunc func, void *data, VoxelCudaStandInFunc free);

/* Bytes from @memory to the end of the device's block that it lies in; 0 for what is not the device's. */
size_t voxel_cuda_stand_in_left (const void *memory);

typedef int (*VoxelCudaStandInAdd) (void *stream, VoxelCudaStandInFunc func, void *data,
                                    VoxelCudaStandInFunc free);
typedef size_t (*VoxelCudaStandInLeft) (const void *memory);
