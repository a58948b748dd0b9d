/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-descriptor.h"

G_BEGIN_DECLS

const CudnnDescriptor *cudnn_plan_engine (const CudnnDescriptor *plan);
const CudnnDescriptor *cudnn_plan_graph (const CudnnDescriptor *plan);
gsize cudnn_plan_workspace (const CudnnDescriptor *plan);

G_END_DECLS
