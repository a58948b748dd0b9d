/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/smp.h"

/* The encoders of SegFormer (Xie et al., 2021). Tokens are the pixels of a picture, which keeps its shape
 * throughout: a Linear layer is a 1x1 convolution, a layer norm is over the channels of each pixel. */

#define STAGES 4

typedef struct {
  guint channels[STAGES];
  guint blocks[STAGES];
} MixTransformer;

static const guint heads[STAGES] = {1, 2, 5, 8};
/* Keys and values are of a picture smaller by this. */
static const guint reductions[STAGES] = {8, 4, 2, 1};

static const VoxelLayerNorm block_norm = {1e-6, 1};
static const VoxelLayerNorm norm = {1e-5, 1};

static VoxelTensor *
attend (VoxelBuilder *builder, VoxelTensor *x, guint channels, guint k)
{
  gsize outer = voxel_builder_enter (builder, "attn");
  VoxelTensor *query = voxel_builder_linear (builder, x, "q", channels, TRUE);
  guint r = reductions[k];

  if (r > 1) {
    const VoxelConv2d reduce = {{r, r}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};

    x = voxel_builder_conv2d (builder, x, "sr", channels, r, &reduce, TRUE);
    x = voxel_builder_layer_norm (builder, x, "norm", &norm);
  }
  x = voxel_builder_linear (builder, x, "kv", 2 * channels, TRUE);
  x = voxel_builder_attention (builder, query, x, "attention", heads[k]);
  x = voxel_builder_linear (builder, x, "proj", channels, TRUE);
  voxel_builder_leave (builder, outer);
  return x;
}

static VoxelTensor *
mix (VoxelBuilder *builder, VoxelTensor *x, guint channels)
{
  gsize outer = voxel_builder_enter (builder, "mlp");

  x = voxel_builder_linear (builder, x, "fc1", 4 * channels, TRUE);
  x = voxel_smp_conv (builder, x, "dwconv.dwconv", 4 * channels, 3, 1, 4 * channels);
  x = voxel_builder_gelu (builder, x, "act");
  x = voxel_builder_linear (builder, x, "fc2", channels, TRUE);
  voxel_builder_leave (builder, outer);
  return x;
}

static VoxelTensor *
block (VoxelBuilder *builder, VoxelTensor *x, guint channels, guint k)
{
  VoxelTensor *y = voxel_builder_layer_norm (builder, x, "norm1", &block_norm);

  x = voxel_builder_add (builder, x, attend (builder, y, channels, k), "add1");
  y = voxel_builder_layer_norm (builder, x, "norm2", &block_norm);
  return voxel_builder_add (builder, x, mix (builder, y, channels), "add2");
}

static VoxelTensor *
embed (VoxelBuilder *builder, VoxelTensor *x, guint channels, guint k)
{
  gsize outer;

  if (builder->error)
    return NULL;
  outer = voxel_builder_enter (builder, "patch_embed%u", k + 1);
  /* For other than colour pictures smp makes the first convolution anew, by PyTorch's own rule. */
  builder->initial = k == 0 && x->shape.dim[1] != 3 ? VOXEL_INITIAL_RULE_TORCH : VOXEL_INITIAL_RULE_SEGFORMER;
  x = voxel_smp_conv (builder, x, "proj", channels, k ? 3 : 7, k ? 2 : 4, 1);
  builder->initial = VOXEL_INITIAL_RULE_SEGFORMER;
  x = voxel_builder_layer_norm (builder, x, "norm", &norm);
  voxel_builder_leave (builder, outer);
  return x;
}

static VoxelTensor *
stage (const MixTransformer *transformer, VoxelBuilder *builder, VoxelTensor *x, guint k)
{
  g_autofree gchar *last = g_strdup_printf ("norm%u", k + 1);
  guint channels = transformer->channels[k];

  x = embed (builder, x, channels, k);
  for (guint i = 0; i < transformer->blocks[k]; i++) {
    gsize outer = voxel_builder_enter (builder, "block%u.%u", k + 1, i);

    x = block (builder, x, channels, k);
    voxel_builder_leave (builder, outer);
  }
  return voxel_builder_layer_norm (builder, x, last, &block_norm);
}

static void
build (gconstpointer data, VoxelBuilder *builder, VoxelTensor *x, VoxelSmpFeatures *features)
{
  features->level[0] = NULL;
  for (guint k = 0; k < STAGES; k++) {
    x = stage (data, builder, x, k);
    features->level[k + 1] = x;
  }
}

static const MixTransformer mit_b0 = {{32, 64, 160, 256}, {2, 2, 2, 2}};
static const MixTransformer mit_b1 = {{64, 128, 320, 512}, {2, 2, 2, 2}};
static const MixTransformer mit_b2 = {{64, 128, 320, 512}, {3, 4, 6, 3}};

/* 32: of each stage's picture its reduction is a divisor. */
const VoxelSmpEncoder voxel_smp_mit_b0 = {32, build, &mit_b0};
const VoxelSmpEncoder voxel_smp_mit_b1 = {32, build, &mit_b1};
const VoxelSmpEncoder voxel_smp_mit_b2 = {32, build, &mit_b2};
