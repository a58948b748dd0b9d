/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/weights.h"

#include "models/cpu/isa.h"
#include "models/graph/bf16.h"

typedef struct {
  VoxelCpuPacking packing;
  guint lanes;
  guint groups;
} Form;

/* Where output channel @o stands among blocks of @rows rows each. */
static gsize
place (guint lanes, guint o, gsize rows)
{
  guint first = o / (2 * lanes) * 2 * lanes;

  return first * rows + (o - first);
}

static guint
width_at (guint lanes, guint channels, guint o)
{
  guint first = o / (2 * lanes) * 2 * lanes;

  return VOXEL_CPU_BLOCK (lanes, VOXEL_CPU_PADDED (lanes, channels) - first);
}

static void
pack_taps (const Form *form, const gfloat *values, const VoxelShape *shape, gfloat *out)
{
  guint of_group = shape->dim[0] / form->groups, depth = shape->dim[1], taps = shape->dim[2] * shape->dim[3];
  gsize group_size = (gsize) VOXEL_CPU_PADDED (form->lanes, of_group) * taps * depth;

  for (guint o = 0; o < shape->dim[0]; o++) {
    guint width = width_at (form->lanes, of_group, o % of_group);
    gfloat *block = out + o / of_group * group_size + place (form->lanes, o % of_group, (gsize) taps * depth);

    for (guint t = 0; t < taps; t++)
      for (guint k = 0; k < depth; k++)
        block[((gsize) t * depth + k) * width] = values[((gsize) o * depth + k) * taps + t];
  }
}

static void
pack_transposed (const Form *form, const gfloat *values, const VoxelShape *shape, gfloat *out)
{
  guint depth = shape->dim[0], channels = shape->dim[1], taps = shape->dim[2] * shape->dim[3];
  gsize tap_size = (gsize) VOXEL_CPU_PADDED (form->lanes, channels) * depth;

  for (guint o = 0; o < channels; o++) {
    guint width = width_at (form->lanes, channels, o);

    for (guint t = 0; t < taps; t++)
      for (guint k = 0; k < depth; k++)
        out[t * tap_size + place (form->lanes, o, depth) + (gsize) k * width] =
            values[((gsize) k * channels + o) * taps + t];
  }
}

/* Where value @k of the rows of pairs of output channel @o stands, which begin at @first among all rows. */
static gsize
place_in_pair (guint lanes, guint channels, guint o, gsize first, gsize rows, guint k)
{
  gsize width = width_at (lanes, channels, o);

  return (place (lanes, o, rows) + (first + k / 2) * width) * 2 + k % 2;
}

/* @blocks times as many output channels by all the input channels of their groups, which have @of_group output
 * channels each. */
static void
pack_block_pairs_of (const Form *form, const gfloat *values, const VoxelShape *shape, gfloat *out,
                     guint blocks, guint of_group)
{
  guint size = shape->dim[0] / blocks, depth = shape->dim[1], rows = shape->dim[2], columns = shape->dim[3];
  guint wide = size / of_group * depth;
  gsize pairs = ((gsize) columns * wide + 1) / 2, block = VOXEL_CPU_PADDED (form->lanes, size) * rows * pairs;

  for (guint o = 0; o < shape->dim[0]; o++) {
    guint16 *halves = (guint16 *) (out + o / size * block);
    guint first = o % size / of_group * depth;

    for (guint k = 0; k < depth; k++)
      for (guint t = 0; t < rows * columns; t++)
        halves[place_in_pair (form->lanes, size, o % size, t / columns * pairs, rows * pairs,
                              t % columns * wide + first + k)] = voxel_bf16_from_float (*values++);
  }
}

static void
pack_pairs (const Form *form, const gfloat *values, const VoxelShape *shape, gfloat *out)
{
  pack_block_pairs_of (form, values, shape, out, 1, shape->dim[0]);
}

static void
pack_block_pairs (const Form *form, const gfloat *values, const VoxelShape *shape, gfloat *out)
{
  pack_block_pairs_of (form, values, shape, out, form->groups, shape->dim[1]);
}

static void
pack_transposed_pairs (const Form *form, const gfloat *values, const VoxelShape *shape, gfloat *out)
{
  guint depth = shape->dim[0], channels = shape->dim[1], taps = shape->dim[2] * shape->dim[3];
  gsize pairs = ((gsize) depth + 1) / 2, tap_size = VOXEL_CPU_PADDED (form->lanes, channels) * pairs;
  guint16 *halves = (guint16 *) out;

  for (guint k = 0; k < depth; k++)
    for (guint o = 0; o < channels; o++)
      for (guint t = 0; t < taps; t++)
        halves[2 * t * tap_size + place_in_pair (form->lanes, channels, o, 0, pairs, k)] =
            voxel_bf16_from_float (*values++);
}

/* G g G^T of the 3x3 filter @g, in double: the filter's polynomial at the points of simd/winograd.c, 0, +-a,
 * +-b and infinity, divided by the product of the point's distances to the others. */
static void
transform_filter (const gfloat *g, gdouble *u)
{
  const gdouble a = .625, b = 1.5, zero = 1 / (a * a * b * b);
  const gdouble at_a = 1 / (2 * a * a * (a * a - b * b)), at_b = 1 / (2 * b * b * (b * b - a * a));
  const gdouble m[6][3] = {{zero, 0, 0},
                           {at_a, at_a * a, at_a * a * a},
                           {at_a, -at_a * a, at_a * a * a},
                           {at_b, at_b * b, at_b * b * b},
                           {at_b, -at_b * b, at_b * b * b},
                           {0, 0, 1}};

  for (guint i = 0; i < 6; i++) {
    gdouble row[3];

    for (guint x = 0; x < 3; x++)
      row[x] = m[i][0] * g[x] + m[i][1] * g[3 + x] + m[i][2] * g[6 + x];
    for (guint j = 0; j < 6; j++)
      u[6 * i + j] = m[j][0] * row[0] + m[j][1] * row[1] + m[j][2] * row[2];
  }
}

