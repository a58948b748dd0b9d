/* SPDX-License-Identifier: LGPL-2.1-or-later */
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "models/cpu/simd/finish.h"

/* 3x3 convolution of groups: a vector holds neighbouring output channels, a strip of pixels waits in registers.
 * Three rows of the strip's input wait in a ring, as float (or pairs of bf16) and with their padding. Where a
 * vector lies within a group, the channels of a pixel are broadcast from the ring, one after the other. Where it
 * spans several groups, so does the pixel's vector, and each channel (or pair) of a group is spread over the group's
 * lanes. Either serves three taps, and no product is wasted. */

#if LANES == 16
#define LENGTHS(macro, ...) \
  macro (__VA_ARGS__, 2) macro (__VA_ARGS__, 4) macro (__VA_ARGS__, 6) macro (__VA_ARGS__, 8) \
      macro (__VA_ARGS__, 10) macro (__VA_ARGS__, 12) macro (__VA_ARGS__, 14) macro (__VA_ARGS__, 16)
#define PIXELS 16
#elif LANES == 8
#define LENGTHS(macro, ...) \
  macro (__VA_ARGS__, 2) macro (__VA_ARGS__, 4) macro (__VA_ARGS__, 6) macro (__VA_ARGS__, 8) \
      macro (__VA_ARGS__, 10)
#define PIXELS 10
#else
#define LENGTHS(macro, ...) macro (__VA_ARGS__, 2) macro (__VA_ARGS__, 4) macro (__VA_ARGS__, 6)
#define PIXELS 6
#endif

#define TAPS 3
/* Input of so many bytes, rows of all channels, is convolved before what follows: what lies beside a vector in a pixel
 * is still in the second cache when its turn comes. */
#define BAND (256 * 1024)

/* What is to be brought near, and how much of it at a time. */
typedef struct {
  const gchar *at, *end;
  gsize lines;
} Ahead;

/* @x, @pixels: of the output's rows. @columns: of the input that they see, in the ring a vector each; further
 * channels of a pixel lie @plane floats on. @entries: channels (or pairs of them) that a sum takes of each tap.
 * @lanes: of a vector of the ring that hold the first entry of each lane's group. */
typedef struct {
  const VoxelCpuConv *conv;
  const VoxelCpuConvMemory *memory;
  const gfloat *weights, *bias;
  gfloat *ring, *sums;
  gsize x, pixels, columns, plane, row;
  guint entries, source, n_source, channel, n_channels;
  Bits lanes;
  Ahead ahead[2];
} Strip;

typedef void (*Row) (const Strip *strip, const gfloat *const *rows);

#define MULTIPLY_FLOATS(sum, weights, x) ((sum) + (weights) * (x))
#define BROADCAST_FLOATS(in, at) (*(in) - (Vector){0})
#if defined(__AVX512BF16__)
#define MULTIPLY_PAIRS(sum, weights, x) \
  ((Vector) _mm512_dpbf16_ps ((__m512) (sum), (__m512bh) (weights), (__m512bh) (x)))
#define BROADCAST_PAIRS(in, at) ((Vector) _mm512_set1_ps (*(in)))
#endif
#if LANES == 16
#define SPREAD(in, at) ((Vector) _mm512_permutexvar_ps ((__m512i) (at), (__m512) * (const Vector *) (in)))
#elif LANES == 8
#define SPREAD(in, at) ((Vector) _mm256_permutevar_ps ((__m256) * (const Vector *) (in), (__m256i) (at)))
#endif

/* Lest what is read once for three products be read for each of them. */
#if defined(__x86_64__)
#define KEEP(x) __asm__("" : "+v"(x))
#else
#define KEEP(x)
#endif

#define TAP(multiply, tap, weights, stride, n) \
  if (i + 1 > tap && (i - tap) % stride == 0 && (i - tap) / stride < n) \
  sum[(i - tap) / stride] = multiply (sum[(i - tap) / stride], weights, x)

