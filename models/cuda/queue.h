/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"
#include "models/cuda/cuda.h"

G_BEGIN_DECLS

/* What VoxelBackendDevice asks of queues, and what kernels ask of theirs. */
VoxelCudaQueue *voxel_cuda_queue_new (const VoxelCuda *cuda, guint device, GError **error);
void voxel_cuda_queue_free (VoxelCudaQueue *queue);
gboolean voxel_cuda_queue_copy (VoxelCudaQueue *queue, gpointer to, gconstpointer from, gsize size,
                                GError **error);
gboolean voxel_cuda_queue_play (VoxelCudaQueue *queue, VoxelQueueFunc func, gpointer data, GError **error);
gboolean voxel_cuda_queue_wait (VoxelCudaQueue *queue, GError **error);
gboolean voxel_cuda_queue_mark (VoxelCudaQueue *queue, guint number, GError **error);
gboolean voxel_cuda_queue_elapsed (VoxelCudaQueue *queue, guint number, gint64 *ns, GError **error);
gpointer voxel_cuda_queue_handle (VoxelCudaQueue *queue, GError **error);

G_END_DECLS
