/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dihedral.h"
#include "transpose.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Every symmetry is: take the rows from the bottom (rows_up), transpose or reverse each row, write the rows
 * from the bottom (out_up). */
typedef struct {
  gboolean rows_up;
  gboolean transpose;
  gboolean reverse;
  gboolean out_up;
  VoxelDihedral inverse;
} DihedralForm;

static const DihedralForm forms[VOXEL_N_DIHEDRALS] = {
    [VOXEL_DIHEDRAL_R0] = {FALSE, FALSE, FALSE, FALSE, VOXEL_DIHEDRAL_R0},
    [VOXEL_DIHEDRAL_R90] = {FALSE, TRUE, FALSE, TRUE, VOXEL_DIHEDRAL_R270},
    [VOXEL_DIHEDRAL_R180] = {TRUE, FALSE, TRUE, FALSE, VOXEL_DIHEDRAL_R180},
    [VOXEL_DIHEDRAL_R270] = {TRUE, TRUE, FALSE, FALSE, VOXEL_DIHEDRAL_R90},
    [VOXEL_DIHEDRAL_FH] = {FALSE, FALSE, TRUE, FALSE, VOXEL_DIHEDRAL_FH},
    [VOXEL_DIHEDRAL_FV] = {TRUE, FALSE, FALSE, FALSE, VOXEL_DIHEDRAL_FV},
    [VOXEL_DIHEDRAL_T] = {FALSE, TRUE, FALSE, FALSE, VOXEL_DIHEDRAL_T},
    [VOXEL_DIHEDRAL_AT] = {TRUE, TRUE, FALSE, TRUE, VOXEL_DIHEDRAL_AT},
};

#ifdef __SSE2__

/* 16 bytes of 8 or 16-bit pixels, the last first. */
static inline __m128i
reverse_vector (__m128i v, guint pixel_size)
{
  if (pixel_size == 1)
    v = _mm_or_si128 (_mm_slli_epi16 (v, 8), _mm_srli_epi16 (v, 8));
  v = _mm_shufflehi_epi16 (_mm_shufflelo_epi16 (v, _MM_SHUFFLE (0, 1, 2, 3)), _MM_SHUFFLE (0, 1, 2, 3));
  return _mm_shuffle_epi32 (v, _MM_SHUFFLE (1, 0, 3, 2));
}

/* Returns how many pixels from the start of the result are done. */
static inline guint
reverse_vectors (const guint8 *in, guint8 *out, guint width, guint pixel_size)
{
  guint step = 16 / pixel_size, x = 0;

  for (; x + step <= width; x += step)
    _mm_storeu_si128 (
        (__m128i *) (out + (gsize) x * pixel_size),
        reverse_vector (_mm_loadu_si128 ((const __m128i *) (in + (gsize) (width - x - step) * pixel_size)),
                        pixel_size));
  return x;
}

#else

static inline guint
reverse_vectors (const guint8 *in, guint8 *out, guint width, guint pixel_size)
{
  return 0;
}

#endif

#define DEFINE_REVERSE(bits) \
  static void reverse_##bits (const guint##bits *restrict in, guint##bits *restrict out, gsize width, \
                              gsize from) \
  { \
    for (gsize x = from; x < width; x++) \
      out[x] = in[width - 1 - x]; \
  }

DEFINE_REVERSE (8)
DEFINE_REVERSE (16)
DEFINE_REVERSE (32)

static void
reverse_row (const guint8 *in, guint8 *out, guint width, guint pixel_size)
{
  if (pixel_size == 1)
    reverse_8 (in, out, width, reverse_vectors (in, out, width, 1));
  else if (pixel_size == 2)
    reverse_16 ((const guint16 *) in, (guint16 *) out, width, reverse_vectors (in, out, width, 2));
  else
    reverse_32 ((const guint32 *) in, (guint32 *) out, width, 0);
}

/**
 * voxel_dihedral_inverse:
 * @symmetry: a symmetry
 *
 * Returns: the one that undoes it
 */
VoxelDihedral
voxel_dihedral_inverse (VoxelDihedral symmetry)
{
  return forms[symmetry].inverse;
}

/**
 * voxel_dihedral_swaps_sides:
 * @symmetry: a symmetry
 *
 * Returns: whether width and height change places
 */
gboolean
voxel_dihedral_swaps_sides (VoxelDihedral symmetry)
{
  return forms[symmetry].transpose;
}

