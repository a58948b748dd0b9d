/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/architecture.h"

/* The U-Net (Ronneberger, Fischer, Brox 2015) with batch norm and padded convolutions. Configuration:
 *   width         channels of the first level; level k has width 2^k             16
 *   depth         poolings                                                       3
 *   in_channels   of the input                                                   1
 *   out_channels  of the output, logits                                          1
 *   up            "transposed": 2x2 transposed convolution with bias, stride 2, to half the channels
 *                 "bilinear": bilinear x2, then 1x1 convolution with bias to half the channels
 *   align_corners of the bilinear upsampling                                     true
 * A level is twice 3x3 convolution without bias, batch norm, ReLU. Tensors: down.K.{0,1,3,4} (convolution,
 * norm, convolution, norm), up.K, dec.K.{0,1,3,4} for level K, and head: what PyTorch names the state of down
 * = ModuleList(double(..)), up = ModuleList(ConvTranspose2d(..)), dec = ModuleList(double(..)), head =
 * Conv2d(width, out, 1) with double = Sequential(Conv2d, BatchNorm2d, ReLU, Conv2d, BatchNorm2d, ReLU); the
 * bilinear up.K is the 1x1 Conv2d behind the upsampling. The skip comes first in the joint picture. */

#define EPSILON 1e-5

static const gchar *const fields[] = {"width", "depth",         "in_channels", "out_channels",
                                      "up",    "align_corners", NULL};
static const gchar *const ups[] = {"transposed", "bilinear", NULL};

static const VoxelConv2d conv3 = {{1, 1}, {1, 1}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
static const VoxelConv2d conv1 = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
static const VoxelConv2d conv2_up = {{2, 2}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
static const VoxelMaxPool2d halve = {{2, 2}, {2, 2}, {0, 0}, FALSE};

typedef struct {
  guint width, depth, in_channels, out_channels;
  guint up;
  gboolean align_corners;
} Config;

static gboolean
read_config (JsonObject *json, Config *config, GError **error)
{
  return voxel_config_uint (json, "width", 16, 1, 1024, &config->width, error) &&
         voxel_config_uint (json, "depth", 3, 1, 8, &config->depth, error) &&
         voxel_config_uint (json, "in_channels", 1, 1, 1024, &config->in_channels, error) &&
         voxel_config_uint (json, "out_channels", 1, 1, 1024, &config->out_channels, error) &&
         voxel_config_choice (json, "up", ups, &config->up, error) &&
         voxel_config_boolean (json, "align_corners", TRUE, &config->align_corners, error);
}

static gboolean
unet_info (JsonObject *json, VoxelArchitectureInfo *info, GError **error)
{
  Config config;

  if (!read_config (json, &config, error))
    return FALSE;
  *info = (VoxelArchitectureInfo){1u << config.depth, config.in_channels, config.out_channels};
  return TRUE;
}

static VoxelTensor *
convolve (VoxelBuilder *builder, VoxelTensor *x, const gchar *level, guint first, guint channels)
{
  g_autofree gchar *conv = g_strdup_printf ("%s.%u", level, first);
  g_autofree gchar *norm = g_strdup_printf ("%s.%u", level, first + 1);
  g_autofree gchar *relu = g_strdup_printf ("%s.%u", level, first + 2);

  x = voxel_builder_conv2d (builder, x, conv, channels, 3, &conv3, FALSE);
  x = voxel_builder_batch_norm (builder, x, norm, EPSILON);
  return voxel_builder_relu (builder, x, relu);
}

static VoxelTensor *
convolve_twice (VoxelBuilder *builder, VoxelTensor *x, const gchar *part, guint k, guint channels)
{
  g_autofree gchar *level = g_strdup_printf ("%s.%u", part, k);

  x = convolve (builder, x, level, 0, channels);
  return convolve (builder, x, level, 3, channels);
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
unet_build (JsonObject *json, VoxelBuilder *builder, VoxelTensor *x)
{
  Config config;
  VoxelTensor *skips[9];

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
    x = voxel_builder_concat (builder, (VoxelTensor *const[]){skips[k], x}, 2, concat);
    x = convolve_twice (builder, x, "dec", k, config.width << k);
  }
  return voxel_builder_conv2d (builder, x, "head", config.out_channels, 1, &conv1, TRUE);
}

const VoxelArchitecture voxel_architecture_unet = {
    .name = "unet",
    .fields = fields,
    .info = unet_info,
    .build = unet_build,
};
