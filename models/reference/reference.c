/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

#include "models/graph/bf16.h"
#include "models/reference/picture.h"

/* The oracle of the suite that every backend passes: each kernel brings its operands into plain order,
 * computes with naive loops and sums in double, and stores the result in the type and layout asked for. At
 * bf16 weights and stored pictures are rounded as everywhere. */

typedef struct {
  VoxelReferenceFunc func;
  const gfloat *constants[VOXEL_OP_MAX_INPUTS];
} State;

static gboolean
pack_float (const gfloat *values, const VoxelShape *shape, gpointer packed, gpointer data, GError **error)
{
  gboolean *rounded = data;
  gfloat *out = packed;
  gsize n = 0;

  voxel_shape_elements (shape, &n);
  for (gsize i = 0; i < n; i++)
    out[i] = *rounded ? voxel_bf16_to_float (voxel_bf16_from_float (values[i])) : values[i];
  return TRUE;
}

static gboolean
dense_bytes (const VoxelNode *node, const VoxelTensor *tensor, gsize *total, GError **error)
{
  gsize n;

  if (!tensor || tensor->constant)
    return TRUE;
  if (tensor->type != VOXEL_DTYPE_F32 && tensor->type != VOXEL_DTYPE_F16 && tensor->type != VOXEL_DTYPE_BF16)
    return voxel_node_unsupported (node, error, "%s is neither float, half nor bf16", tensor->name);
  if (!voxel_shape_elements (&tensor->shape, &n) || !g_size_checked_mul (&n, n, sizeof (gfloat)) ||
      !g_size_checked_add (total, *total, n))
    return voxel_node_unsupported (node, error, "%s is too large", tensor->name);
  return TRUE;
}

/**
 * voxel_reference_prepare:
 * @prepare: of the plan
 * @step: to fill
 * @func: how the operator is computed
 * @error: why it cannot be
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_reference_prepare (VoxelPrepare *prepare, VoxelStep *step, VoxelReferenceFunc func, GError **error)
{
  const VoxelNode *node = step->node;
  g_autofree State *state = g_new0 (State, 1);

  state->func = func;
  for (guint i = 0; i < node->n_inputs; i++) {
    const VoxelTensor *tensor = node->inputs[i];
    /* Only matrices are rounded: biases stay float in every backend. */
    gboolean rounded = prepare->target->precision == VOXEL_PRECISION_BF16 && tensor && tensor->shape.n > 1;
    gsize n = 0;

    if (!dense_bytes (node, tensor, &step->scratch, error))
      return FALSE;
    if (!tensor || !tensor->constant)
      continue;
    voxel_shape_elements (&tensor->shape, &n);
    state->constants[i] =
        voxel_prepare_constant (prepare, tensor, rounded ? "reference/bf16" : "reference/f32",
                                n * sizeof (gfloat), pack_float, &rounded, error);
    if (!state->constants[i])
      return FALSE;
  }
  for (guint i = 0; i < node->n_outputs; i++)
    if (!dense_bytes (node, node->outputs[i], &step->scratch, error))
      return FALSE;
  step->state = g_steal_pointer (&state);
  return TRUE;
}

void
voxel_reference_release (gpointer state)
{
  g_free (state);
}

static gfloat *
take (gfloat **scratch, const VoxelTensor *tensor)
{
  gfloat *area = *scratch;
  gsize n = 0;

  voxel_shape_elements (&tensor->shape, &n);
  *scratch += n;
  return area;
}

gboolean
voxel_reference_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const VoxelNode *node = step->node;
  const State *state = step->state;
  const gfloat *inputs[VOXEL_OP_MAX_INPUTS] = {NULL};
  gfloat *outputs[VOXEL_OP_MAX_OUTPUTS] = {NULL};
  gfloat *scratch = operands->scratch;

  for (guint i = 0; i < node->n_inputs; i++) {
    const VoxelTensor *tensor = node->inputs[i];

    inputs[i] = state->constants[i];
    if (!tensor || tensor->constant)
      continue;
    gfloat *area = take (&scratch, tensor);
    voxel_reference_load (tensor, operands->inputs[i], area);
    inputs[i] = area;
  }
  for (guint i = 0; i < node->n_outputs; i++)
    outputs[i] = take (&scratch, node->outputs[i]);
  state->func (node, inputs, outputs);
  for (guint i = 0; i < node->n_outputs; i++)
    voxel_reference_store (node->outputs[i], outputs[i], operands->outputs[i]);
  return TRUE;
}

gboolean
voxel_reference_slice (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint,
                       guint channel)
{
  return TRUE;
}

gint
voxel_reference_in_place_first (const VoxelNode *node)
{
  return 0;
}

static gboolean
reference_probe (VoxelPrecision precision, GError **error)
{
  if (precision == VOXEL_PRECISION_FP32 || precision == VOXEL_PRECISION_BF16)
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "The reference backend computes in fp32 or bf16, not in %s",
               voxel_precision_to_name (precision));
  return FALSE;
}

static VoxelPrecision
reference_fastest (void)
{
  return VOXEL_PRECISION_FP32;
}

static const VoxelKernel *const kernels[] = {
    &voxel_reference_conv2d,
    &voxel_reference_conv_transpose2d,
    &voxel_reference_batch_norm,
    &voxel_reference_relu,
    &voxel_reference_sigmoid,
    &voxel_reference_silu,
    &voxel_reference_leaky_relu,
    &voxel_reference_gelu,
    &voxel_reference_max_pool2d,
    &voxel_reference_avg_pool2d,
    &voxel_reference_global_avg_pool2d,
    &voxel_reference_pad,
    &voxel_reference_upsample,
    &voxel_reference_concat,
    &voxel_reference_add,
    &voxel_reference_layer_norm,
    &voxel_reference_group_norm,
    &voxel_reference_softmax,
    &voxel_reference_matmul,
    &voxel_reference_linear,
    &voxel_reference_attention,
    &voxel_reference_reshape,
    &voxel_reference_transpose,
    &voxel_reference_multiply,
    &voxel_reference_convert,
    NULL,
};

const VoxelBackend voxel_backend_reference = {
    .name = "reference",
    .probe = reference_probe,
    .fastest = reference_fastest,
    .kernels = kernels,
};
