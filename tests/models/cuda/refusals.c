/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "models/cuda/cudnn-split.h"
#include "models/files/model-record.h"
#include "planned.h"

/* That cuDNN checks what it plans: graphs and plans that are wrong are refused, those beside them are not. */

/* 3x3, of all channels to as many. */
static VoxelNode *
add_conv (VoxelGraph *graph, guint channels, VoxelDtype type)
{
  static const VoxelConv2d conv = {{1, 1}, {1, 1}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, channels, 64, 64));

  x->type = type;
  return planned_conv (graph, &voxel_op_conv2d, x, &VOXEL_SHAPE_4 (channels, channels, 3, 3), &conv);
}

static void
check_refused (const VoxelCudnnLibrary *library, const VoxelNode *node, const gchar *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelCudnnGraph) graph = voxel_cudnn_graph_new (library, node, &error);

  g_assert_null (graph);
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("another message: %s", error->message);
}

static VoxelCudnnPlan *
plan (const VoxelCudnnLibrary *library, const VoxelNode *node, guint version, VoxelCudnnFloat floats,
      GError **error)
{
  g_autoptr (VoxelCudnnGraph) graph = voxel_cudnn_graph_new (library, node, error);

  return graph ? voxel_cudnn_plan_new (graph, voxel_cudnn_device_find (version), floats, error) : NULL;
}

static void
test_channels (gconstpointer data)
{
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("channels");
  VoxelNode *node = add_conv (graph, 63, VOXEL_DTYPE_F16);

  node->inputs[VOXEL_CONV2D_WEIGHT]->shape.dim[1] = 64;
  check_refused (data, node, "conv (conv2d): cuDNN refuses *: CUDNN_STATUS_BAD_PARAM*");
}

static void
test_height (gconstpointer data)
{
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("height");
  VoxelNode *node = add_conv (graph, 64, VOXEL_DTYPE_F16);

  node->outputs[0]->shape.dim[2]++;
  check_refused (data, node, "conv (conv2d): cuDNN refuses *: CUDNN_STATUS_BAD_PARAM*");
}

static void
test_operator (gconstpointer data)
{
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("operator");
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 64, 64, 64));
  VoxelNode *node =
      voxel_graph_append (graph, &voxel_op_concat, "both", NULL, (VoxelTensor *[]){x, x}, 2, NULL);

  g_assert_false (voxel_cudnn_graph_takes (node));
  check_refused (data, node, "both (concat): cuDNN is not asked for this operator");
}

static void
check_not_read (const VoxelCudnnLibrary *library, guint version, const gchar *json, const gchar *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelCudnnPlan) read =
      voxel_cudnn_plan_read (library, voxel_cudnn_device_find (version), json, &error);

  g_assert_null (read);
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("another message: %s", error->message);
}

/* A plan that was kept comes back as it was, for its kind of device and version of cuDNN alone. */
static void
test_kept (gconstpointer data)
{
  const VoxelCudnnLibrary *library = data;
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("kept");
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelCudnnPlan) made = NULL, read = NULL;
  g_autofree gchar *json = NULL, *cut = NULL;
  gchar *version;

  made = plan (library, add_conv (graph, 64, VOXEL_DTYPE_F16), 90, VOXEL_CUDNN_FLOAT_TF32, &error);
  g_assert_no_error (error);
  json = voxel_cudnn_plan_write (made, &error);
  g_assert_no_error (error);
  read = voxel_cudnn_plan_read (library, voxel_cudnn_device_find (90), json, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->workspace, ==, made->workspace);
  check_not_read (library, 80, json, "cuDNN refuses the plan: *ARCH_MISMATCH*");
  cut = g_strndup (json, strlen (json) / 2);
  check_not_read (library, 90, cut, "cuDNN refuses *");
  version = strstr (json, "\"cudnnVersion\":");
  g_assert_nonnull (version);
  version[strlen ("\"cudnnVersion\":")] = '8';
  check_not_read (library, 90, json, "cuDNN refuses the plan: *VERSION_MISMATCH*");
}

/* TF32 is taken where it is allowed, and only there. */
static void
test_floats (gconstpointer data)
{
  static const guint versions[] = {80, 89, 90};

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
    g_autoptr (VoxelGraph) graph = voxel_graph_new ("floats");
    VoxelNode *node = add_conv (graph, 64, VOXEL_DTYPE_F32);
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelCudnnPlan) rounded = plan (data, node, versions[i], VOXEL_CUDNN_FLOAT_TF32, &error);
    g_assert_no_error (error);
    g_autoptr (VoxelCudnnPlan) full = plan (data, node, versions[i], VOXEL_CUDNN_FLOAT_FULL, &error);
    g_assert_no_error (error);

    g_assert_true (rounded->tensor_cores);
    g_assert_false (full->tensor_cores);
  }
}

/* Some channels of a joint buffer are read and written where they lie. */
static void
test_joint (gconstpointer data)
{
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("joint");
  VoxelNode *node = add_conv (graph, 64, VOXEL_DTYPE_BF16);
  VoxelTensor *ends[] = {node->inputs[VOXEL_CONV2D_X], node->outputs[0]};
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelCudnnPlan) made = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    VoxelTensor *root = voxel_graph_constant (
        graph, voxel_constant_new_absent (i ? "to" : "from", &VOXEL_SHAPE_4 (1, 160, 64, 64)));

    root->layout = VOXEL_LAYOUT_NHWC;
    ends[i]->joint = root;
    ends[i]->joint_channel = 64;
  }
  made = plan (data, node, 90, VOXEL_CUDNN_FLOAT_TF32, &error);
  g_assert_no_error (error);
  g_assert_true (made->tensor_cores);
}

