/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUARD 0xA5

static gsize
get_bytes (const VoxelAugmentPicture *picture)
{
  return picture->stride * (picture->height - 1) + (gsize) picture->width * picture->pixel_size;
}

/* Whole pages around a picture that ends with the last but one; sanitizers do not see what vectors gather. */
static gsize
get_map_bytes (const VoxelAugmentPicture *picture)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);

  return (get_bytes (picture) + page - 1) / page * page + page;
}

VoxelAugmentPicture
augment_picture_new (guint width, guint height, guint pixel_size)
{
  VoxelAugmentPicture picture = {NULL, (gsize) (width + 5) * pixel_size, width, height, pixel_size};
  const gsize all = get_map_bytes (&picture), bytes = get_bytes (&picture),
              page = (gsize) sysconf (_SC_PAGESIZE);
  guint8 *map = mmap (NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  g_assert_true (map != MAP_FAILED);
  g_assert_cmpint (mprotect (map + all - page, page, PROT_NONE), ==, 0);
  picture.pixels = map + all - page - bytes;
  memset (picture.pixels, GUARD, bytes);
  return picture;
}

void
augment_picture_clear (VoxelAugmentPicture *picture)
{
  if (!picture->pixels)
    return;
  munmap (picture->pixels + get_bytes (picture) + sysconf (_SC_PAGESIZE) - get_map_bytes (picture),
          get_map_bytes (picture));
  picture->pixels = NULL;
}

guint
augment_picture_get (const VoxelAugmentPicture *picture, guint x, guint y)
{
  const guint8 *row = picture->pixels + y * picture->stride;
  guint16 value;

  if (picture->pixel_size == 1)
    return row[x];
  memcpy (&value, row + 2 * x, 2);
  return GUINT16_FROM_LE (value);
}

void
augment_picture_set (const VoxelAugmentPicture *picture, guint x, guint y, guint pixel)
{
  guint8 *row = picture->pixels + y * picture->stride;
  guint16 value = GUINT16_TO_LE ((guint16) pixel);

  if (picture->pixel_size == 1)
    row[x] = (guint8) pixel;
  else
    memcpy (row + 2 * x, &value, 2);
}

VoxelAugmentPicture
augment_picture_load (const gchar *name)
{
  g_autofree gchar *file =
      g_strdup_printf (g_str_has_prefix (name, "tone-") ? "%s.pgm" : "geometry-%s.pgm", name);
  g_autofree gchar *path = g_test_build_filename (G_TEST_DIST, "fixtures", file, NULL);
  g_autofree gchar *bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint width, height, most, size;
  VoxelAugmentPicture picture;
  const guint8 *from;
  gsize length;

  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sscanf (bytes, "P5\n%u %u\n%u\n", &width, &height, &most), ==, 3);
  size = most > 255 ? 2 : 1;
  picture = augment_picture_new (width, height, size);
  g_assert_cmpuint (length, >, (gsize) width * height * size);
  from = (const guint8 *) bytes + length - (gsize) width * height * size;
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++, from += size)
      augment_picture_set (&picture, x, y, size == 1 ? from[0] : (guint) from[0] << 8 | from[1]);
  return picture;
}

void
augment_picture_fill (const VoxelAugmentPicture *picture, guint seed)
{
  VoxelRandom random;

  voxel_random_init (&random, seed, 1, 0);
  for (guint y = 0; y < picture->height; y++)
    for (guint x = 0; x < picture->width; x++)
      augment_picture_set (picture, x, y,
                           (guint) voxel_random_uniform (&random, 0, picture->pixel_size == 1 ? 256 : 65536));
}

/* Balls of 255 on 0, and some of 128. */
void
augment_picture_fill_label (const VoxelAugmentPicture *label, guint seed, gboolean ignore)
{
  VoxelRandom random;

  voxel_random_init (&random, seed, 2, 0);
  for (guint y = 0; y < label->height; y++)
    memset (label->pixels + y * label->stride, 0, label->width);
  for (guint ball = 0; ball < 24; ball++) {
    gdouble x0 = voxel_random_uniform (&random, 0, label->width);
    gdouble y0 = voxel_random_uniform (&random, 0, label->height),
            radius = voxel_random_uniform (&random, 4, 20);

    for (guint y = 0; y < label->height; y++)
      for (guint x = 0; x < label->width; x++)
        if ((x - x0) * (x - x0) + (y - y0) * (y - y0) < radius * radius)
          augment_picture_set (label, x, y, ignore && ball % 4 == 0 ? 128 : 255);
  }
}

VoxelAugmentPicture
augment_picture_resample (const VoxelRows *rows, const VoxelAugmentGeometry *geometry,
                          const VoxelAugmentPicture *image, const VoxelAugmentPicture *label,
                          VoxelAugmentPicture *label_out)
{
  g_autoptr (VoxelAugmentResampler) resampler = voxel_augment_resampler_new_for_rows (rows);
  VoxelAugmentPicture out = augment_picture_new (geometry->width, geometry->height, image->pixel_size);

  if (label)
    *label_out = augment_picture_new (geometry->width, geometry->height, 1);
  voxel_augment_resample (resampler, geometry, image, &out, label, label_out);
  for (guint y = 0; y < out.height - 1; y++)
    for (gsize i = (gsize) out.width * out.pixel_size; i < out.stride; i++)
      g_assert_cmpuint (out.pixels[y * out.stride + i], ==, GUARD);
  return out;
}

/* Pixels differ by @most at most, on average by @mean, apart from @border outermost ones. */
void
augment_picture_assert_near (const VoxelAugmentPicture *picture, const VoxelAugmentPicture *expected,
                             guint border, gdouble most, gdouble mean)
{
  gdouble sum = 0, largest = 0;
  guint n = 0;

  g_assert_cmpuint (picture->width, ==, expected->width);
  g_assert_cmpuint (picture->height, ==, expected->height);
  g_assert_cmpuint (picture->pixel_size, ==, expected->pixel_size);
  for (guint y = border; y < picture->height - border; y++)
    for (guint x = border; x < picture->width - border; x++, n++) {
      gdouble difference =
          fabs ((gdouble) augment_picture_get (picture, x, y) - augment_picture_get (expected, x, y));

      sum += difference;
      largest = MAX (largest, difference);
    }
  g_test_message ("largest difference %g, on average %g", largest, sum / n);
  g_assert_cmpfloat (largest, <=, most);
  g_assert_cmpfloat (sum / n, <=, mean);
}
