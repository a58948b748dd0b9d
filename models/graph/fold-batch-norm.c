/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/graph/passes.h"
#include "models/ops/ops.h"

/* y = (conv (x) + b - mean) s + beta with s = gamma / sqrt (variance + epsilon) is a convolution with weights
 * s w and bias (b - mean) s + beta (Jacob et al. 2018, section 3.2). Computed in double, when a backend packs
 * it. */

enum { WEIGHT_W, WEIGHT_GAMMA, WEIGHT_VARIANCE };
enum { BIAS_B, BIAS_GAMMA, BIAS_BETA, BIAS_MEAN, BIAS_VARIANCE };

static gdouble
scale_of (const VoxelConstant *constant, gfloat gamma, gfloat variance)
{
  return gamma / sqrt (variance + constant->parameter);
}

/* Output channels are the first dimension of a convolution's weights; of a transposed one's, with g groups,
 * channel o is row o % (O / g) of the inputs of group o / (O / g). */
static gboolean
fold_weight (const VoxelConstant *constant, gboolean transposed, gfloat *values, GError **error)
{
  g_autofree gfloat *w = voxel_constant_evaluate (constant->sources[WEIGHT_W], error);
  g_autofree gfloat *gamma = w ? voxel_constant_evaluate (constant->sources[WEIGHT_GAMMA], error) : NULL;
  g_autofree gfloat *variance =
      gamma ? voxel_constant_evaluate (constant->sources[WEIGHT_VARIANCE], error) : NULL;
  const guint *dim = constant->shape.dim;
  gsize taps = (gsize) dim[2] * dim[3];

  if (!variance)
    return FALSE;
  guint per_group = transposed ? dim[0] / (constant->sources[WEIGHT_GAMMA]->shape.dim[0] / dim[1]) : 1;
  for (gsize row = 0; row < (gsize) dim[0] * dim[1]; row++) {
    gsize o = transposed ? row / dim[1] / per_group * dim[1] + row % dim[1] : row / dim[1];
    gdouble scale = scale_of (constant, gamma[o], variance[o]);

    for (gsize i = row * taps; i < (row + 1) * taps; i++)
      values[i] = (gfloat) (w[i] * scale);
  }
  return TRUE;
}

static gboolean
fold_conv2d_weight (const VoxelConstant *constant, gfloat *values, GError **error)
{
  return fold_weight (constant, FALSE, values, error);
}

static gboolean
fold_conv_transpose2d_weight (const VoxelConstant *constant, gfloat *values, GError **error)
{
  return fold_weight (constant, TRUE, values, error);
}

static gboolean
fold_bias (const VoxelConstant *constant, gfloat *values, GError **error)
{
  g_autofree gfloat *gamma = voxel_constant_evaluate (constant->sources[BIAS_GAMMA], error);
  g_autofree gfloat *beta = gamma ? voxel_constant_evaluate (constant->sources[BIAS_BETA], error) : NULL;
  g_autofree gfloat *mean = beta ? voxel_constant_evaluate (constant->sources[BIAS_MEAN], error) : NULL;
  g_autofree gfloat *variance =
      mean ? voxel_constant_evaluate (constant->sources[BIAS_VARIANCE], error) : NULL;
  g_autofree gfloat *b = NULL;

  if (!variance)
    return FALSE;
  if (constant->sources[BIAS_B] && !(b = voxel_constant_evaluate (constant->sources[BIAS_B], error)))
    return FALSE;
  for (guint o = 0; o < constant->sources[BIAS_GAMMA]->shape.dim[0]; o++)
    values[o] = (gfloat) (((b ? (gdouble) b[o] : 0) - mean[o]) * scale_of (constant, gamma[o], variance[o]) +
                          beta[o]);
  return TRUE;
}

static gboolean
only_scale (const VoxelConstant *constant, gfloat *values, GError **error)
{
  g_autofree gfloat *gamma = voxel_constant_evaluate (constant->sources[WEIGHT_GAMMA], error);
  g_autofree gfloat *variance =
      gamma ? voxel_constant_evaluate (constant->sources[WEIGHT_VARIANCE], error) : NULL;

  if (!variance)
    return FALSE;
  for (guint o = 0; o < constant->sources[WEIGHT_GAMMA]->shape.dim[0]; o++)
    values[o] = (gfloat) scale_of (constant, gamma[o], variance[o]);
  return TRUE;
}

static VoxelTensor *
folded (VoxelGraph *graph, const VoxelNode *norm, const gchar *kind, const VoxelShape *shape,
        VoxelConstantFunc evaluate, VoxelTensor *const *sources, guint n_sources)
{
  g_autoptr (GString) key = g_string_new (kind);
  const VoxelBatchNorm *attributes = norm->attributes;
  VoxelConstant *constant;

  for (guint i = 0; i < n_sources; i++)
    g_string_append_printf (key, "|%s", sources[i] ? sources[i]->constant->key : "");
  g_string_append_printf (key, "|%a", attributes->epsilon);
  constant = voxel_constant_new (key->str, shape, evaluate, NULL, NULL);
  constant->parameter = attributes->epsilon;
  for (guint i = 0; i < n_sources; i++)
    constant->sources[i] = sources[i] ? voxel_constant_ref (sources[i]->constant) : NULL;
  return voxel_graph_constant (graph, constant);
}

