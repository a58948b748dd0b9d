/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/cpu.h"
#include "models/cpu/kernels.h"

G_BEGIN_DECLS

/* Operators whose pixels are pixels of the operand: padding, nearest neighbours. */

/* Which of @size source lines is line @i of the result along @side (0 rows, 1 columns); G_MAXUINT: zeros. */
typedef guint (*VoxelCpuPickLine) (const VoxelNode *node, guint side, guint i, guint size);

gpointer voxel_cpu_pick_new (const VoxelNode *node, VoxelCpuPickLine line, GError **error);
void voxel_cpu_pick_free (gpointer state);
void voxel_cpu_pick_run (gconstpointer state, const VoxelOperands *operands);

G_END_DECLS
