/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-descriptor.h"

G_BEGIN_DECLS

/**
 * cudnnContext:
 * @stream: of the stand-in device, that executions are added to; %NULL: they are done at once, on any memory
 *
 * What a cudnnHandle_t points to.
 */
struct cudnnContext {
  cudaStream_t stream;
};

cudnnStatus_t cudnn_execute (cudnnHandle_t handle, CudnnDescriptor *plan, CudnnDescriptor *pack);

G_END_DECLS