/* Sums of a row of @n pixels. */
#define ROW_FUNC(kind, read, multiply, stride, n) \
  static void row_##kind##_##stride##_##n (const Strip *strip, const gfloat *const *rows) \
  { \
    const gfloat *weights = strip->weights; \
    Vector sum[n]; \
\
    _Pragma ("GCC unroll 16") for (guint i = 0; i < n; i++) sum[i] = (Vector){0}; \
    for (guint y = 0; y < TAPS; y++) { \
      Bits at = strip->lanes; \
\
      (void) at; \
      for (guint e = 0; e < strip->entries; e++, at += 1, weights += TAPS * LANES) { \
        const gfloat *in = rows[y] + ENTRY_OF_##read (e, strip->plane); \
        Vector a = *(const Vector *) weights; \
        Vector b = *(const Vector *) (weights + LANES), c = *(const Vector *) (weights + 2 * LANES); \
\
        _Pragma ("GCC unroll 40") for (guint i = 0; i < (n - 1) * stride + TAPS; i++) \
        { \
          Vector x = read (in + i * LANES, at); \
\
          KEEP (x); \
          TAP (multiply, 0, a, stride, n); \
          TAP (multiply, 1, b, stride, n); \
          TAP (multiply, 2, c, stride, n); \
        } \
      } \
    } \
    _Pragma ("GCC unroll 16") for (guint i = 0; i < n; i++) * (Vector *) (strip->sums + i * LANES) = sum[i]; \
  }

/* Where entry @e of the first pixel begins. */
#define ENTRY_OF_SPREAD(e, plane) 0
#define ENTRY_OF_BROADCAST_FLOATS(e, plane) ((e) / LANES * (plane) + (e) % LANES)
#define ENTRY_OF_BROADCAST_PAIRS(e, plane) ENTRY_OF_BROADCAST_FLOATS (e, plane)

#define NAME(kind, stride, n) row_##kind##_##stride##_##n,
#define ROWS(kind, read, multiply) \
  LENGTHS (ROW_FUNC, kind, read, multiply, 1) \
  LENGTHS (ROW_FUNC, kind, read, multiply, 2) \
  static const Row kind##_rows[2][PIXELS / 2] = {{LENGTHS (NAME, kind, 1)}, {LENGTHS (NAME, kind, 2)}};

ROWS (floats, BROADCAST_FLOATS, MULTIPLY_FLOATS)
#if defined(__AVX512BF16__)
ROWS (pairs, BROADCAST_PAIRS, MULTIPLY_PAIRS)
ROWS (spread_pairs, SPREAD, MULTIPLY_PAIRS)
#else
#define pairs_rows floats_rows
#define spread_pairs_rows floats_rows
#endif
#if defined(SPREAD)
ROWS (spread_floats, SPREAD, MULTIPLY_FLOATS)
#else
#define spread_floats_rows floats_rows
#endif

static gboolean
spans_groups (const VoxelCpuConv *conv)
{
  return conv->dst.channels / conv->groups < LANES;
}

/* @n values of each pixel, a vector at most. */
SIMD_INLINE void
copy_pixels (const gchar *in, gsize step, gsize pixels, guint n, gboolean bf16, gfloat *out)
{
  for (gsize i = 0; i < pixels; i++)
    *(Vector *) (out + i * LANES) = load (in + i * step, n, bf16);
}

/* All that the sums need of each pixel. */
static void
read_pixels (const Strip *strip, const gchar *in, gsize pixels, gfloat *out)
{
  const VoxelCpuConv *conv = strip->conv;
  gsize step = conv->src.pitch * element_size (conv->src.bf16);
  guint n = strip->n_source;

  if (conv->pairs && spans_groups (conv)) {
    for (gsize i = 0; i < pixels; i++)
      if (n >= LANES)
        *(Half *) (out + i * LANES) = *(const Half *) (in + i * step);
      else
        memcpy (out + i * LANES, in + i * step, n * sizeof (guint16));
    return;
  }
  n = conv->pairs ? n / 2 : n;
  for (guint c = 0; c < strip->row / strip->plane * LANES; c += LANES, out += strip->plane)
    if (conv->pairs || !conv->src.bf16)
      copy_pixels (in + c * sizeof (gfloat), step, pixels, n - c, FALSE, out);
    else
      copy_pixels (in + c * sizeof (guint16), step, pixels, n - c, TRUE, out);
}

