/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/tiles/reflect.h"

#include <string.h>

static void
test_index (void)
{
  static const guint of_three[] = {0, 1, 2, 1, 0, 1, 2, 1, 0};

  for (guint i = 0; i < G_N_ELEMENTS (of_three); i++) {
    g_assert_cmpuint (voxel_reflect_index (i, 3), ==, of_three[i]);
    g_assert_cmpuint (voxel_reflect_index (i, 1), ==, 0);
    g_assert_cmpuint (voxel_reflect_index (i, 2), ==, i % 2);
  }
}

static void
check_pad (guint width, guint height, guint out_width, guint out_height)
{
  gsize in_stride = (width + 3) * 2, out_stride = (out_width + 1) * 2;
  g_autofree guint16 *in = g_malloc (in_stride * height);
  g_autofree guint16 *out = g_malloc (out_stride * out_height);

  for (gsize i = 0; i < in_stride * height / 2; i++)
    in[i] = (guint16) g_test_rand_int ();
  memset (out, 0xa5, out_stride * out_height);
  voxel_reflect_pad (in, in_stride, width, height, 2, out, out_stride, out_width, out_height);
  for (guint y = 0; y < out_height; y++) {
    for (guint x = 0; x < out_width; x++)
      g_assert_cmphex (out[y * (out_width + 1) + x], ==,
                       in[voxel_reflect_index (y, height) * (width + 3) + voxel_reflect_index (x, width)]);
    g_assert_cmphex (out[y * (out_width + 1) + out_width], ==, 0xa5a5);
  }
}

static void
test_pad (void)
{
  check_pad (33, 40, 64, 64);
  check_pad (64, 33, 64, 64);
  check_pad (5, 4, 32, 32);
  check_pad (1, 3, 32, 3);
  check_pad (7, 7, 7, 7);
}

static void
test_copy (void)
{
  guint32 row[9], out[64];

  for (guint size = 1; size <= 4; size *= 2)
    for (guint width = 1; width <= 9; width++)
      for (gint from = -30; from <= 30; from++)
        for (guint count = 0; count <= 60; count++) {
          for (guint i = 0; i < sizeof row; i++)
            ((guint8 *) row)[i] = (guint8) g_test_rand_int ();
          memset (out, 0xa5, sizeof out);
          voxel_reflect_copy (row, width, from, count, size, out);
          for (guint i = 0; i < count; i++) {
            guint at = voxel_reflect_index ((guint) ABS (from + (gint) i), width);

            g_assert_cmpmem ((guint8 *) out + i * size, size, (guint8 *) row + at * size, size);
          }
          g_assert_cmphex (((guint8 *) out)[count * size], ==, 0xa5);
        }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reflect/index", test_index);
  g_test_add_func ("/reflect/pad", test_pad);
  g_test_add_func ("/reflect/copy", test_copy);
  return g_test_run ();
}
