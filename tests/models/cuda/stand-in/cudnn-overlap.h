/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-values.h"

G_BEGIN_DECLS

cudnnStatus_t cudnn_overlap_check (const GArray *operands, GArray *bindings);

G_END_DECLS