static __attribute__ ((noinline)) void
clear_pixels (const Strip *strip, gsize pixels, gfloat *out)
{
  for (gsize at = 0; at < strip->row; at += strip->plane)
    memset (out + at, 0, pixels * LANES * sizeof (gfloat));
}

/* Row @y of the padded input. */
static void
fill_row (const Strip *strip, gsize y)
{
  const VoxelCpuConv *conv = strip->conv;
  const VoxelCpuView *src = &conv->src;
  gfloat *out = strip->ring + y % TAPS * strip->row;
  gsize x = strip->x * conv->stride[1], left = MIN (MAX (conv->padding[1], x) - x, strip->columns);
  gsize end = MAX (MIN (x + strip->columns, src->width + (gsize) conv->padding[1]), x) - x;
  const gchar *in =
      at (src, strip->memory->src, y - conv->padding[0], x + left - conv->padding[1], strip->source);

  if (y < conv->padding[0] || y - conv->padding[0] >= src->height || end <= left)
    left = end = strip->columns;
  if (left > 0)
    clear_pixels (strip, left, out);
  if (end < strip->columns)
    clear_pixels (strip, strip->columns - end, out + end * LANES);
  if (end > left)
    read_pixels (strip, in, end - left, out + left * LANES);
}

/* A vector's pixels lie far apart, which memory is slow at. So they are brought near before, in the order in which they
 * lie. */
static void
look_ahead (Ahead *ahead)
{
  for (gsize i = 0; i < ahead->lines && ahead->at < ahead->end; i++, ahead->at += 64)
    __builtin_prefetch (ahead->at, 0, 2);
}

/* At rows [begin, end), to be there after @steps. */
static void
aim_ahead (Ahead *ahead, const VoxelCpuView *view, const void *data, gsize begin, gsize end, gsize steps)
{
  ahead->at = at (view, data, MIN (begin, view->height), 0, 0);
  ahead->end = at (view, data, MIN (end, view->height), 0, 0);
  ahead->lines = (gsize) (ahead->end - ahead->at) / 64 / steps + 1;
}

/* Rows [begin, end) of a strip. */
static void
convolve_strip (Strip *strip, gsize begin, gsize end)
{
  const VoxelCpuConv *conv = strip->conv;
  const Row (*table)[PIXELS / 2] = spans_groups (conv) ? spread_floats_rows : floats_rows;
  gsize filled = begin * conv->stride[0];
  Row func;

  if (conv->pairs)
    table = spans_groups (conv) ? spread_pairs_rows : pairs_rows;
  func = table[conv->stride[1] - 1][(strip->pixels + 1) / 2 - 1];
  for (gsize y = begin; y < end; y++) {
    gsize top = y * conv->stride[0];
    const gfloat *rows[TAPS];

    for (filled = MAX (filled, top); filled < top + TAPS; filled++)
      fill_row (strip, filled);
    for (guint i = 0; i < TAPS; i++)
      rows[i] = strip->ring + (top + i) % TAPS * strip->row;
    look_ahead (&strip->ahead[0]);
    look_ahead (&strip->ahead[1]);
    func (strip, rows);
    finish_vectors (conv, strip->memory, strip->sums, strip->bias, y, strip->x, strip->pixels, strip->channel,
                    strip->n_channels);
  }
}

static void
measure (const VoxelCpuConv *conv, Strip *strip)
{
  guint of_group = conv->src.channels / conv->groups;

  strip->entries = conv->pairs ? of_group / 2 : of_group;
  strip->plane = ((PIXELS - 1) * conv->stride[1] + TAPS) * LANES;
  strip->row =
      spans_groups (conv) ? strip->plane : VOXEL_CPU_PADDED (LANES, strip->entries) / LANES * strip->plane;
  for (guint lane = 0; lane < LANES; lane++)
    strip->lanes[lane] = lane / of_group * strip->entries;
}

