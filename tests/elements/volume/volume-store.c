/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/brick-scratch.h"
#include "elements/volume/volume-store.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#define NO_LIMIT (G_GUINT64_CONSTANT (1) << 32)
/* Odd strides show where one is forgotten. */
#define EXTRA 6

static const guint orders[][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}};

static guint
voxel (guint z, guint y, guint x)
{
  return (z * 7919u + y * 104729u + x * 1299709u + z * y * 31u + x * y * 17u) >> 3;
}

/* The slice's pixel by the definition of the axes: z: rows y, columns x; y: rows x, columns z; x: rows z,
 * columns y. */
static guint
slice_pixel (guint axis, guint index, guint row, guint column)
{
  if (axis == 0)
    return voxel (index, row, column);
  if (axis == 1)
    return voxel (column, index, row);
  return voxel (row, column, index);
}

static guint
largest (guint bits)
{
  return bits == 32 ? G_MAXUINT32 : (1u << bits) - 1;
}

static guint
bytes_of (guint bits)
{
  return (bits + 7) / 8;
}

/* What the sum of @factor times @value is in @bits. */
static guint
sum (guint value, guint factor, guint bits)
{
  value &= largest (8 * bytes_of (bits));
  return bits < 8 ? MIN (MIN (value, largest (bits)) * factor, largest (bits))
                  : (value * factor) & largest (bits);
}

static guint
load (const guint8 *at, guint bytes)
{
  guint value = 0;

  memcpy (&value, at, bytes);
  return GUINT32_FROM_LE (value);
}

static void
save (guint8 *at, guint bytes, guint value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, bytes);
}

static void
put_axis (VoxelVolumeStore *store, const guint shape[3], guint bits, guint axis)
{
  guint bytes = bytes_of (bits);
  guint rows = shape[(axis + 1) % 3], columns = shape[(axis + 2) % 3];
  gsize stride = (gsize) columns * bytes + EXTRA * bytes;
  g_autofree guint8 *pixels = g_malloc (rows * stride);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < shape[axis]; i++) {
    for (guint r = 0; r < rows; r++) {
      for (guint c = 0; c < columns; c++)
        save (pixels + r * stride + c * bytes, bytes, slice_pixel (axis, i, r, c));
    }
    g_assert_true (voxel_volume_store_put (store, axis, i, pixels, stride, &error));
    g_assert_no_error (error);
  }
}

static void
check_axis (VoxelVolumeStore *store, const guint shape[3], guint bits, guint axis, guint factor)
{
  guint bytes = bytes_of (bits);
  guint rows = shape[(axis + 1) % 3], columns = shape[(axis + 2) % 3];
  gsize stride = (gsize) columns * bytes + EXTRA * bytes;
  g_autofree guint8 *pixels = g_malloc (rows * stride);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < shape[axis]; i++) {
    memset (pixels, 0xa5, rows * stride);
    g_assert_true (voxel_volume_store_get (store, axis, i, pixels, stride, &error));
    g_assert_no_error (error);
    for (guint r = 0; r < rows; r++) {
      for (guint c = 0; c < columns; c++) {
        guint expected = sum (slice_pixel (axis, i, r, c), factor, bits);

        if (load (pixels + r * stride + c * bytes, bytes) != expected)
          g_error ("axis %u slice %u row %u column %u: %u, not %u", axis, i, r, c,
                   load (pixels + r * stride + c * bytes, bytes), expected);
      }
      for (gsize k = (gsize) columns * bytes; k < stride; k++)
        g_assert_cmphex (pixels[r * stride + k], ==, 0xa5);
    }
  }
}

