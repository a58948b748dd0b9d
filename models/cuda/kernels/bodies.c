/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* All kernels: CUDA for nvcc -x cu, what launch.h makes of them for any other compiler. */
#include "models/cuda/kernels/attention.cu"
#include "models/cuda/kernels/global_avg_pool2d.cu"
#include "models/cuda/kernels/group_norm.cu"
#include "models/cuda/kernels/layer_norm.cu"
#include "models/cuda/kernels/matmul.cu"
#include "models/cuda/kernels/pad.cu"
#include "models/cuda/kernels/pointwise.cu"
#include "models/cuda/kernels/pool2d.cu"
#include "models/cuda/kernels/slice_cut.cu"
#include "models/cuda/kernels/slice_merge.cu"
#include "models/cuda/kernels/slice_stitch.cu"
#include "models/cuda/kernels/softmax.cu"
#include "models/cuda/kernels/upsample.cu"

#define VOXEL_CUDA_KERNEL_ADDRESS(NAME, name) voxel_cuda_##name,
const VoxelCudaEntry voxel_cuda_entries[VOXEL_CUDA_N_KERNELS] = {
    VOXEL_CUDA_EACH_KERNEL (VOXEL_CUDA_KERNEL_ADDRESS)};
