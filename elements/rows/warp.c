/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pictures read at positions that lie anywhere. Compiled once per instruction set, as loops.c. */

#include "elements/rows/isa.h"

#define LANES VOXEL_ROWS_LANES

/* Positions come in 1/4096 of a pixel, and are read at the nearest 1/32, as in OpenCV's remap. */
#define FINE_BITS 12
#define PLACE_BITS 5
#define PLACES (1 << PLACE_BITS)

#define TO_PLACE(position) (((position) + (1 << (FINE_BITS - PLACE_BITS - 1))) >> (FINE_BITS - PLACE_BITS))
#define TO_NEAREST(position) (((position) + (1 << (FINE_BITS - 1))) >> FINE_BITS)

/* Four weights * 2^14 along x give value * 2^14 of each row; of that value * 64 is kept, times 2^14 along y. */
#define VALUE_SHIFT 8
#define SUM_SHIFT 20

/* 16-bit values take part as signed ones; the weights' sum is 1. */
#define MIDDLE 32768
#define ROW_SCALE 0x1p-28f

INLINE guint8
read_one_8 (const guint8 *at, gssize stride, const gint16 *along_x, const gint16 *along_y, guint from,
            guint end)
{
  gint32 sum = 1 << (SUM_SHIFT - 1);

  for (guint r = from; r < end; r++) {
    const guint8 *row = at + ((gssize) r - 1) * stride - 1;
    gint32 value = 1 << (VALUE_SHIFT - 1);

    for (guint k = 0; k < 4; k++)
      value += row[k] * along_x[k];
    sum += (value >> VALUE_SHIFT) * along_y[r];
  }
  return (guint8) CLAMP (sum >> SUM_SHIFT, 0, 255);
}

INLINE guint16
read_one_16 (const guint8 *at, gssize stride, const gint16 *along_x, const gint16 *along_y, guint from,
             guint end)
{
  gfloat sum = MIDDLE + .5f;

  for (guint r = from; r < end; r++) {
    const guint16 *row = (const guint16 *) (at + ((gssize) r - 1) * stride) - 1;
    gint32 value = 0;

    for (guint k = 0; k < 4; k++)
      value += (GUINT16_FROM_LE (row[k]) - MIDDLE) * along_x[k];
    sum += (gfloat) value * ((gfloat) along_y[r] * ROW_SCALE);
  }
  sum = sum > 0 ? sum : 0;
  sum = sum < 65535 ? sum : 65535;
  return GUINT16_TO_LE ((guint16) (gint32) sum);
}

#if LANES > 4

typedef gint32 Ints __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef gfloat Floats __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));

#if LANES == 16
#define OF(name) _mm512_##name
#define VECTOR __m512i
#define GATHER(from, offsets) ((Ints) _mm512_i32gather_epi32 ((__m512i) (offsets), from, 1))
#else
#define OF(name) _mm256_##name
#define VECTOR __m256i
#define GATHER(from, offsets) ((Ints) _mm256_i32gather_epi32 ((const int *) (from), (__m256i) (offsets), 1))
#endif
#define PAIRS(a, b) ((Ints) OF (madd_epi16) ((VECTOR) (a), (VECTOR) (b)))
#define BYTES(a, order) ((Ints) OF (shuffle_epi8) ((VECTOR) (a), (VECTOR) (order)))

/* Weights of pixels 0 and 1, and of 2 and 3, two in a lane. */
typedef struct {
  Ints first;
  Ints second;
} Weights;

#if LANES == 16

/* Those of 32 places, in registers. */
typedef struct {
  Weights halves[2];
} Table;

INLINE Table
load_table (const VoxelRowsKernel *kernel)
{
  const Ints even = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
  Table table;

  for (guint i = 0; i < 2; i++) {
    const Ints *from = (const Ints *) kernel->weights[i * PLACES / 2];

    table.halves[i].first =
        (Ints) _mm512_permutex2var_epi32 ((__m512i) from[0], (__m512i) even, (__m512i) from[1]);
    table.halves[i].second =
        (Ints) _mm512_permutex2var_epi32 ((__m512i) from[0], (__m512i) (even + 1), (__m512i) from[1]);
  }
  return table;
}

INLINE Weights
look_up (const Table *table, Ints places)
{
  const Weights *a = &table->halves[0], *b = &table->halves[1];

  return (Weights){
      (Ints) _mm512_permutex2var_epi32 ((__m512i) a->first, (__m512i) places, (__m512i) b->first),
      (Ints) _mm512_permutex2var_epi32 ((__m512i) a->second, (__m512i) places, (__m512i) b->second),
  };
}

