/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/tiles/dihedral.h"

#include <string.h>

typedef struct {
  guint width, height, pixel_size;
  gsize stride;
  guint8 *data;
} Picture;

static Picture
picture_new (guint width, guint height, guint pixel_size, guint slack)
{
  Picture picture = {width, height, pixel_size, (gsize) (width + slack) * pixel_size, NULL};

  picture.data = g_malloc (picture.stride * height);
  memset (picture.data, 0xa5, picture.stride * height);
  return picture;
}

static void
picture_clear (Picture *picture)
{
  g_clear_pointer (&picture->data, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static guint32
get (const Picture *picture, guint x, guint y)
{
  guint32 value = 0;

  memcpy (&value, picture->data + y * picture->stride + (gsize) x * picture->pixel_size, picture->pixel_size);
  return value;
}

static void
fill (Picture *picture)
{
  for (guint y = 0; y < picture->height; y++) {
    for (guint x = 0; x < picture->width; x++) {
      guint32 value = g_test_rand_int ();

      memcpy (picture->data + y * picture->stride + (gsize) x * picture->pixel_size, &value,
              picture->pixel_size);
    }
  }
}

static guint32
expected (const Picture *in, VoxelDihedral symmetry, guint x, guint y)
{
  guint last_x = in->width - 1, last_y = in->height - 1;

  switch (symmetry) {
  case VOXEL_DIHEDRAL_R0:
    return get (in, x, y);
  case VOXEL_DIHEDRAL_R90:
    return get (in, last_x - y, x);
  case VOXEL_DIHEDRAL_R180:
    return get (in, last_x - x, last_y - y);
  case VOXEL_DIHEDRAL_R270:
    return get (in, y, last_y - x);
  case VOXEL_DIHEDRAL_FH:
    return get (in, last_x - x, y);
  case VOXEL_DIHEDRAL_FV:
    return get (in, x, last_y - y);
  case VOXEL_DIHEDRAL_T:
    return get (in, y, x);
  case VOXEL_DIHEDRAL_AT:
    return get (in, last_x - y, last_y - x);
  }
  g_assert_not_reached ();
}

static Picture
turned (const Picture *in, VoxelDihedral symmetry)
{
  gboolean swap = voxel_dihedral_swaps_sides (symmetry);
  Picture out = picture_new (swap ? in->height : in->width, swap ? in->width : in->height, in->pixel_size, 3);

  voxel_dihedral_turn (symmetry, in->data, in->stride, in->width, in->height, in->pixel_size, out.data,
                       out.stride);
  return out;
}

static void
check_size (guint width, guint height, guint pixel_size)
{
  for (gint s = 0; s < VOXEL_N_DIHEDRALS; s++) {
    VoxelDihedral symmetry = (VoxelDihedral) s;
    g_auto (Picture) in = picture_new (width, height, pixel_size, 5);
    g_auto (Picture) out = {0}, back = {0};

    fill (&in);
    out = turned (&in, symmetry);
    back = turned (&out, voxel_dihedral_inverse (symmetry));
    g_assert_cmpuint (back.width, ==, width);
    g_assert_cmpuint (back.height, ==, height);
    for (guint y = 0; y < out.height; y++) {
      for (guint x = 0; x < out.width; x++)
        g_assert_cmphex (get (&out, x, y), ==, expected (&in, symmetry, x, y));
      /* Nothing is written behind a row. */
      for (gsize i = (gsize) out.width * pixel_size; i < out.stride; i++)
        g_assert_cmphex (out.data[y * out.stride + i], ==, 0xa5);
    }
    for (guint y = 0; y < height; y++) {
      for (guint x = 0; x < width; x++)
        g_assert_cmphex (get (&back, x, y), ==, get (&in, x, y));
    }
  }
}

static void
test_sizes (gconstpointer data)
{
  static const guint sides[] = {1, 2, 7, 8, 9, 31, 33, 64, 101};
  guint pixel_size = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (sides); j++)
      check_size (sides[i], sides[j], pixel_size);
  }
}

static void
test_regions (void)
{
  for (guint round = 0; round < 400; round++) {
    VoxelDihedral symmetry = (VoxelDihedral) (round % VOXEL_N_DIHEDRALS);
    guint pixel_size = 1u << g_test_rand_int_range (0, 3);
    g_auto (Picture) in =
        picture_new (g_test_rand_int_range (1, 90), g_test_rand_int_range (1, 90), pixel_size, 0);
    g_auto (Picture) whole = {0}, part = {0};
    guint x, y;

    fill (&in);
    whole = turned (&in, symmetry);
    x = g_test_rand_int_range (0, whole.width);
    y = g_test_rand_int_range (0, whole.height);
    part = picture_new (g_test_rand_int_range (1, whole.width - x + 1),
                        g_test_rand_int_range (1, whole.height - y + 1), pixel_size, 1);
    voxel_dihedral_turn_region (symmetry, in.data, in.stride, in.width, in.height, pixel_size, x, y,
                                part.width, part.height, part.data, part.stride);
    for (guint j = 0; j < part.height; j++) {
      for (guint i = 0; i < part.width; i++)
        g_assert_cmphex (get (&part, i, j), ==, get (&whole, x + i, y + j));
    }
  }
}

/* Bands of any height, in any order, make up the whole. */
static void
test_bands (void)
{
  for (guint round = 0; round < 200; round++) {
    VoxelDihedral symmetry = (VoxelDihedral) (round % VOXEL_N_DIHEDRALS);
    guint pixel_size = 1u << g_test_rand_int_range (0, 3);
    g_auto (Picture) in =
        picture_new (g_test_rand_int_range (1, 90), g_test_rand_int_range (1, 90), pixel_size, 2);
    g_auto (Picture) whole = {0}, out = {0};
    guint middle = g_test_rand_int_range (0, in.height);

    fill (&in);
    whole = turned (&in, symmetry);
    out = picture_new (whole.width, whole.height, pixel_size, 3);
    for (guint part = 0; part < 2; part++) {
      guint y = part ? 0 : middle, end = part ? middle : in.height;

      for (guint rows; y < end; y += rows) {
        guint cut = g_test_rand_int_range (0, in.width);

        rows = g_test_rand_int_range (1, end - y + 1);
        for (guint side = 0; side < 2; side++) {
          guint x = side ? cut : 0, columns = side ? in.width - cut : cut;

          if (columns > 0)
            voxel_dihedral_turn_part (symmetry, in.data + y * in.stride + (gsize) x * pixel_size, in.stride,
                                      in.width, in.height, pixel_size, x, y, columns, rows, out.data,
                                      out.stride);
        }
      }
    }
    for (guint y = 0; y < out.height; y++)
      g_assert_cmpmem (out.data + y * out.stride, out.width * pixel_size, whole.data + y * whole.stride,
                       out.width * pixel_size);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dihedral/8-bit", GUINT_TO_POINTER (1), test_sizes);
  g_test_add_data_func ("/dihedral/16-bit", GUINT_TO_POINTER (2), test_sizes);
  g_test_add_data_func ("/dihedral/float", GUINT_TO_POINTER (4), test_sizes);
  g_test_add_func ("/dihedral/regions", test_regions);
  g_test_add_func ("/dihedral/bands", test_bands);
  return g_test_run ();
}
