/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/random.h"

G_BEGIN_DECLS

/**
 * VoxelAugmentInterpolation:
 * @VOXEL_AUGMENT_LINEAR: from the 2x2 pixels around a position
 * @VOXEL_AUGMENT_CUBIC: from the 4x4, by OpenCV's kernel (Keys, a = -.75)
 *
 * How an image is read between its pixels. Nothing is smoothed where a picture shrinks, as in OpenCV.
 */
typedef enum {
  VOXEL_AUGMENT_LINEAR,
  VOXEL_AUGMENT_CUBIC,
} VoxelAugmentInterpolation;

/* Pictures have at most as many pixels a side, before and after. */
#define VOXEL_AUGMENT_LARGEST_SIDE 16384
#define VOXEL_AUGMENT_MOST_STEPS 32
#define VOXEL_AUGMENT_LEAST_SCALE .1
#define VOXEL_AUGMENT_MOST_SCALE 10.0

/**
 * VoxelAugmentGrid:
 * @steps: whole cells a side; 0: no distortion
 * @x: widths of the columns of cells (the last one is the rest of the side), above 0; only their ratios count
 * @y: heights of the rows of cells
 *
 * Grid distortion: albumentations' GridDistortion.
 */
typedef struct {
  guint steps;
  gdouble x[VOXEL_AUGMENT_MOST_STEPS + 1];
  gdouble y[VOXEL_AUGMENT_MOST_STEPS + 1];
} VoxelAugmentGrid;

/**
 * VoxelAugmentElastic:
 * @alpha: strength as albumentations' ElasticTransform has it; 0: no deformation
 * @sigma: how far the field stays alike, in pixels, at least 1
 * @random: the numbers of the field
 *
 * Elastic deformation along a smooth random field.
 */
typedef struct {
  gdouble alpha;
  gdouble sigma;
  VoxelRandom random;
} VoxelAugmentElastic;

/**
 * VoxelAugmentGeometry:
 * @width: columns of the result
 * @height: rows of the result
 * @interpolation: how the image is read; the label always is by its nearest pixel
 * @scale: VOXEL_AUGMENT_LEAST_SCALE to VOXEL_AUGMENT_MOST_SCALE; above 1 enlarges what is seen
 * @crop_x: which part of the scaled picture is seen, from 0 (left) to 1 (right)
 * @crop_y: from 0 (top) to 1 (bottom)
 * @angle: turn about the middle of that part, in degrees, to the left
 * @grid: grid distortion
 * @elastic: elastic deformation
 * @quarter_turns: further turns to the left by 90 degrees, 0 to 3; with odd ones the part that is seen has
 *   @height columns and @width rows
 * @flip_horizontal: whether to mirror left to right at the end
 * @flip_vertical: whether to mirror top to bottom
 *
 * What moves pixels, with all that is left to chance drawn already, in the order of application.
 * voxel_augment_geometry_init() first.
 */
typedef struct {
  guint width;
  guint height;
  VoxelAugmentInterpolation interpolation;
  gdouble scale;
  gdouble crop_x;
  gdouble crop_y;
  gdouble angle;
  VoxelAugmentGrid grid;
  VoxelAugmentElastic elastic;
  guint quarter_turns;
  gboolean flip_horizontal;
  gboolean flip_vertical;
} VoxelAugmentGeometry;

/**
 * VoxelAugmentPicture:
 * @pixels: the first row
 * @stride: bytes from a row to the next
 * @width: columns, 1 to VOXEL_AUGMENT_LARGEST_SIDE
 * @height: rows, likewise
 * @pixel_size: 1 or 2 bytes, little-endian
 *
 * Pixels that belong to the caller.
 */
typedef struct {
  guint8 *pixels;
  gsize stride;
  guint width;
  guint height;
  guint pixel_size;
} VoxelAugmentPicture;

/**
 * VoxelAugmentResampler:
 *
 * Memory to work in, kept from picture to picture: one a thread. No result depends on what came before.
 */
typedef struct _VoxelAugmentResampler VoxelAugmentResampler;

void voxel_augment_geometry_init (VoxelAugmentGeometry *geometry, guint width, guint height);
void voxel_augment_grid_draw (VoxelAugmentGrid *grid, guint steps, gdouble limit, VoxelRandom *random);
gboolean voxel_augment_geometry_moves (const VoxelAugmentGeometry *geometry, guint width, guint height);

VoxelAugmentResampler *voxel_augment_resampler_new (void);
void voxel_augment_resampler_free (VoxelAugmentResampler *resampler);
void voxel_augment_resample (VoxelAugmentResampler *resampler, const VoxelAugmentGeometry *geometry,
                             const VoxelAugmentPicture *image, const VoxelAugmentPicture *image_out,
                             const VoxelAugmentPicture *label, const VoxelAugmentPicture *label_out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelAugmentResampler, voxel_augment_resampler_free)

G_END_DECLS
