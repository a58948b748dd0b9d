/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/volume-store-sample.h"

#include <math.h>
#include <sched.h>
#include <string.h>

#define NO_LIMIT (G_GUINT64_CONSTANT (1) << 32)
/* What is between the end of a row and the next row must stay as it was. */
#define EXTRA 6
#define GUARD 0xa5
#define WIDTH 90
#define HEIGHT 75

/* Edges are no multiples of a brick's, or are, or are a single voxel. */
static const guint shapes[][3] = {{130, 70, 67}, {64, 128, 192}, {3, 65, 129}, {1, 80, 90},
                                  {70, 1, 66},   {65, 64, 1},    {1, 1, 1},    {128, 64, 64}};
static const guint64 limits[] = {NO_LIMIT, 3 << 20, 1};

typedef struct {
  guint shape[3];
  guint bits;
  guint16 *voxels;
} Volume;

static void
clear_volume (Volume *volume)
{
  g_free (volume->voxels);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Volume, clear_volume)

/* Noise: neighbours that are taken from the wrong place show. */
static Volume
make_volume (const guint shape[3], guint bits)
{
  Volume volume = {{shape[0], shape[1], shape[2]}, bits, NULL};
  gsize n = (gsize) shape[0] * shape[1] * shape[2];

  volume.voxels = g_new (guint16, n);
  for (gsize i = 0; i < n; i++)
    volume.voxels[i] = (guint16) g_test_rand_int () >> (16 - bits);
  return volume;
}

static guint
voxel (const Volume *volume, gint64 z, gint64 y, gint64 x)
{
  return volume->voxels[(z * volume->shape[1] + y) * volume->shape[2] + x];
}

static void
save (guint8 *row, guint bits, guint column, guint value)
{
  if (bits == 8)
    row[column] = (guint8) value;
  else
    ((guint16 *) row)[column] = GUINT16_TO_LE ((guint16) value);
}

static guint
load (const guint8 *row, guint bits, guint column)
{
  return bits == 8 ? row[column] : GUINT16_FROM_LE (((const guint16 *) row)[column]);
}

static void
put (VoxelVolumeStore *store, const Volume *volume, guint z)
{
  gsize stride = volume->shape[2] * volume->bits / 8;
  g_autofree guint8 *pixels = g_malloc (stride * volume->shape[1]);
  g_autoptr (GError) error = NULL;

  for (guint y = 0; y < volume->shape[1]; y++) {
    for (guint x = 0; x < volume->shape[2]; x++)
      save (pixels + y * stride, volume->bits, x, voxel (volume, z, y, x));
  }
  g_assert_true (voxel_volume_store_put (store, 0, z, pixels, stride, &error));
  g_assert_no_error (error);
}

static VoxelVolumeStore *
fill_store (const Volume *volume, guint64 limit)
{
  g_autoptr (GError) error = NULL;
  VoxelVolumeStore *store = voxel_volume_store_new (volume->shape, volume->bits, VOXEL_VOLUME_STORE_REPLACE,
                                                    limit, g_get_tmp_dir (), &error);

  g_assert_no_error (error);
  for (guint z = 0; z < volume->shape[0]; z++)
    put (store, volume, z);
  return store;
}

/* The picture, rows one behind the other, after its surroundings are known to be left alone. */
static guint8 *
sample (VoxelVolumeStore *store, const gdouble plane[3][3], guint width, guint height, guint bits,
        VoxelVolumeStoreSampling sampling)
{
  gsize row = width * bits / 8, stride = row + EXTRA;
  g_autofree guint8 *pixels = g_malloc (stride * height);
  guint8 *packed = g_malloc (row * height);
  g_autoptr (GError) error = NULL;

  memset (pixels, GUARD, stride * height);
  g_assert_true (voxel_volume_store_sample (store, plane, width, height, sampling, pixels, stride, &error));
  g_assert_no_error (error);
  for (guint y = 0; y < height; y++) {
    memcpy (packed + y * row, pixels + y * stride, row);
    for (gsize k = row; k < stride; k++)
      g_assert_cmphex (pixels[y * stride + k], ==, GUARD);
  }
  return packed;
}