static VoxelVolumeStore *
new_store (const guint shape[3], guint bits, VoxelVolumeStoreMode mode, guint64 limit)
{
  g_autoptr (GError) error = NULL;
  VoxelVolumeStore *store = voxel_volume_store_new (shape, bits, mode, limit, g_get_tmp_dir (), &error);

  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

static const guint shapes[][3] = {{64, 96, 96}, {130, 70, 67}, {1, 5, 3}, {3, 65, 129}, {71, 8, 16}};
static const guint sizes[] = {1, 2, 8, 16, 32};

/* Every axis put, every axis read, in memory, partly and wholly in the file. */
static void
test_axes (gconstpointer data)
{
  guint64 limit = GPOINTER_TO_SIZE (data);

  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++) {
    for (gsize b = 0; b < G_N_ELEMENTS (sizes); b++) {
      for (guint in = 0; in < 3; in++) {
        g_autoptr (VoxelVolumeStore) store =
            new_store (shapes[s], sizes[b], VOXEL_VOLUME_STORE_REPLACE, limit);

        put_axis (store, shapes[s], sizes[b], in);
        for (guint out = 0; out < 3; out++)
          check_axis (store, shapes[s], sizes[b], out, 1);
      }
    }
  }
}

static void
test_add (gconstpointer data)
{
  guint64 limit = GPOINTER_TO_SIZE (data);

  for (gsize b = 0; b < G_N_ELEMENTS (sizes); b++) {
    for (gsize o = 0; o < G_N_ELEMENTS (orders); o++) {
      g_autoptr (VoxelVolumeStore) store = new_store (shapes[1], sizes[b], VOXEL_VOLUME_STORE_ADD, limit);

      for (guint k = 0; k < 3; k++)
        put_axis (store, shapes[1], sizes[b], orders[o][k]);
      for (guint out = 0; out < 3; out++)
        check_axis (store, shapes[1], sizes[b], out, 3);
    }
  }
}

/* Every axis has votes of its own, so that each count from 0 to 3 comes about, also above what a voxel holds. */
static void
test_votes (gconstpointer data)
{
  guint64 limit = GPOINTER_TO_SIZE (data);

  for (guint bits = 1; bits <= 2; bits++) {
    const guint *shape = shapes[1];
    g_autoptr (VoxelVolumeStore) store = new_store (shape, bits, VOXEL_VOLUME_STORE_ADD, limit);
    g_autofree guint8 *pixels = g_malloc (130 * 130);
    g_autoptr (GError) error = NULL;

    for (guint axis = 0; axis < 3; axis++) {
      guint rows = shape[(axis + 1) % 3], columns = shape[(axis + 2) % 3];

      for (guint i = 0; i < shape[axis]; i++) {
        for (guint p = 0; p < rows * columns; p++)
          pixels[p] = slice_pixel (axis, i, p / columns, p % columns) >> axis & 1;
        g_assert_true (voxel_volume_store_put (store, axis, i, pixels, columns, &error));
      }
    }
    for (guint z = 0; z < shape[0]; z++) {
      g_assert_true (voxel_volume_store_get (store, 0, z, pixels, shape[2], &error));
      for (guint p = 0; p < shape[1] * shape[2]; p++) {
        guint votes = (guint) __builtin_popcount (slice_pixel (0, z, p / shape[2], p % shape[2]) & 7);

        g_assert_cmpuint (pixels[p], ==, MIN (votes, largest (bits)));
      }
    }
  }
}

/* What a count of votes takes, in memory and in the file. */
static void
test_packed_size (void)
{
  const guint shape[3] = {128, 128, 128};

  for (guint bits = 1; bits <= 2; bits++) {
    g_autoptr (VoxelVolumeStore) filed = new_store (shape, bits, VOXEL_VOLUME_STORE_ADD, 1);
    g_autoptr (VoxelVolumeStore) held = new_store (shape, bits, VOXEL_VOLUME_STORE_ADD, 3 << 20);

    put_axis (filed, shape, bits, 2);
    put_axis (held, shape, bits, 2);
    g_assert_cmpuint (voxel_volume_store_get_scratch_size (filed), ==, 128 * 128 * 128 / 8 * bits);
    g_assert_cmpuint (voxel_volume_store_get_scratch_size (held), ==, 0);
    g_assert_cmpuint (voxel_volume_store_get_peak_memory (held), <=, 3 << 20);
  }
}