INLINE void
store_8 (guint8 *out, Ints v)
{
  v = (Ints) _mm512_max_epi32 ((__m512i) v, _mm512_setzero_si512 ());
  _mm_storeu_si128 ((__m128i *) out, _mm512_cvtusepi32_epi8 ((__m512i) v));
}

INLINE void
store_16 (guint16 *out, Floats v)
{
  __m512 low = _mm512_max_ps ((__m512) v, _mm512_setzero_ps ());

  low = _mm512_min_ps (low, _mm512_set1_ps (65535));
  _mm256_storeu_si256 ((__m256i *) out, _mm512_cvtepi32_epi16 (_mm512_cvttps_epi32 (low)));
}

#else

typedef const gint16 *Table;

INLINE Table
load_table (const VoxelRowsKernel *kernel)
{
  return kernel->weights[0];
}

INLINE Weights
look_up (const Table *table, Ints places)
{
  return (Weights){GATHER (*table, places * 8), GATHER (*table, places * 8 + 4)};
}

/* The lower halves of eight lanes, in their order. */
INLINE __m128i
narrow (__m256i words)
{
  return _mm256_castsi256_si128 (_mm256_permute4x64_epi64 (words, _MM_SHUFFLE (3, 1, 2, 0)));
}

INLINE void
store_8 (guint8 *out, Ints v)
{
  __m128i words = narrow (_mm256_packs_epi32 ((__m256i) v, (__m256i) v));

  _mm_storel_epi64 ((__m128i *) out, _mm_packus_epi16 (words, words));
}

INLINE void
store_16 (guint16 *out, Floats v)
{
  __m256 low = _mm256_max_ps ((__m256) v, _mm256_setzero_ps ());
  __m256i whole = _mm256_cvttps_epi32 (_mm256_min_ps (low, _mm256_set1_ps (65535)));

  _mm_storeu_si128 ((__m128i *) out, narrow (_mm256_packus_epi32 (whole, whole)));
}

#endif

INLINE Ints
load_positions (const gint32 *positions, gint32 more)
{
  return *(const Ints *) positions + more;
}

/* Of bytes the first two of each four, each as a word, or the last two. */
INLINE Ints
take_bytes (Ints v, guint first)
{
  const gint32 pair = (gint32) (0x80008000u | (first + 1) << 16 | first);
  Ints order;

  for (gint i = 0; i < LANES; i++)
    order[i] = pair;
  for (gint i = 0; i < LANES; i++)
    order[i] += (i % 4) * 0x00040004;
  return BYTES (v, order);
}

/* A row's value * 64. */
INLINE Ints
blend_row_8 (const guint8 *row, Ints offsets, const Weights *along_x)
{
  Ints pixels = GATHER (row - 1, offsets);

  pixels = PAIRS (take_bytes (pixels, 0), along_x->first) + PAIRS (take_bytes (pixels, 2), along_x->second);
  return (pixels + (1 << (VALUE_SHIFT - 1))) >> VALUE_SHIFT;
}

INLINE void
read_vector_8 (const guint8 *pixels, gssize stride, Ints offsets, Weights along_x, Weights along_y,
               gboolean linear, guint8 *out)
{
  Ints first = blend_row_8 (pixels, offsets, &along_x) << 16;
  Ints second = blend_row_8 (pixels + stride, offsets, &along_x) & 0xFFFF;

  if (!linear) {
    first |= blend_row_8 (pixels - stride, offsets, &along_x) & 0xFFFF;
    second |= blend_row_8 (pixels + 2 * stride, offsets, &along_x) << 16;
  }
  first = PAIRS (first, along_y.first) + PAIRS (second, along_y.second);
  store_8 (out, (first + (1 << (SUM_SHIFT - 1))) >> SUM_SHIFT);
}

/* A row's value less the middle, times 2^14. */
INLINE Floats
blend_row_16 (const guint8 *row, Ints offsets, const Weights *along_x)
{
  const gint32 sign = (gint32) 0x80008000u;
  Ints sum = PAIRS (GATHER (row - 2, offsets) ^ sign, along_x->first);

  sum += PAIRS (GATHER (row + 2, offsets) ^ sign, along_x->second);
  return __builtin_convertvector(sum, Floats);
}

INLINE Floats
scale_row (Floats row, Ints weights)
{
  return row * (__builtin_convertvector(weights, Floats) * ROW_SCALE);
}