static gboolean
has_constants (const VoxelNode *norm)
{
  for (guint i = VOXEL_BATCH_NORM_WEIGHT; i < VOXEL_BATCH_NORM_INPUTS; i++)
    if (!norm->inputs[i]->constant)
      return FALSE;
  return TRUE;
}

static gboolean
foldable (const VoxelGraph *graph, const VoxelNode *norm)
{
  const VoxelNode *conv = norm->inputs[VOXEL_BATCH_NORM_X]->producer;

  if (!conv || (conv->op != &voxel_op_conv2d && conv->op != &voxel_op_conv_transpose2d))
    return FALSE;
  const VoxelConv2d *attributes = conv->attributes;
  const VoxelTensor *bias = conv->inputs[VOXEL_CONV2D_BIAS];
  if (attributes->activation != VOXEL_ACTIVATION_NONE || conv->inputs[VOXEL_CONV2D_SUM] ||
      !conv->inputs[VOXEL_CONV2D_WEIGHT]->constant || (bias && !bias->constant) || !has_constants (norm))
    return FALSE;
  return voxel_graph_consumers (graph, norm->inputs[VOXEL_BATCH_NORM_X], NULL) == 1;
}

static void
fold (VoxelGraph *graph, VoxelNode *norm)
{
  VoxelNode *conv = norm->inputs[VOXEL_BATCH_NORM_X]->producer;
  gboolean transposed = conv->op == &voxel_op_conv_transpose2d;
  VoxelTensor *const weight_sources[] = {conv->inputs[VOXEL_CONV2D_WEIGHT],
                                         norm->inputs[VOXEL_BATCH_NORM_WEIGHT],
                                         norm->inputs[VOXEL_BATCH_NORM_VARIANCE]};
  VoxelTensor *const bias_sources[] = {conv->inputs[VOXEL_CONV2D_BIAS], norm->inputs[VOXEL_BATCH_NORM_WEIGHT],
                                       norm->inputs[VOXEL_BATCH_NORM_BIAS],
                                       norm->inputs[VOXEL_BATCH_NORM_MEAN],
                                       norm->inputs[VOXEL_BATCH_NORM_VARIANCE]};

  conv->inputs[VOXEL_CONV2D_WEIGHT] =
      folded (graph, norm, "folded", &weight_sources[0]->shape,
              transposed ? fold_conv_transpose2d_weight : fold_conv2d_weight, weight_sources, 3);
  conv->inputs[VOXEL_CONV2D_BIAS] =
      folded (graph, norm, "folded-bias", &bias_sources[1]->shape, fold_bias, bias_sources, 5);
  voxel_graph_adopt (graph, conv, 0, norm->outputs[0]);
  voxel_graph_remove (graph, norm);
}

/**
 * voxel_pass_fold_batch_norm:
 * @graph: a graph
 *
 * Takes every batch norm into the convolution before it, where nobody else reads that.
 */
void
voxel_pass_fold_batch_norm (VoxelGraph *graph)
{
  for (guint n = 0; n < graph->nodes->len;) {
    VoxelNode *node = graph->nodes->pdata[n];

    if (node->op == &voxel_op_batch_norm && foldable (graph, node))
      fold (graph, node);
    else
      n++;
  }
}

/* x s + (beta - mean s) */
static gboolean
split (VoxelGraph *graph, VoxelNode *norm, guint position, GError **error)
{
  VoxelTensor *const sources[] = {NULL, norm->inputs[VOXEL_BATCH_NORM_WEIGHT],
                                  norm->inputs[VOXEL_BATCH_NORM_BIAS], norm->inputs[VOXEL_BATCH_NORM_MEAN],
                                  norm->inputs[VOXEL_BATCH_NORM_VARIANCE]};
  VoxelTensor *const scale_sources[] = {NULL, sources[BIAS_GAMMA], sources[BIAS_VARIANCE]};
  const VoxelShape shape = VOXEL_SHAPE_4 (1, norm->outputs[0]->shape.dim[1], 1, 1);
  VoxelTensor *scale = folded (graph, norm, "scale", &shape, only_scale, scale_sources, 3);
  VoxelTensor *shift = folded (graph, norm, "shift", &shape, fold_bias, sources, 5);
  VoxelNode *product, *sum;

  product = voxel_graph_insert (graph, position, &voxel_op_multiply, norm->name, NULL,
                                (VoxelTensor *const[]){norm->inputs[VOXEL_BATCH_NORM_X], scale}, 2, error);
  if (!product)
    return FALSE;
  product->outputs[0]->type = norm->outputs[0]->type;
  sum = voxel_graph_insert (graph, position + 1, &voxel_op_add, norm->name, NULL,
                            (VoxelTensor *const[]){product->outputs[0], shift}, 2, error);
  if (!sum)
    return FALSE;
  voxel_graph_adopt (graph, sum, 0, norm->outputs[0]);
  voxel_graph_remove (graph, norm);
  return TRUE;
}

/**
 * voxel_pass_split_batch_norm:
 * @graph: a graph
 * @error: of inserting nodes
 *
 * For backends without such an operator: what no convolution takes up becomes a product and an addition.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_pass_split_batch_norm (VoxelGraph *graph, GError **error)
{
  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *node = graph->nodes->pdata[n];

    if (node->op == &voxel_op_batch_norm && has_constants (node) && !split (graph, node, n, error))
      return FALSE;
  }
  return TRUE;
}
