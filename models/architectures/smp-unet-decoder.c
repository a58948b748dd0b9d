/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/smp.h"

/* Concurrent squeeze and excitation (Roy, Navab, Wachinger, 2018): each pixel weighed by its place and each
 * channel by all of the picture. */
static VoxelTensor *
weigh (VoxelBuilder *builder, VoxelTensor *x, const gchar *name)
{
  VoxelTensor *channels, *pixels;
  gsize outer;
  guint n;

  if (builder->error)
    return NULL;
  outer = voxel_builder_enter (builder, "%s.attention", name);
  n = x->shape.dim[1];
  channels = voxel_builder_global_avg_pool2d (builder, x, "cSE.0");
  channels = voxel_smp_conv (builder, channels, "cSE.1", n / 16, 1, 1, 1);
  channels = voxel_builder_relu (builder, channels, "cSE.2");
  channels = voxel_smp_conv (builder, channels, "cSE.3", n, 1, 1, 1);
  channels = voxel_builder_sigmoid (builder, channels, "cSE.4");
  pixels = voxel_smp_conv (builder, x, "sSE.0", 1, 1, 1, 1);
  pixels = voxel_builder_sigmoid (builder, pixels, "sSE.1");
  channels = voxel_builder_multiply (builder, x, channels, "cSE");
  pixels = voxel_builder_multiply (builder, x, pixels, "sSE");
  x = voxel_builder_add (builder, channels, pixels, "add");
  voxel_builder_leave (builder, outer);
  return x;
}

static VoxelTensor *
convolve (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint channels)
{
  gsize outer = voxel_builder_enter (builder, "%s", name);

  x = voxel_smp_conv_norm (builder, x, "0", "1", channels, 3, 1, 1);
  x = voxel_builder_relu (builder, x, "2");
  voxel_builder_leave (builder, outer);
  return x;
}

static VoxelTensor *
block (const VoxelSmpUnetDecoder *decoder, VoxelBuilder *builder, VoxelTensor *x, VoxelTensor *skip,
       guint channels, gboolean last)
{
  const VoxelUpsample twice = {{2, 2}, FALSE, !decoder->bilinear};

  x = voxel_builder_upsample (builder, x, "up", &twice);
  if (skip)
    x = voxel_builder_concat (builder, (VoxelTensor *const[]){x, skip}, 2, "concat");
  if (decoder->scse) {
    VoxelTensor *weighed = weigh (builder, x, "attention1");

    /* smp makes the last block's first attention, but does not ask it. */
    x = last ? x : weighed;
  }
  x = convolve (builder, x, "conv1", channels);
  x = convolve (builder, x, "conv2", channels);
  return decoder->scse ? weigh (builder, x, "attention2") : x;
}

/**
 * voxel_smp_unet_decoder:
 * @decoder: how it is made
 * @builder: a builder
 * @features: of the encoder
 *
 * Returns: (transfer none) (nullable): a picture as large as the encoder's input
 */
VoxelTensor *
voxel_smp_unet_decoder (const VoxelSmpUnetDecoder *decoder, VoxelBuilder *builder,
                        const VoxelSmpFeatures *features)
{
  VoxelTensor *x = features->level[decoder->depth - 1];

  for (guint i = 0; i < decoder->depth; i++) {
    gsize outer = voxel_builder_enter (builder, "blocks.%u", i);
    gboolean last = i + 1 == decoder->depth;

    x = block (decoder, builder, x, last ? NULL : features->level[decoder->depth - 2 - i],
               decoder->channels[i], last);
    voxel_builder_leave (builder, outer);
  }
  return x;
}
