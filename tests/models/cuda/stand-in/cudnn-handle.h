/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-descriptor.h"
#include "stand-in.h"

G_BEGIN_DECLS

/**
 * cudnnContext:
 * @stream: that executions are added to
 * @add: of the stand-in device; %NULL where that is not loaded: executions are done at once
 * @left: likewise
 *
 * What a cudnnHandle_t points to.
 */
struct cudnnContext {
  cudaStream_t stream;
  VoxelCudaStandInAdd add;
  VoxelCudaStandInLeft left;
};

cudnnStatus_t cudnn_execute (cudnnHandle_t handle, CudnnDescriptor *plan, CudnnDescriptor *pack);

G_END_DECLS
