/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* albumentations' ElasticTransform blurs a random number for every pixel by a Gaussian. That is costly where sigma is
 * large, and the field is so smooth then that few numbers name it: here there is one for every sigma pixels. Three
 * neighbours are averaged (variance 2/3 sigma^2) and a cubic B-spline (variance 1/3 sigma^2) is laid through: about
 * the same Gaussian. */

#include "augment-elastic.h"

#include <math.h>

#include "augment-map.h"

/* Pixels do not move farther, so that memory stays small whatever alpha is. */
#define MOST_PIXELS 256

/**
 * VoxelAugmentField:
 *
 * Displacements of all pixels of a result, in 1/4096 of a pixel.
 */
struct _VoxelAugmentField {
  guint width;
  gdouble spacing;
  guint rows;
  gfloat most;
  gfloat *lines[2]; /* @rows of @width: the nodes of a row, along x a line through them already */
};

/* @scale times the weights of four nodes of a uniform cubic B-spline at @t from the second to the third. */
static void
get_spline (gdouble t, gdouble scale, gfloat weights[4])
{
  weights[0] = (gfloat) (scale * (1 - t) * (1 - t) * (1 - t) / 6);
  weights[1] = (gfloat) (scale * (3 * t * t * t - 6 * t * t + 4) / 6);
  weights[2] = (gfloat) (scale * (1 + 3 * t * (1 + t - t * t)) / 6);
  weights[3] = (gfloat) (scale * t * t * t / 6);
}

/* The largest of @n normal numbers, by magnitude, to be expected: H. Cramer, "Mathematical methods of statistics",
 * 1946, 28.6. */
static gdouble
get_expected_most (gdouble n)
{
  gdouble root = sqrt (2 * voxel_math_log (2 * n));

  return root -
         (voxel_math_log (voxel_math_log (2 * n)) + voxel_math_log (4 * G_PI) - 2 * .5772156649) / (2 * root);
}

/* The standard deviation of what is blurred there: noise is divided by its largest, and a Gaussian's square has the
 * integral 1 / (4 pi sigma^2). */
static gdouble
get_deviation (const VoxelAugmentElastic *elastic, guint width, guint height)
{
  gdouble most = get_expected_most (MAX (2.0 * width * height, 4));

  return elastic->alpha / most / (2 * sqrt (G_PI) * elastic->sigma);
}

/* @columns x @rows nodes of deviation @amplitude before their average over 3 x 3. */
static gfloat *
draw_nodes (VoxelRandom *random, guint columns, guint rows, gdouble amplitude)
{
  const guint stride = columns + 2;
  g_autofree gfloat *noise = g_new (gfloat, (gsize) stride * (rows + 2));
  gfloat *nodes = g_new (gfloat, (gsize) columns * rows);

  for (gsize i = 0; i < (gsize) stride * (rows + 2); i++)
    noise[i] = (gfloat) (voxel_random_normal (random) * amplitude / 9);
  for (guint y = 0; y < rows; y++) {
    for (guint x = 0; x < columns; x++) {
      gfloat sum = 0;

      for (guint k = 0; k < 9; k++)
        sum += noise[(gsize) (y + k / 3) * stride + x + k % 3];
      nodes[(gsize) y * columns + x] = CLAMP (sum, -MOST_PIXELS, MOST_PIXELS);
    }
  }
  return nodes;
}

/* A column's place between the nodes. */
typedef struct {
  guint first;
  gfloat weights[4];
} Place;

static void
lay_lines (VoxelAugmentField *field, guint component, const gfloat *nodes, guint columns, const Place *places)
{
  gfloat *line = g_new (gfloat, (gsize) field->width * field->rows);

  field->lines[component] = line;
  for (guint y = 0; y < field->rows; y++, nodes += columns, line += field->width) {
    for (guint x = 0; x < field->width; x++) {
      const gfloat *node = nodes + places[x].first, *weights = places[x].weights;

      line[x] = weights[0] * node[0] + weights[1] * node[1] + weights[2] * node[2] + weights[3] * node[3];
    }
  }
  for (gsize i = 0; i < (gsize) field->width * field->rows; i++)
    field->most = MAX (field->most, ABS (field->lines[component][i]));
}

/**
 * voxel_augment_field_new:
 * @elastic: the deformation
 * @width: columns of the result
 * @height: rows of the result
 *
 * Returns: (transfer full): a displacement in x and in y for every pixel
 */
VoxelAugmentField *
voxel_augment_field_new (const VoxelAugmentElastic *elastic, guint width, guint height)
{
  /* The integral of the square along one side: the average's autocorrelation (3, 2, 1) / 9 times the B-spline of
   * degree 7 at whole numbers, which is that of a cubic one with itself. */
  const gdouble square = (3 * 2416 + 4 * 1191 + 2 * 120) / (9.0 * 5040);
  const gdouble amplitude = get_deviation (elastic, width, height) / square;
  VoxelAugmentField *field = g_new0 (VoxelAugmentField, 1);
  g_autofree Place *places = g_new (Place, width);
  VoxelRandom random = elastic->random;
  guint columns;

  field->width = width;
  field->spacing = MAX (elastic->sigma, 1);
  field->rows = (guint) ((height - 1) / field->spacing) + 4;
  columns = (guint) ((width - 1) / field->spacing) + 4;
  for (guint x = 0; x < width; x++) {
    places[x].first = (guint) (x / field->spacing);
    get_spline (x / field->spacing - places[x].first, 1, places[x].weights);
  }
  for (guint component = 0; component < 2; component++) {
    g_autofree gfloat *nodes = draw_nodes (&random, columns, field->rows, amplitude);

    lay_lines (field, component, nodes, columns, places);
  }
  return field;
}

/**
 * voxel_augment_field_free:
 * @field: (transfer full) (nullable): no longer needed
 */
void
voxel_augment_field_free (VoxelAugmentField *field)
{
  if (!field)
    return;
  g_free (field->lines[0]);
  g_free (field->lines[1]);
  g_free (field);
}

/**
 * voxel_augment_field_most:
 * @field: the field
 *
 * Returns: a bound of all displacements
 */
gint32
voxel_augment_field_most (const VoxelAugmentField *field)
{
  return (gint32) ceilf (field->most * (1 << VOXEL_AUGMENT_POSITION_BITS));
}

/**
 * voxel_augment_field_move:
 * @field: the field
 * @loops: of an instruction set that the processor has
 * @y: row
 * @x: first column
 * @width: how many columns
 * @x_of_x: a table of columns
 * @y_of_x: another
 * @moved_x: (out): @width numbers of the first, moved along x
 * @moved_y: (out): @width numbers of the second, moved along y
 */
void
voxel_augment_field_move (const VoxelAugmentField *field, const VoxelRows *loops, guint y, guint x,
                          guint width, const gint32 *x_of_x, const gint32 *y_of_x, gint32 *moved_x,
                          gint32 *moved_y)
{
  const gdouble place = y / field->spacing;
  const guint first = (guint) place;
  const gsize at = (gsize) first * field->width + x;
  gfloat weights[4];

  get_spline (place - first, 1 << VOXEL_AUGMENT_POSITION_BITS, weights);
  loops->move (field->lines[0] + at, field->width, weights, x_of_x + x, width, moved_x);
  loops->move (field->lines[1] + at, field->width, weights, y_of_x + x, width, moved_y);
}
