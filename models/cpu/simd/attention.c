/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/cpu/simd/finish.h"
#include "models/cpu/simd/pairs.h"
#include "models/cpu/simd/reduce.h"

/* Attention of one head without a matrix of scores in memory: a few queries meet a block of keys, their scores are
 * turned into weights and these multiplied with the values while all of it is in the caches. With more keys than one
 * block, sums and their largest score so far are carried from block to block: Milakov, Gimelshein: Online normalizer
 * calculation for softmax, 2018; Dao et al.: FlashAttention, 2022. */

/* Queries at a time. */
#if defined(__AMX_BF16__)
#define QUERIES PAIRS_GROUP
#else
#define QUERIES (2 * STRIP)
#endif

/* Queries for which a block of keys is packed, where there are more blocks than one. */
#define HELD (18 * QUERIES)

/* Keys side by side. Their number is rounded up by ones whose weight is next to nothing and whose values are zeros. */
#define KEYS (2 * LANES)

/* A score below all that occur, whose difference to others is a number. */
#define LEAST -1e30f

/**
 * Head:
 * @channel: the first
 * @depth: channels
 * @by_keys: products of queries and a block of keys; depth counts floats or pairs
 * @by_values: products of weights and values
 * @tile: that the matrix unit is set to
 * @scale: from products to powers of 2
 * @keys: KEYS of them, channel, key
 * @values: block of two vectors of channels, key, channel
 * @queries: QUERIES of them, @query floats apart
 * @scores: KEYS keys, QUERIES queries, key; then their weights
 * @sums: of QUERIES queries, two vectors of channels
 * @held: queries whose results wait until all keys have been seen
 * @results: theirs, not yet divided by @total
 * @most: largest score so far
 * @total: of the weights so far
 */
typedef struct {
  const VoxelCpuAttention *attention;
  const VoxelCpuAttentionMemory *memory;
  gsize channel;
  guint depth;
  guint held;
  gsize query;
  SimdPairs by_keys, by_values;
  guint tile;
  gfloat scale;
  gfloat *keys, *values, *queries, *scores, *sums, *results, *most, *total;
} Head;

static gsize
tokens (const VoxelCpuView *view)
{
  return (gsize) view->height * view->width;
}

static gsize
blocks_of (gsize keys)
{
  return (keys + KEYS - 1) / KEYS;
}

/* Takes @n floats in whole vectors of @scratch, which may be none yet. */
static gfloat *
take (gfloat *scratch, gsize *taken, gsize n)
{
  gsize first = *taken;

  *taken += (n + 15) & ~(gsize) 15;
  return scratch ? scratch + first : NULL;
}

/* Returns how many floats it takes. */
static gsize
divide_scratch (const VoxelCpuAttention *attention, Head *head, gfloat *scratch)
{
  guint depth = attention->query.channels / attention->heads;
  gsize keys = blocks_of (attention->block) * KEYS, taken = 0;

  head->depth = depth;
  head->held = attention->block < tokens (&attention->key_value) ? HELD : QUERIES;
  head->keys = take (scratch, &taken, keys * depth);
  head->values = take (scratch, &taken, keys * VOXEL_CPU_PADDED (LANES, depth));
  head->query = attention->pairs ? depth / 2 : widened_pitch (depth);
  head->queries = take (scratch, &taken, QUERIES * head->query);
  head->scores = take (scratch, &taken, QUERIES * keys);
  head->sums = take (scratch, &taken, QUERIES * 2 * LANES);
  head->results = take (scratch, &taken, (gsize) head->held * VOXEL_CPU_PADDED (LANES, depth));
  head->most = take (scratch, &taken, head->held);
  head->total = take (scratch, &taken, head->held);
  return taken;
}

gsize
SIMD (attention_scratch) (const VoxelCpuAttention *attention)
{
  Head head;

  return divide_scratch (attention, &head, NULL) * sizeof (gfloat);
}

/* A head's channels of queries or keys. */
static VoxelCpuView
part_of (const VoxelCpuView *view, guint depth)
{
  VoxelCpuView part = *view;

  part.channels = depth;
  return part;
}

/* Keys [first, first + n) with their channels across. */
static void
pack_keys (const Head *head, gsize first, guint n)
{
  const VoxelCpuView view = part_of (&head->attention->key_value, head->depth);
  guint rows = head->attention->pairs ? head->depth / 2 : head->depth;

  for (guint k = 0; k < n; k++) {
    const gchar *key = at (&view, head->memory->key_value, 0, first + k, head->channel);
    gfloat *out = head->keys + (gsize) k / KEYS * KEYS * rows + k % KEYS;

    if (!head->attention->pairs) {
      widen (&view, key, head->queries);
      key = (const gchar *) head->queries;
    }
    for (guint c = 0; c < rows; c++)
      memcpy (out + c * KEYS, key + c * 4, 4);
  }
}

