/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/picture-parts.h"

/* What is kept covers every pixel once; around it lie @margin pixels, or all that the picture has. */
static void
check (const VoxelPictureParts *parts, guint height, guint width, guint margin, guint multiple)
{
  g_autofree guint8 *seen = g_new0 (guint8, (gsize) height * width);

  g_assert_cmpuint (parts->height % multiple, ==, 0);
  g_assert_cmpuint (parts->width % multiple, ==, 0);
  for (guint i = 0; i < voxel_picture_parts_count (parts); i++) {
    VoxelPicturePart part = voxel_picture_parts_get (parts, i);

    g_assert_cmpuint (part.x % multiple, ==, 0);
    g_assert_cmpuint (part.y % multiple, ==, 0);
    g_assert_cmpuint (part.x + parts->width, <=, width);
    g_assert_cmpuint (part.y + parts->height, <=, height);
    g_assert_cmpuint (part.x + MIN (part.x, margin), <=, part.left);
    g_assert_cmpuint (part.y + MIN (part.y, margin), <=, part.top);
    g_assert_cmpuint (MIN (part.right + margin, width), <=, part.x + parts->width);
    g_assert_cmpuint (MIN (part.bottom + margin, height), <=, part.y + parts->height);
    for (guint y = part.top; y < part.bottom; y++)
      for (guint x = part.left; x < part.right; x++)
        seen[y * width + x]++;
  }
  for (gsize i = 0; i < (gsize) height * width; i++)
    g_assert_cmpuint (seen[i], ==, 1);
}

static void
test_any (void)
{
  for (guint i = 0; i < 400; i++) {
    guint multiple = 1u << g_test_rand_int_range (0, 5), margin = multiple * g_test_rand_int_range (0, 5);
    guint height = multiple * g_test_rand_int_range (1, 30), width = multiple * g_test_rand_int_range (1, 30);
    guint most = 2 * margin + multiple * g_test_rand_int_range (1, 12);
    g_autoptr (VoxelPictureParts) parts =
        voxel_picture_parts_new (height, width, MIN (most, height), MIN (most, width), margin, multiple);

    g_assert_cmpuint (parts->height, <=, most);
    g_assert_cmpuint (parts->width, <=, most);
    check (parts, height, width, margin, multiple);
  }
}

/* No more parts than needed, and no larger ones. */
static void
test_known (void)
{
  g_autoptr (VoxelPictureParts) one = voxel_picture_parts_new (48, 32, 48, 32, 16, 16);
  g_autoptr (VoxelPictureParts) parts = voxel_picture_parts_new (2048, 1024, 1424, 1424, 112, 16);

  g_assert_cmpuint (voxel_picture_parts_count (one), ==, 1);
  g_assert_cmpuint (one->height, ==, 48);
  g_assert_cmpuint (parts->rows, ==, 2);
  g_assert_cmpuint (parts->columns, ==, 1);
  g_assert_cmpuint (parts->width, ==, 1024);
  g_assert_cmpuint (parts->height, ==, 1136); /* (2048 - 224) / 2 + 224 */
  g_assert_cmpuint (voxel_picture_parts_get (parts, 1).top, ==, 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/picture-parts/any", test_any);
  g_test_add_func ("/network/picture-parts/known", test_known);
  return g_test_run ();
}
