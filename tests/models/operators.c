/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "operators.h"

#include "fixture-json.h"

/* What the cases of cases/ say of operators, by operator. */

static void
read_pair (const VoxelJson *json, const gchar *name, guint *pair)
{
  const VoxelJson *array = voxel_json_get (json, name);

  pair[0] = (guint) voxel_json_nth (array, 0)->integer;
  pair[1] = (guint) voxel_json_nth (array, 1)->integer;
}

/* At most as many numbers as a shape has dimensions. */
static guint
read_list (const VoxelJson *json, const gchar *name, guint *list)
{
  const VoxelJson *array = voxel_json_get (json, name);
  guint n = voxel_json_length (array);

  g_assert_cmpuint (n, <=, VOXEL_SHAPE_MAX_DIMS);
  for (guint i = 0; i < n; i++)
    list[i] = (guint) voxel_json_nth (array, i)->integer;
  return n;
}

static gpointer
read_conv2d (const VoxelJson *json)
{
  VoxelConv2d *conv = g_new0 (VoxelConv2d, 1);

  read_pair (json, "stride", conv->stride);
  read_pair (json, "padding", conv->padding);
  read_pair (json, "dilation", conv->dilation);
  conv->groups = fixture_json_uint (json, "groups");
  return conv;
}

static gpointer
read_batch_norm (const VoxelJson *json)
{
  VoxelBatchNorm *norm = g_new0 (VoxelBatchNorm, 1);

  norm->epsilon = fixture_json_double (json, "epsilon");
  return norm;
}

static gpointer
read_max_pool2d (const VoxelJson *json)
{
  VoxelMaxPool2d *pool = g_new0 (VoxelMaxPool2d, 1);

  read_pair (json, "kernel", pool->kernel);
  read_pair (json, "stride", pool->stride);
  read_pair (json, "padding", pool->padding);
  pool->ceil_mode = fixture_json_boolean (json, "ceil_mode");
  return pool;
}

static gpointer
read_avg_pool2d (const VoxelJson *json)
{
  VoxelAvgPool2d *pool = g_new0 (VoxelAvgPool2d, 1);

  read_pair (json, "kernel", pool->kernel);
  read_pair (json, "stride", pool->stride);
  read_pair (json, "padding", pool->padding);
  pool->count_padding = fixture_json_boolean (json, "count_padding");
  return pool;
}

static gpointer
read_pad (const VoxelJson *json)
{
  static const gchar *const modes[] = {"zero", "reflect", "replicate", NULL};
  VoxelPad *pad = g_new0 (VoxelPad, 1);

  read_pair (json, "before", pad->before);
  read_pair (json, "after", pad->after);
  while (!g_str_equal (modes[pad->mode], voxel_json_get_string (json, "mode")))
    pad->mode++;
  return pad;
}

static gpointer
read_leaky_relu (const VoxelJson *json)
{
  VoxelLeakyRelu *relu = g_new0 (VoxelLeakyRelu, 1);

  relu->slope = fixture_json_double (json, "slope");
  return relu;
}

static gpointer
read_upsample (const VoxelJson *json)
{
  VoxelUpsample *upsample = g_new0 (VoxelUpsample, 1);

  read_pair (json, "scale", upsample->scale);
  upsample->align_corners = fixture_json_boolean (json, "align_corners");
  upsample->nearest = fixture_json_boolean (json, "nearest");
  return upsample;
}

static gpointer
read_layer_norm (const VoxelJson *json)
{
  VoxelLayerNorm *norm = g_new0 (VoxelLayerNorm, 1);

  norm->epsilon = fixture_json_double (json, "epsilon");
  norm->axis = fixture_json_uint (json, "axis");
  return norm;
}

static gpointer
read_group_norm (const VoxelJson *json)
{
  VoxelGroupNorm *norm = g_new0 (VoxelGroupNorm, 1);

  norm->epsilon = fixture_json_double (json, "epsilon");
  norm->groups = fixture_json_uint (json, "groups");
  return norm;
}

static gpointer
read_softmax (const VoxelJson *json)
{
  VoxelSoftmax *softmax = g_new0 (VoxelSoftmax, 1);

  softmax->axis = fixture_json_uint (json, "axis");
  return softmax;
}

static gpointer
read_matmul (const VoxelJson *json)
{
  VoxelMatmul *matmul = g_new0 (VoxelMatmul, 1);

  matmul->transpose = fixture_json_boolean (json, "transpose");
  matmul->scale = fixture_json_double (json, "scale");
  return matmul;
}

static gpointer
read_attention (const VoxelJson *json)
{
  VoxelAttention *attention = g_new0 (VoxelAttention, 1);

  attention->heads = fixture_json_uint (json, "heads");
  return attention;
}

static gpointer
read_reshape (const VoxelJson *json)
{
  VoxelReshape *reshape = g_new0 (VoxelReshape, 1);

  reshape->shape.n = read_list (json, "shape", reshape->shape.dim);
  return reshape;
}

static gpointer
read_transpose (const VoxelJson *json)
{
  VoxelTranspose *transpose = g_new0 (VoxelTranspose, 1);

  read_list (json, "order", transpose->order);
  return transpose;
}

static const FixtureOperator operators[] = {
    {&voxel_op_conv2d, read_conv2d, VOXEL_CONV2D_INPUTS, 1},
    {&voxel_op_conv_transpose2d, read_conv2d, VOXEL_CONV2D_INPUTS, 1},
    {&voxel_op_batch_norm, read_batch_norm, VOXEL_BATCH_NORM_INPUTS, 1},
    {&voxel_op_relu, NULL, 1, 1},
    {&voxel_op_sigmoid, NULL, 1, 1},
    {&voxel_op_silu, NULL, 1, 1},
    {&voxel_op_leaky_relu, read_leaky_relu, 1, 1},
    {&voxel_op_gelu, NULL, 1, 1},
    {&voxel_op_max_pool2d, read_max_pool2d, 1, 1},
    {&voxel_op_avg_pool2d, read_avg_pool2d, 1, 1},
    {&voxel_op_global_avg_pool2d, NULL, 1, 1},
    {&voxel_op_pad, read_pad, 1, 1},
    {&voxel_op_upsample, read_upsample, 1, 1},
    {&voxel_op_concat, NULL, 0, G_MAXUINT},
    {&voxel_op_add, NULL, 2, 2},
    {&voxel_op_layer_norm, read_layer_norm, VOXEL_NORM_INPUTS, 1},
    {&voxel_op_group_norm, read_group_norm, VOXEL_NORM_INPUTS, 1},
    {&voxel_op_softmax, read_softmax, 1, 1},
    {&voxel_op_matmul, read_matmul, 2, 2},
    {&voxel_op_linear, NULL, VOXEL_CONV2D_INPUTS, 1},
    {&voxel_op_attention, read_attention, VOXEL_ATTENTION_INPUTS, VOXEL_ATTENTION_INPUTS},
    {&voxel_op_reshape, read_reshape, 1, 1},
    {&voxel_op_transpose, read_transpose, 1, 1},
    {&voxel_op_multiply, NULL, 2, 2},
};

const FixtureOperator *
fixture_operator (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_equal (operators[i].op->name, name))
      return &operators[i];
  g_error ("no operator %s", name);
}
