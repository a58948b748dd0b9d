/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows become columns, or run backwards. Compiled once per instruction set, as loops.c. */

#include "elements/rows/isa.h"

#ifdef __SSE2__

/* A vector holds pieces of 16 bytes of several rows: what one piece needs is done to all at a time. */
#if VOXEL_ROWS_LANES == 16
typedef __m512i Wide;
#define PIECES 4
#define OF_WIDE(name, element) _mm512_##name##_##element
#elif VOXEL_ROWS_LANES == 8
typedef __m256i Wide;
#define PIECES 2
#define OF_WIDE(name, element) _mm256_##name##_##element
#else
typedef __m128i Wide;
#define PIECES 1
#define OF_WIDE(name, element) _mm_##name##_##element
#endif

/* 16 bytes of @in and of what lies @step and multiples of it behind. */
INLINE Wide
load_pieces (const guint8 *in, gssize step)
{
#define PIECE(i) _mm_loadu_si128 ((const __m128i *) (in + (i) *step))
#if PIECES == 4
  Wide v = _mm512_castsi128_si512 (PIECE (0));

  v = _mm512_inserti32x4 (v, PIECE (1), 1);
  v = _mm512_inserti32x4 (v, PIECE (2), 2);
  return _mm512_inserti32x4 (v, PIECE (3), 3);
#elif PIECES == 2
  return _mm256_inserti128_si256 (_mm256_castsi128_si256 (PIECE (0)), PIECE (1), 1);
#else
  return PIECE (0);
#endif
#undef PIECE
}

INLINE void
store_wide (guint8 *out, Wide v)
{
#if PIECES == 4
  _mm512_storeu_si512 (out, v);
#elif PIECES == 2
  _mm256_storeu_si256 ((Wide *) out, v);
#else
  _mm_storeu_si128 ((Wide *) out, v);
#endif
}

/* Interleaving the first half of N rows with the second, log2 N times, makes columns of them. */
#define DEFINE_BLOCK(bits, name, Vector, n, stages, of, load, store) \
  INLINE void name (const guint8 *in, gssize in_stride, guint8 *out, gssize out_stride) \
  { \
    Vector v[n], w[n]; \
\
    _Pragma ("GCC unroll 16") for (guint i = 0; i < n; i++) v[i] = load (in + i * in_stride, n * in_stride); \
    _Pragma ("GCC unroll 4") for (guint stage = 0; stage < stages; stage++) \
    { \
      _Pragma ("GCC unroll 8") for (guint i = 0; i < n / 2; i++) \
      { \
        w[2 * i] = of (unpacklo, epi##bits) (v[i], v[i + n / 2]); \
        w[2 * i + 1] = of (unpackhi, epi##bits) (v[i], v[i + n / 2]); \
      } \
      _Pragma ("GCC unroll 16") for (guint i = 0; i < n; i++) v[i] = w[i]; \
    } \
    _Pragma ("GCC unroll 16") for (guint i = 0; i < n; i++) store (out + i * out_stride, v[i]); \
  }

#define OF_ONE(name, element) _mm_##name##_##element
#define LOAD_ONE(in, step) _mm_loadu_si128 ((const __m128i *) (in))
#define STORE_ONE(out, v) _mm_storeu_si128 ((__m128i *) (out), v)

DEFINE_BLOCK (8, block_8, Wide, 16, 4, OF_WIDE, load_pieces, store_wide)
DEFINE_BLOCK (16, block_16, Wide, 8, 3, OF_WIDE, load_pieces, store_wide)
DEFINE_BLOCK (32, block_32, Wide, 4, 2, OF_WIDE, load_pieces, store_wide)
DEFINE_BLOCK (8, small_8, __m128i, 16, 4, OF_ONE, LOAD_ONE, STORE_ONE)
DEFINE_BLOCK (16, small_16, __m128i, 8, 3, OF_ONE, LOAD_ONE, STORE_ONE)
DEFINE_BLOCK (32, small_32, __m128i, 4, 2, OF_ONE, LOAD_ONE, STORE_ONE)

/* Rows are taken as many at a time as fill a cache line of the result. */
#define TRANSPOSE_BLOCKS(bits) \
  const gssize bytes = bits / 8, edge = 16 / bytes, tall = edge * PIECES, pass = 64 / bytes; \
\
  columns = width - width % edge; \
  lines = height - height % edge; \
  for (gssize top = 0; top < lines; top += pass) { \
    const gssize end = MIN (top + pass, lines); \
\
    for (gssize x = 0; x < columns; x += edge) { \
      for (gssize y = top, rows; y < end; y += rows) { \
        const guint8 *from = in + y * in_stride + x * bytes; \
        guint8 *to = out + x * out_stride + y * bytes; \
\
        rows = y + tall <= end ? tall : edge; \
        if (rows == tall) \
          block_##bits (from, in_stride, to, out_stride); \
        else \
          small_##bits (from, in_stride, to, out_stride); \
      } \
    } \
  }

#else
#define TRANSPOSE_BLOCKS(bits)
#endif

#define DEFINE_TRANSPOSE(bits) \
  static void rest_##bits (const guint8 *in, gssize in_stride, gssize width, gssize height, guint8 *out, \
                           gssize out_stride) \
  { \
    for (gssize x = 0; x < width; x++) { \
      guint##bits *row = (guint##bits *) (out + x * out_stride); \
\
      for (gssize y = 0; y < height; y++) \
        row[y] = ((const guint##bits *) (in + y * in_stride))[x]; \
    } \
  } \
\
  static void transpose_##bits (const guint8 *in, gssize in_stride, guint wide, guint high, guint8 *out, \
                                gssize out_stride) \
  { \
    const gssize width = wide, height = high; \
    gssize columns = 0, lines = 0; \
\
    TRANSPOSE_BLOCKS (bits) \
    rest_##bits (in + columns * (bits / 8), in_stride, width - columns, lines, out + columns * out_stride, \
                 out_stride); \
    rest_##bits (in + lines * in_stride, in_stride, width, height - lines, out + lines * (bits / 8), \
                 out_stride); \
  }