/* By the definition, in double precision. */
static gdouble
mix (const Volume *volume, const gdouble at[3])
{
  gdouble sum = 0, part[3];
  gint64 low[3];

  for (guint i = 0; i < 3; i++) {
    gdouble inside = CLAMP (at[i], 0, volume->shape[i] - 1.);

    low[i] = (gint64) floor (inside);
    part[i] = inside - low[i];
  }
  for (guint corner = 0; corner < 8; corner++) {
    gdouble weight = 1;
    gint64 index[3];

    for (guint i = 0; i < 3; i++) {
      guint upper = corner >> i & 1;

      weight *= upper ? part[i] : 1 - part[i];
      index[i] = MIN (low[i] + upper, (gint64) volume->shape[i] - 1);
    }
    sum += weight * voxel (volume, index[0], index[1], index[2]);
  }
  return sum;
}

static gboolean
is_close (gdouble a, gdouble b)
{
  return fabs (a - b) < 1e-6;
}

/* Pixels on the very edge between two voxels, or between volume and nothing, may be either. */
static void
check_pixel (const Volume *volume, const gdouble at[3], VoxelVolumeStoreSampling sampling, guint pixel,
             guint *inside)
{
  gint64 index[3];
  gdouble exact;

  for (guint i = 0; i < 3; i++) {
    if (is_close (at[i], -.5) || is_close (at[i], volume->shape[i] - .5))
      return;
    index[i] = (gint64) floor (at[i] + .5);
  }
  for (guint i = 0; i < 3; i++) {
    if (index[i] >= 0 && index[i] < volume->shape[i])
      continue;
    g_assert_cmpuint (pixel, ==, 0);
    return;
  }
  *inside += 1;
  if (sampling == VOXEL_VOLUME_STORE_LINEAR) {
    exact = mix (volume, at);
    if (fabs (pixel - exact) > .52)
      g_error ("at %f, %f, %f: %u, not %f", at[0], at[1], at[2], pixel, exact);
    return;
  }
  for (guint i = 0; i < 3; i++) {
    if (is_close (at[i] + .5, round (at[i] + .5)))
      return;
  }
  g_assert_cmpuint (pixel, ==, voxel (volume, index[0], index[1], index[2]));
}

/* Any direction and steps, also some that are not perpendicular, one pixel at a voxel's centre or near the volume. */
static void
draw_plane (const guint shape[3], gboolean at_centre, gdouble plane[3][3])
{
  gdouble size = g_test_rand_double_range (.1, 2);
  gint row = g_test_rand_int_range (0, HEIGHT), column = g_test_rand_int_range (0, WIDTH);

  for (guint i = 0; i < 3; i++) {
    plane[1][i] = g_test_rand_double_range (-size, size);
    plane[2][i] = g_test_rand_double_range (-size, size);
    plane[0][i] =
        at_centre ? g_test_rand_int_range (0, (gint) shape[i]) : g_test_rand_double_range (-2, shape[i] + 1.);
    plane[0][i] -= plane[1][i] * row + plane[2][i] * column;
  }
}

static void
check_plane (const Volume *volume, const gdouble plane[3][3], VoxelVolumeStoreSampling sampling,
             const guint8 *pixels, guint *inside)
{
  for (guint row = 0; row < HEIGHT; row++) {
    for (guint column = 0; column < WIDTH; column++) {
      gdouble at[3];

      for (guint i = 0; i < 3; i++)
        at[i] = plane[0][i] + row * plane[1][i] + column * plane[2][i];
      check_pixel (volume, at, sampling, load (pixels + row * WIDTH * volume->bits / 8, volume->bits, column),
                   inside);
    }
  }
}

