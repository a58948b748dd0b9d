/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/architecture.h"
#include "models/architectures/config.h"

/* The U-Net (Ronneberger, Fischer, Brox 2015) with batch norm and padded convolutions, and the same with additive
 * attention gates on its skips (Oktay et al., Attention U-Net, 2018). A level is twice 3x3 convolution without
 * bias, batch norm, ReLU; level k has width 2^k channels. Tensors: down.K.{0,1,3,4} (convolution, norm,
 * convolution, norm), up.K, dec.K.{0,1,3,4} for level K, and head: what PyTorch names the state of down =
 * ModuleList(double(..)), up = ModuleList(ConvTranspose2d(..)), dec = ModuleList(double(..)), head =
 * Conv2d(width, out, 1) with double = Sequential(Conv2d, BatchNorm2d, ReLU, Conv2d, BatchNorm2d, ReLU); the
 * bilinear up.K is the 1x1 Conv2d behind the upsampling. The skip comes first in the joint picture.
 * A gate is x sigmoid (psi (relu (g (up) + x (skip)))), its tensors are gate.K.g.{0,1} and gate.K.x.{0,1} (1x1
 * convolution without bias to half the channels, norm) and gate.K.psi (1x1 convolution to one channel). The
 * signal is what up.K gives, so that nothing is resampled. */

#define EPSILON 1e-5

#define MOST_DEPTH 8

static const gchar *const ups[] = {"transposed", "bilinear", NULL};

static const VoxelArchitectureField fields[] = {
    {"width", "16", "channels of the first level, doubled by each further one", NULL},
    {"depth", "3", "poolings", NULL},
    {"in_channels", "1", "channels of the input", NULL},
    {"out_channels", "1", "channels of the output, logits", NULL},
    {"up", "\"transposed\"", "2x2 transposed convolution, or bilinear x2 and 1x1 convolution", ups},
    {"align_corners", "true", "of the bilinear upsampling", NULL},
    {NULL},
};

