/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-kinds.h"

#include "elements/rows/rows.h"
#include "reflect.h"

#define MOST_SIGMA 10
#define MOST_TAPS 36
/* Pixels of 8 bits become 15, so that two of them are words. */
#define SHIFT 7

/* The middle one and those on one side. As floats, and as weigh_8 wants them. */
typedef struct {
  guint n;
  gfloat floats[MOST_TAPS];
  guint16 words[MOST_TAPS];
} Kernel;

/* Elements of rows: words for pixels of 8 bits, floats for 16. */
typedef struct {
  const VoxelAugmentPicture *picture;
  const Kernel *kernel;
  gsize element;
  gsize pitch;     /* bytes from row to row */
  guint8 *padded;  /* a row and its continuation on either side */
  guint8 *blurred; /* the last rows, blurred along themselves */
  guint8 *result;  /* a row */
} Blur;

/* Albumentations and PIL: int (3.5 sigma) taps on either side. */
static void
make_kernel (Kernel *kernel, gdouble sigma)
{
  gdouble taps[MOST_TAPS], sum = 0;
  guint left = 32768;

  kernel->n = 1 + (guint) (sigma * 3.5);
  for (guint i = 0; i < kernel->n; i++) {
    taps[i] = voxel_math_exp (-.5 * (i / sigma) * (i / sigma));
    sum += i ? 2 * taps[i] : taps[i];
  }
  for (guint i = kernel->n; i-- > 0;) {
    gdouble tap = taps[i] / sum / (i ? 1 : 2);

    kernel->floats[i] = (gfloat) tap;
    kernel->words[i] = (guint16) (i ? (guint) (tap * 65536 + .5) : left);
    left -= kernel->words[i];
  }
}

static void
weigh (const Blur *blur, const guint8 *const *before, const guint8 *const *behind, guint8 *out)
{
  const VoxelToneRows *rows = voxel_rows ()->tones;
  const Kernel *kernel = blur->kernel;

  if (blur->picture->pixel_size == 1)
    rows->weigh_8 ((const guint16 *const *) (gconstpointer) before,
                   (const guint16 *const *) (gconstpointer) behind, kernel->words, kernel->n,
                   blur->picture->width, (guint16 *) (gpointer) out);
  else
    rows->weigh_16 ((const gfloat *const *) (gconstpointer) before,
                    (const gfloat *const *) (gconstpointer) behind, kernel->floats, kernel->n,
                    blur->picture->width, (gfloat *) (gpointer) out);
}

static guint8 *
blurred_row (const Blur *blur, guint y)
{
  return blur->blurred + y % (2 * blur->kernel->n - 1) * blur->pitch;
}

static void
blur_along (const Blur *blur, guint y)
{
  const VoxelAugmentPicture *picture = blur->picture;
  const guint8 *row = picture->pixels + y * picture->stride, *before[MOST_TAPS], *behind[MOST_TAPS];
  guint border = blur->kernel->n - 1;
  guint8 *inside = blur->padded + border * blur->element;

  if (picture->pixel_size == 1)
    voxel_rows ()->tones->widen_8 (row, picture->width, SHIFT, (guint16 *) (gpointer) inside);
  else
    voxel_rows ()->tones->floats_16 ((const guint16 *) (gconstpointer) row, picture->width, 1,
                                     (gfloat *) (gpointer) inside);
  voxel_reflect_both (blur->padded, picture->width, border, blur->element);
  for (guint i = 0; i <= border; i++) {
    before[i] = inside - i * blur->element;
    behind[i] = inside + i * blur->element;
  }
  weigh (blur, before, behind, blurred_row (blur, y));
}

static void
blur_across (const Blur *blur, guint y)
{
  const VoxelAugmentPicture *picture = blur->picture;
  guint8 *row = picture->pixels + y * picture->stride;
  const guint8 *before[MOST_TAPS], *behind[MOST_TAPS];

  for (guint i = 0; i < blur->kernel->n; i++) {
    before[i] = blurred_row (blur, voxel_reflect_index (y > i ? y - i : i - y, picture->height));
    behind[i] = blurred_row (blur, voxel_reflect_index (y + i, picture->height));
  }
  weigh (blur, before, behind, blur->result);
  if (picture->pixel_size == 1)
    voxel_rows ()->tones->narrow_8 ((const guint16 *) (gconstpointer) blur->result, picture->width, SHIFT,
                                    row);
  else
    voxel_rows ()->tones->pixels_16 ((const gfloat *) (gconstpointer) blur->result, picture->width, 1,
                                     (guint16 *) (gpointer) row);
}

/* Rows are blurred along themselves as far ahead as the kernel reaches; the row that is written is needed no more. */
static void
filter_gaussian_blur (const gdouble *numbers, VoxelRandom *random, guint which,
                      const VoxelAugmentPicture *picture, VoxelAugmentScratch *scratch)
{
  Kernel kernel;
  Blur blur = {picture, &kernel, picture->pixel_size == 1 ? sizeof (guint16) : sizeof (gfloat)};
  guint border, ready = 0;

  make_kernel (&kernel, numbers[0]);
  border = kernel.n - 1;
  blur.pitch = ((picture->width + 2 * border + VOXEL_TONE_ROWS_SLACK) * blur.element + 63) & ~(gsize) 63;
  blur.padded = voxel_augment_scratch_get (scratch, blur.pitch * (2 * border + 3));
  blur.result = blur.padded + blur.pitch;
  blur.blurred = blur.result + blur.pitch;
  for (guint y = 0; y < picture->height; y++) {
    for (; ready < picture->height && ready <= y + border; ready++)
      blur_along (&blur, ready);
    blur_across (&blur, y);
  }
}

const VoxelAugmentTransform voxel_augment_gaussian_blur = {
    .name = "gaussian-blur",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5),
                   {"low", .5, .1, MOST_SIGMA, "Smallest deviation in pixels"},
                   {"high", 3, .1, MOST_SIGMA, "Largest deviation"}},
    .numbers = {"sigma"},
    .draw = voxel_augment_draw_range,
    .filter = filter_gaussian_blur,
};
