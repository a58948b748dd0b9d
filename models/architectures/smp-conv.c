/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/smp.h"

#define EPSILON 1e-5

static VoxelTensor *
convolve (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint channels, guint kernel,
          guint stride, guint groups, gboolean bias)
{
  const VoxelConv2d conv = {{stride, stride}, {kernel / 2, kernel / 2}, {1, 1},
                            groups,           VOXEL_ACTIVATION_NONE,    0};

  return voxel_builder_conv2d (builder, x, name, channels, kernel, &conv, bias);
}

/**
 * voxel_smp_conv:
 * @builder: a builder
 * @x: input
 * @name: of the layer
 * @channels: that it gives
 * @kernel: side in pixels
 * @stride: step
 * @groups: that the channels are divided into
 *
 * A convolution with bias, padded by half its kernel.
 *
 * Returns: (transfer none) (nullable): the result
 */
VoxelTensor *
voxel_smp_conv (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint channels, guint kernel,
                guint stride, guint groups)
{
  return convolve (builder, x, name, channels, kernel, stride, groups, TRUE);
}

/**
 * voxel_smp_conv_norm:
 * @builder: a builder
 * @x: input
 * @conv: name of the convolution
 * @norm: name of the norm
 * @channels: that it gives
 * @kernel: side in pixels
 * @stride: step
 * @groups: that the channels are divided into
 *
 * A convolution without bias, padded by half its kernel, and a batch norm.
 *
 * Returns: (transfer none) (nullable): the result
 */
VoxelTensor *
voxel_smp_conv_norm (VoxelBuilder *builder, VoxelTensor *x, const gchar *conv, const gchar *norm,
                     guint channels, guint kernel, guint stride, guint groups)
{
  x = convolve (builder, x, conv, channels, kernel, stride, groups, FALSE);
  return voxel_builder_batch_norm (builder, x, norm, EPSILON);
}
