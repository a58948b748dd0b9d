/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/files/safetensors.h"
#include "models/graph/constant.h"

G_BEGIN_DECLS

typedef struct _VoxelNode VoxelNode;
typedef struct _VoxelTensor VoxelTensor;

/**
 * VoxelLayout:
 * @VOXEL_LAYOUT_NCHW: row-major in the logical order; also for all that is no picture
 * @VOXEL_LAYOUT_NHWC: channels innermost
 * @VOXEL_LAYOUT_NCHW8C: blocks of 8 channels innermost, channels rounded up to 8 with zeros
 * @VOXEL_LAYOUT_NCHW16C: likewise with 16
 *
 * Order of a picture's elements in memory.
 */
typedef enum {
  VOXEL_LAYOUT_NCHW,
  VOXEL_LAYOUT_NHWC,
  VOXEL_LAYOUT_NCHW8C,
  VOXEL_LAYOUT_NCHW16C,
} VoxelLayout;

/**
 * VoxelTensor:
 * @id: index in the graph's tensors
 * @name: for messages
 * @shape: logical shape
 * @type: of the elements in memory
 * @layout: order of the elements in memory
 * @constant: weights; %NULL for what is computed
 * @producer: the node that computes it; %NULL for weights and the graph's input
 * @joint: the tensor in whose memory this one lies, %NULL for its own. Always a root: its own @joint is %NULL
 * @joint_channel: first of @joint's channels that are this tensor's
 * @in_place: whether @joint is an operand that this tensor overwrites (same shape, @joint_channel 0)
 *
 * A value between nodes. Constants stay float, row-major: kernels pack them as they like in prepare().
 */
struct _VoxelTensor {
  guint id;
  gchar *name;
  VoxelShape shape;
  VoxelDtype type;
  VoxelLayout layout;
  VoxelConstant *constant;
  VoxelNode *producer;
  VoxelTensor *joint;
  guint joint_channel;
  gboolean in_place;
};

guint voxel_layout_block (VoxelLayout layout);
const gchar *voxel_layout_to_name (VoxelLayout layout);
gboolean voxel_tensor_size (const VoxelTensor *tensor, gsize *bytes);
const VoxelTensor *voxel_tensor_root (const VoxelTensor *tensor);
gsize voxel_tensor_joint_offset (const VoxelTensor *tensor);
gsize voxel_tensor_pitch (const VoxelTensor *tensor);
void voxel_tensor_order_nhwc (const VoxelTensor *tensor, VoxelShape *shape, guint *dimension);

G_END_DECLS
