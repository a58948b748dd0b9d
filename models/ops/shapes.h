/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/op.h"

G_BEGIN_DECLS

guint64 voxel_ops_elements (const VoxelShape *shape);
gboolean voxel_ops_require (const VoxelNode *node, guint input, GError **error);
gboolean voxel_ops_require_axis (const VoxelNode *node, guint axis, GError **error);
gboolean voxel_ops_require_picture (const VoxelNode *node, guint input, GError **error);
gboolean voxel_ops_require_vector (const VoxelNode *node, guint input, guint length, GError **error);
gboolean voxel_ops_same_shape (VoxelNode *node, GError **error);
gboolean voxel_ops_broadcast (VoxelNode *node, GError **error);
gboolean voxel_ops_window (const VoxelNode *node, guint size, guint kernel, guint stride, guint padding,
                           guint *result, GError **error);

G_END_DECLS
