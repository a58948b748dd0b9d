/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

/* Attention without tensor cores: a thread a query and head, which goes over the keys once. The largest score so far and
 * the sum of weights relative to it follow Milakov and Gimelshein: Online normalizer calculation for softmax, 2018,
 * algorithm 3. Neighbouring threads have the same keys, so that these are loaded once for all of a warp. The grid's second
 * dimension are pictures. */

typedef struct {
  float query[VOXEL_CUDA_MAX_DEPTH];
  float sum[VOXEL_CUDA_MAX_DEPTH];
  float most;
  float total;
} AttentionState;

VOXEL_DEVICE float
attention_score (const VoxelCudaAttention *params, const VoxelCudaMemory *memory, const AttentionState *state,
                 size_t key, const int form)
{
  float values[VOXEL_CUDA_MAX_LANES], score = 0;

  for (unsigned c = 0; c < params->depth; c += VOXEL_CUDA_LANES (form)) {
    voxel_cuda_load (values, memory->in[1], key + c, form, params->key_value.type);
    for (int k = 0; k < VOXEL_CUDA_LANES (form); k++)
      score += state->query[c + k] * values[k];
  }
  return score * params->scale;
}

/* One more key: what was summed up is made relative to the largest score that there is now. */
VOXEL_DEVICE void
attention_add (const VoxelCudaAttention *params, const VoxelCudaMemory *memory, AttentionState *state,
               float score, size_t value, const int form)
{
  float most = fmaxf (state->most, score), before = expf (state->most - most), weight = expf (score - most);
  float values[VOXEL_CUDA_MAX_LANES];

  state->most = most;
  state->total = state->total * before + weight;
  for (unsigned c = 0; c < params->depth; c += VOXEL_CUDA_LANES (form)) {
    voxel_cuda_load (values, memory->in[1], value + c, form, params->key_value.type);
    for (int k = 0; k < VOXEL_CUDA_LANES (form); k++)
      state->sum[c + k] = state->sum[c + k] * before + weight * values[k];
  }
}

VOXEL_DEVICE void
attention (const VoxelCudaBlock *block, const VoxelCudaAttention *params, const VoxelCudaMemory *memory,
           const int form)
{
  const VoxelCudaView *query = &params->query, *key_value = &params->key_value, *dst = &params->dst;
  unsigned queries = query->height * query->width, keys = key_value->height * key_value->width;

  VOXEL_EACH (block, i, queries * params->heads)
  {
    unsigned first = i / queries * params->depth; /* channel of the head */
    size_t pixel = (size_t) block->y * queries + i % queries;
    AttentionState state;

    state.most = -INFINITY;
    state.total = 0;
    for (unsigned c = 0; c < params->depth; c += VOXEL_CUDA_LANES (form))
      voxel_cuda_load (state.query + c, memory->in[0], pixel * query->pitch + first + c, form, query->type);
    for (unsigned c = 0; c < params->depth; c++)
      state.sum[c] = 0;
    for (unsigned k = 0; k < keys; k++) {
      size_t at = ((size_t) block->y * keys + k) * key_value->pitch + first;

      attention_add (params, memory, &state, attention_score (params, memory, &state, at, form),
                     at + key_value->channels / 2, form);
    }
    for (unsigned c = 0; c < params->depth; c++)
      state.sum[c] /= state.total;
    for (unsigned c = 0; c < params->depth; c += VOXEL_CUDA_LANES (form))
      voxel_cuda_store (state.sum + c, memory->out, pixel * dst->pitch + first + c, form, dst->type);
  }
}

VOXEL_KERNELS (attention, VoxelCudaAttention)
