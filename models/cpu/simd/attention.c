/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/cpu/simd/finish.h"
#include "models/cpu/simd/reduce.h"

/* Attention of one head without a matrix of scores in memory: a few queries meet a block of keys, their scores are
 * turned into weights and these multiplied with the values while all of it is in the caches. With more keys than one
 * block, sums and their largest score so far are carried from block to block: Milakov, Gimelshein: Online normalizer
 * calculation for softmax, 2018; Dao et al.: FlashAttention, 2022. */

/* Queries at a time. */
#define QUERIES (2 * STRIP)

/* A score below all that occur, whose difference to others is a number. */
#define LEAST -1e30f

/**
 * Head:
 * @keys: block of two vectors of keys, channel, key
 * @values: block of two vectors of channels, key, channel
 * @scores: of QUERIES, then their weights; @pitch floats apart
 * @queries: of QUERIES, as floats
 * @sums: what strips give
 * @results: of all queries of the task, not yet divided by @total
 * @most: largest score so far
 * @total: of the weights so far
 */
typedef struct {
  const VoxelCpuAttention *attention;
  const VoxelCpuAttentionMemory *memory;
  gsize channel;
  guint depth;
  gsize pitch;
  gfloat scale;
  gfloat *keys, *values, *scores, *queries, *sums, *results, *most, *total;
} Head;

/* Takes @n floats in whole vectors. */
static gfloat *
take (gfloat **scratch, gsize n)
{
  gfloat *area = *scratch;

  *scratch += (n + 15) & ~(gsize) 15;
  return area;
}

static gfloat *
divide_scratch (const VoxelCpuAttention *attention, Head *head, gfloat *scratch)
{
  guint depth = attention->query.channels / attention->heads;
  gsize keys = VOXEL_CPU_PADDED (2, attention->block);

  head->depth = depth;
  head->pitch = VOXEL_CPU_PADDED (LANES, keys) + 16;
  head->keys = take (&scratch, (gsize) VOXEL_CPU_PADDED (LANES, keys) * depth);
  head->values = take (&scratch, (gsize) VOXEL_CPU_PADDED (LANES, depth) * keys);
  head->scores = take (&scratch, QUERIES * head->pitch);
  head->queries = take (&scratch, QUERIES * widened_pitch (depth));
  head->sums = take (&scratch, QUERIES * 2 * LANES);
  head->results = take (&scratch, (gsize) attention->chunk * VOXEL_CPU_PADDED (LANES, depth));
  head->most = take (&scratch, attention->chunk);
  head->total = take (&scratch, attention->chunk);
  return scratch;
}

gsize
SIMD (attention_scratch) (const VoxelCpuAttention *attention)
{
  Head head;

  return (gsize) (divide_scratch (attention, &head, NULL) - (gfloat *) NULL) * sizeof (gfloat);
}

/* The channels of one head. */
static VoxelCpuView
part_of (const VoxelCpuView *view, guint depth)
{
  VoxelCpuView part = *view;

  part.channels = depth;
  return part;
}

/* Keys [first, first + n) with their channels across; what rounds them up is whatever it was. */
static void
pack_keys (const Head *head, gsize first, guint n)
{
  const VoxelCpuView view = part_of (&head->attention->key_value, head->depth);
  guint padded = VOXEL_CPU_PADDED (LANES, n), rows = head->attention->pairs ? head->depth / 2 : head->depth;

  for (guint k = 0; k < n; k++) {
    guint block = k / (2 * LANES) * 2 * LANES, width = VOXEL_CPU_BLOCK (LANES, padded - block);
    const gchar *key = at (&view, head->memory->key_value, 0, first + k, head->channel);
    guint32 *out = (guint32 *) head->keys + (gsize) block * rows + (k - block);

    if (!head->attention->pairs) {
      widen (&view, key, head->queries);
      key = (const gchar *) head->queries;
    }
    for (guint c = 0; c < rows; c++)
      memcpy (out + (gsize) c * width, key + c * 4, 4);
  }
}

/* Their values. Of pairs, those of two neighbouring keys stand side by side, the last one's with zeros. */
static void
pack_values (const Head *head, gsize first, guint n)
{
  const VoxelCpuAttention *attention = head->attention;
  const VoxelCpuView *view = &attention->key_value;
  guint padded = VOXEL_CPU_PADDED (LANES, head->depth), width, rows = attention->pairs ? (n + 1) & ~1u : n;

  for (guint c = 0; c < head->depth; c += width) {
    width = VOXEL_CPU_BLOCK (LANES, padded - c);
    for (guint k = 0; k < rows; k++) {
      const gchar *value =
          at (view, head->memory->key_value, 0, first + k, attention->query.channels + head->channel + c);
      guint channels = MIN (width, head->depth - c);

      if (attention->pairs) {
        guint16 *out = (guint16 *) head->values + (gsize) c * rows + (gsize) k / 2 * width * 2 + k % 2;

        for (guint i = 0; i < channels; i++)
          out[2 * i] = k < n ? ((const guint16 *) (const void *) value)[i] : 0;
        continue;
      }
      for (guint i = 0; i < channels; i += LANES)
        *(Vector *) (head->values + (gsize) c * rows + (gsize) k * width + i) =
            load (value + i * element_size (view->bf16), channels - i, view->bf16);
    }
  }
}

