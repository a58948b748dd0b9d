/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-kind.h"

G_BEGIN_DECLS

/* A tensor and what an operation does with it. */
typedef struct {
  CudnnTensor tensor;
  CudnnUse use;
} CudnnOperand;

guint cudnn_graph_size (const CudnnDescriptor *graph);
const CudnnDescriptor *cudnn_graph_operation (const CudnnDescriptor *graph, guint index);
GArray *cudnn_graph_operands (const CudnnDescriptor *graph);

G_END_DECLS