/* Vectors of output channels of a group, or of all groups. */
static guint
count_vectors (const VoxelCpuConv *conv)
{
  guint channels = spans_groups (conv) ? conv->dst.channels : conv->dst.channels / conv->groups;

  return VOXEL_CPU_PADDED (LANES, channels) / LANES;
}

static void
choose_channels (const VoxelCpuConv *conv, guint index, Strip *strip)
{
  guint outputs = conv->dst.channels / conv->groups, inputs = conv->src.channels / conv->groups;
  guint group = index / count_vectors (conv), first = index % count_vectors (conv) * LANES;

  if (spans_groups (conv)) {
    strip->channel = strip->source = first;
    strip->n_channels = strip->n_source = conv->dst.channels - first;
  } else {
    strip->channel = group * outputs + first;
    strip->n_channels = outputs - first;
    strip->source = group * inputs;
    strip->n_source = inputs;
  }
  strip->weights = conv->weights + (gsize) index * TAPS * TAPS * strip->entries * LANES;
  strip->bias = conv->bias + (gsize) index * LANES;
}

gsize
SIMD (grouped_scratch) (const VoxelCpuConv *conv)
{
  Strip strip;

  measure (conv, &strip);
  return (TAPS * strip.row + PIXELS * LANES) * sizeof (gfloat);
}

static gsize
count_strips (const VoxelCpuConv *conv)
{
  return ((gsize) conv->dst.width + PIXELS - 1) / PIXELS;
}

/* Rows [begin, end) of vectors [first, last). */
static void
convolve_band (Strip *strip, gsize begin, gsize end, guint first, guint last)
{
  const VoxelCpuConv *conv = strip->conv;
  gsize pairs = ((gsize) conv->dst.width + 1) / 2, count = count_strips (conv);

  for (guint index = first; index < last; index++) {
    choose_channels (conv, index, strip);
    for (gsize i = 0; i < count; i++) {
      strip->x = 2 * part (pairs, i, count);
      strip->pixels = MIN (2 * part (pairs, i + 1, count), conv->dst.width) - strip->x;
      strip->columns = ((strip->pixels + 1) / 2 * 2 - 1) * conv->stride[1] + TAPS;
      convolve_strip (strip, begin, end);
    }
  }
}

/* The first row of the input, counted without its padding, that row @y of the output does not share with the one
 * before. */
static gsize
first_row (const VoxelCpuConv *conv, gsize y, gsize begin)
{
  gsize row = y * conv->stride[0] + (y > begin ? TAPS - 1 : 0);

  return row > conv->padding[0] ? row - conv->padding[0] : 0;
}

void
SIMD (grouped) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  const VoxelCpuView *src = &conv->src;
  guint row_task = task % conv->tile_tasks, channel_task = task / conv->tile_tasks;
  guint vectors = count_vectors (conv) * (spans_groups (conv) ? 1 : conv->groups);
  guint first = part (vectors, channel_task, conv->channel_tasks);
  guint last = part (vectors, channel_task + 1, conv->channel_tasks);
  gsize begin = part (conv->dst.height, row_task, conv->tile_tasks);
  gsize end = part (conv->dst.height, row_task + 1, conv->tile_tasks);
  gsize row_bytes = src->width * src->pitch * element_size (src->bf16) * conv->stride[0];
  gsize band = CLAMP (BAND / row_bytes, 2, 8), strips = count_strips (conv) * (last - first);
  Strip strip = {.conv = conv, .memory = memory, .sums = (gfloat *) memory->scratch};

  measure (conv, &strip);
  strip.ring = strip.sums + PIXELS * LANES;
  aim_ahead (&strip.ahead[0], src, memory->src, first_row (conv, begin, begin),
             first_row (conv, begin + band, begin), 1);
  look_ahead (&strip.ahead[0]);
  for (gsize y = begin, next; y < end; y = next) {
    next = MIN (y + band, end);
    aim_ahead (&strip.ahead[0], src, memory->src, first_row (conv, next, begin),
               first_row (conv, MIN (next + band, end), begin), strips * (next - y));
    aim_ahead (&strip.ahead[1], &conv->dst, memory->dst, next, MIN (next + band, end), strips * (next - y));
    convolve_band (&strip, y, next, first, last);
  }
}
