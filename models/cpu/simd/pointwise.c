/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/math.h"

/* Chains of additions, products and activations. Neighbouring pixels go together, the same channels of each, so
 * that what is to be done is looked up once for all of them while their values stay in registers. */
#define TOGETHER 4

SIMD_INLINE Vector
splat (const void *p, gboolean bf16)
{
  guint32 bits = bf16 ? (guint32) * (const guint16 *) p << 16 : *(const guint32 *) p;

  return (Vector) ((Bits){0} + bits);
}

/* Channels [channel, channel + n) of a pixel at @pixel. */
SIMD_INLINE Vector
fetch (const VoxelCpuOperand *operand, const gchar *pixel, gsize channel, guint n, gboolean bf16)
{
  return operand->splat ? splat (pixel, bf16) : load (pixel + channel * element_size (bf16), n, bf16);
}

SIMD_INLINE void
combine (Vector *values, guint pixels, gboolean product, const VoxelCpuOperand *operand, const gchar *pixel,
         gsize channel, guint n, gboolean bf16)
{
  gsize step = operand->pixel * element_size (bf16);

  for (guint p = 0; p < pixels; p++) {
    Vector other = fetch (operand, pixel + p * step, channel, n, bf16);

    values[p] = product ? values[p] * other : values[p] + other;
  }
}

SIMD_INLINE void
map_activation (Vector *values, guint pixels, const VoxelCpuMapping *mapping)
{
  switch (mapping->activation) {
  case VOXEL_ACTIVATION_RELU:
    for (guint p = 0; p < pixels; p++)
      values[p] = vector_positive (values[p]);
    break;
  case VOXEL_ACTIVATION_SIGMOID:
    for (guint p = 0; p < pixels; p++)
      values[p] = vector_sigmoid (values[p]);
    break;
  case VOXEL_ACTIVATION_SILU:
    for (guint p = 0; p < pixels; p++)
      values[p] *= vector_sigmoid (values[p]);
    break;
  case VOXEL_ACTIVATION_GELU:
    for (guint p = 0; p < pixels; p++)
      values[p] = vector_gelu (values[p]);
    break;
  default:
    for (guint p = 0; p < pixels; p++)
      values[p] = activate (values[p], mapping->activation, mapping->slope);
  }
}

/* Channels [channel, channel + n) of @pixels pixels, which begin at @at. */
SIMD_INLINE void
map_block (const VoxelCpuPointwise *pointwise, const gchar *const *at, gchar *dst, guint pixels,
           gsize channel, guint n)
{
  const VoxelCpuOperand *first = &pointwise->operands[0], *out = &pointwise->dst;
  Vector values[TOGETHER];

  for (guint p = 0; p < pixels; p++) {
    const gchar *pixel = at[0] + p * first->pixel * element_size (first->bf16);

    if (first->bf16)
      values[p] = fetch (first, pixel, channel, n, TRUE);
    else
      values[p] = fetch (first, pixel, channel, n, FALSE);
  }
  for (guint m = 0; m < pointwise->chain.n_maps; m++) {
    const VoxelCpuMapping *mapping = &pointwise->chain.maps[m];
    const VoxelCpuOperand *operand = &pointwise->operands[mapping->operand];
    const gchar *pixel = at[mapping->operand];

    if (mapping->map == VOXEL_CPU_ACTIVATE)
      map_activation (values, pixels, mapping);
    else if (mapping->map == VOXEL_CPU_MULTIPLY && operand->bf16)
      combine (values, pixels, TRUE, operand, pixel, channel, n, TRUE);
    else if (mapping->map == VOXEL_CPU_MULTIPLY)
      combine (values, pixels, TRUE, operand, pixel, channel, n, FALSE);
    else if (operand->bf16)
      combine (values, pixels, FALSE, operand, pixel, channel, n, TRUE);
    else
      combine (values, pixels, FALSE, operand, pixel, channel, n, FALSE);
  }
  for (guint p = 0; p < pixels; p++)
    store (dst + (p * out->pixel + channel) * element_size (out->bf16), values[p], n, out->bf16);
}

SIMD_INLINE void
map_pixels (const VoxelCpuPointwise *pointwise, const gchar *const *at, gchar *dst, guint pixels)
{
  gsize c = 0;

  for (; c + LANES <= pointwise->channels; c += LANES)
    map_block (pointwise, at, dst, pixels, c, LANES);
  if (c < pointwise->channels)
    map_block (pointwise, at, dst, pixels, c, (guint) (pointwise->channels - c));
}

/* A row; leaves @at and @dst behind it. */
static void
map_row (const VoxelCpuPointwise *pointwise, const gchar **at, gchar **dst)
{
  guint pixels;

  for (gsize x = 0; x < pointwise->width; x += pixels) {
    pixels = pointwise->width - x >= TOGETHER ? TOGETHER : 1;
    if (pixels == TOGETHER)
      map_pixels (pointwise, at, *dst, TOGETHER);
    else
      map_pixels (pointwise, at, *dst, 1);
    for (guint i = 0; i < pointwise->n_operands; i++)
      at[i] += pixels * pointwise->operands[i].pixel * element_size (pointwise->operands[i].bf16);
    *dst += pixels * pointwise->dst.pixel * element_size (pointwise->dst.bf16);
  }
}

/* The same as pixels of @channels each. */
static VoxelCpuPointwise
regroup (const VoxelCpuPointwise *pointwise, gsize pixels, gsize channels)
{
  VoxelCpuPointwise regrouped = *pointwise;

  regrouped.width = (guint) pixels;
  regrouped.channels = (guint) channels;
  regrouped.dst.pixel = channels;
  for (guint i = 0; i < pointwise->n_operands; i++)
    regrouped.operands[i].pixel = pointwise->operands[i].splat ? 0 : channels;
  return regrouped;
}

/* Rows [begin, end). */
void
SIMD (pointwise) (const VoxelCpuPointwise *pointwise, const void *const *operands, void *dst, gsize begin,
                  gsize end)
{
  gsize values = (gsize) pointwise->width * pointwise->channels;
  VoxelCpuPointwise whole = *pointwise, rest = {0};

  if (pointwise->flat) {
    whole = regroup (pointwise, values / LANES, LANES);
    rest = regroup (pointwise, values % LANES ? 1 : 0, values % LANES);
  }
  for (gsize y = begin; y < end; y++) {
    const gchar *at[VOXEL_OP_MAX_INPUTS] = {NULL};
    gchar *to = (gchar *) dst + y * pointwise->dst.row * element_size (pointwise->dst.bf16);

    for (guint i = 0; i < pointwise->n_operands; i++)
      at[i] = (const gchar *) operands[i] +
              y * pointwise->operands[i].row * element_size (pointwise->operands[i].bf16);
    map_row (&whole, at, &to);
    map_row (&rest, at, &to);
  }
}
