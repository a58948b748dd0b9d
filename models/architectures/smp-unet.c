/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/architecture.h"
#include "models/architectures/config.h"
#include "models/architectures/smp.h"

/* Unet of segmentation_models_pytorch 0.6: an encoder that classifiers have (without its last layers), a decoder
 * that enlarges by two and takes the encoder's pictures in, a 3x3 convolution. Fields of the configuration and
 * tensors have smp's names. What the network itself would do to its logits (activation) is left to those who
 * read them. */

static const gchar *const names[] = {
    "resnet18", "resnet34", "resnet50", "resnext50_32x4d", "se_resnext50_32x4d", "mit_b0",
    "mit_b1",   "mit_b2",   NULL};
static const VoxelSmpEncoder *const encoders[] = {
    &voxel_smp_resnet18,           &voxel_smp_resnet34, &voxel_smp_resnet50, &voxel_smp_resnext50_32x4d,
    &voxel_smp_se_resnext50_32x4d, &voxel_smp_mit_b0,   &voxel_smp_mit_b1,   &voxel_smp_mit_b2};
G_STATIC_ASSERT (G_N_ELEMENTS (names) == G_N_ELEMENTS (encoders) + 1);

static const gchar *const norms[] = {"batchnorm", NULL};
static const gchar *const attentions[] = {"null", "scse", NULL};
static const gchar *const interpolations[] = {"nearest", "bilinear", NULL};
static const gchar *const activations[] = {"null", NULL};

static const VoxelArchitectureField fields[] = {
    {"encoder_name", "\"resnet34\"", "the encoder", names},
    {"encoder_depth", "5", "how often the encoder halves the picture, 3 to 5", NULL},
    {"decoder_use_norm", "\"batchnorm\"", "behind the decoder's convolutions", norms},
    {"decoder_channels", "[256, 128, 64, 32, 16]", "of each block, as many as encoder_depth", NULL},
    {"decoder_attention_type", "null", "scse weighs channels and pixels", attentions},
    {"decoder_interpolation", "\"nearest\"", "how the decoder enlarges", interpolations},
    {"in_channels", "3", "channels of the input", NULL},
    {"classes", "1", "channels of the output, logits", NULL},
    {"activation", "null", "none: scores are logits", activations},
    {NULL},
};

typedef struct {
  const VoxelSmpEncoder *encoder;
  VoxelSmpUnetDecoder decoder;
  guint in_channels, classes;
} Config;

static gboolean
read_config (const VoxelJson *json, Config *config, GError **error)
{
  VoxelSmpUnetDecoder *decoder = &config->decoder;
  guint encoder, attention, interpolation, only;

  if (!voxel_config_choice (json, "encoder_name", names, &encoder, error) ||
      !voxel_config_uint (json, "encoder_depth", 3, VOXEL_SMP_MOST_DEPTH, &decoder->depth, error) ||
      !voxel_config_choice (json, "decoder_use_norm", norms, &only, error) ||
      !voxel_config_choice (json, "decoder_attention_type", attentions, &attention, error) ||
      !voxel_config_choice (json, "decoder_interpolation", interpolations, &interpolation, error) ||
      !voxel_config_uint (json, "in_channels", 1, 1024, &config->in_channels, error) ||
      !voxel_config_uint (json, "classes", 1, 1024, &config->classes, error) ||
      !voxel_config_choice (json, "activation", activations, &only, error))
    return FALSE;
  config->encoder = encoders[encoder];
  decoder->scse = attention == 1;
  decoder->bilinear = interpolation == 1;
  /* Attention squeezes channels to a sixteenth. */
  return voxel_config_uints (json, "decoder_channels", decoder->scse ? 16 : 1, 4096, decoder->depth,
                             decoder->channels, error);
}

static gboolean
smp_unet_info (const VoxelJson *json, VoxelArchitectureInfo *info, GError **error)
{
  Config config;

  if (!read_config (json, &config, error))
    return FALSE;
  *info = (VoxelArchitectureInfo){MAX (config.encoder->stride, 1u << config.decoder.depth),
                                  config.in_channels, config.classes};
  return TRUE;
}

static VoxelTensor *
smp_unet_build (const VoxelJson *json, VoxelBuilder *builder, VoxelTensor *x)
{
  Config config;
  VoxelSmpFeatures features;
  gsize outer;

  if (!read_config (json, &config, &builder->error))
    return NULL;
  outer = voxel_builder_enter (builder, "encoder");
  config.encoder->build (config.encoder->data, builder, x, &features);
  voxel_builder_leave (builder, outer);
  outer = voxel_builder_enter (builder, "decoder");
  builder->initial = VOXEL_INITIAL_RULE_KAIMING;
  x = voxel_smp_unet_decoder (&config.decoder, builder, &features);
  voxel_builder_leave (builder, outer);
  builder->initial = VOXEL_INITIAL_RULE_XAVIER;
  return voxel_smp_conv (builder, x, "segmentation_head.0", config.classes, 3, 1, 1);
}

const VoxelArchitecture voxel_architecture_smp_unet = {
    .name = "smp-unet",
    .what = "Unet of segmentation_models_pytorch 0.6",
    .fields = fields,
    .info = smp_unet_info,
    .build = smp_unet_build,
};
