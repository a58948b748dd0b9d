/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"
#include "models/plan.h"
#include "models/selftest/random-graph.h"

gchar *fixture_path (const gchar *name);
gdouble fixture_difference (const gfloat *a, const gfloat *b, gsize n);
/* How many times PyTorch's own fp32 error fp32 may err, both against double. */
#define FIXTURE_ALLOWED_RATIO 2
gfloat *fixture_interpret (const VoxelGraph *graph, const gfloat *input);
gfloat *fixture_execute (VoxelGraph *graph, const VoxelBackend *backend, VoxelPrecision precision,
                         guint threads, const gfloat *input, GError **error);
