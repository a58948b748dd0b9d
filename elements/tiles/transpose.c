/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "transpose.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Pixels a side of a pass: what it reads and writes stays in the first-level cache, even where strides are
 * powers of two, so that rows share its sets (measured: 16 before 8, 24, 32 and 64). */
#define PASS 16

/* Reads width x height pixels, writes height x width. */
typedef void (*TransposeFunc) (const guint8 *in, gssize in_stride, guint width, guint height, guint8 *out,
                               gssize out_stride);

typedef struct {
  guint edge; /* side of the square that block () takes at a time */
  void (*block) (const guint8 *in, gssize in_stride, guint8 *out, gssize out_stride);
  TransposeFunc rest;
} TransposeKernel;

#define DEFINE_REST(bits) \
  static void rest_##bits (const guint8 *in, gssize in_stride, guint width, guint height, guint8 *out, \
                           gssize out_stride) \
  { \
    for (guint x = 0; x < width; x++) { \
      guint##bits *row = (guint##bits *) (out + (gssize) x * out_stride); \
\
      for (guint y = 0; y < height; y++) \
        row[y] = ((const guint##bits *) (in + (gssize) y * in_stride))[x]; \
    } \
  }

DEFINE_REST (8)
DEFINE_REST (16)
DEFINE_REST (32)

#ifdef __SSE2__

static void
block_8 (const guint8 *in, gssize in_stride, guint8 *out, gssize out_stride)
{
  __m128i a[4], b[4];

  for (gint i = 0; i < 4; i++)
    a[i] = _mm_unpacklo_epi8 (_mm_loadl_epi64 ((const __m128i *) (in + 2 * i * in_stride)),
                              _mm_loadl_epi64 ((const __m128i *) (in + (2 * i + 1) * in_stride)));
  for (gint i = 0; i < 2; i++) {
    b[2 * i] = _mm_unpacklo_epi16 (a[2 * i], a[2 * i + 1]);
    b[2 * i + 1] = _mm_unpackhi_epi16 (a[2 * i], a[2 * i + 1]);
  }
  for (gint i = 0; i < 2; i++) {
    a[2 * i] = _mm_unpacklo_epi32 (b[i], b[i + 2]);
    a[2 * i + 1] = _mm_unpackhi_epi32 (b[i], b[i + 2]);
  }
  for (gint i = 0; i < 4; i++) {
    _mm_storel_epi64 ((__m128i *) (out + 2 * i * out_stride), a[i]);
    _mm_storel_epi64 ((__m128i *) (out + (2 * i + 1) * out_stride), _mm_unpackhi_epi64 (a[i], a[i]));
  }
}

static void
block_16 (const guint8 *in, gssize in_stride, guint8 *out, gssize out_stride)
{
  __m128i a[8], b[8];

  for (gint i = 0; i < 8; i++)
    a[i] = _mm_loadu_si128 ((const __m128i *) (in + i * in_stride));
  for (gint i = 0; i < 4; i++) {
    b[2 * i] = _mm_unpacklo_epi16 (a[2 * i], a[2 * i + 1]);
    b[2 * i + 1] = _mm_unpackhi_epi16 (a[2 * i], a[2 * i + 1]);
  }
  for (gint i = 0; i < 2; i++) {
    a[i] = _mm_unpacklo_epi32 (b[4 * i], b[4 * i + 2]);
    a[i + 2] = _mm_unpackhi_epi32 (b[4 * i], b[4 * i + 2]);
    a[i + 4] = _mm_unpacklo_epi32 (b[4 * i + 1], b[4 * i + 3]);
    a[i + 6] = _mm_unpackhi_epi32 (b[4 * i + 1], b[4 * i + 3]);
  }
  for (gint i = 0; i < 4; i++) {
    _mm_storeu_si128 ((__m128i *) (out + 2 * i * out_stride), _mm_unpacklo_epi64 (a[2 * i], a[2 * i + 1]));
    _mm_storeu_si128 ((__m128i *) (out + (2 * i + 1) * out_stride),
                      _mm_unpackhi_epi64 (a[2 * i], a[2 * i + 1]));
  }
}

static void
block_32 (const guint8 *in, gssize in_stride, guint8 *out, gssize out_stride)
{
  __m128i a[4], b[4];

  for (gint i = 0; i < 4; i++)
    a[i] = _mm_loadu_si128 ((const __m128i *) (in + i * in_stride));
  for (gint i = 0; i < 2; i++) {
    b[i] = _mm_unpacklo_epi32 (a[2 * i], a[2 * i + 1]);
    b[i + 2] = _mm_unpackhi_epi32 (a[2 * i], a[2 * i + 1]);
  }
  for (gint i = 0; i < 2; i++) {
    _mm_storeu_si128 ((__m128i *) (out + 2 * i * out_stride), _mm_unpacklo_epi64 (b[2 * i], b[2 * i + 1]));
    _mm_storeu_si128 ((__m128i *) (out + (2 * i + 1) * out_stride),
                      _mm_unpackhi_epi64 (b[2 * i], b[2 * i + 1]));
  }
}

#else

#define DEFINE_BLOCK(bits, edge) \
  static void block_##bits (const guint8 *in, gssize in_stride, guint8 *out, gssize out_stride) \
  { \
    rest_##bits (in, in_stride, edge, edge, out, out_stride); \
  }

DEFINE_BLOCK (8, 8)
DEFINE_BLOCK (16, 8)
DEFINE_BLOCK (32, 4)

#endif

/* By log2 of the pixel size. */
static const TransposeKernel kernels[] = {
    {8, block_8, rest_8},
    {8, block_16, rest_16},
    {4, block_32, rest_32},
};

static void
transpose_pass (const TransposeKernel *kernel, guint pixel_size, const guint8 *in, gssize in_stride,
                guint width, guint height, guint8 *out, gssize out_stride)
{
  guint whole_width = width - width % kernel->edge, whole_height = height - height % kernel->edge;

  for (guint x = 0; x < whole_width; x += kernel->edge) {
    for (guint y = 0; y < whole_height; y += kernel->edge)
      kernel->block (in + (gssize) y * in_stride + x * pixel_size, in_stride,
                     out + (gssize) x * out_stride + y * pixel_size, out_stride);
  }
  if (whole_width < width)
    kernel->rest (in + whole_width * pixel_size, in_stride, width - whole_width, height,
                  out + (gssize) whole_width * out_stride, out_stride);
  if (whole_height < height)
    kernel->rest (in + (gssize) whole_height * in_stride, in_stride, whole_width, height - whole_height,
                  out + whole_height * pixel_size, out_stride);
}

/**
 * voxel_transpose:
 * @in: first pixel of a picture
 * @in_stride: bytes from a row to the next; may be negative
 * @width: columns of @in, rows of @out
 * @height: rows of @in, columns of @out
 * @pixel_size: 1, 2 or 4 bytes
 * @out: first pixel of the result, which does not overlap @in
 * @out_stride: bytes from a row of the result to the next; may be negative
 *
 * out[x][y] = in[y][x]. Negative strides make the other turns by 90 degrees of it.
 */
void
voxel_transpose (const guint8 *in, gssize in_stride, guint width, guint height, guint pixel_size, guint8 *out,
                 gssize out_stride)
{
  const TransposeKernel *kernel;

  g_return_if_fail (pixel_size == 1 || pixel_size == 2 || pixel_size == 4);

  kernel = &kernels[pixel_size >> 1];
  for (guint y = 0; y < height; y += PASS) {
    for (guint x = 0; x < width; x += PASS)
      transpose_pass (kernel, pixel_size, in + (gssize) y * in_stride + (gsize) x * pixel_size, in_stride,
                      MIN (PASS, width - x), MIN (PASS, height - y),
                      out + (gssize) x * out_stride + (gsize) y * pixel_size, out_stride);
  }
}
