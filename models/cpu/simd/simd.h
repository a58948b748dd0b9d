/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Included by what is compiled once per instruction set, with VOXEL_CPU_ISA (part of the names) and
 * VOXEL_CPU_LANES (floats a vector) defined by the build. */

#include <string.h>
#if defined(__AVX__)
#include <immintrin.h>
#endif

#include "models/cpu/kernels.h"

#define LANES VOXEL_CPU_LANES
#define SIMD_JOIN_(a, b) a##_##b
#define SIMD_JOIN(a, b) SIMD_JOIN_ (a, b)
#define SIMD(name) SIMD_JOIN (voxel_cpu_##name, VOXEL_CPU_ISA)
#define SIMD_INLINE static inline __attribute__ ((always_inline))

/* Pixels a strip: accumulators of two vectors each, one broadcast value and two weights fill the registers.
 */
#if LANES == 16
#define STRIP 14
#elif LANES == 8
#define STRIP 6
#else
#define STRIP 4
#endif

typedef gfloat Vector __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef gint32 Mask __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef guint32 Bits __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef guint16 Half __attribute__ ((vector_size (LANES * 2), aligned (2), may_alias));

/* The larger; @b where one is no number. */
SIMD_INLINE Vector
vector_max (Vector a, Vector b)
{
#if defined(__AVX512F__) && LANES == 16
  return (Vector) _mm512_max_ps ((__m512) a, (__m512) b);
#elif defined(__AVX__) && LANES == 8
  return (Vector) _mm256_max_ps ((__m256) a, (__m256) b);
#else
  Mask larger = (Mask) (a > b);

  return (Vector) (((Mask) a & larger) | ((Mask) b & ~larger));
#endif
}

SIMD_INLINE Vector
vector_min (Vector a, Vector b)
{
  return -vector_max (-a, -b);
}

SIMD_INLINE Vector
vector_positive (Vector a)
{
  return vector_max (a, (Vector){0});
}

/* Round to nearest even; a NaN stays one. */
SIMD_INLINE Half
vector_to_bf16 (Vector a)
{
#if defined(__AVX512BF16__)
  return (Half) _mm512_cvtneps_pbh ((__m512) a);
#else
  Bits bits = (Bits) a, rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16, nan = (Bits) (a != a);

  return __builtin_convertvector((rounded & ~nan) | (nan & 0x7fc0), Half);
#endif
}

SIMD_INLINE gsize
element_size (gboolean bf16)
{
  return bf16 ? 2 : 4;
}

SIMD_INLINE Vector
load_full (const void *p, gboolean bf16)
{
  if (bf16)
    return (Vector) (__builtin_convertvector(*(const Half *) p, Bits) << 16);
  return *(const Vector *) p;
}

SIMD_INLINE void
store_full (void *p, Vector a, gboolean bf16)
{
  if (bf16)
    *(Half *) p = vector_to_bf16 (a);
  else
    *(Vector *) p = a;
}

/* The last channels of a picture whose channels are no whole vectors: neighbours are neither read (what lies
 * there may be no number) nor written. */
#if LANES == 16 && defined(__AVX512VL__) && defined(__AVX512BW__)
SIMD_INLINE Vector
load_part (const void *p, guint n, gboolean bf16)
{
  __mmask16 mask = (__mmask16) ((1u << n) - 1);

  if (bf16)
    return (Vector) (__builtin_convertvector((Half) _mm256_maskz_loadu_epi16 (mask, p), Bits) << 16);
  return (Vector) _mm512_maskz_loadu_ps (mask, p);
}

SIMD_INLINE void
store_part (void *p, Vector a, guint n, gboolean bf16)
{
  __mmask16 mask = (__mmask16) ((1u << n) - 1);

  if (bf16)
    _mm256_mask_storeu_epi16 (p, mask, (__m256i) vector_to_bf16 (a));
  else
    _mm512_mask_storeu_ps (p, mask, (__m512) a);
}
#else
static __attribute__ ((noinline, unused)) Vector
load_part (const void *p, guint n, gboolean bf16)
{
  gchar buffer[LANES * 4] = {0};

  memcpy (buffer, p, n * element_size (bf16));
  return load_full (buffer, bf16);
}

static __attribute__ ((noinline, unused)) void
store_part (void *p, Vector a, guint n, gboolean bf16)
{
  gchar buffer[LANES * 4];

  store_full (buffer, a, bf16);
  memcpy (p, buffer, n * element_size (bf16));
}
#endif