static void
test_growing (void)
{
  static const guint64 limits[] = {NO_LIMIT, 3 << 20, 1};
  const guint unknown[3] = {0, shapes[1][1], shapes[1][2]};

  for (gsize l = 0; l < G_N_ELEMENTS (limits); l++) {
    g_autoptr (VoxelVolumeStore) store = new_store (unknown, 16, VOXEL_VOLUME_STORE_REPLACE, limits[l]);

    g_assert_cmpuint (voxel_volume_store_get_depth (store), ==, 0);
    put_axis (store, shapes[1], 16, 0);
    g_assert_cmpuint (voxel_volume_store_get_depth (store), ==, shapes[1][0]);
    for (guint out = 0; out < 3; out++)
      check_axis (store, shapes[1], 16, out, 1);
  }
}

static void
test_limit (void)
{
  const guint shape[3] = {200, 100, 90};
  const guint64 limits[] = {NO_LIMIT, 20 << 20, 8 << 20, 5 << 20, 3 << 20};

  for (gsize l = 0; l < G_N_ELEMENTS (limits); l++) {
    g_autoptr (VoxelVolumeStore) store = new_store (shape, 16, VOXEL_VOLUME_STORE_REPLACE, limits[l]);

    put_axis (store, shape, 16, 0);
    for (guint out = 0; out < 3; out++)
      check_axis (store, shape, 16, out, 1);
    g_assert_cmpuint (voxel_volume_store_get_peak_memory (store), <=, limits[l]);
    if (limits[l] == NO_LIMIT)
      g_assert_cmpuint (voxel_volume_store_get_scratch_size (store), ==, 0);
    else if (limits[l] <= 8 << 20)
      g_assert_cmpuint (voxel_volume_store_get_scratch_size (store), >, 0);
  }
}

/* A limit that leaves room for bricks of several workers, and not for the volume. */
static void
test_workers (void)
{
  const guint shape[3] = {300, 190, 200};
  const guint64 limit = 9 << 20;
  g_autoptr (VoxelVolumeStore) store = new_store (shape, 8, VOXEL_VOLUME_STORE_ADD, limit);

  put_axis (store, shape, 8, 2);
  put_axis (store, shape, 8, 1);
  for (guint out = 0; out < 3; out++)
    check_axis (store, shape, 8, out, 2);
  g_assert_cmpuint (voxel_volume_store_get_scratch_size (store), >, limit);
  g_assert_cmpuint (voxel_volume_store_get_peak_memory (store), <=, limit);
}

static void
test_gaps (void)
{
  const guint shape[3] = {70, 20, 20};
  g_autoptr (VoxelVolumeStore) store = new_store (shape, 8, VOXEL_VOLUME_STORE_REPLACE, 1);
  guint8 pixels[20 * 20];
  g_autoptr (GError) error = NULL;

  memset (pixels, 9, sizeof pixels);
  g_assert_true (voxel_volume_store_put (store, 0, 65, pixels, 20, &error));
  g_assert_true (voxel_volume_store_get (store, 0, 3, pixels, 20, &error));
  g_assert_cmpuint (pixels[0], ==, 0);
  g_assert_true (voxel_volume_store_get (store, 0, 65, pixels, 20, &error));
  g_assert_cmpuint (pixels[399], ==, 9);
}

