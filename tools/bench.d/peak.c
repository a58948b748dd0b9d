/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peak.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "models/cpu/isa.h"

/* What the multipliers can do: chains of multiply-adds in registers that wait for nothing but themselves. */
#define CHAINS 12
#define ROUNDS 20000

#define PEAK_FUNC(name, attributes, bytes, multiply) \
  static __attribute__ ((noinline, attributes)) void name (void) \
  { \
    typedef gfloat Floats __attribute__ ((vector_size (bytes))); \
    Floats sums[CHAINS], x = (Floats){0} + .5f; \
    volatile gfloat sink; \
\
    _Pragma ("GCC unroll 12") for (guint i = 0; i < CHAINS; i++) sums[i] = (Floats){0} + (gfloat) i; \
    for (guint round = 0; round < ROUNDS; round++) { \
      _Pragma ("GCC unroll 12") for (guint i = 0; i < CHAINS; i++) sums[i] = multiply (sums[i], x); \
    } \
    _Pragma ("GCC unroll 12") for (guint i = 1; i < CHAINS; i++) sums[0] += sums[i]; \
    sink = sums[0][0]; \
    (void) sink; \
  }

#define MULTIPLY_ADD(sum, x) ((sum) * (x) + (x))
#define FMA_8(sum, x) ((Floats) _mm256_fmadd_ps ((__m256) (sum), (__m256) (x), (__m256) (x)))
#define FMA_16(sum, x) ((Floats) _mm512_fmadd_ps ((__m512) (sum), (__m512) (x), (__m512) (x)))
#define PAIRS(sum, x) ((Floats) _mm512_dpbf16_ps ((__m512) (sum), (__m512bh) (x), (__m512bh) (x)))

PEAK_FUNC (peak_4, unused, 16, MULTIPLY_ADD)
#if defined(__x86_64__)
PEAK_FUNC (peak_8, target ("avx2,fma"), 32, FMA_8)
PEAK_FUNC (peak_16, target ("avx512f"), 64, FMA_16)
PEAK_FUNC (peak_pairs, target ("avx512f,avx512bf16"), 64, PAIRS)
#endif

/**
 * voxel_peak_run:
 * @pairs: whether to multiply pairs of bf16 where the instruction set in use has such products
 *
 * Multiplies and adds on the calling thread as fast as the instruction set in use (see models/cpu/isa.c) can.
 *
 * Returns: floating-point operations done
 */
guint64
voxel_peak_run (gboolean pairs)
{
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  guint64 flops = 2ull * CHAINS * ROUNDS * kernels->lanes;

#if defined(__x86_64__)
  if (pairs && kernels->pairs) {
    peak_pairs ();
    return 2 * flops;
  }
  if (kernels->lanes == 16)
    peak_16 ();
  else if (kernels->lanes == 8)
    peak_8 ();
#endif
  if (kernels->lanes == 4)
    peak_4 ();
  return flops;
}
