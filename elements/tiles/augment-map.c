/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Conventions. Pixel (0, 0) has its middle at (0, 0). Scaling: a side of L pixels becomes s = trunc (L scale), pixel
 * i of those is seen at (i + .5) L / s - .5, as OpenCV's resize does it. The part that is seen is placed at a whole
 * pixel, as albumentations' RandomCrop does it. A turn is about the middle of that part, so that corners show what
 * lies around it. What lies outside of the picture is its reflection without the outermost pixel.
 *
 * Otherwise than in albumentations: all is one resampling, by one interpolation, where it resamples for each transform
 * anew; nothing outside is black or repeated; a label is read at the pixel nearest to where its image is read, where
 * OpenCV's resize takes trunc (i L / s); a displacement of the elastic field is one in the picture before scaling. */

#include "augment-map.h"

#include <math.h>

/* Sides of the part that is seen, before quarter turns. */
static void
get_part_size (const VoxelAugmentGeometry *geometry, guint size[2])
{
  gboolean swapped = geometry->quarter_turns % 2 == 1;

  size[0] = swapped ? geometry->height : geometry->width;
  size[1] = swapped ? geometry->width : geometry->height;
}

static guint
scaled_side (guint side, gdouble scale)
{
  return MAX ((guint) (side * scale), 1);
}

/* Where a part of @size pixels begins in @side pixels. One that is larger begins before them. */
static gint
place_part (guint side, guint size, gdouble place)
{
  guint free = side > size ? side - size : size - side;
  gint start = (gint) MIN ((gdouble) free, (free + 1.0) * CLAMP (place, 0, 1));

  return side > size ? start : -start;
}

/**
 * voxel_augment_geometry_part:
 * @geometry: the transforms
 * @width: columns of the picture
 * @height: rows of the picture
 * @left: (out): which column of the scaled picture is the first that is seen
 * @top: (out): which row
 */
void
voxel_augment_geometry_part (const VoxelAugmentGeometry *geometry, guint width, guint height, gint *left,
                             gint *top)
{
  guint size[2];

  get_part_size (geometry, size);
  *left = place_part (scaled_side (width, geometry->scale), size[0], geometry->crop_x);
  *top = place_part (scaled_side (height, geometry->scale), size[1], geometry->crop_y);
}

/**
 * voxel_augment_geometry_copies:
 * @geometry: the transforms
 * @width: columns of the picture
 * @height: rows of the picture
 *
 * Returns: whether the result is a part of the picture, perhaps turned by quarters and flipped, each pixel a copy
 */
gboolean
voxel_augment_geometry_copies (const VoxelAugmentGeometry *geometry, guint width, guint height)
{
  guint size[2];

  get_part_size (geometry, size);
  return scaled_side (width, geometry->scale) == width && scaled_side (height, geometry->scale) == height &&
         geometry->angle == 0 && geometry->grid.steps == 0 && geometry->elastic.alpha == 0 &&
         size[0] <= width && size[1] <= height;
}

/**
 * voxel_augment_geometry_turn:
 * @geometry: the transforms
 *
 * Returns: quarter turns (as numpy.rot90) and the flips behind them in one
 */
VoxelAugmentTurn
voxel_augment_geometry_turn (const VoxelAugmentGeometry *geometry)
{
  guint turns = geometry->quarter_turns % 4;

  return (VoxelAugmentTurn){
      .swapped = turns % 2 == 1,
      .reverse_x = (turns >= 2) != !!geometry->flip_horizontal,
      .reverse_y = (turns == 1 || turns == 2) != !!geometry->flip_vertical,
  };
}

/* Where pixels 0..@side-1 of a distorted side come from. As albumentations 2.0.8 has it (generate_grid and
 * normalize_grid_distortion_steps): cells of trunc (@side / @steps) pixels and one of the rest, their widths
 * normalised to fill the side; the first pixel of a cell shows where it begins, the last where it ends, so that the
 * next one repeats it. */
