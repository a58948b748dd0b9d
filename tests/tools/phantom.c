/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tools/voxel/phantom.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <tiffio.h>

#include "tools/voxel/phantom-field.h"
#include "models/random.h"

static const gsize shape[3] = {40, 48, 56};
#define VOXELS ((gsize) 40 * 48 * 56)

static VoxelPhantom *
make (guint64 seed, guint threads)
{
  g_autoptr (GError) error = NULL;
  VoxelPhantom *phantom = voxel_phantom_new (shape, seed, threads, &error);

  g_assert_no_error (error);
  return phantom;
}

/* Known answers of Philox 4x32-10 for a key and counter of zeros: 6627e8d5 e169c58d bc57ac4c 9b00dbd8. */
static void
test_random (void)
{
  VoxelRandom random, jumped;
  gdouble sum = 0, squares = 0;
  guint beyond = 0;

  voxel_random_init (&random, 0, 0, 0);
  g_assert_cmpfloat (voxel_random_uniform (&random, 0, 1), ==, (0x6627e8d5 + .5) * 0x1p-32);
  voxel_random_uniform (&random, 0, 1);
  voxel_random_init (&jumped, 0, 0, 2);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpfloat (voxel_random_uniform (&random, 2, 3), ==, voxel_random_uniform (&jumped, 2, 3));
  voxel_random_init (&random, 7, 1, 0);
  for (guint i = 0; i < 400000; i++) {
    gdouble z = voxel_random_normal (&random);

    sum += z;
    squares += z * z;
    beyond += fabs (z) > 2;
  }
  g_assert_cmpfloat_with_epsilon (sum / 400000, 0, .01);
  g_assert_cmpfloat_with_epsilon (squares / 400000, 1, .01);
  g_assert_cmpfloat_with_epsilon (beyond / 400000., erfc (2 / G_SQRT2), .002);
}

static void
test_math (void)
{
  for (gdouble x = 1e-9; x < 700; x *= 1.37) {
    g_assert_cmpfloat_with_epsilon (voxel_math_log (x), log (x), 1e-13);
    if (x < 100)
      g_assert_cmpfloat_with_epsilon (voxel_math_exp (-x) / exp (-x), 1, 1e-11);
    if (x < 1)
      g_assert_cmpfloat_with_epsilon (voxel_math_cbrt (x), cbrt (x), 1e-14);
  }
  for (gdouble degrees = -720; degrees <= 720; degrees += 7.5) {
    gdouble sine, cosine;

    voxel_math_sine_cosine (degrees, &sine, &cosine);
    g_assert_cmpfloat_with_epsilon (sine, sin (degrees * G_PI / 180), 1e-14);
    g_assert_cmpfloat_with_epsilon (cosine, cos (degrees * G_PI / 180), 1e-14);
  }
}

static gdouble
g (gdouble x)
{
  return exp (-x * x / (2 * 1.5 * 1.5));
}

/* A point becomes a Gaussian that keeps its sum, over a wrapped border or a mirrored one. */
static void
test_blur (void)
{
  static const gsize sides[3] = {20, 24, 300};
  const gsize total = sides[0] * sides[1] * sides[2];

  for (guint wrap = 0; wrap < 2; wrap++) {
    g_autofree gfloat *field = g_new0 (gfloat, total);
    gdouble sum = 0;

    field[0] = 1;
    voxel_field_blur (field, sides, 1.5, wrap, 2);
    for (gsize i = 0; i < total; i++)
      sum += field[i];
    g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
    g_assert_cmpfloat_with_epsilon (field[3] / field[2],
                                    wrap ? g (3) / g (2) : (g (3) + g (4)) / (g (2) + g (3)), 1e-4);
    g_assert_cmpint (field[299] > 1e-3, ==, wrap);
  }
}

static void
test_deterministic (void)
{
  g_autoptr (VoxelPhantom) one = make (1, 1), again = make (1, 3), other = make (2, 1);
  g_autofree gchar *digest = NULL;

  g_assert_cmpmem (one->image, 2 * VOXELS, again->image, 2 * VOXELS);
  g_assert_cmpmem (one->label, VOXELS, again->label, VOXELS);
  g_assert_cmpint (memcmp (one->image, other->image, 2 * VOXELS), !=, 0);
  g_assert_cmpint (memcmp (one->label, other->label, VOXELS), !=, 0);
  /* A change of this number changes every phantom that scores were printed for. */
  digest = g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guchar *) one->image, 2 * VOXELS);
  g_assert_cmpstr (digest, ==, "806cc967467f7a4efbffc07e3149a182");
}

