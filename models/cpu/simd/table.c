/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

#define STRING_(text) #text
#define STRING(text) STRING_ (text)

#if defined(__AMX_BF16__)
#define HAS_TILES TRUE
#else
#define HAS_TILES FALSE
#endif

extern const VoxelCpuKernels SIMD (kernels);
const VoxelCpuKernels SIMD (kernels) = {
    .name = STRING (VOXEL_CPU_ISA),
    .lanes = LANES,
    .tile = STRIP,
    .tiles = HAS_TILES,
    .winograd_scratch = SIMD (winograd_scratch),
    .winograd = SIMD (winograd),
    .direct_scratch = SIMD (direct_scratch),
    .direct = SIMD (direct),
    .product_scratch = SIMD (product_scratch),
    .product = SIMD (product),
    .grouped_scratch = SIMD (grouped_scratch),
    .grouped = SIMD (grouped),
    .depthwise_scratch = SIMD (depthwise_scratch),
    .depthwise = SIMD (depthwise),
    .transpose_scratch = SIMD (transpose_scratch),
    .transpose = SIMD (transpose),
#if defined(__AVX512BF16__)
    .pairs_scratch = SIMD (pairs_scratch),
    .pairs = SIMD (pairs),
#endif
    .dot = SIMD (dot),
    .scale = SIMD (scale),
    .max_pool = SIMD (max_pool),
    .upsample = SIMD (upsample),
    .avg_pool = SIMD (avg_pool),
    .sum = SIMD (sum),
    .pick = SIMD (pick),
    .pointwise = SIMD (pointwise),
    .layer_norm = SIMD (layer_norm),
    .group_norm_measure = SIMD (group_norm_measure),
    .group_norm_scale = SIMD (group_norm_scale),
    .softmax = SIMD (softmax),
    .matmul_scratch = SIMD (matmul_scratch),
    .matmul = SIMD (matmul),
    .attention_scratch = SIMD (attention_scratch),
    .attention = SIMD (attention),
};