/* A convolution whose result is some channels of a joint buffer. */
static VoxelNode *
add_joint (VoxelGraph *graph, const VoxelOp *op, gboolean bias, VoxelActivation activation)
{
  const VoxelConv2d conv = {{1, 1}, {1, 1}, {1, 1}, 1, activation, .1f};
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 64, 64, 64));
  VoxelTensor *root =
      voxel_graph_constant (graph, voxel_constant_new_absent ("to", &VOXEL_SHAPE_4 (1, 160, 64, 64)));
  VoxelNode *node;

  x->type = VOXEL_DTYPE_BF16;
  node = planned_conv (graph, op, x, &VOXEL_SHAPE_4 (64, 64, 3, 3), &conv);
  if (bias)
    node->inputs[VOXEL_CONV2D_BIAS] =
        voxel_graph_constant (graph, voxel_constant_new_absent ("bias", &VOXEL_SHAPE_1 (64)));
  root->layout = VOXEL_LAYOUT_NHWC;
  node->outputs[0]->joint = root;
  node->outputs[0]->joint_channel = 64;
  return node;
}

static gboolean
is_stand_in (const gchar *takes)
{
  if (!g_getenv ("VOXEL_CUDNN_LIBRARY"))
    return FALSE;
  g_test_skip (takes);
  return TRUE;
}

/* What is not joined is what cuDNN refuses there, no more and no less. */
static void
test_gaps (gconstpointer data)
{
  static const struct {
    const VoxelOp *op;
    gboolean bias;
    VoxelActivation activation;
  } cases[] = {
      {&voxel_op_conv2d, FALSE, VOXEL_ACTIVATION_NONE},
      {&voxel_op_conv2d, TRUE, VOXEL_ACTIVATION_RELU},
      {&voxel_op_conv2d, TRUE, VOXEL_ACTIVATION_GELU},
      {&voxel_op_conv_transpose2d, FALSE, VOXEL_ACTIVATION_NONE},
      {&voxel_op_conv_transpose2d, TRUE, VOXEL_ACTIVATION_NONE},
      {&voxel_op_conv_transpose2d, FALSE, VOXEL_ACTIVATION_RELU},
  };

  if (is_stand_in ("the stand-in takes pictures with gaps anywhere"))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (VoxelGraph) graph = voxel_graph_new ("gaps");
    VoxelNode *node = add_joint (graph, cases[i].op, cases[i].bias, cases[i].activation);
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelCudnnPlan) made = plan (data, node, 90, VOXEL_CUDNN_FLOAT_TF32, &error);

    if (voxel_cudnn_graph_takes_joint (node))
      g_assert_no_error (error);
    else if (made)
      g_error ("%s of kind %u: cuDNN takes it", node->op->name, i);
  }
}

/* Why attention in full float is not cuDNN's. */
static void
test_attention (gconstpointer data)
{
  static const guint versions[] = {80, 89, 90};

  if (is_stand_in ("the stand-in rounds no floats"))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
    g_autoptr (VoxelGraph) graph = voxel_graph_new ("attention");
    VoxelTensor *inputs[2] = {voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 64, 16, 16))};
    g_autoptr (VoxelCudnnPlan) made = NULL;
    g_autoptr (GError) error = NULL;
    VoxelNode *node;

    graph->input = NULL;
    inputs[1] = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 128, 8, 8));
    node =
        voxel_graph_append (graph, &voxel_op_attention, "attention", &(VoxelAttention){2}, inputs, 2, NULL);
    inputs[0]->layout = inputs[1]->layout = node->outputs[0]->layout = VOXEL_LAYOUT_NHWC;
    made = plan (data, node, versions[i], VOXEL_CUDNN_FLOAT_FULL, &error);
    g_assert_null (made);
    g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
    if (!strstr (error->message, "rounds in a way that is not wanted"))
      g_error ("another message: %s", error->message);
  }
}

/* What is taken out of a convolution because cuDNN refuses it there. */
static void
test_split (gconstpointer data)
{
  static const VoxelConv2d conv = {{1, 1}, {1, 1}, {1, 1}, 64, VOXEL_ACTIVATION_GELU, 0};
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("split");
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 64, 64, 64));
  g_autoptr (VoxelCudnnPlan) made = NULL;
  g_autoptr (GError) error = NULL;
  VoxelNode *node;

  x->type = VOXEL_DTYPE_BF16;
  node = planned_conv (graph, &voxel_op_conv2d, x, &VOXEL_SHAPE_4 (64, 1, 3, 3), &conv);
  graph->output = node->outputs[0];
  g_assert_true (voxel_cudnn_split (graph, NULL));
  g_assert_true (voxel_graph_check (graph, NULL));
  g_assert_cmpuint (graph->nodes->len, ==, 2);
  made = plan (data, graph->nodes->pdata[0], 80, VOXEL_CUDNN_FLOAT_TF32, &error);
  g_assert_no_error (error);
  g_assert_nonnull (made);
  node = graph->nodes->pdata[1];
  g_assert_true (node->op == &voxel_op_gelu && node->outputs[0] == graph->output);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *path;
    GTestDataFunc test;
  } tests[] = {
      {"/cuda/refusals/channels", test_channels},   {"/cuda/refusals/height", test_height},
      {"/cuda/refusals/operator", test_operator},   {"/cuda/refusals/kept", test_kept},
      {"/cuda/refusals/floats", test_floats},       {"/cuda/refusals/joint", test_joint},
      {"/cuda/refusals/split", test_split},         {"/cuda/refusals/gaps", test_gaps},
      {"/cuda/refusals/attention", test_attention},
  };
  g_autoptr (VoxelCudnnLibrary) library = NULL;

  g_test_init (&argc, &argv, NULL);
  library = planned_library ();
  if (!library)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].path, library, tests[i].test);
  return g_test_run ();
}