/* Whatever is in memory or in the file, the picture is the definition's, and the same to the bit. */
static void
test_planes (gconstpointer data)
{
  guint bits = GPOINTER_TO_UINT (data);

  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++) {
    g_auto (Volume) volume = make_volume (shapes[s], bits);
    VoxelVolumeStore *stores[G_N_ELEMENTS (limits)];
    guint inside = 0;

    for (gsize l = 0; l < G_N_ELEMENTS (limits); l++)
      stores[l] = fill_store (&volume, limits[l]);
    g_assert_cmpuint (voxel_volume_store_get_scratch_size (stores[0]), ==, 0);
    g_assert_cmpuint (voxel_volume_store_get_scratch_size (stores[2]), >, 0);
    for (guint n = 0; n < 12; n++) {
      VoxelVolumeStoreSampling sampling = n % 2 ? VOXEL_VOLUME_STORE_LINEAR : VOXEL_VOLUME_STORE_NEAREST;
      g_autofree guint8 *pixels = NULL;
      gdouble plane[3][3];

      draw_plane (volume.shape, n % 3 == 0, plane);
      pixels = sample (stores[0], plane, WIDTH, HEIGHT, bits, sampling);
      check_plane (&volume, plane, sampling, pixels, &inside);
      for (gsize l = 1; l < G_N_ELEMENTS (limits); l++) {
        g_autofree guint8 *others = sample (stores[l], plane, WIDTH, HEIGHT, bits, sampling);

        g_assert_cmpmem (others, WIDTH * HEIGHT * bits / 8, pixels, WIDTH * HEIGHT * bits / 8);
      }
    }
    g_assert_cmpuint (inside, >, 0);
    for (gsize l = 0; l < G_N_ELEMENTS (limits); l++)
      voxel_volume_store_free (stores[l]);
  }
}

/* Planes of whole voxels are the slices, read in either direction. */
static void
test_slices (gconstpointer data)
{
  guint bits = GPOINTER_TO_UINT (data), bytes = bits / 8;

  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++) {
    g_auto (Volume) volume = make_volume (shapes[s], bits);
    const guint *shape = volume.shape;

    for (guint n = 0; n < 2 * 2 * 2 * 3; n++) {
      VoxelVolumeStoreSampling sampling = n & 1 ? VOXEL_VOLUME_STORE_LINEAR : VOXEL_VOLUME_STORE_NEAREST;
      g_autoptr (VoxelVolumeStore) store = fill_store (&volume, n & 2 ? NO_LIMIT : 1);
      guint axis = n >> 3, rows = shape[(axis + 1) % 3], columns = shape[(axis + 2) % 3];
      guint index = (guint) g_test_rand_int_range (0, (gint) shape[axis]);
      gdouble plane[3][3] = {{0}};
      g_autofree guint8 *pixels = NULL, *expected = g_malloc (rows * columns * bytes);

      plane[0][axis] = index;
      plane[1][(axis + 1) % 3] = n & 4 ? -1 : 1;
      plane[0][(axis + 1) % 3] = n & 4 ? rows - 1. : 0;
      plane[2][(axis + 2) % 3] = 1;
      pixels = sample (store, plane, columns, rows, bits, sampling);
      g_assert_true (voxel_volume_store_get (store, axis, index, expected, columns * bytes, NULL));
      for (guint row = 0; row < rows; row++) {
        guint from = n & 4 ? rows - 1 - row : row;

        g_assert_cmpmem (pixels + row * columns * bytes, columns * bytes, expected + from * columns * bytes,
                         columns * bytes);
      }
    }
  }
}

