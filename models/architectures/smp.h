/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/builder.h"

G_BEGIN_DECLS

/* Parts of segmentation_models_pytorch 0.6 ("smp"), with its names of tensors. */

#define VOXEL_SMP_MOST_DEPTH 5

/**
 * VoxelSmpFeatures:
 * @level: item k is 1 / 2^(k + 1) as large as the input; %NULL where the encoder gives none
 *
 * What an encoder gives a decoder.
 */
typedef struct {
  VoxelTensor *level[VOXEL_SMP_MOST_DEPTH];
} VoxelSmpFeatures;

/**
 * VoxelSmpEncoder:
 * @stride: that the sides of its input must be multiples of, whatever the depth
 * @build: makes all features, those too that the depth leaves out: smp's files have their weights
 * @data: for @build
 */
typedef struct {
  guint stride;
  void (*build) (gconstpointer data, VoxelBuilder *builder, VoxelTensor *x, VoxelSmpFeatures *features);
  gconstpointer data;
} VoxelSmpEncoder;

/**
 * VoxelSmpUnetDecoder:
 * @depth: features it takes; as many blocks
 * @channels: of each block
 * @scse: whether blocks weigh their channels and pixels
 * @bilinear: how it enlarges; by the nearest pixel otherwise
 */
typedef struct {
  guint depth;
  guint channels[VOXEL_SMP_MOST_DEPTH];
  gboolean scse;
  gboolean bilinear;
} VoxelSmpUnetDecoder;

extern const VoxelSmpEncoder voxel_smp_resnet18;
extern const VoxelSmpEncoder voxel_smp_resnet34;
extern const VoxelSmpEncoder voxel_smp_resnet50;
extern const VoxelSmpEncoder voxel_smp_resnext50_32x4d;
extern const VoxelSmpEncoder voxel_smp_se_resnext50_32x4d;
extern const VoxelSmpEncoder voxel_smp_mit_b0;
extern const VoxelSmpEncoder voxel_smp_mit_b1;
extern const VoxelSmpEncoder voxel_smp_mit_b2;

VoxelTensor *voxel_smp_unet_decoder (const VoxelSmpUnetDecoder *decoder, VoxelBuilder *builder,
                                     const VoxelSmpFeatures *features);

VoxelTensor *voxel_smp_conv (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint channels,
                             guint kernel, guint stride, guint groups);
VoxelTensor *voxel_smp_conv_norm (VoxelBuilder *builder, VoxelTensor *x, const gchar *conv, const gchar *norm,
                                  guint channels, guint kernel, guint stride, guint groups);

G_END_DECLS
