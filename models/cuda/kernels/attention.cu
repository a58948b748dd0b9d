/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

/* softmax (scale q k) v: a block takes a token of a head, as many keys at a time as it has threads. What is summed up so far
 * is scaled down whenever a larger score comes: M. Milakov, N. Gimelshein, "Online normalizer calculation for softmax",
 * arXiv:1805.02867. */

/* In shared memory: scores, room to reduce them, the query, what is summed up, and these. */
enum { ATTENTION_MOST, ATTENTION_SUM, ATTENTION_SCALE };

VOXEL_DEVICE void
attention_scores (const VoxelCudaBlock *block, const VoxelCudaAttention *a, const void *keys, size_t base,
                  unsigned first, float *state)
{
  float *score = block->shared, *room = score + block->threads;
  const float *query = room + block->threads;

  VOXEL_PHASE (block, t)
  {
    score[t] = first + t < a->keys ? 0 : -INFINITY;
    for (unsigned c = 0; first + t < a->keys && c < a->channels; c++)
      score[t] +=
          query[c] * voxel_cuda_get (keys, base + (first + t) * a->key_value.pitch + c, a->key_value.type);
    room[t] = score[t];
  }
  voxel_cuda_reduce (block, room, 1);
  VOXEL_PHASE (block, t)
  {
    if (t == 0) {
      float most = fmaxf (state[ATTENTION_MOST], room[0]);

      state[ATTENTION_SCALE] = expf (state[ATTENTION_MOST] - most);
      state[ATTENTION_MOST] = most;
    }
  }
  VOXEL_PHASE (block, t)
  {
    room[t] = score[t] = expf (score[t] - state[ATTENTION_MOST]);
  }
  voxel_cuda_reduce (block, room, 0);
}

/* Adds up what these keys weigh. */
VOXEL_DEVICE void
attention_values (const VoxelCudaBlock *block, const VoxelCudaAttention *a, const void *values, size_t base,
                  unsigned first, float *state)
{
  const float *score = block->shared, *room = score + block->threads;
  float *sums = block->shared + 2 * block->threads + a->channels;
  unsigned n = a->keys - first < block->threads ? a->keys - first : block->threads;

  VOXEL_PHASE (block, t)
  {
    if (t == 0)
      state[ATTENTION_SUM] = state[ATTENTION_SUM] * state[ATTENTION_SCALE] + room[0];
    for (unsigned c = t; c < a->channels; c += block->threads) {
      float sum = sums[c] * state[ATTENTION_SCALE];

      for (unsigned k = 0; k < n; k++)
        sum += score[k] *
               voxel_cuda_get (values, base + (first + k) * a->key_value.pitch + c, a->key_value.type);
      sums[c] = sum;
    }
  }
}

VOXEL_DEVICE void
attention_token (const VoxelCudaBlock *block, const VoxelCudaAttention *a, const VoxelCudaMemory *memory,
                 unsigned token, unsigned head)
{
  float *query = block->shared + 2 * block->threads, *sums = query + a->channels, *state = sums + a->channels;
  size_t channel = (size_t) head * a->channels, row = (size_t) block->y * a->queries + token;
  size_t base = (size_t) block->y * a->keys * a->key_value.pitch + channel;

  VOXEL_PHASE (block, t)
  {
    if (t == 0) {
      state[ATTENTION_MOST] = -INFINITY;
      state[ATTENTION_SUM] = 0;
    }
    for (unsigned c = t; c < a->channels; c += block->threads) {
      query[c] = a->scale * voxel_cuda_get (memory->in[0], row * a->query.pitch + channel + c, a->query.type);
      sums[c] = 0;
    }
  }
  for (unsigned first = 0; first < a->keys; first += block->threads) {
    attention_scores (block, a, memory->in[1], base, first, state);
    attention_values (block, a, memory->in[1], base + (size_t) a->heads * a->channels, first, state);
  }
  VOXEL_PHASE (block, t)
  {
    for (unsigned c = t; c < a->channels; c += block->threads)
      voxel_cuda_put (memory->out, row * a->dst.pitch + channel + c, a->dst.type,
                      sums[c] / state[ATTENTION_SUM]);
  }
}

VOXEL_DEVICE void
attention (const VoxelCudaBlock *block, const VoxelCudaAttention *a, const VoxelCudaMemory *memory,
           const int form)
{
  for (unsigned i = block->x; i < a->queries * a->heads; i += block->blocks)
    attention_token (block, a, memory, i / a->heads, i % a->heads);
}

VOXEL_KERNEL_ALONE (attention, VoxelCudaAttention)
