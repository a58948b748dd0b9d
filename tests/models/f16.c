/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/f16.h"

/* All halves, and what lies between them. */

static void
test_halves (void)
{
  for (guint half = 0; half <= G_MAXUINT16; half++) {
    gfloat value = voxel_f16_to_float ((guint16) half);

    if (isnan (value))
      g_assert_true (isnan (voxel_f16_to_float (voxel_f16_from_float (value))));
    else
      g_assert_cmphex (voxel_f16_from_float (value), ==, half);
  }
  g_assert_cmpfloat (voxel_f16_to_float (0x3555), ==, 0x1.554p-2f);
  g_assert_cmpfloat (voxel_f16_to_float (0x0001), ==, 0x1p-24f);
  g_assert_cmpfloat (voxel_f16_to_float (0x7bff), ==, 65504);
}

/* Half way between two of them: to the even one; a little more or less: to the nearer. */
static void
test_between (void)
{
  for (guint half = 0; half < 0x7c00; half++) {
    gfloat low = voxel_f16_to_float ((guint16) half);
    gfloat high = half == 0x7bff ? 65536 : voxel_f16_to_float ((guint16) (half + 1));
    gfloat middle = (low + high) / 2;

    g_assert_cmphex (voxel_f16_from_float (middle), ==, half + half % 2);
    g_assert_cmphex (voxel_f16_from_float (nextafterf (middle, 0)), ==, half);
    g_assert_cmphex (voxel_f16_from_float (-nextafterf (middle, INFINITY)), ==, (half + 1) | 0x8000);
  }
  g_assert_cmphex (voxel_f16_from_float (INFINITY), ==, 0x7c00);
  g_assert_cmphex (voxel_f16_from_float (-1e30f), ==, 0xfc00);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/f16/halves", test_halves);
  g_test_add_func ("/f16/between", test_between);
  return g_test_run ();
}
