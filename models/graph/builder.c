/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/builder.h"

/**
 * voxel_builder_init:
 * @builder: (out): to set up
 * @graph: (transfer none): to build
 * @find: where weights come from
 * @data: for @find
 */
void
voxel_builder_init (VoxelBuilder *builder, VoxelGraph *graph, VoxelBuilderFind find, gpointer data)
{
  *builder = (VoxelBuilder){.graph = graph, .find = find, .data = data};
  builder->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * voxel_builder_finish:
 * @builder: a builder
 * @output: (nullable): the network's result
 * @error: the first of all errors
 *
 * Returns: whether all of the network could be built
 */
gboolean
voxel_builder_finish (VoxelBuilder *builder, VoxelTensor *output, GError **error)
{
  if (builder->error) {
    g_propagate_error (error, g_steal_pointer (&builder->error));
    return FALSE;
  }
  builder->graph->output = output;
  return voxel_graph_check (builder->graph, error);
}

void
voxel_builder_clear (VoxelBuilder *builder)
{
  g_clear_pointer (&builder->used, g_hash_table_unref);
  g_clear_error (&builder->error);
}

static VoxelTensor *
weight (VoxelBuilder *builder, const gchar *layer, const gchar *kind, const VoxelShape *shape,
        gboolean learnt)
{
  g_autofree gchar *name = g_strconcat (layer, *layer ? "." : "", kind, NULL);
  VoxelConstant *constant;
  gsize elements;

  if (builder->error)
    return NULL;
  constant = builder->find (builder->data, name, shape, &builder->error);
  if (!constant)
    return NULL;
  if (learnt && voxel_shape_elements (shape, &elements))
    builder->parameters += elements;
  g_hash_table_add (builder->used, g_steal_pointer (&name));
  return voxel_graph_constant (builder->graph, constant);
}

static VoxelTensor *
append (VoxelBuilder *builder, const VoxelOp *op, const gchar *name, gconstpointer attributes,
        VoxelTensor *const *inputs, guint n_inputs)
{
  VoxelNode *node;

  if (builder->error)
    return NULL;
  node = voxel_graph_append (builder->graph, op, *name ? name : op->name, attributes, inputs, n_inputs,
                             &builder->error);
  return node ? node->outputs[0] : NULL;
}

static VoxelTensor *
convolution (VoxelBuilder *builder, const VoxelOp *op, VoxelTensor *x, const gchar *name,
             const VoxelShape *shape, guint channels, const VoxelConv2d *conv, gboolean bias)
{
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x};

  inputs[VOXEL_CONV2D_WEIGHT] = weight (builder, name, "weight", shape, TRUE);
  if (bias)
    inputs[VOXEL_CONV2D_BIAS] = weight (builder, name, "bias", &VOXEL_SHAPE_1 (channels), TRUE);
  return append (builder, op, name, conv, inputs, VOXEL_CONV2D_INPUTS);
}

/**
 * voxel_builder_conv2d:
 * @builder: a builder
 * @x: input
 * @name: of the layer
 * @channels: that it gives
 * @kernel: side in pixels
 * @conv: the rest
 * @bias: whether it has one
 *
 * Returns: (transfer none) (nullable): the result
 */
VoxelTensor *
voxel_builder_conv2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint channels, guint kernel,
                      const VoxelConv2d *conv, gboolean bias)
{
  if (builder->error)
    return NULL;
  return convolution (builder, &voxel_op_conv2d, x, name,
                      &VOXEL_SHAPE_4 (channels, x->shape.dim[1] / conv->groups, kernel, kernel), channels,
                      conv, bias);
}

/**
 * voxel_builder_conv_transpose2d:
 *
 * As voxel_builder_conv2d().
 *
 * Returns: (transfer none) (nullable): the result
 */
VoxelTensor *
voxel_builder_conv_transpose2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint channels,
                                guint kernel, const VoxelConv2d *conv, gboolean bias)
{
  if (builder->error)
    return NULL;
  return convolution (builder, &voxel_op_conv_transpose2d, x, name,
                      &VOXEL_SHAPE_4 (x->shape.dim[1], channels / conv->groups, kernel, kernel), channels,
                      conv, bias);
}

VoxelTensor *
voxel_builder_batch_norm (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, gdouble epsilon)
{
  VoxelTensor *inputs[VOXEL_BATCH_NORM_INPUTS] = {x};

  if (builder->error)
    return NULL;
  const VoxelShape shape = VOXEL_SHAPE_1 (x->shape.dim[1]);
  inputs[VOXEL_BATCH_NORM_WEIGHT] = weight (builder, name, "weight", &shape, TRUE);
  inputs[VOXEL_BATCH_NORM_BIAS] = weight (builder, name, "bias", &shape, TRUE);
  inputs[VOXEL_BATCH_NORM_MEAN] = weight (builder, name, "running_mean", &shape, FALSE);
  inputs[VOXEL_BATCH_NORM_VARIANCE] = weight (builder, name, "running_var", &shape, FALSE);
  return append (builder, &voxel_op_batch_norm, name, &(VoxelBatchNorm){epsilon}, inputs,
                 VOXEL_BATCH_NORM_INPUTS);
}

VoxelTensor *
voxel_builder_relu (VoxelBuilder *builder, VoxelTensor *x, const gchar *name)
{
  return append (builder, &voxel_op_relu, name, NULL, &x, 1);
}

VoxelTensor *
voxel_builder_sigmoid (VoxelBuilder *builder, VoxelTensor *x, const gchar *name)
{
  return append (builder, &voxel_op_sigmoid, name, NULL, &x, 1);
}

VoxelTensor *
voxel_builder_max_pool2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                          const VoxelMaxPool2d *pool)
{
  return append (builder, &voxel_op_max_pool2d, name, pool, &x, 1);
}

VoxelTensor *
voxel_builder_upsample (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                        const VoxelUpsample *upsample)
{
  return append (builder, &voxel_op_upsample, name, upsample, &x, 1);
}

VoxelTensor *
voxel_builder_concat (VoxelBuilder *builder, VoxelTensor *const *inputs, guint n, const gchar *name)
{
  return append (builder, &voxel_op_concat, name, NULL, inputs, n);
}

VoxelTensor *
voxel_builder_add (VoxelBuilder *builder, VoxelTensor *a, VoxelTensor *b, const gchar *name)
{
  return append (builder, &voxel_op_add, name, NULL, (VoxelTensor *const[]){a, b}, 2);
}
