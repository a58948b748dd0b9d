/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-descriptor.h"

G_BEGIN_DECLS

/* That of the headers with a patch that there is not, so that nobody takes its plans for cuDNN's. */
#define CUDNN_STAND_IN_VERSION (CUDNN_VERSION / 100 * 100 + 99)

const CudnnDescriptor *cudnn_plan_engine (const CudnnDescriptor *plan);
const CudnnDescriptor *cudnn_plan_graph (const CudnnDescriptor *plan);
gsize cudnn_plan_workspace (const CudnnDescriptor *plan);

G_END_DECLS
