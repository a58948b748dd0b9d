/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-graph.h"

G_BEGIN_DECLS

/* Of each graph there are two: one that multiplies on tensor cores, for which floats are rounded, and one that does not.
 * Numbers of those that are compiled are higher by 2. */
enum { CUDNN_ENGINE_TENSOR_CORES, CUDNN_ENGINE_PLAIN, CUDNN_ENGINES };

CudnnDescriptor *cudnn_engine_config (CudnnDescriptor *graph, guint kind);
gboolean cudnn_engine_rounds (const CudnnDescriptor *engine);

/* cudnn-support.c */
cudnnStatus_t cudnn_support (const CudnnDescriptor *graph, guint version);
/* Convolutions of single channels; channels of joint buffers in transposed ones with something after them. */
gboolean cudnn_support_joint_transposed (const CudnnDescriptor *graph, cudnnDataType_t *type);
gboolean cudnn_support_single_channels (const CudnnDescriptor *graph, cudnnDataType_t *type);
gsize cudnn_support_workspace (const CudnnDescriptor *graph);

G_END_DECLS
