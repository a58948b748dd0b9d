/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/simd/simd.h"

/* x Phi (x) = x / 2 + |x| (Phi (|x|) - 1/2), the last by a polynomial in the distance from the nearest multiple of
 * WIDTH: no exponential, no division, and as many pieces as a vector register holds, so that looking a coefficient up
 * is one instruction. Above TOP the difference from 1/2 is below float's. Tables: gelu-table.py. */
#define TOP 5.8f
#if LANES == 16
#define PIECES 16
#define DEGREE 5
#define WIDTH .375f
static const gfloat gelu_table[DEGREE + 1][PIECES] = {
    {0, 0.146169767f, 0.27337265f, 0.369705468f, 0.43319279f, 0.469603628f, 0.487775534f, 0.495667547f,
     0.498650104f, 0.499630928f, 0.499911577f, 0.499981463f, 0.499996603f, 0.499999464f, 0.499999911f, 0.5f},
    {0.398942292f, 0.37185508f, 0.301137447f, 0.211876646f, 0.1295176f, 0.0687862784f, 0.0317396522f,
     0.0127241816f, 0.00443184841f, 0.00134111883f, 0.000352595729f, 8.05404779e-05f, 1.59837546e-05f,
     2.75594698e-06f, 4.12848294e-07f, 5.37325917e-08f},
    {0, -0.0697210059f, -0.112924434f, -0.119179703f, -0.0971386507f, -0.064488098f, -0.0357077979f,
     -0.0167006962f, -0.00664769718f, -0.00226300396f, -0.000661024824f, -0.000166071419f, -3.59478508e-05f,
     -6.71312455e-06f, -1.08266431e-06f, -1.50914218e-07f},
    {-0.0664895549f, -0.0532600358f, -0.0219581742f, 0.00937937573f, 0.0269824453f, 0.0288400669f,
     0.021490572f, 0.0124923876f, 0.00590919005f, 0.00232250546f, 0.000767609279f, 0.000214969448f,
     5.12744264e-05f, 1.04544961e-05f, 1.8270897e-06f, 2.74263158e-07f},
    {0, 0.0164752565f, 0.022778498f, 0.0171564873f, 0.00610545743f, -0.00269760168f, -0.00608494179f,
     -0.00539880386f, -0.00332963839f, -0.00159261597f, -0.000616452249f, -0.00019729558f, -5.28762648e-05f,
     -1.19640517e-05f, -2.29834973e-06f, -3.76395775e-07f},
    {0.0099111842f, 0.00670827413f, -0.000129060209f, -0.00523863174f, -0.00583940698f, -0.00328594237f,
     -0.00047567318f, 0.000956879696f, 0.00110349746f, 0.000720158278f, 0.000343544991f, 0.000128940417f,
     3.93466507e-05f, 9.93947197e-06f, 2.10185067e-06f, 3.74866289e-07f},
};
#else
#define PIECES 8
#define DEGREE 6
#define WIDTH .78125f
static const gfloat gelu_table[DEGREE + 1][PIECES] = {
    {0, 0.282672256f, 0.440914869f, 0.490454525f, 0.499110967f, 0.499953121f, 0.499998629f, 0.49999997f},
    {0.398941845f, 0.294018149f, 0.117697194f, 0.025590742f, 0.00302223978f, 0.00019387879f, 6.75705087e-06f,
     1.27984563e-07f},
    {0, -0.11485067f, -0.0919508636f, -0.0299892761f, -0.0047222646f, -0.000378649507f, -1.58322346e-05f,
     -3.49616528e-07f},
    {-0.0664667636f, -0.0191020686f, 0.0282654166f, 0.0191694908f, 0.00441628229f, 0.00046015429f,
     2.34896434e-05f, 6.07889717e-07f},
    {0, 0.0228655487f, 0.00428395346f, -0.00623053359f, -0.0026631474f, -0.000386757049f, -2.49872901e-05f,
     -7.79740105e-07f},
    {0.00966230594f, -0.000602050277f, -0.00545472838f, -2.66538227e-05f, 0.000989355845f, 0.000240534006f,
     2.15042637e-05f, 8.68296468e-07f},
    {0, -0.00288428506f, 0.000833443599f, 0.000810931087f, -0.000157328526f, -0.000100939098f,
     -1.27917301e-05f, -6.4493878e-07f},
};
#endif

/* The coefficients of @power, each for the piece that the lowest bits say. */
SIMD_INLINE Vector
gelu_coefficient (guint power, Bits piece)
{
  const gfloat *table = gelu_table[power];

#if defined(__AVX512F__) && LANES == 16
  return (Vector) _mm512_permutexvar_ps ((__m512i) piece, _mm512_loadu_ps (table));
#elif defined(__AVX2__) && LANES == 8
  return (Vector) _mm256_permutevar8x32_ps (_mm256_loadu_ps (table), (__m256i) piece);
#else
  Vector value;

  for (guint i = 0; i < LANES; i++)
    value[i] = table[piece[i] % PIECES];
  return value;
#endif
}

SIMD_INLINE Vector
vector_gelu (Vector x)
{
  const gfloat whole = 8388608.f; /* above it floats are whole numbers */
  Vector size = vector_max (x, -x), near = vector_min (size, (Vector){0} + TOP);
  Vector piece = near * (1 / WIDTH) + whole, distance = near - (piece - whole) * WIDTH;
  Vector value = gelu_coefficient (DEGREE, (Bits) piece);

  for (guint power = DEGREE; power-- > 0;)
    value = value * distance + gelu_coefficient (power, (Bits) piece);
  return size * value + .5f * x;
}

#undef TOP
#undef PIECES
#undef DEGREE
#undef WIDTH
