/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"

G_BEGIN_DECLS

/* What the table of the backend consists of. */

/* backend.c */
gboolean voxel_cuda_asks_cudnn (const VoxelNode *node, VoxelPrecision precision);

/* device.c */
extern const VoxelBackendDevice voxel_cuda_backend_device;

/* lower.c */
gboolean voxel_cuda_lower (VoxelGraph *graph, const VoxelTarget *target, GError **error);

/* constant.c */
gboolean voxel_cuda_constants (VoxelPrepare *prepare, const VoxelNode *node, VoxelDtype type,
                               gconstpointer *constants, GError **error);

/* cudnn-step.c */
gboolean voxel_cudnn_step_slice (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint,
                                 guint channel);
gboolean voxel_cudnn_step_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error);
void voxel_cudnn_step_release (gpointer state);
gpointer voxel_cudnn_step_bind (const VoxelStep *step, const VoxelOperands *operands, GError **error);
void voxel_cudnn_step_unbind (gpointer binding);
gboolean voxel_cudnn_step_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding,
                               GError **error);

/* kernel-step.c */
gboolean voxel_cuda_step_slice (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint,
                                guint channel);
gint voxel_cuda_step_in_place (const VoxelNode *node);
gboolean voxel_cuda_step_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error);
gboolean voxel_cuda_step_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding,
                              GError **error);

G_END_DECLS
