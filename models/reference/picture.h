/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/tensor.h"

G_BEGIN_DECLS

void voxel_reference_load (const VoxelTensor *tensor, gconstpointer memory, gfloat *values);
void voxel_reference_store (const VoxelTensor *tensor, const gfloat *values, gpointer memory);

G_END_DECLS