DEFINE_TRANSPOSE (8)
DEFINE_TRANSPOSE (16)
DEFINE_TRANSPOSE (32)

void
ROWS (transpose) (const guint8 *in, gssize in_stride, guint width, guint height, guint pixel_size,
                  guint8 *out, gssize out_stride)
{
  if (pixel_size == 1)
    transpose_8 (in, in_stride, width, height, out, out_stride);
  else if (pixel_size == 2)
    transpose_16 (in, in_stride, width, height, out, out_stride);
  else
    transpose_32 (in, in_stride, width, height, out, out_stride);
}

#ifdef __SSE2__

/* A vector of 8 or 16-bit pixels, the last first. */
INLINE Wide
reverse_wide (Wide v, guint pixel_size)
{
#if PIECES == 4
  const __m512i last_first = _mm512_set_epi64 (1, 0, 3, 2, 5, 4, 7, 6);
  const __m128i bytes = _mm_set_epi8 (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m128i words = _mm_set_epi8 (1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);

  v = _mm512_shuffle_epi8 (v, _mm512_broadcast_i32x4 (pixel_size == 1 ? bytes : words));
  return _mm512_permutexvar_epi64 (last_first, v);
#elif PIECES == 2
  const __m128i bytes = _mm_set_epi8 (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m128i words = _mm_set_epi8 (1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);

  v = _mm256_shuffle_epi8 (v, _mm256_broadcastsi128_si256 (pixel_size == 1 ? bytes : words));
  return _mm256_permute4x64_epi64 (v, _MM_SHUFFLE (1, 0, 3, 2));
#else
  if (pixel_size == 1)
    v = _mm_or_si128 (_mm_slli_epi16 (v, 8), _mm_srli_epi16 (v, 8));
  v = _mm_shufflehi_epi16 (_mm_shufflelo_epi16 (v, _MM_SHUFFLE (0, 1, 2, 3)), _MM_SHUFFLE (0, 1, 2, 3));
  return _mm_shuffle_epi32 (v, _MM_SHUFFLE (1, 0, 3, 2));
#endif
}

/* Returns how many pixels from the start of the result are done. */
INLINE guint
reverse_vectors (const guint8 *in, guint8 *out, guint width, guint pixel_size)
{
  guint step = sizeof (Wide) / pixel_size, x = 0;

  for (; x + step <= width; x += step) {
    Wide v;

    memcpy (&v, in + (gsize) (width - x - step) * pixel_size, sizeof v);
    store_wide (out + (gsize) x * pixel_size, reverse_wide (v, pixel_size));
  }
  return x;
}

#else

INLINE guint
reverse_vectors (const guint8 *in, guint8 *out, guint width, guint pixel_size)
{
  return 0;
}

#endif

#define DEFINE_REVERSE(bits, from) \
  static void reverse_##bits (const guint##bits *restrict in, guint##bits *restrict out, guint width) \
  { \
    for (guint x = from; x < width; x++) \
      out[x] = in[width - 1 - x]; \
  }

DEFINE_REVERSE (8, reverse_vectors ((const guint8 *) in, (guint8 *) out, width, 1))
DEFINE_REVERSE (16, reverse_vectors ((const guint8 *) in, (guint8 *) out, width, 2))
DEFINE_REVERSE (32, 0)

void
ROWS (reverse) (const guint8 *in, guint8 *out, guint width, guint pixel_size)
{
  if (pixel_size == 1)
    reverse_8 (in, out, width);
  else if (pixel_size == 2)
    reverse_16 ((const guint16 *) in, (guint16 *) out, width);
  else
    reverse_32 ((const guint32 *) in, (guint32 *) out, width);
}