/* Scores of @n queries from @first on with @keys keys. */
static void
score (const Head *head, gsize first, guint n, guint keys)
{
  const VoxelCpuAttention *attention = head->attention;
  const VoxelCpuView view = part_of (&attention->query, head->depth);
  guint padded = VOXEL_CPU_PADDED (LANES, keys), depth = head->depth, width;
  const gfloat *taps[1] = {(const gfloat *) at (&view, head->memory->query, 0, first, head->channel)};
  gsize step = view.pitch / 2;

  if (attention->pairs) {
    depth /= 2;
  } else {
    step = widened_pitch (depth);
    for (guint i = 0; i < n; i++)
      widen (&view, at (&view, head->memory->query, 0, first + i, head->channel), head->queries + i * step);
    taps[0] = head->queries;
  }
  for (guint k = 0; k < padded; k += width) {
    width = VOXEL_CPU_BLOCK (LANES, padded - k);
    SIMD (strips)
    (taps, 1, n, step, depth, head->keys + (gsize) k * depth, width, head->scores + k, head->pitch,
     attention->pairs, FALSE);
  }
}

/* Turns the scores of one query into weights; returns what results so far are to be multiplied with. */
static gfloat
weigh (const Head *head, gfloat *scores, guint keys, gfloat *most, gfloat *total)
{
  guint padded = VOXEL_CPU_PADDED (LANES, keys);
  Vector largest = {0}, sum = {0}, factor;
  gfloat before = *most;

  for (guint k = keys; k < padded; k++)
    scores[k] = LEAST;
  largest = *(const Vector *) scores;
  for (guint k = LANES; k < padded; k += LANES)
    largest = vector_max (largest, *(const Vector *) (scores + k));
  largest = vector_max (max_of (largest) * head->scale, (Vector){0} + before);
  for (guint k = 0; k < padded; k += LANES) {
    Vector weight = vector_exp (*(const Vector *) (scores + k) * head->scale - largest);

    sum += weight;
    if (head->attention->pairs)
      store_full ((guint16 *) scores + k, weight, TRUE);
    else
      *(Vector *) (scores + k) = weight;
  }
  factor = vector_exp ((Vector){0} + before - largest);
  *total = *total * factor[0] + sum_of (sum)[0];
  *most = largest[0];
  return factor[0];
}

/* Adds the weighed values of @keys keys to the results of @n queries from the @first of the task on. */
static void
add_values (const Head *head, gsize first, guint n, guint keys, const gfloat *factors)
{
  guint padded = VOXEL_CPU_PADDED (LANES, head->depth),
        rows = head->attention->pairs ? (keys + 1) & ~1u : keys, width;
  guint depth = head->attention->pairs ? rows / 2 : rows;
  const gfloat *taps[1] = {head->scores};

  for (guint c = 0; c < padded; c += width) {
    const gfloat *values = head->attention->pairs
                               ? (const gfloat *) ((const guint16 *) head->values + (gsize) c * rows)
                               : head->values + (gsize) c * rows;

    width = VOXEL_CPU_BLOCK (LANES, padded - c);
    SIMD (strips)
    (taps, 1, n, head->pitch, depth, values, width, head->sums, 2 * LANES, head->attention->pairs, FALSE);
    for (guint i = 0; i < n; i++)
      for (guint v = 0; v < width; v += LANES) {
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

/* Queries [begin, end) of a head, at most as many as the chunk says. */
void
SIMD (attention) (const VoxelCpuAttention *attention, const VoxelCpuAttentionMemory *memory, guint index,
                  gsize begin, gsize end)
{
  gsize keys = (gsize) attention->key_value.height * attention->key_value.width;
  Head head = {.attention = attention, .memory = memory};
  gfloat factors[QUERIES];
  guint padded;

  divide_scratch (attention, &head, (gfloat *) memory->scratch);
  head.channel = (gsize) index * head.depth;
  head.scale = 1 / sqrtf (head.depth);
  padded = VOXEL_CPU_PADDED (LANES, head.depth);
  memset (head.results, 0, (end - begin) * padded * sizeof (gfloat));
  for (gsize i = 0; i < end - begin; i++) {
    head.most[i] = LEAST;
    head.total[i] = 0;
  }
  for (gsize first = 0; first < keys; first += attention->block) {
    guint n = MIN (attention->block, keys - first), count;

    pack_keys (&head, first, n);
    pack_values (&head, first, n);
    for (gsize q = begin; q < end; q += count) {
      count = MIN (QUERIES, end - q);
      score (&head, q, count, n);
      for (guint i = 0; i < count; i++)
        factors[i] = weigh (&head, head.scores + i * head.pitch, n, &head.most[q - begin + i],
                            &head.total[q - begin + i]);
      add_values (&head, q - begin, count, n, factors);
    }
  }
  store_results (&head, begin, end - begin);
}
