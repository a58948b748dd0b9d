/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/builder.h"

#include "models/graph/passes.h"

static const VoxelInitial zero = {VOXEL_INITIAL_CONSTANT, 0}, one = {VOXEL_INITIAL_CONSTANT, 1};

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
  builder->scope = g_string_new (NULL);
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
  voxel_pass_prune (builder->graph);
  return voxel_graph_check (builder->graph, error);
}

void
voxel_builder_clear (VoxelBuilder *builder)
{
  g_clear_pointer (&builder->used, g_hash_table_unref);
  g_string_free (builder->scope, TRUE);
  g_clear_error (&builder->error);
}

/**
 * voxel_builder_enter:
 * @builder: a builder
 * @format: name of a part, as of printf()
 * @...: for @format
 *
 * The names of all layers to come are within that part: "conv1" is "layer1.0.conv1" in "layer1.0".
 *
 * Returns: for voxel_builder_leave()
 */
gsize
voxel_builder_enter (VoxelBuilder *builder, const gchar *format, ...)
{
  gsize outer = builder->scope->len;
  va_list arguments;

  va_start (arguments, format);
  g_string_append_vprintf (builder->scope, format, arguments);
  va_end (arguments);
  g_string_append_c (builder->scope, '.');
  return outer;
}

/**
 * voxel_builder_leave:
 * @builder: a builder
 * @outer: what voxel_builder_enter() gave
 */
void
voxel_builder_leave (VoxelBuilder *builder, gsize outer)
{
  g_string_truncate (builder->scope, outer);
}

static VoxelTensor *
weight (VoxelBuilder *builder, const gchar *layer, const gchar *kind, const VoxelShape *shape,
        const VoxelInitial *initial, gboolean learnt)
{
  g_autofree gchar *name = g_strconcat (builder->scope->str, layer, *layer ? "." : "", kind, NULL);
  VoxelConstant *constant;
  gsize elements;

  if (builder->error)
    return NULL;
  constant = builder->find (builder->data, name, shape, initial, &builder->error);
  if (!constant)
    return NULL;
  if (learnt && voxel_shape_elements (shape, &elements))
    builder->parameters += elements;
  g_hash_table_add (builder->used, g_steal_pointer (&name));
  return voxel_graph_constant (builder->graph, constant);
}

/* The operands of a convolution or a linear layer. */
static void
weigh (VoxelBuilder *builder, const gchar *name, const VoxelShape *shape, guint groups, guint channels,
       gboolean bias, VoxelTensor **inputs)
{
  const VoxelInitial initial = voxel_initial_weight (builder->initial, shape, groups);
  const VoxelInitial initial_bias = voxel_initial_bias (builder->initial, shape);

  inputs[VOXEL_CONV2D_WEIGHT] = weight (builder, name, "weight", shape, &initial, TRUE);
  if (bias)
    inputs[VOXEL_CONV2D_BIAS] =
        weight (builder, name, "bias", &VOXEL_SHAPE_1 (channels), &initial_bias, TRUE);
}

/* The operands of any norm. */
static void
scale (VoxelBuilder *builder, const gchar *name, guint channels, VoxelTensor **gain, VoxelTensor **offset)
{
  const VoxelShape shape = VOXEL_SHAPE_1 (channels);

  *gain = weight (builder, name, "weight", &shape, &one, TRUE);
  *offset = weight (builder, name, "bias", &shape, &zero, TRUE);
}

static VoxelTensor *
append (VoxelBuilder *builder, const VoxelOp *op, const gchar *name, gconstpointer attributes,
        VoxelTensor *const *inputs, guint n_inputs)
{
  g_autofree gchar *full = g_strconcat (builder->scope->str, *name ? name : op->name, NULL);
  VoxelNode *node;

  if (builder->error)
    return NULL;
  node = voxel_graph_append (builder->graph, op, full, attributes, inputs, n_inputs, &builder->error);
  return node ? node->outputs[0] : NULL;
}

static VoxelTensor *
convolution (VoxelBuilder *builder, const VoxelOp *op, VoxelTensor *x, const gchar *name,
             const VoxelShape *shape, guint channels, const VoxelConv2d *conv, gboolean bias)
{
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x};

  weigh (builder, name, shape, conv->groups, channels, bias, inputs);
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
  scale (builder, name, shape.dim[0], &inputs[VOXEL_BATCH_NORM_WEIGHT], &inputs[VOXEL_BATCH_NORM_BIAS]);
  inputs[VOXEL_BATCH_NORM_MEAN] = weight (builder, name, "running_mean", &shape, &zero, FALSE);
  inputs[VOXEL_BATCH_NORM_VARIANCE] = weight (builder, name, "running_var", &shape, &one, FALSE);
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
voxel_builder_silu (VoxelBuilder *builder, VoxelTensor *x, const gchar *name)
{
  return append (builder, &voxel_op_silu, name, NULL, &x, 1);
}

VoxelTensor *
voxel_builder_leaky_relu (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, gdouble slope)
{
  return append (builder, &voxel_op_leaky_relu, name, &(VoxelLeakyRelu){slope}, &x, 1);
}

VoxelTensor *
voxel_builder_gelu (VoxelBuilder *builder, VoxelTensor *x, const gchar *name)
{
  return append (builder, &voxel_op_gelu, name, NULL, &x, 1);
}

