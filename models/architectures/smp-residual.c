/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/smp.h"

/* Encoders of residual blocks (He et al., Deep Residual Learning, 2016), with grouped convolutions (Xie et al.,
 * ResNeXt, 2017) and squeeze and excitation (Hu et al., 2018): torchvision's ResNet and smp's SENet, without
 * what classifies. */

#define STAGES 4

typedef struct {
  guint blocks[STAGES];
  gboolean bottleneck;
  guint groups;
  guint group_channels; /* of a stage of 64 channels */
  gboolean squeeze;     /* SENet, whose layers have other names in places */
} Residual;

/* SENet pools as Caffe did, for the weights' sake. */
static const VoxelMaxPool2d pool = {{3, 3}, {2, 2}, {1, 1}, FALSE, FALSE};
static const VoxelMaxPool2d ceil_pool = {{3, 3}, {2, 2}, {0, 0}, TRUE, FALSE};

static VoxelTensor *
squeeze (VoxelBuilder *builder, VoxelTensor *x, guint channels)
{
  gsize outer = voxel_builder_enter (builder, "se_module");
  VoxelTensor *gate = voxel_builder_global_avg_pool2d (builder, x, "avg_pool");

  gate = voxel_smp_conv (builder, gate, "fc1", channels / 16, 1, 1, 1);
  gate = voxel_builder_relu (builder, gate, "relu");
  gate = voxel_smp_conv (builder, gate, "fc2", channels, 1, 1, 1);
  gate = voxel_builder_sigmoid (builder, gate, "sigmoid");
  x = voxel_builder_multiply (builder, x, gate, "multiply");
  voxel_builder_leave (builder, outer);
  return x;
}

static VoxelTensor *
basic_block (VoxelBuilder *builder, VoxelTensor *x, guint channels, guint stride)
{
  x = voxel_smp_conv_norm (builder, x, "conv1", "bn1", channels, 3, stride, 1);
  x = voxel_builder_relu (builder, x, "relu1");
  return voxel_smp_conv_norm (builder, x, "conv2", "bn2", channels, 3, 1, 1);
}

static VoxelTensor *
bottleneck_block (const Residual *residual, VoxelBuilder *builder, VoxelTensor *x, guint channels,
                  guint stride)
{
  guint width = channels / 4 / 64 * residual->group_channels * residual->groups;

  x = voxel_smp_conv_norm (builder, x, "conv1", "bn1", width, 1, 1, 1);
  x = voxel_builder_relu (builder, x, "relu1");
  x = voxel_smp_conv_norm (builder, x, "conv2", "bn2", width, 3, stride, residual->groups);
  x = voxel_builder_relu (builder, x, "relu2");
  x = voxel_smp_conv_norm (builder, x, "conv3", "bn3", channels, 1, 1, 1);
  return residual->squeeze ? squeeze (builder, x, channels) : x;
}

static VoxelTensor *
block (const Residual *residual, VoxelBuilder *builder, VoxelTensor *x, guint channels, guint stride)
{
  VoxelTensor *y;

  if (builder->error)
    return NULL;
  y = residual->bottleneck ? bottleneck_block (residual, builder, x, channels, stride)
                           : basic_block (builder, x, channels, stride);
  if (stride != 1 || x->shape.dim[1] != channels)
    x = voxel_smp_conv_norm (builder, x, "downsample.0", "downsample.1", channels, 1, stride, 1);
  return voxel_builder_relu (builder, voxel_builder_add (builder, y, x, "add"), "relu");
}

static VoxelTensor *
stage (const Residual *residual, VoxelBuilder *builder, VoxelTensor *x, guint k)
{
  guint channels = (residual->bottleneck ? 256 : 64) << k;

  for (guint i = 0; i < residual->blocks[k]; i++) {
    gsize outer = voxel_builder_enter (builder, "layer%u.%u", k + 1, i);

    x = block (residual, builder, x, channels, k && i == 0 ? 2 : 1);
    voxel_builder_leave (builder, outer);
  }
  return x;
}

static VoxelTensor *
stem (const Residual *residual, VoxelBuilder *builder, VoxelTensor *x)
{
  const gchar *conv = residual->squeeze ? "layer0.conv1" : "conv1";
  const gchar *norm = residual->squeeze ? "layer0.bn1" : "bn1";
  VoxelInitialRule others = residual->squeeze ? VOXEL_INITIAL_RULE_TORCH : VOXEL_INITIAL_RULE_RESNET;

  if (builder->error)
    return NULL;
  /* For other than colour pictures smp makes the first convolution anew, by PyTorch's own rule. */
  builder->initial = x->shape.dim[1] == 3 ? others : VOXEL_INITIAL_RULE_TORCH;
  x = voxel_smp_conv_norm (builder, x, conv, norm, 64, 7, 2, 1);
  builder->initial = others;
  return voxel_builder_relu (builder, x, residual->squeeze ? "layer0.relu1" : "relu");
}

static void
build (gconstpointer data, VoxelBuilder *builder, VoxelTensor *x, VoxelSmpFeatures *features)
{
  const Residual *residual = data;

  x = stem (residual, builder, x);
  features->level[0] = x;
  x = voxel_builder_max_pool2d (builder, x, "maxpool", residual->squeeze ? &ceil_pool : &pool);
  for (guint k = 0; k < STAGES; k++) {
    x = stage (residual, builder, x, k);
    features->level[k + 1] = x;
  }
}

static const Residual resnet18 = {{2, 2, 2, 2}, FALSE, 1, 64, FALSE};
static const Residual resnet34 = {{3, 4, 6, 3}, FALSE, 1, 64, FALSE};
static const Residual resnet50 = {{3, 4, 6, 3}, TRUE, 1, 64, FALSE};
static const Residual resnext50_32x4d = {{3, 4, 6, 3}, TRUE, 32, 4, FALSE};
static const Residual se_resnext50_32x4d = {{3, 4, 6, 3}, TRUE, 32, 4, TRUE};

const VoxelSmpEncoder voxel_smp_resnet18 = {1, build, &resnet18};
const VoxelSmpEncoder voxel_smp_resnet34 = {1, build, &resnet34};
const VoxelSmpEncoder voxel_smp_resnet50 = {1, build, &resnet50};
const VoxelSmpEncoder voxel_smp_resnext50_32x4d = {1, build, &resnext50_32x4d};
const VoxelSmpEncoder voxel_smp_se_resnext50_32x4d = {1, build, &se_resnext50_32x4d};
