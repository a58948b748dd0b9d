/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "operators.h"

/* What the cases of cases/ say of operators, by operator. */

static void
read_pair (JsonObject *json, const gchar *name, guint *pair)
{
  JsonArray *array = json_object_get_array_member (json, name);

  pair[0] = (guint) json_array_get_int_element (array, 0);
  pair[1] = (guint) json_array_get_int_element (array, 1);
}

/* At most as many numbers as a shape has dimensions. */
static guint
read_list (JsonObject *json, const gchar *name, guint *list)
{
  JsonArray *array = json_object_get_array_member (json, name);
  guint n = json_array_get_length (array);

  g_assert_cmpuint (n, <=, VOXEL_SHAPE_MAX_DIMS);
  for (guint i = 0; i < n; i++)
    list[i] = (guint) json_array_get_int_element (array, i);
  return n;
}

static gpointer
read_conv2d (JsonObject *json)
{
  VoxelConv2d *conv = g_new0 (VoxelConv2d, 1);

  read_pair (json, "stride", conv->stride);
  read_pair (json, "padding", conv->padding);
  read_pair (json, "dilation", conv->dilation);
  conv->groups = (guint) json_object_get_int_member (json, "groups");
  return conv;
}

static gpointer
read_batch_norm (JsonObject *json)
{
  VoxelBatchNorm *norm = g_new0 (VoxelBatchNorm, 1);

  norm->epsilon = json_object_get_double_member (json, "epsilon");
  return norm;
}

static gpointer
read_max_pool2d (JsonObject *json)
{
  VoxelMaxPool2d *pool = g_new0 (VoxelMaxPool2d, 1);

  read_pair (json, "kernel", pool->kernel);
  read_pair (json, "stride", pool->stride);
  read_pair (json, "padding", pool->padding);
  pool->ceil_mode = json_object_get_boolean_member_with_default (json, "ceil_mode", FALSE);
  return pool;
}

static gpointer
read_avg_pool2d (JsonObject *json)
{
  VoxelAvgPool2d *pool = g_new0 (VoxelAvgPool2d, 1);

  read_pair (json, "kernel", pool->kernel);
  read_pair (json, "stride", pool->stride);
  read_pair (json, "padding", pool->padding);
  pool->count_padding = json_object_get_boolean_member (json, "count_padding");
  return pool;
}

static gpointer
read_pad (JsonObject *json)
{
  static const gchar *const modes[] = {"zero", "reflect", "replicate", NULL};
  VoxelPad *pad = g_new0 (VoxelPad, 1);

  read_pair (json, "before", pad->before);
  read_pair (json, "after", pad->after);
  while (!g_str_equal (modes[pad->mode], json_object_get_string_member (json, "mode")))
    pad->mode++;
  return pad;
}

static gpointer
read_leaky_relu (JsonObject *json)
{
  VoxelLeakyRelu *relu = g_new0 (VoxelLeakyRelu, 1);

  relu->slope = json_object_get_double_member (json, "slope");
  return relu;
}

static gpointer
read_upsample (JsonObject *json)
{
  VoxelUpsample *upsample = g_new0 (VoxelUpsample, 1);

  read_pair (json, "scale", upsample->scale);
  upsample->align_corners = json_object_get_boolean_member_with_default (json, "align_corners", FALSE);
  upsample->nearest = json_object_get_boolean_member_with_default (json, "nearest", FALSE);
  return upsample;
}

static gpointer
read_layer_norm (JsonObject *json)
{
  VoxelLayerNorm *norm = g_new0 (VoxelLayerNorm, 1);

  norm->epsilon = json_object_get_double_member (json, "epsilon");
  norm->axis = (guint) json_object_get_int_member (json, "axis");
  return norm;
}

static gpointer
read_group_norm (JsonObject *json)
{
  VoxelGroupNorm *norm = g_new0 (VoxelGroupNorm, 1);

  norm->epsilon = json_object_get_double_member (json, "epsilon");
  norm->groups = (guint) json_object_get_int_member (json, "groups");
  return norm;
}

static gpointer
read_softmax (JsonObject *json)
{
  VoxelSoftmax *softmax = g_new0 (VoxelSoftmax, 1);

  softmax->axis = (guint) json_object_get_int_member (json, "axis");
  return softmax;
}

static gpointer
read_matmul (JsonObject *json)
{
  VoxelMatmul *matmul = g_new0 (VoxelMatmul, 1);

  matmul->transpose = json_object_get_boolean_member (json, "transpose");
  matmul->scale = json_object_get_double_member (json, "scale");
  return matmul;
}

static gpointer
read_attention (JsonObject *json)
{
  VoxelAttention *attention = g_new0 (VoxelAttention, 1);

  attention->heads = (guint) json_object_get_int_member (json, "heads");
  return attention;
}

static gpointer
read_reshape (JsonObject *json)
{
  VoxelReshape *reshape = g_new0 (VoxelReshape, 1);

  reshape->shape.n = read_list (json, "shape", reshape->shape.dim);
  return reshape;
}

static gpointer
read_transpose (JsonObject *json)
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