VoxelTensor *
voxel_builder_max_pool2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                          const VoxelMaxPool2d *pool)
{
  return append (builder, &voxel_op_max_pool2d, name, pool, &x, 1);
}

VoxelTensor *
voxel_builder_avg_pool2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                          const VoxelAvgPool2d *pool)
{
  return append (builder, &voxel_op_avg_pool2d, name, pool, &x, 1);
}

VoxelTensor *
voxel_builder_global_avg_pool2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name)
{
  return append (builder, &voxel_op_global_avg_pool2d, name, NULL, &x, 1);
}

VoxelTensor *
voxel_builder_pad (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, const VoxelPad *pad)
{
  return append (builder, &voxel_op_pad, name, pad, &x, 1);
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

VoxelTensor *
voxel_builder_multiply (VoxelBuilder *builder, VoxelTensor *a, VoxelTensor *b, const gchar *name)
{
  return append (builder, &voxel_op_multiply, name, NULL, (VoxelTensor *const[]){a, b}, 2);
}

static VoxelTensor *
normalise (VoxelBuilder *builder, const VoxelOp *op, VoxelTensor *x, const gchar *name,
           gconstpointer attributes, guint axis, gboolean affine)
{
  VoxelTensor *inputs[VOXEL_NORM_INPUTS] = {x};

  if (builder->error)
    return NULL;
  if (affine)
    scale (builder, name, x->shape.dim[axis], &inputs[VOXEL_NORM_WEIGHT], &inputs[VOXEL_NORM_BIAS]);
  return append (builder, op, name, attributes, inputs, VOXEL_NORM_INPUTS);
}

/**
 * voxel_builder_layer_norm:
 * @builder: a builder
 * @x: input
 * @name: of the layer
 * @norm: how; its axis 1 are the channels of each pixel
 *
 * Returns: (transfer none) (nullable): the result
 */
VoxelTensor *
voxel_builder_layer_norm (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                          const VoxelLayerNorm *norm)
{
  return normalise (builder, &voxel_op_layer_norm, x, name, norm, norm->axis, TRUE);
}

/**
 * voxel_builder_group_norm:
 * @builder: a builder
 * @x: input
 * @name: of the layer
 * @norm: how
 * @affine: whether it has weights
 *
 * Returns: (transfer none) (nullable): the result
 */
VoxelTensor *
voxel_builder_group_norm (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                          const VoxelGroupNorm *norm, gboolean affine)
{
  return normalise (builder, &voxel_op_group_norm, x, name, norm, 1, affine);
}

/**
 * voxel_builder_linear:
 * @builder: a builder
 * @x: input; of a picture the channels are taken, as PyTorch's Linear takes those of its tokens
 * @name: of the layer
 * @channels: that it gives
 * @bias: whether it has one
 *
 * Returns: (transfer none) (nullable): the result
 */
VoxelTensor *
voxel_builder_linear (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint channels, gboolean bias)
{
  static const VoxelConv2d conv = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x};
  gboolean picture;
  VoxelShape shape;

  if (builder->error)
    return NULL;
  picture = x->shape.n == 4;
  shape = VOXEL_SHAPE_2 (channels, x->shape.dim[picture ? 1 : x->shape.n - 1]);
  weigh (builder, name, &shape, 1, channels, bias, inputs);
  if (!picture || builder->error)
    return append (builder, &voxel_op_linear, name, NULL, inputs, VOXEL_CONV2D_INPUTS);
  inputs[VOXEL_CONV2D_WEIGHT] = voxel_graph_constant (
      builder->graph, voxel_constant_new_reshaped (inputs[VOXEL_CONV2D_WEIGHT]->constant,
                                                   &VOXEL_SHAPE_4 (channels, shape.dim[1], 1, 1)));
  return append (builder, &voxel_op_conv2d, name, &conv, inputs, VOXEL_CONV2D_INPUTS);
}

VoxelTensor *
voxel_builder_softmax (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint axis)
{
  return append (builder, &voxel_op_softmax, name, &(VoxelSoftmax){axis}, &x, 1);
}

VoxelTensor *
voxel_builder_matmul (VoxelBuilder *builder, VoxelTensor *a, VoxelTensor *b, const gchar *name,
                      const VoxelMatmul *matmul)
{
  return append (builder, &voxel_op_matmul, name, matmul, (VoxelTensor *const[]){a, b}, 2);
}

/**
 * voxel_builder_attention:
 * @builder: a builder
 * @query: a picture of C channels
 * @key_value: a picture of 2 C channels
 * @name: of the step
 * @heads: C is divided by
 *
 * Returns: (transfer none) (nullable): the result
 */
VoxelTensor *
voxel_builder_attention (VoxelBuilder *builder, VoxelTensor *query, VoxelTensor *key_value, const gchar *name,
                         guint heads)
{
  return append (builder, &voxel_op_attention, name, &(VoxelAttention){heads},
                 (VoxelTensor *const[]){query, key_value}, VOXEL_ATTENTION_INPUTS);
}

VoxelTensor *
voxel_builder_reshape (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, const VoxelShape *shape)
{
  return append (builder, &voxel_op_reshape, name, &(VoxelReshape){*shape}, &x, 1);
}

VoxelTensor *
voxel_builder_transpose (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                         const VoxelTranspose *transpose)
{
  return append (builder, &voxel_op_transpose, name, transpose, &x, 1);
}
