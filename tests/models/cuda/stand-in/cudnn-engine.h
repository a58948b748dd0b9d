/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-graph.h"

G_BEGIN_DECLS

/* Of each graph that is multiplied there are two: one on tensor cores, where floats are rounded, and one that is not. */
enum { CUDNN_ENGINE_TENSOR_CORES, CUDNN_ENGINE_PLAIN, CUDNN_ENGINES };

CudnnDescriptor *cudnn_engine_config (CudnnDescriptor *graph, gint64 index);
gboolean cudnn_engine_rounds (const CudnnDescriptor *engine);

/* cudnn-support.c */
cudnnStatus_t cudnn_support (const CudnnDescriptor *graph, guint version);
gsize cudnn_support_workspace (const CudnnDescriptor *graph);

G_END_DECLS
