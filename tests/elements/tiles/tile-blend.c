/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/tiles/tile-blend.h"

#include <math.h>
#include <string.h>

#define WIDTH 61
#define HEIGHT 47
#define N_TILES 12

typedef struct {
  guint16 pixels[40][45]; /* rows with a gap behind them */
  VoxelTilePixels place;
} Tile;

/* Random tiles, the first of which cover the slice; some reach beyond it. */
static void
fill (Tile *tiles)
{
  static const guint corners[4][2] = {{0, 0}, {25, 0}, {0, 10}, {25, 10}};

  for (guint t = 0; t < N_TILES; t++) {
    Tile *tile = &tiles[t];

    for (guint y = 0; y < 40; y++) {
      for (guint x = 0; x < 45; x++)
        tile->pixels[y][x] = (guint16) g_test_rand_int ();
    }
    tile->place = (VoxelTilePixels){tile->pixels, sizeof tile->pixels[0], 2, 0, 0, 41, 40};
    tile->place.x = t < 4 ? corners[t][0] : (guint) g_test_rand_int_range (0, WIDTH);
    tile->place.y = t < 4 ? corners[t][1] : (guint) g_test_rand_int_range (0, HEIGHT);
  }
}

static gdouble
weight (VoxelTileBlendMode mode, guint i, guint size)
{
  gdouble d = (i - (size - 1) / 2.) / (size / 8.);

  return mode == VOXEL_TILE_BLEND_MEAN ? 1. : MAX (rint (1024. * exp (-d * d / 2.)), 1.);
}

static guint
expected (const Tile *tiles, VoxelTileBlendMode mode, guint x, guint y)
{
  gdouble sum = 0., weights = 0.;
  gboolean any = FALSE;

  for (guint t = 0; t < N_TILES; t++) {
    const VoxelTilePixels *place = &tiles[t].place;
    guint i = x - place->x, j = y - place->y;
    gdouble w;

    if (x < place->x || y < place->y || i >= place->width || j >= place->height)
      continue;
    w = weight (mode, i, place->width) * weight (mode, j, place->height);
    sum += w * tiles[t].pixels[j][i];
    weights += w;
    any |= tiles[t].pixels[j][i] >= 60000;
  }
  return mode == VOXEL_TILE_BLEND_OR ? (any ? 255 : 0) : (guint) floor (sum / weights + .5);
}

static void
test_definition (gconstpointer data)
{
  VoxelTileBlendMode mode = (VoxelTileBlendMode) GPOINTER_TO_INT (data);
  g_autoptr (VoxelTileBlend) blend = voxel_tile_blend_new (mode, WIDTH, HEIGHT);
  g_autofree Tile *tiles = g_new (Tile, N_TILES);
  guint pixel_size = mode == VOXEL_TILE_BLEND_OR ? 1 : 2;
  static guint16 out[HEIGHT][WIDTH + 3];
  guint x, y;

  g_assert_true (voxel_tile_blend_fits (blend, mode, WIDTH, HEIGHT));
  for (guint round = 0; round < 3; round++) {
    fill (tiles);
    voxel_tile_blend_begin (blend, 60000);
    for (guint t = 0; t < N_TILES; t++)
      voxel_tile_blend_add (blend, &tiles[round == 1 ? N_TILES - 1 - t : t].place);
    g_assert_true (voxel_tile_blend_finish (blend, NULL, pixel_size, out, sizeof out[0], &x, &y));
    for (y = 0; y < HEIGHT; y++) {
      for (x = 0; x < WIDTH; x++)
        g_assert_cmpuint (pixel_size == 1 ? ((guint8 *) out[y])[x] : out[y][x], ==,
                          expected (tiles, mode, x, y));
    }
  }
}

static void
test_hole (gconstpointer data)
{
  VoxelTileBlendMode mode = (VoxelTileBlendMode) GPOINTER_TO_INT (data);
  g_autoptr (VoxelTileBlend) blend = voxel_tile_blend_new (mode, WIDTH, HEIGHT);
  g_autofree Tile *tiles = g_new (Tile, N_TILES);
  static guint16 out[HEIGHT][WIDTH];
  guint x, y;

  fill (tiles);
  voxel_tile_blend_begin (blend, 0);
  for (guint t = 0; t < 3; t++)
    voxel_tile_blend_add (blend, &tiles[t].place);
  g_assert_false (voxel_tile_blend_finish (blend, NULL, 2, out, sizeof out[0], &x, &y));
  g_assert_cmpuint (x, ==, 41);
  g_assert_cmpuint (y, ==, 40);
}

/* The shape that MONAI's importance map has for sigma_scale .125, to a step of 1/1024. */
static void
test_gaussian (void)
{
  guint16 weights[512];

  voxel_tile_blend_gaussian (weights, 512);
  for (guint i = 0; i < 512; i++) {
    g_assert_cmpuint (weights[i], ==, weights[511 - i]);
    g_assert_cmpuint (weights[i], >=, 1);
  }
  g_assert_cmpuint (weights[255], ==, 1024);
  /* One and two standard deviations (64 pixels) from the middle. */
  g_assert_cmpfloat_with_epsilon (weights[319] / 1024., exp (-.5), .01);
  g_assert_cmpfloat_with_epsilon (weights[383] / 1024., exp (-2.), .01);
  voxel_tile_blend_gaussian (weights, 1);
  g_assert_cmpuint (weights[0], ==, 1024);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tile-blend/or", GINT_TO_POINTER (VOXEL_TILE_BLEND_OR), test_definition);
  g_test_add_data_func ("/tile-blend/mean", GINT_TO_POINTER (VOXEL_TILE_BLEND_MEAN), test_definition);
  g_test_add_data_func ("/tile-blend/gaussian", GINT_TO_POINTER (VOXEL_TILE_BLEND_GAUSSIAN), test_definition);
  g_test_add_data_func ("/tile-blend/hole/or", GINT_TO_POINTER (VOXEL_TILE_BLEND_OR), test_hole);
  g_test_add_data_func ("/tile-blend/hole/mean", GINT_TO_POINTER (VOXEL_TILE_BLEND_MEAN), test_hole);
  g_test_add_func ("/tile-blend/weights", test_gaussian);
  return g_test_run ();
}