/* Their values. Of pairs, those of two neighbouring keys stand side by side. */
static void
pack_values (const Head *head, gsize first, guint n)
{
  const VoxelCpuAttention *attention = head->attention;
  const VoxelCpuView *view = &attention->key_value;
  guint padded = VOXEL_CPU_PADDED (LANES, head->depth), width, rows = blocks_of (n) * KEYS;
  gsize channel = attention->query.channels + head->channel;

  for (guint c = 0; c < head->depth; c += width) {
    guint channels;

    width = VOXEL_CPU_BLOCK (LANES, padded - c);
    channels = MIN (width, head->depth - c);
    for (guint k = 0; k < rows; k++) {
      const gchar *value = at (view, head->memory->key_value, 0, first + k, channel + c);
      gfloat *out = head->values + ((gsize) c * rows + (gsize) k * width) / (attention->pairs ? 2 : 1);

      if (attention->pairs) {
        guint16 *pair = (guint16 *) (out - k % 2 * width / 2) + k % 2;

        for (guint i = 0; i < channels; i++)
          pair[2 * i] = k < n ? ((const guint16 *) (const void *) value)[i] : 0;
        continue;
      }
      for (guint i = 0; i < channels; i += LANES)
        *(Vector *) (out + i) =
            k < n ? load (value + i * element_size (view->bf16), channels - i, view->bf16) : (Vector){0};
    }
  }
}

static void
pack (const Head *head, gsize first, guint n)
{
  pack_keys (head, first, n);
  pack_values (head, first, n);
}

/* Both kinds of products: rows of QUERIES are runs of floats or pairs. */
static void
set_products (Head *head)
{
  guint part = head->attention->pairs ? 2 : 1;

  head->by_keys = (SimdPairs){.runs = 1, .depth = head->depth / part, .width = KEYS};
  head->by_keys.step = head->query * sizeof (gfloat);
  head->by_values = (SimdPairs){.depth = KEYS / part, .step = KEYS * sizeof (gfloat)};
  for (guint b = 0; b < blocks_of (head->attention->block); b++)
    head->by_values.offsets[b] = b * QUERIES * KEYS * sizeof (gfloat);
  head->by_keys.weights_depth = head->by_keys.depth;
  head->by_values.weights_depth = head->by_values.depth;
#if defined(__AVX512BF16__)
  if (head->attention->pairs) {
    SIMD (pairs_begin) (&head->by_keys);
    SIMD (pairs_begin) (&head->by_values);
    head->tile = head->by_values.tile;
  }
#endif
}

/* Before products of another kind. */
static void
begin_products (Head *head, SimdPairs *products)
{
#if defined(__AVX512BF16__)
  if (products->tile != head->tile)
    SIMD (pairs_begin) (products);
  head->tile = products->tile;
#endif
}

static void
end_products (const Head *head)
{
#if defined(__AVX512BF16__)
  if (head->attention->pairs)
    SIMD (pairs_end) (&head->by_values);
#endif
}

/* Products of @n rows with @weights. */
static void
multiply (const Head *head, const SimdPairs *products, const gfloat *rows, const gfloat *weights, guint n,
          gfloat *sums)
{
  const gfloat *taps[VOXEL_CPU_MAX_TAPS];

#if defined(__AVX512BF16__)
  if (head->attention->pairs) {
    SIMD (pairs_group)
    (products, (const gchar *) rows, weights, SIMD (pairs_needed) (n), sums, FALSE);
    return;
  }
#endif
  for (guint r = 0; r < products->runs; r++)
    taps[r] = rows + products->offsets[r] / sizeof (gfloat);
  SIMD (strips)
  (taps, products->runs, n, products->step / sizeof (gfloat), products->depth, weights, products->width, sums,
   2 * LANES, FALSE, FALSE);
}

/* Scores of @n queries from @first on with @blocks blocks of keys. */
static void
score (Head *head, gsize first, guint n, guint blocks)
{
  const VoxelCpuView view = part_of (&head->attention->query, head->depth);
  guint depth = head->by_keys.depth;

  for (guint i = 0; i < n; i++) {
    const gchar *query = at (&view, head->memory->query, 0, first + i, head->channel);
    gfloat *out = head->queries + i * head->query;

    for (guint c = 0; c < depth && head->attention->pairs; c += LANES)
      store (out + c, load (query + c * sizeof (gfloat), depth - c, FALSE), depth - c, FALSE);
    if (!head->attention->pairs)
      widen (&view, query, out);
  }
  begin_products (head, &head->by_keys);
  for (guint b = 0; b < blocks; b++)
    multiply (head, &head->by_keys, head->queries, head->keys + (gsize) b * KEYS * depth, n,
              head->scores + (gsize) b * QUERIES * KEYS);
}

/* Turns the scores of one query with @keys keys into weights; returns what results so far are to be multiplied
 * with. */