static const VoxelConv2d conv3 = {{1, 1}, {1, 1}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
static const VoxelConv2d conv1 = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
static const VoxelConv2d conv2_up = {{2, 2}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
static const VoxelMaxPool2d halve = {{2, 2}, {2, 2}, {0, 0}, FALSE, FALSE};

typedef struct {
  guint width, depth, in_channels, out_channels;
  guint up;
  gboolean align_corners;
} Config;

static gboolean
read_config (const VoxelJson *json, Config *config, GError **error)
{
  return voxel_config_uint (json, "width", 1, 1024, &config->width, error) &&
         voxel_config_uint (json, "depth", 1, MOST_DEPTH, &config->depth, error) &&
         voxel_config_uint (json, "in_channels", 1, 1024, &config->in_channels, error) &&
         voxel_config_uint (json, "out_channels", 1, 1024, &config->out_channels, error) &&
         voxel_config_choice (json, "up", ups, &config->up, error) &&
         voxel_config_boolean (json, "align_corners", &config->align_corners, error);
}

static gboolean
unet_info (const VoxelJson *json, VoxelArchitectureInfo *info, GError **error)
{
  Config config;

  if (!read_config (json, &config, error))
    return FALSE;
  *info = (VoxelArchitectureInfo){1u << config.depth, config.in_channels, config.out_channels};
  return TRUE;
}

static VoxelTensor *
convolve_twice (VoxelBuilder *builder, VoxelTensor *x, const gchar *part, guint k, guint channels)
{
  gsize outer = voxel_builder_enter (builder, "%s.%u", part, k);

  x = voxel_builder_conv2d (builder, x, "0", channels, 3, &conv3, FALSE);
  x = voxel_builder_batch_norm (builder, x, "1", EPSILON);
  x = voxel_builder_relu (builder, x, "2");
  x = voxel_builder_conv2d (builder, x, "3", channels, 3, &conv3, FALSE);
  x = voxel_builder_batch_norm (builder, x, "4", EPSILON);
  x = voxel_builder_relu (builder, x, "5");
  voxel_builder_leave (builder, outer);
  return x;
}

static VoxelTensor *
enlarge (VoxelBuilder *builder, const Config *config, VoxelTensor *x, guint k)
{
  g_autofree gchar *name = g_strdup_printf ("up.%u", k);
  g_autofree gchar *bilinear = g_strdup_printf ("up.%u.bilinear", k);
  guint channels = config->width << k;

  if (config->up == 0)
    return voxel_builder_conv_transpose2d (builder, x, name, channels, 2, &conv2_up, TRUE);
  x = voxel_builder_upsample (builder, x, bilinear, &(VoxelUpsample){{2, 2}, config->align_corners, FALSE});
  return voxel_builder_conv2d (builder, x, name, channels, 1, &conv1, TRUE);
}

static VoxelTensor *
gate (VoxelBuilder *builder, VoxelTensor *signal, VoxelTensor *skip, guint k, guint channels)
{
  gsize outer = voxel_builder_enter (builder, "gate.%u", k);
  VoxelTensor *g = voxel_builder_conv2d (builder, signal, "g.0", channels / 2, 1, &conv1, FALSE), *x, *open;

  g = voxel_builder_batch_norm (builder, g, "g.1", EPSILON);
  x = voxel_builder_conv2d (builder, skip, "x.0", channels / 2, 1, &conv1, FALSE);
  x = voxel_builder_batch_norm (builder, x, "x.1", EPSILON);
  open = voxel_builder_relu (builder, voxel_builder_add (builder, g, x, "add"), "relu");
  open = voxel_builder_conv2d (builder, open, "psi", 1, 1, &conv1, TRUE);
  open = voxel_builder_sigmoid (builder, open, "sigmoid");
  skip = voxel_builder_multiply (builder, skip, open, "multiply");
  voxel_builder_leave (builder, outer);
  return skip;
}

static VoxelTensor *
build (const VoxelJson *json, VoxelBuilder *builder, VoxelTensor *x, gboolean gates)
{
  Config config;
  VoxelTensor *skips[MOST_DEPTH + 1];

  if (!read_config (json, &config, &builder->error))
    return NULL;
  for (guint k = 0; k <= config.depth; k++) {
    g_autofree gchar *pool = g_strdup_printf ("pool.%u", k);

    if (k)
      x = voxel_builder_max_pool2d (builder, x, pool, &halve);
    x = convolve_twice (builder, x, "down", k, config.width << k);
    skips[k] = x;
  }
  for (guint k = config.depth; k-- > 0;) {
    g_autofree gchar *concat = g_strdup_printf ("concat.%u", k);

    x = enlarge (builder, &config, x, k);
    if (gates)
      skips[k] = gate (builder, x, skips[k], k, config.width << k);
    x = voxel_builder_concat (builder, (VoxelTensor *const[]){skips[k], x}, 2, concat);
    x = convolve_twice (builder, x, "dec", k, config.width << k);
  }
  return voxel_builder_conv2d (builder, x, "head", config.out_channels, 1, &conv1, TRUE);
}

static VoxelTensor *
unet_build (const VoxelJson *json, VoxelBuilder *builder, VoxelTensor *x)
{
  return build (json, builder, x, FALSE);
}

static gboolean
attention_unet_info (const VoxelJson *json, VoxelArchitectureInfo *info, GError **error)
{
  guint width;

  /* Gates have half the channels. */
  return voxel_config_uint (json, "width", 2, 1024, &width, error) && unet_info (json, info, error);
}

static VoxelTensor *
attention_unet_build (const VoxelJson *json, VoxelBuilder *builder, VoxelTensor *x)
{
  return build (json, builder, x, TRUE);
}

const VoxelArchitecture voxel_architecture_unet = {
    .name = "unet",
    .what = "U-Net with batch norm",
    .fields = fields,
    .info = unet_info,
    .build = unet_build,
};

const VoxelArchitecture voxel_architecture_attention_unet = {
    .name = "attention-unet",
    .what = "U-Net with attention gates on the skips",
    .fields = fields,
    .info = attention_unet_info,
    .build = attention_unet_build,
};