static void
distort_side (gdouble *positions, guint side, guint steps, const gdouble *widths)
{
  guint cell = side / MAX (steps, 1), rest = side - cell * steps;
  gdouble sum = 0, start = 0;

  for (guint i = 0; i < side; i++)
    positions[i] = i;
  if (steps == 0 || cell == 0)
    return;
  /* The rest may be longer than a cell; what is beyond one stays unset there, and at its end here. */
  rest = MIN (rest, cell);
  for (guint k = 0; k <= steps; k++)
    sum += k < steps ? widths[k] : widths[k] * rest / cell;
  for (guint k = 0; k <= steps; k++) {
    guint count = k < steps ? cell : rest;
    gdouble width = side * (k < steps ? widths[k] : widths[k] * rest / cell) / sum;

    for (guint i = 0; i < count; i++)
      positions[k * cell + i] = count > 1 ? start + width * i / (count - 1) : start;
    start += width;
  }
  for (guint i = cell * steps + rest; i < side; i++)
    positions[i] = start;
}

static gint32
to_position (gdouble pixels)
{
  const gdouble most = 1 << (30 - VOXEL_AUGMENT_POSITION_BITS);

  return (gint32) floor (CLAMP (pixels, -most, most) * (1 << VOXEL_AUGMENT_POSITION_BITS) + .5);
}

/* What pixels of one side of the part that is seen add: gain (position - middle) + offset. */
static void
fill_table (gint32 *table, const gdouble *positions, guint n, gboolean reverse, gdouble gain, gdouble offset)
{
  gdouble middle = (n - 1) / 2.0;

  for (guint i = 0; i < n; i++)
    table[i] = to_position (gain * (positions[reverse ? n - 1 - i : i] - middle) + offset);
}

/**
 * voxel_augment_map_fill:
 * @map: tables with room for the result's columns and rows
 * @geometry: the transforms
 * @width: columns of the picture
 * @height: rows of the picture
 */
void
voxel_augment_map_fill (VoxelAugmentMap *map, const VoxelAugmentGeometry *geometry, guint width, guint height)
{
  const gdouble x_step = (gdouble) width / scaled_side (width, geometry->scale);
  const gdouble y_step = (gdouble) height / scaled_side (height, geometry->scale);
  g_autofree gdouble *columns = NULL, *rows = NULL;
  gdouble sine, cosine, x, y;
  gboolean reverse_columns, reverse_rows;
  guint size[2];
  gint left, top;

  get_part_size (geometry, size);
  voxel_augment_geometry_part (geometry, width, height, &left, &top);
  voxel_math_sine_cosine (geometry->angle, &sine, &cosine);
  columns = g_new (gdouble, size[0]);
  rows = g_new (gdouble, size[1]);
  distort_side (columns, size[0], geometry->grid.steps, geometry->grid.x);
  distort_side (rows, size[1], geometry->grid.steps, geometry->grid.y);

  map->turn = voxel_augment_geometry_turn (geometry);
  map->separable = sine == 0 && geometry->elastic.alpha == 0;
  reverse_columns = map->turn.swapped ? map->turn.reverse_y : map->turn.reverse_x;
  reverse_rows = map->turn.swapped ? map->turn.reverse_x : map->turn.reverse_y;
  x = (left + (size[0] - 1) / 2.0 + .5) * x_step - .5;
  y = (top + (size[1] - 1) / 2.0 + .5) * y_step - .5;
  fill_table (map->turn.swapped ? map->x_of_y : map->x_of_x, columns, size[0], reverse_columns,
              cosine * x_step, x);
  fill_table (map->turn.swapped ? map->y_of_y : map->y_of_x, columns, size[0], reverse_columns, sine * y_step,
              0);
  fill_table (map->turn.swapped ? map->x_of_x : map->x_of_y, rows, size[1], reverse_rows, -sine * x_step, 0);
  fill_table (map->turn.swapped ? map->y_of_x : map->y_of_y, rows, size[1], reverse_rows, cosine * y_step, y);
}
