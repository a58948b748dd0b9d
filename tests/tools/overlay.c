/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tools/voxel/overlay.h"

static void
test_stretch (void)
{
  guint16 pixels[1000], low, high;

  for (guint i = 0; i < 1000; i++)
    pixels[i] = (guint16) (20000 + i);
  voxel_overlay_stretch (pixels, 1000, .5, &low, &high);
  g_assert_cmpuint (low, ==, 20005);
  g_assert_cmpuint (high, ==, 20994);
  for (guint i = 0; i < 1000; i++)
    pixels[i] = 65535;
  voxel_overlay_stretch (pixels, 1000, .5, &low, &high);
  g_assert_cmpuint (high, ==, 65535);
  g_assert_cmpuint (low, <, high);
}

/* Grey where the mask is not, the rim in full colour, the inside tinted. */
static void
test_paint (void)
{
  const guint16 pixels[25] = {0, 100, 200, 100, 0};
  guint8 mask[25] = {0}, rgb[5 * 16];

  for (guint y = 0; y < 5; y++) {
    for (guint x = 1; x < 4; x++)
      mask[y * 5 + x] = 255;
  }
  voxel_overlay_paint (pixels, mask, 5, 5, 0, 200, rgb, 16);
  g_assert_cmpuint (rgb[0], ==, 0);
  g_assert_cmpuint (rgb[3], ==, 255);
  g_assert_cmpuint (rgb[4], ==, 120);
  g_assert_cmpuint (rgb[5], ==, 0);
  g_assert_cmpuint (rgb[6], ==, 255);
  g_assert_cmpuint (rgb[8], ==, (255 * (255 - 110) + 127) / 255);
  voxel_overlay_paint (pixels, NULL, 5, 5, 0, 200, rgb, 16);
  g_assert_cmpuint (rgb[3], ==, 128);
  g_assert_cmpuint (rgb[4], ==, 128);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/overlay/stretch", test_stretch);
  g_test_add_func ("/tools/overlay/paint", test_paint);
  return g_test_run ();
}