static void
pack_winograd (const Form *form, const gfloat *values, const VoxelShape *shape, gfloat *out)
{
  guint channels = shape->dim[0], depth = shape->dim[1];
  gsize plane = (gsize) VOXEL_CPU_PADDED (form->lanes, channels) * depth;

  for (guint o = 0; o < channels; o++) {
    gfloat *block = out + place (form->lanes, o, depth);
    guint width = width_at (form->lanes, channels, o);

    for (guint k = 0; k < depth; k++) {
      gdouble u[36];

      transform_filter (values + ((gsize) o * depth + k) * 9, u);
      for (guint f = 0; f < 36; f++)
        block[f * plane + (gsize) k * width] = u[f];
    }
  }
}

static void
pack_rows (const Form *form, const gfloat *values, const VoxelShape *shape, gfloat *out)
{
  gsize row = VOXEL_CPU_PADDED (form->lanes, shape->dim[1]), taps = (gsize) shape->dim[2] * shape->dim[3];

  for (guint o = 0; o < shape->dim[0]; o++)
    for (guint k = 0; k < shape->dim[1]; k++)
      for (gsize t = 0; t < taps; t++)
        out[(o * taps + t) * row + k] = values[((gsize) o * shape->dim[1] + k) * taps + t];
}

static void
pack_bias (const Form *form, const gfloat *values, const VoxelShape *shape, gfloat *out)
{
  guint of_group = shape->dim[0] / form->groups;

  for (guint o = 0; o < shape->dim[0]; o++)
    out[o / of_group * VOXEL_CPU_PADDED (form->lanes, of_group) + o % of_group] = values[o];
}

static const struct {
  const gchar *name;
  void (*pack) (const Form *form, const gfloat *values, const VoxelShape *shape, gfloat *out);
} packings[] = {
    [VOXEL_CPU_PACK_TAPS] = {"taps", pack_taps},
    [VOXEL_CPU_PACK_TRANSPOSED] = {"transposed", pack_transposed},
    [VOXEL_CPU_PACK_PAIRS] = {"pairs", pack_pairs},
    [VOXEL_CPU_PACK_BLOCK_PAIRS] = {"block-pairs", pack_block_pairs},
    [VOXEL_CPU_PACK_TRANSPOSED_PAIRS] = {"transposed-pairs", pack_transposed_pairs},
    [VOXEL_CPU_PACK_WINOGRAD] = {"winograd", pack_winograd},
    [VOXEL_CPU_PACK_ROWS] = {"rows", pack_rows},
    [VOXEL_CPU_PACK_BIAS] = {"bias", pack_bias},
};

static gboolean
pack_form (const gfloat *values, const VoxelShape *shape, gpointer packed, gpointer data, GError **error)
{
  const Form *form = data;

  packings[form->packing].pack (form, values, shape, packed);
  return TRUE;
}

static gsize
packed_floats (const Form *form, const VoxelShape *shape)
{
  gsize outputs = (gsize) VOXEL_CPU_PADDED (form->lanes, shape->dim[0] / form->groups) * form->groups;

  if (form->packing == VOXEL_CPU_PACK_BIAS)
    return outputs;
  if (form->packing == VOXEL_CPU_PACK_ROWS)
    return (gsize) shape->dim[0] * VOXEL_CPU_PADDED (form->lanes, shape->dim[1]) * shape->dim[2] *
           shape->dim[3];
  if (form->packing == VOXEL_CPU_PACK_PAIRS)
    return outputs * shape->dim[2] * (((gsize) shape->dim[3] * shape->dim[1] + 1) / 2);
  if (form->packing == VOXEL_CPU_PACK_BLOCK_PAIRS)
    return outputs * shape->dim[2] * (((gsize) shape->dim[3] * (shape->dim[0] / form->groups) + 1) / 2);
  if (form->packing == VOXEL_CPU_PACK_TRANSPOSED_PAIRS)
    return (gsize) VOXEL_CPU_PADDED (form->lanes, shape->dim[1]) * ((shape->dim[0] + 1) / 2) * shape->dim[2] *
           shape->dim[3];
  if (form->packing == VOXEL_CPU_PACK_TRANSPOSED)
    return (gsize) shape->dim[0] * VOXEL_CPU_PADDED (form->lanes, shape->dim[1]) * shape->dim[2] *
           shape->dim[3];
  if (form->packing == VOXEL_CPU_PACK_WINOGRAD)
    return outputs * shape->dim[1] * 36;
  return outputs * shape->dim[1] * shape->dim[2] * shape->dim[3];
}

/**
 * voxel_cpu_pack:
 * @prepare: of the plan
 * @constant: weights or bias
 * @packing: the form
 * @groups: of the convolution
 * @error: why the weights could not be had
 *
 * Returns: (transfer none) (nullable): the weights in that form for this machine's vectors; shared, lives as
 *   long as the plan
 */
const gfloat *
voxel_cpu_pack (VoxelPrepare *prepare, const VoxelTensor *constant, VoxelCpuPacking packing, guint groups,
                GError **error)
{
  Form form = {packing, voxel_cpu_kernels ()->lanes, groups};
  g_autofree gchar *format = g_strdup_printf ("cpu:%s:%u:%u", packings[packing].name, form.lanes, groups);

  return voxel_prepare_constant (prepare, constant, format,
                                 packed_floats (&form, &constant->shape) * sizeof (gfloat), pack_form, &form,
                                 error);
}