/**
 * voxel_dihedral_turn:
 * @symmetry: how to turn
 * @in: a picture of @width x @height pixels
 * @in_stride: bytes from a row to the next
 * @width: columns of @in
 * @height: rows of @in
 * @pixel_size: 1, 2 or 4 bytes (8 and 16-bit images, floats); rows are aligned to it
 * @out: where the turned picture goes; does not overlap @in
 * @out_stride: bytes from a row of the turned picture to the next
 *
 * Turns by 90 degrees give @height columns and @width rows.
 */
void
voxel_dihedral_turn (VoxelDihedral symmetry, gconstpointer in, gsize in_stride, guint width, guint height,
                     guint pixel_size, gpointer out, gsize out_stride)
{
  const DihedralForm *form = &forms[symmetry];
  guint out_rows = form->transpose ? width : height;
  const guint8 *from = in;
  guint8 *to = out;
  gssize from_step = (gssize) in_stride, to_step = (gssize) out_stride;

  g_return_if_fail (pixel_size == 1 || pixel_size == 2 || pixel_size == 4);

  if (width == 0 || height == 0)
    return;
  if (form->rows_up) {
    from += (gsize) (height - 1) * in_stride;
    from_step = -from_step;
  }
  if (form->out_up) {
    to += (gsize) (out_rows - 1) * out_stride;
    to_step = -to_step;
  }
  if (form->transpose) {
    voxel_transpose (from, from_step, width, height, pixel_size, to, to_step);
    return;
  }
  for (guint y = 0; y < height; y++, from += from_step, to += to_step) {
    if (form->reverse)
      reverse_row (from, to, width, pixel_size);
    else
      memcpy (to, from, (gsize) width * pixel_size);
  }
}

/**
 * voxel_dihedral_turn_region:
 * @symmetry: how to turn
 * @in: a picture of @width x @height pixels
 * @in_stride: bytes from a row to the next
 * @width: columns of @in
 * @height: rows of @in
 * @pixel_size: 1, 2 or 4 bytes
 * @x: first column wanted of the turned picture
 * @y: first row wanted of the turned picture
 * @region_width: columns wanted
 * @region_height: rows wanted
 * @out: where that part of the turned picture goes, its first pixel first; does not overlap @in
 * @out_stride: bytes from a row of @out to the next
 *
 * A part of what voxel_dihedral_turn() would give, for those who work on a picture band by band.
 */
void
voxel_dihedral_turn_region (VoxelDihedral symmetry, gconstpointer in, gsize in_stride, guint width,
                            guint height, guint pixel_size, guint x, guint y, guint region_width,
                            guint region_height, gpointer out, gsize out_stride)
{
  const DihedralForm *form = &forms[symmetry];
  guint from_width = form->transpose ? region_height : region_width;
  guint from_height = form->transpose ? region_width : region_height;
  guint from_x = form->transpose ? y : x, from_y = form->transpose ? x : y;

  g_return_if_fail (from_x + from_width <= width && from_y + from_height <= height);

  /* Columns run backwards where a row is reversed, or where its transposed rows are written from the bottom.
   */
  if (form->reverse || form->out_up)
    from_x = width - from_x - from_width;
  if (form->rows_up)
    from_y = height - from_y - from_height;
  voxel_dihedral_turn (symmetry, (const guint8 *) in + from_y * in_stride + (gsize) from_x * pixel_size,
                       in_stride, from_width, from_height, pixel_size, out, out_stride);
}

/**
 * voxel_dihedral_turn_band:
 * @symmetry: how to turn
 * @band: @rows rows of a picture of @width x @height pixels
 * @band_stride: bytes from a row of @band to the next
 * @width: columns of the picture
 * @height: rows of the picture
 * @pixel_size: 1, 2 or 4 bytes
 * @y: which row of the picture @band begins with
 * @rows: how many there are
 * @out: where the whole turned picture goes; does not overlap @band
 * @out_stride: bytes from a row of @out to the next
 *
 * A part of what voxel_dihedral_turn() would do, for those who make a picture band by band.
 */
void
voxel_dihedral_turn_band (VoxelDihedral symmetry, gconstpointer band, gsize band_stride, guint width,
                          guint height, guint pixel_size, guint y, guint rows, gpointer out, gsize out_stride)
{
  const DihedralForm *form = &forms[symmetry];
  guint first = form->rows_up ? height - y - rows : y;
  gsize place = form->transpose ? (gsize) first * pixel_size : first * out_stride;

  g_return_if_fail (y + rows <= height);

  voxel_dihedral_turn (symmetry, band, band_stride, width, rows, pixel_size, (guint8 *) out + place,
                       out_stride);
}
