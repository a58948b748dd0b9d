/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/tiles/tile-grid.h"

#include <math.h>

static void
assert_starts (VoxelTileGridKind kind, guint length, guint size, gdouble overlap, const guint *expected,
               guint n)
{
  guint count;
  g_autofree guint *starts = voxel_tile_grid_starts (kind, length, size, overlap, &count);

  g_assert_cmpmem (starts, count * sizeof *starts, expected, n * sizeof *expected);
}

static void
test_known (void)
{
  assert_starts (VOXEL_TILE_GRID_ORIGIN, 560, 512, .5, (const guint[]){0, 24, 48}, 3);
  assert_starts (VOXEL_TILE_GRID_MINIMAL, 560, 512, .5, (const guint[]){0, 48}, 2);
  assert_starts (VOXEL_TILE_GRID_ORIGIN, 512, 512, .5, (const guint[]){0}, 1);
  assert_starts (VOXEL_TILE_GRID_MINIMAL, 512, 512, .5, (const guint[]){0}, 1);
  assert_starts (VOXEL_TILE_GRID_ORIGIN, 513, 512, .5, (const guint[]){0, 1}, 2);
  assert_starts (VOXEL_TILE_GRID_MINIMAL, 1024, 512, .5, (const guint[]){0, 256, 512}, 3);
  assert_starts (VOXEL_TILE_GRID_MINIMAL, 1024, 512, 0., (const guint[]){0, 512}, 2);
  assert_starts (VOXEL_TILE_GRID_ORIGIN, 1303, 512, .5, (const guint[]){0, 158, 316, 474, 632, 791}, 6);
  /* 100 - 10 = 90 in steps of 1 (as 10 x .1, which is not exact): 91 starts and none twice. */
  {
    guint count;
    g_autofree guint *starts = voxel_tile_grid_starts (VOXEL_TILE_GRID_MINIMAL, 100, 10, .9, &count);

    g_assert_cmpuint (count, ==, 91);
    g_assert_cmpuint (starts[90], ==, 90);
  }
}

/* The definition, term by term. */
static void
test_definition (void)
{
  static const gdouble overlaps[] = {0., .25, .5, .6, .75};

  for (guint size = 3; size < 70; size += 11) {
    for (guint length = size; length < 5 * size; length++) {
      for (guint o = 0; o < G_N_ELEMENTS (overlaps); o++) {
        for (gint kind = 0; kind < 2; kind++) {
          gdouble step = MAX (size * (1 - overlaps[o]), 1.);
          guint n = (guint) (kind == VOXEL_TILE_GRID_ORIGIN ? ceil (length / step)
                                                            : ceil ((length - size) / step - 1e-9) + 1);
          guint count, at = 0;
          g_autofree guint *starts =
              voxel_tile_grid_starts ((VoxelTileGridKind) kind, length, size, overlaps[o], &count);

          for (guint i = 0; i < n; i++) {
            gdouble place = n > 1 ? i * ((gdouble) (length - size) / (n - 1)) : 0.;
            guint start = (guint) (kind == VOXEL_TILE_GRID_ORIGIN ? place : rint (place));

            if (i == n - 1)
              start = length - size;
            if (at < count && start == starts[at])
              at++;
            else
              g_assert_cmpuint (start, ==, starts[at - 1]);
          }
          g_assert_cmpuint (at, ==, count);
          g_assert_cmpuint (starts[0], ==, 0);
          g_assert_cmpuint (starts[count - 1], ==, length - size);
          for (guint i = 1; i < count; i++) {
            g_assert_cmpuint (starts[i], >, starts[i - 1]);
            g_assert_cmpuint (starts[i], <=, starts[i - 1] + size);
          }
        }
      }
    }
  }
}

static void
test_padding (void)
{
  g_autoptr (VoxelTileGrid) short_side = voxel_tile_grid_new (VOXEL_TILE_GRID_MINIMAL, 40, 600, 512, .5, 32);
  g_autoptr (VoxelTileGrid) whole = voxel_tile_grid_new (VOXEL_TILE_GRID_ORIGIN, 33, 64, 0, .5, 32);
  g_autoptr (VoxelTileGrid) bare = voxel_tile_grid_new (VOXEL_TILE_GRID_ORIGIN, 33, 64, 0, .5, 1);

  g_assert_cmpuint (short_side->tile_width, ==, 64);
  g_assert_cmpuint (short_side->tile_height, ==, 512);
  g_assert_cmpuint (short_side->columns, ==, 1);
  g_assert_cmpuint (short_side->rows, ==, 2);
  g_assert_cmpuint (short_side->ys[1], ==, 88);
  g_assert_cmpuint (whole->tile_width, ==, 64);
  g_assert_cmpuint (whole->tile_height, ==, 64);
  g_assert_cmpuint (whole->columns * whole->rows, ==, 1);
  g_assert_cmpuint (bare->tile_width, ==, 33);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tile-grid/known", test_known);
  g_test_add_func ("/tile-grid/definition", test_definition);
  g_test_add_func ("/tile-grid/padding", test_padding);
  return g_test_run ();
}
