/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-resampler.h"
#include "dihedral.h"

/**
 * voxel_augment_resampler_new:
 *
 * Returns: (transfer full): memory to work in
 */
VoxelAugmentResampler *
voxel_augment_resampler_new (void)
{
  return voxel_augment_resampler_new_for_rows (voxel_rows ());
}

/**
 * voxel_augment_cubic:
 * @t: from the second pixel of four to the third, 0 to 1
 * @weights: (out): of the four; their sum is 1
 *
 * OpenCV's interpolateCubic: R. G. Keys, "Cubic convolution interpolation for digital image processing", IEEE
 * Transactions on Acoustics, Speech, and Signal Processing 29 (1981), with a = -.75.
 */
void
voxel_augment_cubic (gfloat t, gfloat weights[4])
{
  const gfloat a = -.75f, behind = 1 - t;

  weights[0] = ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a;
  weights[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
  weights[2] = ((a + 2) * behind - (a + 3)) * behind * behind + 1;
  weights[3] = 1 - weights[0] - weights[1] - weights[2];
}

static void
fill_kernel (VoxelRowsKernel *kernel, gboolean linear)
{
  kernel->linear = linear;
  for (guint i = 0; i < G_N_ELEMENTS (kernel->weights); i++) {
    gfloat t = (gfloat) i / G_N_ELEMENTS (kernel->weights), real[4] = {0, 1 - t, t, 0};
    gint16 *weights = kernel->weights[i];
    gint sum = 0;

    if (!linear)
      voxel_augment_cubic (t, real);
    for (guint k = 0; k < 4; k++) {
      weights[k] = (gint16) (real[k] * 16384 + (real[k] < 0 ? -.5f : .5f));
      sum += weights[k];
    }
    weights[t < .5f ? 1 : 2] += (gint16) (16384 - sum);
  }
}

/**
 * voxel_augment_resampler_new_for_rows:
 * @rows: loops of an instruction set that the processor has
 *
 * Returns: (transfer full): memory to work in
 */
VoxelAugmentResampler *
voxel_augment_resampler_new_for_rows (const VoxelRows *rows)
{
  VoxelAugmentResampler *resampler = g_new0 (VoxelAugmentResampler, 1);

  resampler->rows = rows;
  fill_kernel (&resampler->kernels[VOXEL_AUGMENT_LINEAR], TRUE);
  fill_kernel (&resampler->kernels[VOXEL_AUGMENT_CUBIC], FALSE);
  return resampler;
}

/**
 * voxel_augment_resampler_free:
 * @resampler: (transfer full) (nullable): no longer needed
 */
void
voxel_augment_resampler_free (VoxelAugmentResampler *resampler)
{
  if (!resampler)
    return;
  g_aligned_free (resampler->tables.bytes);
  for (guint i = 0; i < G_N_ELEMENTS (resampler->axes); i++)
    g_aligned_free (resampler->axes[i].bytes);
  for (guint i = 0; i < G_N_ELEMENTS (resampler->pictures); i++)
    g_aligned_free (resampler->pictures[i].bytes);
  g_free (resampler);
}

/**
 * voxel_augment_buffer_need:
 * @buffer: memory
 * @size: bytes
 *
 * Returns: (transfer none): at least @size bytes, of no particular value
 */
gpointer
voxel_augment_buffer_need (VoxelAugmentBuffer *buffer, gsize size)
{
  if (size <= buffer->size)
    return buffer->bytes;
  g_aligned_free (buffer->bytes);
  buffer->bytes = g_aligned_alloc (1, size, 64);
  buffer->size = size;
  return buffer->bytes;
}

static void
lay_tables (VoxelAugmentMap *map, VoxelAugmentBuffer *buffer, guint width, guint height)
{
  map->x_of_x = voxel_augment_buffer_need (buffer, 2 * ((gsize) width + height) * sizeof (gint32));
  map->y_of_x = map->x_of_x + width;
  map->x_of_y = map->y_of_x + width;
  map->y_of_y = map->x_of_y + height;
}

static void
copy (const VoxelAugmentGeometry *geometry, const VoxelAugmentPicture *in, const VoxelAugmentPicture *out)
{
  /* Columns and rows that run backwards: of a picture that keeps its sides, of one that swaps them. */
  static const VoxelDihedral symmetries[2][2][2] = {
      {{VOXEL_DIHEDRAL_R0, VOXEL_DIHEDRAL_FV}, {VOXEL_DIHEDRAL_FH, VOXEL_DIHEDRAL_R180}},
      {{VOXEL_DIHEDRAL_T, VOXEL_DIHEDRAL_R90}, {VOXEL_DIHEDRAL_R270, VOXEL_DIHEDRAL_AT}},
  };
  VoxelAugmentTurn turn = voxel_augment_geometry_turn (geometry);
  gint left, top;

  voxel_augment_geometry_part (geometry, in->width, in->height, &left, &top);
  voxel_dihedral_turn (symmetries[turn.swapped][turn.reverse_x][turn.reverse_y],
                       in->pixels + (gsize) top * in->stride + (gsize) left * in->pixel_size, in->stride,
                       turn.swapped ? out->height : out->width, turn.swapped ? out->width : out->height,
                       in->pixel_size, out->pixels, out->stride);
}

static gboolean
fits (const VoxelAugmentGeometry *geometry, const VoxelAugmentPicture *in, const VoxelAugmentPicture *out)
{
  return in->width >= 1 && in->width <= VOXEL_AUGMENT_LARGEST_SIDE && in->height >= 1 &&
         in->height <= VOXEL_AUGMENT_LARGEST_SIDE && out->width >= 1 &&
         out->width <= VOXEL_AUGMENT_LARGEST_SIDE && out->height >= 1 &&
         out->height <= VOXEL_AUGMENT_LARGEST_SIDE && out->width == geometry->width &&
         out->height == geometry->height && in->pixel_size == out->pixel_size;
}

/**
 * voxel_augment_resample:
 * @resampler: memory to work in
 * @geometry: the transforms
 * @image: pixels of 8 or 16 bits
 * @image_out: where the result goes, of @geometry's size and as many bits; does not overlap
 * @label: (nullable): a label of 8 bits, of the image's size
 * @label_out: (nullable): where that goes
 *
 * Applies all transforms in one go: each pixel of the results is read from where they take it, so that nothing is
 * blurred twice. The image is read between its pixels, the label at the nearest one (values stay what they are),
 * both at the same place. Where no transform asks for a part of a pixel, pixels are copied.
 */
void
voxel_augment_resample (VoxelAugmentResampler *resampler, const VoxelAugmentGeometry *geometry,
                        const VoxelAugmentPicture *image, const VoxelAugmentPicture *image_out,
                        const VoxelAugmentPicture *label, const VoxelAugmentPicture *label_out)
{
  g_autoptr (VoxelAugmentField) field = NULL;
  VoxelAugmentMap map;

  g_return_if_fail (fits (geometry, image, image_out) && image->pixel_size >= 1 && image->pixel_size <= 2);
  g_return_if_fail (geometry->scale >= VOXEL_AUGMENT_LEAST_SCALE &&
                    geometry->scale <= VOXEL_AUGMENT_MOST_SCALE);
  g_return_if_fail (!label || (label_out && fits (geometry, label, label_out) && label->pixel_size == 1 &&
                               label->width == image->width && label->height == image->height));

  if (voxel_augment_geometry_copies (geometry, image->width, image->height)) {
    copy (geometry, image, image_out);
    if (label)
      copy (geometry, label, label_out);
    return;
  }
  lay_tables (&map, &resampler->tables, geometry->width, geometry->height);
  voxel_augment_map_fill (&map, geometry, image->width, image->height);
  if (map.separable) {
    voxel_augment_separable (resampler, &map, geometry->interpolation, image, image_out, label, label_out);
    return;
  }
  if (geometry->elastic.alpha != 0)
    field = voxel_augment_field_new (&geometry->elastic, geometry->width, geometry->height);
  voxel_augment_blocks (resampler, &map, field, geometry->interpolation, image, image_out, label, label_out);
}