INLINE void
read_vector_16 (const guint8 *pixels, gssize stride, Ints offsets, Weights along_x, Weights along_y,
                gboolean linear, guint16 *out)
{
  Floats sum = (Floats){0} + (MIDDLE + .5f);

  if (!linear)
    sum += scale_row (blend_row_16 (pixels - stride, offsets, &along_x), along_y.first << 16 >> 16);
  sum += scale_row (blend_row_16 (pixels, offsets, &along_x), along_y.first >> 16);
  sum += scale_row (blend_row_16 (pixels + stride, offsets, &along_x), along_y.second << 16 >> 16);
  if (!linear)
    sum += scale_row (blend_row_16 (pixels + 2 * stride, offsets, &along_x), along_y.second >> 16);
  store_16 (out, sum);
}

#define DEFINE_READ_VECTORS(bits) \
  INLINE guint read_vectors_##bits (const VoxelRowsPlaces *places, const VoxelRowsKernel *kernel, \
                                    gboolean linear, guint width, guint##bits *out) \
  { \
    const Table table = load_table (kernel); \
    const gint32 stride = (gint32) places->stride; \
    guint i = 0; \
\
    for (; i + LANES <= width; i += LANES) { \
      Ints x = TO_PLACE (load_positions (places->x + i, places->x_more)); \
      Ints y = TO_PLACE (load_positions (places->y + i, places->y_more)); \
      Ints offsets = (y >> PLACE_BITS) * stride + (x >> PLACE_BITS) * (bits / 8); \
\
      read_vector_##bits (places->pixels, places->stride, offsets, look_up (&table, x &(PLACES - 1)), \
                          look_up (&table, y &(PLACES - 1)), linear, out + i); \
    } \
    return i; \
  }

INLINE guint
read_nearest_vectors_8 (const VoxelRowsPlaces *places, guint width, guint8 *out)
{
  const gint32 stride = (gint32) places->stride;
  guint i = 0;

  for (; i + LANES <= width; i += LANES) {
    Ints x = TO_NEAREST (load_positions (places->x + i, places->x_more));
    Ints y = TO_NEAREST (load_positions (places->y + i, places->y_more));

    store_8 (out + i, GATHER (places->pixels, y * stride + x) & 0xFF);
  }
  return i;
}

#else

#define DEFINE_READ_VECTORS(bits) \
  INLINE guint read_vectors_##bits (const VoxelRowsPlaces *places, const VoxelRowsKernel *kernel, \
                                    gboolean linear, guint width, guint##bits *out) \
  { \
    return 0; \
  }

INLINE guint
read_nearest_vectors_8 (const VoxelRowsPlaces *places, guint width, guint8 *out)
{
  return 0;
}

#endif

#define DEFINE_READ(bits) \
  DEFINE_READ_VECTORS (bits) \
\
  INLINE void read_##bits (const VoxelRowsPlaces *places, const VoxelRowsKernel *kernel, gboolean linear, \
                           guint width, guint##bits *out) \
  { \
    for (guint i = read_vectors_##bits (places, kernel, linear, width, out); i < width; i++) { \
      gint32 x = TO_PLACE (places->x[i] + places->x_more), y = TO_PLACE (places->y[i] + places->y_more); \
      const guint8 *at = places->pixels + (gssize) (y >> PLACE_BITS) * places->stride + \
                         (gssize) (x >> PLACE_BITS) * (bits / 8); \
\
      out[i] = read_one_##bits (at, places->stride, kernel->weights[x & (PLACES - 1)], \
                                kernel->weights[y & (PLACES - 1)], linear ? 1 : 0, linear ? 3 : 4); \
    } \
  } \
\
  void ROWS (read_##bits) (const VoxelRowsPlaces *places, const VoxelRowsKernel *kernel, guint width, \
                           guint##bits *out) \
  { \
    if (kernel->linear) \
      read_##bits (places, kernel, TRUE, width, out); \
    else \
      read_##bits (places, kernel, FALSE, width, out); \
  }

DEFINE_READ (8)
DEFINE_READ (16)

void
ROWS (read_nearest_8) (const VoxelRowsPlaces *places, guint width, guint8 *out)
{
  for (guint i = read_nearest_vectors_8 (places, width, out); i < width; i++) {
    gssize x = TO_NEAREST (places->x[i] + places->x_more), y = TO_NEAREST (places->y[i] + places->y_more);

    out[i] = places->pixels[y * places->stride + x];
  }
}

void
ROWS (move) (const gfloat *rows, gsize stride, const gfloat weights[4], const gint32 *positions, guint width,
             gint32 *restrict out)
{
  const gfloat *a = rows, *b = a + stride, *c = b + stride, *d = c + stride;
  const gfloat wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];

  for (guint i = 0; i < width; i++)
    out[i] = positions[i] + (gint32) (wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i]);
}
