/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/selftest/selftest-private.h"

/* What a value is off at most, relatively, when it is rounded once: half a unit of the last of the type's 24, 11 or 8
 * digits. TF32 has fp16's digits. */
gdouble
voxel_selftest_rounding (VoxelPrecision precision)
{
  switch (precision) {
  case VOXEL_PRECISION_BF16:
    return 0x1p-8;
  case VOXEL_PRECISION_FP16:
  case VOXEL_PRECISION_TF32:
    return 0x1p-11;
  default:
    return 0x1p-24;
  }
}

/* Of a single operator, in parts of its largest value: operands, what they were computed of, and the result are rounded,
 * five times in all. Floats are not rounded on the way; what remains are sums of hundreds of products in any order. */
gdouble
voxel_selftest_operator_bound (VoxelPrecision precision)
{
  return (precision == VOXEL_PRECISION_FP32 ? 32 : 5) * voxel_selftest_rounding (precision);
}

/**
 * voxel_selftest_network_bounds:
 * @result: of a network; gets its bounds
 * @rounded: mean difference that rounding weights and logits to bf16 makes, all else computed in fp32
 *
 * How much of a rounding arrives at the end depends on the network: it is measured, and scales with the type. Rounding
 * all operands of all products, not only weights, makes sqrt 2 of that, rounding sums before and behind activations and
 * residuals as much again: three times is allowed. Floats are only rounded as sums of up to 4608 products grow, in any
 * order, on both sides: sqrt (4608), about 64 times is allowed. A single logit may be 20 times as far off as the mean,
 * which none out of a million of normally distributed ones is.
 */
void
voxel_selftest_network_bounds (VoxelSelftestResult *result, gdouble rounded)
{
  gdouble scale =
      voxel_selftest_rounding (result->precision) / voxel_selftest_rounding (VOXEL_PRECISION_BF16);

  result->mean_bound = (result->precision == VOXEL_PRECISION_FP32 ? 64 : 3) * scale * rounded;
  result->largest_bound = 20 * result->mean_bound;
}

/* Mean and largest difference; anything that is no number is infinitely far off. */
void
voxel_selftest_differ (const gfloat *values, const gfloat *expected, gsize n, gdouble *mean, gdouble *largest)
{
  gdouble sum = 0, most = 0;

  for (gsize i = 0; i < n; i++) {
    gdouble difference = fabs ((gdouble) values[i] - expected[i]);

    if (!(difference <= most))
      most = isnan (difference) ? INFINITY : difference;
    sum += difference;
  }
  *mean = isnan (sum) ? INFINITY : sum / (gdouble) n;
  *largest = most;
}