/* The edge's voxel goes on for half a voxel, then there is nothing. */
static void
test_edges (void)
{
  const guint shape[3] = {2, 3, 64};
  g_auto (Volume) volume = make_volume (shape, 16);
  g_autoptr (VoxelVolumeStore) store = fill_store (&volume, NO_LIMIT);
  const gdouble places[] = {-.5 - 0x1p-20, -.5, -.25, 0, 63, 63.25, 63.5 - 0x1p-20, 63.5};

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    const gdouble plane[3][3] = {{1, 2, places[i]}, {1, 0, 0}, {0, 1, 0}};

    for (guint sampling = 0; sampling < 2; sampling++) {
      g_autofree guint8 *pixel = sample (store, plane, 1, 1, 16, sampling);
      gboolean outside = i == 0 || i == G_N_ELEMENTS (places) - 1;

      g_assert_cmpuint (load (pixel, 16, 0), ==, outside ? 0 : voxel (&volume, 1, 2, i < 4 ? 0 : 63));
    }
  }
}

/* Slices that wait to be moved into the bricks together are in the picture, as are zeros where there is none. */
static void
test_unwritten (void)
{
  const guint shape[3] = {100, 70, 70}, unknown[3] = {0, 70, 70};
  g_auto (Volume) volume = make_volume (shape, 8);
  const gdouble plane[3][3] = {{0, 30, 0}, {1, 0, 0}, {0, 0, 1}};

  for (guint n = 0; n < 4; n++) {
    g_autoptr (VoxelVolumeStore) store = voxel_volume_store_new (
        n & 1 ? shape : unknown, 8, VOXEL_VOLUME_STORE_REPLACE, n & 2 ? NO_LIMIT : 1, g_get_tmp_dir (), NULL);
    g_autofree guint8 *pixels = NULL;

    for (guint z = 0; z < 77; z++)
      put (store, &volume, z);
    pixels = sample (store, plane, 70, 100, 8, VOXEL_VOLUME_STORE_LINEAR);
    for (guint z = 0; z < 100; z++) {
      for (guint x = 0; x < 70; x++)
        g_assert_cmpuint (pixels[z * 70 + x], ==, z < 77 ? voxel (&volume, z, 30, x) : 0);
    }
    /* It goes on afterwards. */
    put (store, &volume, 77);
    g_clear_pointer (&pixels, g_free);
    pixels = sample (store, plane, 70, 100, 8, VOXEL_VOLUME_STORE_NEAREST);
    g_assert_cmpuint (pixels[77 * 70 + 5], ==, voxel (&volume, 77, 30, 5));
  }
}

/* One thread and all there are make the same, within the same memory. */
static void
test_threads (void)
{
  const guint shape[3] = {200, 190, 180};
  const guint64 limit = 9 << 20;
  g_auto (Volume) volume = make_volume (shape, 16);
  g_autoptr (VoxelVolumeStore) all = fill_store (&volume, limit);
  VoxelVolumeStore *one;
  cpu_set_t before, single;

  g_assert_cmpint (sched_getaffinity (0, sizeof before, &before), ==, 0);
  CPU_ZERO (&single);
  for (gint i = 0; i < CPU_SETSIZE && CPU_COUNT (&single) == 0; i++) {
    if (CPU_ISSET (i, &before))
      CPU_SET (i, &single);
  }
  g_assert_cmpint (sched_setaffinity (0, sizeof single, &single), ==, 0);
  one = fill_store (&volume, limit);
  g_assert_cmpint (sched_setaffinity (0, sizeof before, &before), ==, 0);
  for (guint n = 0; n < 20; n++) {
    VoxelVolumeStoreSampling sampling = n % 2 ? VOXEL_VOLUME_STORE_LINEAR : VOXEL_VOLUME_STORE_NEAREST;
    g_autofree guint8 *first = NULL, *second = NULL;
    gdouble plane[3][3];

    draw_plane (shape, TRUE, plane);
    first = sample (all, plane, 256, 200, 16, sampling);
    second = sample (one, plane, 256, 200, 16, sampling);
    g_assert_cmpmem (first, 256 * 200 * 2, second, 256 * 200 * 2);
  }
  g_assert_cmpuint (voxel_volume_store_get_scratch_size (all), >, 0);
  g_assert_cmpuint (voxel_volume_store_get_peak_memory (all), <=, limit);
  voxel_volume_store_free (one);
}