static void
test_errors (void)
{
  const guint shape[3] = {70, 20, 20}, flat[3] = {5, 0, 7};
  const guint far_too_large[3] = {1000000, 20000, 20000};
  g_autoptr (VoxelVolumeStore) store = new_store (shape, 8, VOXEL_VOLUME_STORE_REPLACE, NO_LIMIT);
  VoxelVolumeStore *none;
  guint8 pixels[400] = {0};
  g_autoptr (GError) error = NULL;

  g_assert_false (voxel_volume_store_put (store, 0, 70, pixels, 20, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_clear_error (&error);
  g_assert_false (voxel_volume_store_get (store, 2, 20, pixels, 20, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_clear_error (&error);
  none = voxel_volume_store_new (flat, 8, VOXEL_VOLUME_STORE_REPLACE, NO_LIMIT, "/", &error);
  g_assert_null (none);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_clear_error (&error);
  none = voxel_volume_store_new (shape, 8, VOXEL_VOLUME_STORE_REPLACE, 1, "/nowhere/at/all", &error);
  g_assert_null (none);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "/nowhere/at/all"));
  g_clear_error (&error);
  /* 800 TB: more than this disk has, and said before anything is stored. */
  none = voxel_volume_store_new (far_too_large, 16, VOXEL_VOLUME_STORE_REPLACE, 1 << 20, g_get_tmp_dir (),
                                 &error);
  g_assert_null (none);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  g_assert_nonnull (strstr (error->message, g_get_tmp_dir ()));
}

/* Set aside before anything is written, where the file system can: a second file then sees what is left. */
static void
test_reserve (void)
{
  const guint64 size = 3 << 20;
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelBrickScratch) scratch = voxel_brick_scratch_new (g_get_tmp_dir (), size, &error);
  g_autoptr (VoxelBrickScratch) unknown = voxel_brick_scratch_new (g_get_tmp_dir (), 0, &error);
  guint8 bytes[16];

  g_assert_no_error (error);
  g_assert_cmpuint (voxel_brick_scratch_get_size (scratch), ==, 0);
  g_assert_cmpuint (voxel_brick_scratch_get_reserved (unknown), <, size);
  memset (bytes, 7, sizeof bytes);
  g_assert_true (voxel_brick_scratch_read (scratch, size / 2, bytes, sizeof bytes, &error));
  for (gsize i = 0; i < sizeof bytes; i++)
    g_assert_cmpuint (bytes[i], ==, 0);
  if (voxel_brick_scratch_get_reserved (scratch) == 0)
    g_test_skip ("this file system sets nothing aside");
  else
    g_assert_cmpuint (voxel_brick_scratch_get_reserved (scratch), >=, size);
}

/* A limit on the file's size stands for a disk that fills up while writing. */
static void
test_write_fails (void)
{
  const guint shape[3] = {130, 64, 64};
  g_autoptr (VoxelVolumeStore) store = new_store (shape, 8, VOXEL_VOLUME_STORE_REPLACE, 1);
  g_autofree guint8 *pixels = g_malloc0 (64 * 64);
  g_autoptr (GError) error = NULL;
  struct rlimit old, small;
  gboolean ok = TRUE;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 300000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  for (guint z = 0; z < 130 && ok; z++)
    ok = voxel_volume_store_put (store, 0, z, pixels, 64, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_false (ok);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, g_get_tmp_dir ()));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/volume-store/axes/memory", GSIZE_TO_POINTER (NO_LIMIT), test_axes);
  g_test_add_data_func ("/volume-store/axes/half", GSIZE_TO_POINTER (3 << 20), test_axes);
  g_test_add_data_func ("/volume-store/axes/scratch", GSIZE_TO_POINTER (1 << 20), test_axes);
  g_test_add_data_func ("/volume-store/axes/least", GSIZE_TO_POINTER (1), test_axes);
  g_test_add_data_func ("/volume-store/add/memory", GSIZE_TO_POINTER (NO_LIMIT), test_add);
  g_test_add_data_func ("/volume-store/add/scratch", GSIZE_TO_POINTER (1), test_add);
  g_test_add_data_func ("/volume-store/votes/memory", GSIZE_TO_POINTER (NO_LIMIT), test_votes);
  g_test_add_data_func ("/volume-store/votes/half", GSIZE_TO_POINTER (1 << 20), test_votes);
  g_test_add_data_func ("/volume-store/votes/scratch", GSIZE_TO_POINTER (1), test_votes);
  g_test_add_func ("/volume-store/packed-size", test_packed_size);
  g_test_add_func ("/volume-store/growing", test_growing);
  g_test_add_func ("/volume-store/limit", test_limit);
  g_test_add_func ("/volume-store/workers", test_workers);
  g_test_add_func ("/volume-store/gaps", test_gaps);
  g_test_add_func ("/volume-store/errors", test_errors);
  g_test_add_func ("/volume-store/reserve", test_reserve);
  g_test_add_func ("/volume-store/write-fails", test_write_fails);
  return g_test_run ();
}
