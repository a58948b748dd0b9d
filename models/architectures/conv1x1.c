/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/architecture.h"
#include "models/architectures/config.h"

/* A single 1x1 convolution: a weighted sum of channels a pixel. With one channel, weight 1 and bias 0 its
 * scores are its input, so that whoever measures or checks what lies around the network knows what to expect.
 * Tensors: weight [out, in, 1, 1] and bias [out], what PyTorch names the state of Conv2d(in, out, 1). */

static const VoxelArchitectureField fields[] = {
    {"in_channels", "1", "channels of the input", NULL},
    {"out_channels", "1", "channels of the output, logits", NULL},
    {NULL},
};

static const VoxelConv2d conv1 = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};

static gboolean
conv1x1_info (const VoxelJson *json, VoxelArchitectureInfo *info, GError **error)
{
  info->stride = 1;
  return voxel_config_uint (json, "in_channels", 1, 1024, &info->in_channels, error) &&
         voxel_config_uint (json, "out_channels", 1, 1024, &info->out_channels, error);
}

static VoxelTensor *
conv1x1_build (const VoxelJson *json, VoxelBuilder *builder, VoxelTensor *x)
{
  VoxelArchitectureInfo info;

  if (!conv1x1_info (json, &info, &builder->error))
    return NULL;
  return voxel_builder_conv2d (builder, x, "", info.out_channels, 1, &conv1, TRUE);
}

const VoxelArchitecture voxel_architecture_conv1x1 = {
    .name = "conv1x1",
    .what = "a single 1x1 convolution, for measurements",
    .fields = fields,
    .info = conv1x1_info,
    .build = conv1x1_build,
};
