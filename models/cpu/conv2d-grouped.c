/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/conv2d-grouped.h"

#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/weights.h"
#include "models/graph/bf16.h"

/* Rows that are worth a task: each task reads two rows more than it computes. */
#define ROWS 4

static guint
of_group (const VoxelCpuConv *conv)
{
  return conv->dst.channels / conv->groups;
}

/* A vector of output channels either lies within a group or spans whole ones. */
static gboolean
spans_groups (const VoxelCpuConv *conv)
{
  return of_group (conv) < voxel_cpu_kernels ()->lanes;
}

/**
 * voxel_cpu_conv_grouped:
 * @conv: a convolution
 *
 * Returns: whether simd/grouped.c computes it
 */
gboolean
voxel_cpu_conv_grouped (const VoxelCpuConv *conv)
{
  guint n = of_group (conv);

  if (conv->groups == 1 || conv->stride[1] > 2)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    if (conv->kernel[i] != 3 || conv->dilation[i] != 1)
      return FALSE;
  if (spans_groups (conv) && voxel_cpu_kernels ()->lanes < 8)
    return FALSE;
  return !spans_groups (conv) || (n == conv->src.channels / conv->groups && n > 1 && (n & (n - 1)) == 0);
}

typedef struct {
  guint lanes;
  guint groups;
  gboolean spans;
  gboolean pairs;
} Form;

/* Where output channel @o stands among all vectors of them. */
static gsize
place (const Form *form, const VoxelShape *shape, guint o)
{
  guint n = shape->dim[0] / form->groups;

  return form->spans ? o : (gsize) o / n * VOXEL_CPU_PADDED (form->lanes, n) + o % n;
}

/* Vector of output channels, row, entry, column: what simd/grouped.c multiplies with its vector of that entry. */
static gboolean
pack (const gfloat *values, const VoxelShape *shape, gpointer packed, gpointer data, GError **error)
{
  const Form *form = data;
  guint depth = shape->dim[1], of_entry = form->pairs ? 2 : 1, entries = depth / of_entry;

  for (guint o = 0; o < shape->dim[0]; o++) {
    gsize at = place (form, shape, o), lane = at % form->lanes;
    gsize block = at / form->lanes * 9 * entries;

    for (guint t = 0; t < 9; t++)
      for (guint k = 0; k < depth; k++) {
        gsize index = (block + (t / 3 * (gsize) entries + k / of_entry) * 3 + t % 3) * form->lanes + lane;
        gfloat value = values[((gsize) o * depth + k) * 9 + t];

        if (form->pairs)
          ((guint16 *) packed)[2 * index + k % 2] = voxel_bf16_from_float (value);
        else
          ((gfloat *) packed)[index] = value;
      }
  }
  return TRUE;
}

static const gfloat *
pack_weights (VoxelPrepare *prepare, const VoxelTensor *weight, const VoxelCpuConv *conv, GError **error)
{
  Form form = {voxel_cpu_kernels ()->lanes, conv->groups, spans_groups (conv), conv->pairs};
  g_autofree gchar *format = g_strdup_printf ("cpu:grouped:%u:%u:%d", form.lanes, form.groups, conv->pairs);
  guint vectors = form.spans ? VOXEL_CPU_PADDED (form.lanes, conv->dst.channels)
                             : VOXEL_CPU_PADDED (form.lanes, of_group (conv)) * conv->groups;

  return voxel_prepare_constant (prepare, weight, format,
                                 (gsize) vectors * 9 * weight->shape.dim[1] *
                                     (conv->pairs ? sizeof (guint16) : sizeof (gfloat)),
                                 pack, &form, error);
}

/* By rows, as far as that goes: what lies beside a vector in a pixel is in the cache of who read that. */
static void
divide (VoxelCpuConv *conv, guint threads)
{
  guint vectors = MAX (conv->dst.channels / (2 * voxel_cpu_kernels ()->lanes), 1);

  conv->tile_tasks = CLAMP (conv->dst.height / ROWS, 1, 4 * threads);
  conv->channel_tasks = CLAMP (2 * threads / conv->tile_tasks, 1, vectors);
}

/**
 * voxel_cpu_conv_vector_bias:
 *
 * Sets the bias for vectors that span groups, zeros if there is none.
 */
gboolean
voxel_cpu_conv_vector_bias (VoxelPrepare *prepare, VoxelCpuConvState *state, VoxelStep *step, GError **error)
{
  const VoxelTensor *bias = step->node->inputs[VOXEL_CONV2D_BIAS];

  if (!bias)
    return voxel_cpu_conv_bias (prepare, step->node, state, error);
  state->conv.bias = voxel_cpu_pack (prepare, bias, VOXEL_CPU_PACK_BIAS, 1, error);
  return state->conv.bias != NULL;
}

/**
 * voxel_cpu_conv_grouped_prepare:
 * @prepare: of the plan
 * @state: of a convolution that voxel_cpu_conv_grouped() holds for
 * @step: gets the name of the method
 * @error: why the weights could not be had
 *
 * Sets weights, bias, function and tasks.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cpu_conv_grouped_prepare (VoxelPrepare *prepare, VoxelCpuConvState *state, VoxelStep *step,
                                GError **error)
{
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  VoxelCpuConv *conv = &state->conv;

  conv->pairs = voxel_cpu_has_fast_pairs () && conv->src.bf16 && conv->src.channels / conv->groups % 2 == 0 &&
                conv->src.pitch % 2 == 0;
  if (!(spans_groups (conv) ? voxel_cpu_conv_vector_bias (prepare, state, step, error)
                            : voxel_cpu_conv_bias (prepare, step->node, state, error)))
    return FALSE;
  conv->weights = pack_weights (prepare, step->node->inputs[VOXEL_CONV2D_WEIGHT], conv, error);
  divide (conv, prepare->target->threads);
  state->func = kernels->grouped;
  state->scratch = kernels->grouped_scratch (conv);
  step->implementation = voxel_cpu_implementation (conv->pairs ? "grouped-bf16" : "grouped");
  return conv->weights != NULL;
}
