/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * GstVoxelPool:
 * @pool: of buffers of @size bytes; %NULL where none was needed yet
 * @size: of the buffers
 *
 * Buffers for pictures, aligned for vectors, that are written again and again: the same memory, warm in the
 * cache and known to the kernel. All zero to begin with.
 */
typedef struct {
  GstBufferPool *pool;
  gsize size;
} GstVoxelPool;

GstFlowReturn gst_voxel_pool_acquire (GstVoxelPool *self, GstElement *element, const GstVideoInfo *info,
                                      GstBuffer **buffer);
void gst_voxel_pool_clear (GstVoxelPool *self);

G_END_DECLS
