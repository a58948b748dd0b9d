/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rescale-kernel.h"

#include <math.h>

/* Keys, Cubic convolution interpolation for digital image processing, 1981, equation 4, with a free: OpenCV and
 * PyTorch take -3/4 between voxels, Pillow and PyTorch -1/2 where the curve is widened. */
#define SHARPNESS_BETWEEN (-.75)
#define SHARPNESS_WIDENED (-.5)

/* Files tell spacings with six digits or so: what differs by less does not differ. */
#define SAME 1e-6

/**
 * voxel_rescale_ratio:
 * @wanted: spacing of the voxels that come out, 0 for that of those that go in
 * @spacing: of the voxels that go in; unused where @wanted is 0
 * @scale: how many times as many come out after that
 *
 * Returns: voxels that go in for one that comes out; 1 where they stay what they are
 */
gdouble
voxel_rescale_ratio (gdouble wanted, gdouble spacing, gdouble scale)
{
  gdouble ratio = (wanted > 0. ? wanted / spacing : 1.) / scale;

  return fabs (ratio - 1.) < SAME ? 1. : ratio;
}

static gdouble
reach_of (VoxelRescaleMethod method)
{
  return method == VOXEL_RESCALE_CUBIC ? 2. : 1.;
}

static gdouble
cubic (gdouble x, gdouble a)
{
  if (x < 1.)
    return ((a + 2.) * x - (a + 3.)) * x * x + 1.;
  return x < 2. ? a * (((x - 5.) * x + 8.) * x - 4.) : 0.;
}

static gdouble
curve (const VoxelRescaleKernel *kernel, gdouble distance)
{
  gdouble x = fabs (distance) / kernel->stretch;

  if (kernel->method == VOXEL_RESCALE_LINEAR)
    return MAX (1. - x, 0.);
  return cubic (x, kernel->stretch > 1. ? SHARPNESS_WIDENED : SHARPNESS_BETWEEN);
}

/**
 * voxel_rescale_kernel:
 * @ratio: voxels that go in for one that comes out, above 0
 * @method: how values between voxels are found
 * @antialias: whether the curve is widened by @ratio where that is above 1, so that no voxel is left out
 *
 * Returns: the kernel; where @ratio is 1 it takes each voxel as it is
 */
VoxelRescaleKernel
voxel_rescale_kernel (gdouble ratio, VoxelRescaleMethod method, gboolean antialias)
{
  VoxelRescaleKernel kernel = {ratio, method, antialias && ratio > 1. ? ratio : 1., 1};
  gdouble reach = reach_of (method) * kernel.stretch;

  if (kernel.stretch > 1.)
    kernel.taps = (guint) floor (2. * reach) + 1;
  else if (ratio != 1.)
    kernel.taps = (guint) (2. * reach);
  return kernel;
}

/**
 * voxel_rescale_kernel_at:
 * @kernel: of an axis
 * @index: voxel that comes out
 * @weights: (out): as many as the kernel has taps; their sum is 1
 *
 * Returns: the voxel that the first weight is for; what lies outside of the axis is like the outermost voxel
 */
gint64
voxel_rescale_kernel_at (const VoxelRescaleKernel *kernel, guint index, gfloat *weights)
{
  gdouble middle = (index + .5) * kernel->ratio - .5, reach = reach_of (kernel->method) * kernel->stretch;
  gint64 first = (gint64) (kernel->stretch > 1. ? ceil (middle - reach) : floor (middle) - reach + 1.);
  gdouble sum = 0.;

  if (kernel->taps == 1) {
    weights[0] = 1.f;
    return index;
  }
  for (guint k = 0; k < kernel->taps; k++)
    sum += curve (kernel, (gdouble) (first + k) - middle);
  for (guint k = 0; k < kernel->taps; k++)
    weights[k] = (gfloat) (curve (kernel, (gdouble) (first + k) - middle) / sum);
  return first;
}

/**
 * voxel_rescale_nearest:
 * @ratio: voxels that go in for one that comes out
 * @index: voxel that comes out
 *
 * Returns: the voxel in which the middle of @index lies; the later one of two
 */
guint
voxel_rescale_nearest (gdouble ratio, guint index)
{
  return (guint) floor ((index + .5) * ratio);
}

/**
 * voxel_rescale_side:
 * @side: voxels that go in
 * @ratio: of them for one that comes out
 *
 * Returns: how many come out, 1 or more; G_MAXUINT where that is no number to work with
 */
guint
voxel_rescale_side (guint side, gdouble ratio)
{
  gdouble exact = side / ratio;

  return exact < G_MAXINT ? MAX ((guint) floor (exact + .5), 1) : G_MAXUINT;
}