SIMD_INLINE Vector
load (const void *p, guint n, gboolean bf16)
{
  return n >= LANES ? load_full (p, bf16) : load_part (p, n, bf16);
}

SIMD_INLINE void
store (void *p, Vector a, guint n, gboolean bf16)
{
  if (n >= LANES)
    store_full (p, a, bf16);
  else
    store_part (p, a, n, bf16);
}

/* Element @channel of pixel (@y, @x). */
SIMD_INLINE gchar *
at (const VoxelCpuView *view, const void *data, gsize y, gsize x, gsize channel)
{
  return (gchar *) data + ((y * view->width + x) * view->pitch + channel) * element_size (view->bf16);
}

/* Part @task of @tasks of [0, n). */
SIMD_INLINE gsize
part (gsize n, gsize task, gsize tasks)
{
  return n * task / tasks;
}

/* Part of @n output channels in whole blocks of two vectors. */
SIMD_INLINE guint
channel_part (guint n, guint task, guint tasks)
{
  guint blocks = (n + 2 * LANES - 1) / (2 * LANES), channel = part (blocks, task, tasks) * 2 * LANES;

  return MIN (channel, n);
}

/* simd/strip.c */
typedef void (*SimdStrip) (const gfloat *const *taps, guint n_taps, gsize offset, gsize step, guint depth,
                           const gfloat *weights, gfloat *out, gsize pitch, gboolean add);
void SIMD (strips) (const gfloat *const *taps, guint n_taps, gsize n, gsize step, guint depth,
                    const gfloat *weights, guint block, gfloat *out, gsize pitch, gboolean pairs,
                    gboolean add);

/* The other files of simd/, a method or an operator each. */
gsize SIMD (winograd_scratch) (const VoxelCpuConv *conv);
void SIMD (winograd) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
gsize SIMD (direct_scratch) (const VoxelCpuConv *conv);
void SIMD (direct) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
gsize SIMD (grouped_scratch) (const VoxelCpuConv *conv);
void SIMD (grouped) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
gsize SIMD (depthwise_scratch) (const VoxelCpuConv *conv);
void SIMD (depthwise) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
gsize SIMD (transpose_scratch) (const VoxelCpuConv *conv);
void SIMD (transpose) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
gsize SIMD (pairs_scratch) (const VoxelCpuConv *conv);
void SIMD (pairs) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
gsize SIMD (product_scratch) (const VoxelCpuConv *conv);
void SIMD (product) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
void SIMD (dot) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
void SIMD (scale) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
void SIMD (max_pool) (const VoxelCpuPool *pool, const void *src, void *dst, void *copy, gsize begin,
                      gsize end);
void SIMD (upsample) (const VoxelCpuUpsample *upsample, const void *src, void *dst, gsize begin, gsize end);
void SIMD (avg_pool) (const VoxelCpuPool *pool, const void *src, void *dst, void *copy, gsize begin,
                      gsize end);
void SIMD (sum) (const VoxelCpuView *view, const void *src, gdouble *sums, gsize begin, gsize end);
void SIMD (pick) (const VoxelCpuPick *pick, const void *src, void *dst, gsize begin, gsize end);
void SIMD (pointwise) (const VoxelCpuPointwise *pointwise, const void *const *operands, void *dst,
                       gsize begin, gsize end);
void SIMD (layer_norm) (const VoxelCpuNorm *norm, const void *src, void *dst, gsize begin, gsize end);
void SIMD (group_norm_measure) (const VoxelCpuView *src, const void *data, gfloat *statistics, gsize begin,
                                gsize end);
void SIMD (group_norm_scale) (const VoxelCpuGroupNorm *norm, const void *src, void *dst, const gfloat *scale,
                              const gfloat *shift, gsize begin, gsize end);
void SIMD (softmax) (const VoxelCpuAxis *axis, const void *src, void *dst, gsize begin, gsize end);
gsize SIMD (matmul_scratch) (const VoxelCpuMatmul *matmul);
void SIMD (matmul) (const VoxelCpuMatmul *matmul, const void *a, const void *b, void *dst, gchar *scratch,
                    gsize begin, gsize end);
gsize SIMD (attention_scratch) (const VoxelCpuAttention *attention);
void SIMD (attention) (const VoxelCpuAttention *attention, const VoxelCpuAttentionMemory *memory, guint head,
                       gsize begin, gsize end);