static void
test_contrast (void)
{
  g_autoptr (VoxelPhantom) phantom = make (3, 2);
  gdouble sum[2] = {0}, step = 0;
  gsize n[2] = {0}, steps = 0;

  for (gsize i = 0; i < VOXELS; i++) {
    g_assert_true (phantom->label[i] == 0 || phantom->label[i] == 255);
    sum[phantom->label[i] != 0] += phantom->image[i];
    n[phantom->label[i] != 0]++;
    if (i % 2 == 1 && !phantom->label[i] && !phantom->label[i - 1]) {
      step += pow ((gdouble) phantom->image[i] - phantom->image[i - 1], 2);
      steps++;
    }
  }
  g_assert_cmpfloat (n[1], >=, .006 * VOXELS);
  g_assert_cmpfloat (n[1], <, .5 * VOXELS);
  /* The contrast is 8000 counts; drift, blobs and blur take and add some. */
  g_assert_cmpfloat_with_epsilon (sum[1] / n[1] - sum[0] / n[0], 7000, 4000);
  /* Neighbours differ by noise, of which the deviation is .24 in tissue, and a little texture. */
  g_assert_cmpfloat_with_epsilon (sqrt (step / steps / 2) / 8000, .25, .02);
}

static void
test_shapes (void)
{
  static const gsize small[3] = {16, 15, 16}, large[3] = {16, 16, 2049};
  g_autoptr (GError) error = NULL;

  g_assert_null (voxel_phantom_new (small, 1, 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (voxel_phantom_new (large, 1, 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
check_slice (const gchar *folder, const gchar *part, gsize z, gconstpointer pixels, guint bits)
{
  g_autofree gchar *name = g_strdup_printf ("%s/%s/%04" G_GSIZE_FORMAT ".tif", folder, part, z);
  gsize bytes = shape[1] * shape[2] * bits / 8;
  g_autofree guint8 *read = g_malloc (bytes);
  TIFF *tiff = TIFFOpen (name, "r");
  guint32 width, height;
  guint16 depth;

  g_assert_nonnull (tiff);
  g_assert_true (TIFFGetField (tiff, TIFFTAG_IMAGEWIDTH, &width));
  g_assert_true (TIFFGetField (tiff, TIFFTAG_IMAGELENGTH, &height));
  g_assert_true (TIFFGetField (tiff, TIFFTAG_BITSPERSAMPLE, &depth));
  g_assert_cmpuint (width, ==, shape[2]);
  g_assert_cmpuint (height, ==, shape[1]);
  g_assert_cmpuint (depth, ==, bits);
  g_assert_cmpint (TIFFReadEncodedStrip (tiff, 0, read, bytes), ==, bytes);
  g_assert_cmpmem (read, bytes, (const guint8 *) pixels + z * bytes, bytes);
  TIFFClose (tiff);
}

static guint
count_entries (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *inside = g_build_filename (path, name, NULL);

    remove_tree (inside);
  }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
test_save (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *root = g_dir_make_tmp ("voxel-XXXXXX", &error);
  g_autofree gchar *folder = g_build_filename (root, "deep", "phantom", NULL);
  g_autofree gchar *images = g_build_filename (folder, "images", NULL);
  g_autofree gchar *own = g_build_filename (folder, "notes.txt", NULL);
  g_autofree gchar *older = g_build_filename (images, "0100.tif", NULL);
  g_autoptr (VoxelPhantom) phantom = make (1, 2);

  g_assert_true (voxel_phantom_save (phantom, folder, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_entries (folder), ==, 2);
  g_assert_cmpuint (count_entries (images), ==, shape[0]);
  for (gsize z = 0; z < shape[0]; z += 13) {
    check_slice (folder, "images", z, phantom->image, 16);
    check_slice (folder, "labels", z, phantom->label, 8);
  }
  g_assert_false (voxel_phantom_save (phantom, folder, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, folder));
  g_clear_error (&error);

  /* An older, longer phantom leaves no slices behind; what is not a phantom's stays. */
  g_assert_true (g_file_set_contents (own, "x", 1, NULL));
  g_assert_true (g_file_set_contents (older, "x", 1, NULL));
  g_assert_true (voxel_phantom_save (phantom, folder, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_entries (images), ==, shape[0]);
  g_assert_cmpuint (count_entries (folder), ==, 3);

  g_assert_false (voxel_phantom_save (phantom, own, FALSE, &error));
  g_assert_nonnull (strstr (error->message, own));
  remove_tree (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/phantom/random", test_random);
  g_test_add_func ("/tools/phantom/math", test_math);
  g_test_add_func ("/tools/phantom/blur", test_blur);
  g_test_add_func ("/tools/phantom/deterministic", test_deterministic);
  g_test_add_func ("/tools/phantom/contrast", test_contrast);
  g_test_add_func ("/tools/phantom/shapes", test_shapes);
  g_test_add_func ("/tools/phantom/save", test_save);
  return g_test_run ();
}