/* Steps longer than a brick leave no two pixels in one. */
static void
test_long_steps (void)
{
  const guint shape[3] = {150, 160, 170};
  g_auto (Volume) volume = make_volume (shape, 8);
  const gdouble plane[3][3] = {{0, 0, 0}, {70, 0, 80}, {5, 78, 0}};

  for (gsize l = 0; l < G_N_ELEMENTS (limits); l++) {
    g_autoptr (VoxelVolumeStore) store = fill_store (&volume, limits[l]);
    g_autofree guint8 *pixels = sample (store, plane, 3, 3, 8, VOXEL_VOLUME_STORE_LINEAR);

    for (guint row = 0; row < 3; row++) {
      for (guint column = 0; column < 3; column++) {
        guint z = row * 70 + column * 5, y = column * 78, x = row * 80;

        g_assert_cmpuint (pixels[row * 3 + column], ==, z < shape[0] ? voxel (&volume, z, y, x) : 0);
      }
    }
  }
}

static void
test_refused (void)
{
  const guint shape[3] = {4, 5, 6}, unknown[3] = {0, 5, 6}, long_rows[3] = {1, 1, 131073};
  const gdouble plane[3][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}},
                far[3][3] = {{0, 2e9, 0}, {1, 0, 0}, {0, 1, 0}};
  const gdouble none[3][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1, NAN}};
  g_autoptr (VoxelVolumeStore) good =
      voxel_volume_store_new (shape, 8, VOXEL_VOLUME_STORE_REPLACE, NO_LIMIT, "/", NULL);
  g_autoptr (VoxelVolumeStore) empty =
      voxel_volume_store_new (unknown, 8, VOXEL_VOLUME_STORE_REPLACE, NO_LIMIT, "/", NULL);
  g_autoptr (VoxelVolumeStore) wide =
      voxel_volume_store_new (shape, 32, VOXEL_VOLUME_STORE_REPLACE, NO_LIMIT, "/", NULL);
  g_autoptr (VoxelVolumeStore) rows =
      voxel_volume_store_new (long_rows, 8, VOXEL_VOLUME_STORE_REPLACE, NO_LIMIT, "/", NULL);
  const struct {
    VoxelVolumeStore *store;
    const gdouble (*plane)[3];
    const gchar *says;
  } cases[] = {{good, far, "2e+09"},
               {good, none, "nan"},
               {empty, plane, "without slices"},
               {wide, plane, "32"},
               {rows, plane, "131072"}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 pixel[4];
    g_autoptr (GError) error = NULL;

    g_assert_false (voxel_volume_store_sample (cases[i].store, cases[i].plane, 1, 1,
                                               VOXEL_VOLUME_STORE_LINEAR, pixel, 4, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    g_assert_nonnull (strstr (error->message, cases[i].says));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/volume-store-sample/planes/8", GUINT_TO_POINTER (8), test_planes);
  g_test_add_data_func ("/volume-store-sample/planes/16", GUINT_TO_POINTER (16), test_planes);
  g_test_add_data_func ("/volume-store-sample/slices/8", GUINT_TO_POINTER (8), test_slices);
  g_test_add_data_func ("/volume-store-sample/slices/16", GUINT_TO_POINTER (16), test_slices);
  g_test_add_func ("/volume-store-sample/edges", test_edges);
  g_test_add_func ("/volume-store-sample/unwritten", test_unwritten);
  g_test_add_func ("/volume-store-sample/threads", test_threads);
  g_test_add_func ("/volume-store-sample/long-steps", test_long_steps);
  g_test_add_func ("/volume-store-sample/refused", test_refused);
  return g_test_run ();
}