SIMD_INLINE gfloat
weigh (const Head *head, gfloat *scores, guint keys, gfloat *most, gfloat *total, gboolean pairs)
{
  guint blocks = blocks_of (keys);
  gfloat *last = scores + (gsize) (blocks - 1) * QUERIES * KEYS;
  Vector before = (Vector){0} + *most, largest[2] = {before, before}, sum[2] = {{0}}, factor;

  for (guint k = keys - (blocks - 1) * KEYS; k < KEYS; k++)
    last[k] = LEAST;
  for (const gfloat *s = scores; s <= last; s += QUERIES * KEYS)
    for (guint v = 0; v < 2; v++)
      largest[v] = vector_max (largest[v], *(const Vector *) (s + v * LANES));
  largest[0] = max_of (vector_max (largest[0], largest[1]));
  *most = largest[0][0];
  factor = vector_exp2 ((before - largest[0]) * head->scale);
  largest[0] *= head->scale;
  for (gfloat *s = scores; s <= last; s += QUERIES * KEYS)
    for (guint v = 0; v < 2; v++) {
      Vector weight = vector_exp2 (*(const Vector *) (s + v * LANES) * head->scale - largest[0]);

      sum[v] += weight;
      store_full (pairs ? (gfloat *) ((guint16 *) s + v * LANES) : s + v * LANES, weight, pairs);
    }
  *total = *total * factor[0] + sum_of (sum[0] + sum[1])[0];
  return factor[0];
}

/* Adds the weighed values of @blocks blocks of keys to the results of @n queries from the @first held on. */
static void
add_values (Head *head, gsize first, guint n, guint blocks, const gfloat *factors)
{
  guint padded = VOXEL_CPU_PADDED (LANES, head->depth);

  head->by_values.runs = blocks;
  begin_products (head, &head->by_values);
  for (guint c = 0; c < padded; c += head->by_values.width) {
    head->by_values.width = VOXEL_CPU_BLOCK (LANES, padded - c);
    multiply (head, &head->by_values, head->scores, head->values + (gsize) c * blocks * head->by_values.depth,
              n, head->sums);
    for (guint i = 0; i < n; i++)
      for (guint v = 0; v < head->by_values.width; v += LANES) {
        Vector *result = (Vector *) (head->results + (first + i) * padded + c + v);

        *result = *result * factors[i] + *(const Vector *) (head->sums + i * 2 * LANES + v);
      }
  }
}

static void
store_results (const Head *head, gsize begin, gsize n)
{
  const VoxelCpuView *dst = &head->attention->dst;
  guint padded = VOXEL_CPU_PADDED (LANES, head->depth);

  for (gsize i = 0; i < n; i++)
    for (guint c = 0; c < head->depth; c += LANES)
      store (at (dst, head->memory->dst, 0, begin + i, head->channel + c),
             *(const Vector *) (head->results + i * padded + c) * (1.f / head->total[i]), head->depth - c,
             dst->bf16);
}

/* Queries [begin, end), no more than are held, and the @n keys that are packed. */
static void
attend (Head *head, gsize begin, gsize end, guint n)
{
  gfloat factors[QUERIES];

  for (gsize q = begin, count; q < end; q += count) {
    gsize held = q - begin;

    count = MIN (QUERIES, end - q);
    score (head, q, count, blocks_of (n));
    for (guint i = 0; i < count; i++) {
      gfloat *scores = head->scores + i * KEYS, *most = &head->most[held + i],
             *total = &head->total[held + i];

      factors[i] = head->attention->pairs ? weigh (head, scores, n, most, total, TRUE)
                                          : weigh (head, scores, n, most, total, FALSE);
    }
    add_values (head, held, count, blocks_of (n), factors);
  }
}

/* Queries [begin, end) of a head. */
void
SIMD (attention) (const VoxelCpuAttention *attention, const VoxelCpuAttentionMemory *memory, guint index,
                  gsize begin, gsize end)
{
  gsize keys = tokens (&attention->key_value), packed = keys, n;
  Head head = {.attention = attention, .memory = memory};

  divide_scratch (attention, &head, (gfloat *) memory->scratch);
  head.channel = (gsize) index * head.depth;
  head.scale = (gfloat) (1 / G_LN2 / sqrt (head.depth));
  set_products (&head);
  for (gsize q = begin; q < end; q += n) {
    n = MIN (head.held, end - q);
    memset (head.results, 0, n * VOXEL_CPU_PADDED (LANES, head.depth) * sizeof (gfloat));
    for (gsize i = 0; i < n; i++) {
      head.most[i] = LEAST;
      head.total[i] = 0;
    }
    for (gsize first = 0; first < keys; first += attention->block) {
      guint count = MIN (attention->block, keys - first);

      if (packed != first)
        pack (&head, first, count);
      packed = first;
      attend (&head, q, q + n, count);
    }
    store_results (&head, q, n);
  }
  end_products (&head);
}
