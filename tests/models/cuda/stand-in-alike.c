/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planned-nodes.h"

/* That the stand-in for cuDNN takes and refuses what cuDNN does: every node is described to both, each time with another
 * mistake. */

typedef struct {
  const VoxelCudnnLibrary *real;
  const VoxelCudnnLibrary *other;
  const PlannedNode *node;
  gboolean joint; /* the result is some channels of a buffer */
} Case;

typedef enum {
  MISTAKE_NONE,
  MISTAKE_LEFT_OUT,
  MISTAKE_TYPE,
  MISTAKE_NUMBER,
  MISTAKE_SIZE,
  N_MISTAKES
} Mistake;

/**
 * Trial:
 * @library: the functions that mistakes are made before
 * @mistake: which
 * @at: in the how-manieth attribute that is set
 * @sets: how many were set
 * @name: of the attribute with the mistake
 * @status: the first that was not success
 *
 * A description with a mistake.
 */
typedef struct {
  const VoxelCudnnLibrary *library;
  Mistake mistake;
  guint at;
  guint sets;
  cudnnBackendAttributeName_t name;
  cudnnStatus_t status;
} Trial;

/* The functions of a library have no argument to hand it over by. */
static Trial trial;

static cudnnStatus_t
note (cudnnStatus_t status)
{
  if (status && !trial.status)
    trial.status = status;
  return status;
}

static cudnnStatus_t
set (cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
     int64_t n, const void *elements)
{
  int64_t changed[8];

  if (trial.sets++ != trial.at || trial.mistake == MISTAKE_NONE)
    return note (trial.library->set (descriptor, name, type, n, elements));
  trial.name = name;
  if (trial.mistake == MISTAKE_LEFT_OUT)
    return CUDNN_STATUS_SUCCESS;
  if (trial.mistake == MISTAKE_TYPE)
    type = type == CUDNN_TYPE_DOUBLE ? CUDNN_TYPE_INT64 : CUDNN_TYPE_DOUBLE;
  if (trial.mistake == MISTAKE_NUMBER)
    n--;
  if (trial.mistake == MISTAKE_SIZE && type == CUDNN_TYPE_INT64) {
    memcpy (changed, elements, (gsize) n * sizeof changed[0]);
    changed[n - 1] += 3;
    elements = changed;
  }
  return note (trial.library->set (descriptor, name, type, n, elements));
}

static cudnnStatus_t
finalize (cudnnBackendDescriptor_t descriptor)
{
  return note (trial.library->finalize (descriptor));
}

static cudnnStatus_t
describe (const VoxelCudnnLibrary *library, const PlannedNode *node, Mistake mistake, guint at)
{
  VoxelCudnnLibrary mistaken = *library;
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("alike");
  g_autoptr (VoxelCudnnGraph) made = NULL;

  mistaken.set = set;
  mistaken.finalize = finalize;
  trial = (Trial){library, mistake, at, 0, 0, CUDNN_STATUS_SUCCESS};
  made = voxel_cudnn_graph_new (&mistaken, planned_node (graph, node, VOXEL_DTYPE_F16), NULL);
  g_assert_true (made || trial.status);
  return trial.status;
}

/* Where the stand-in is the stricter: cuDNN has a value for it, or finds out when it chooses engines, or not at all. Nobody
 * of us means to rely on that. */
static gboolean
is_stricter (void)
{
  static const struct {
    Mistake mistake;
    cudnnBackendAttributeName_t name;
  } known[] = {
      {MISTAKE_LEFT_OUT, CUDNN_ATTR_TENSOR_DATA_TYPE},
      {MISTAKE_LEFT_OUT, CUDNN_ATTR_TENSOR_UNIQUE_ID},
      {MISTAKE_LEFT_OUT, CUDNN_ATTR_POINTWISE_MODE},
      {MISTAKE_LEFT_OUT, CUDNN_ATTR_POINTWISE_MATH_PREC},
      {MISTAKE_LEFT_OUT, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR},
      {MISTAKE_LEFT_OUT, CUDNN_ATTR_CONVOLUTION_COMP_TYPE},
      {MISTAKE_LEFT_OUT, CUDNN_ATTR_CONVOLUTION_CONV_MODE},
      {MISTAKE_LEFT_OUT, CUDNN_ATTR_MATMUL_COMP_TYPE},
      {MISTAKE_LEFT_OUT, CUDNN_ATTR_OPERATION_MATMUL_DESC},
      {MISTAKE_NUMBER, CUDNN_ATTR_OPERATION_MATMUL_ADESC},
      {MISTAKE_NUMBER, CUDNN_ATTR_OPERATION_MATMUL_BDESC},
      {MISTAKE_NUMBER, CUDNN_ATTR_OPERATION_MATMUL_CDESC},
      {MISTAKE_NUMBER, CUDNN_ATTR_OPERATION_MATMUL_DESC},
      {MISTAKE_SIZE, CUDNN_ATTR_TENSOR_DIMENSIONS},
      {MISTAKE_SIZE, CUDNN_ATTR_TENSOR_UNIQUE_ID},
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].mistake == trial.mistake && known[i].name == trial.name)
      return TRUE;
  return FALSE;
}

static void
compare_mistake (const Case *c, Mistake mistake, guint at)
{
  cudnnStatus_t real = describe (c->real, c->node, mistake, at);
  cudnnStatus_t other = describe (c->other, c->node, mistake, at);

  if (!real && other && is_stricter ())
    return;
  if (!real != !other)
    g_error ("%s, mistake %u in attribute %d: %s, but the stand-in %s", c->node->name, mistake, trial.name,
             c->real->status_name (real), c->real->status_name (other));
}

static void
test_mistakes (gconstpointer data)
{
  const Case *c = data;
  guint sets;

  g_assert_false (describe (c->real, c->node, MISTAKE_NONE, 0));
  g_assert_false (describe (c->other, c->node, MISTAKE_NONE, 0));
  sets = trial.sets;
  g_assert_cmpuint (sets, >, 15);
  for (guint mistake = MISTAKE_NONE + 1; mistake < N_MISTAKES; mistake++)
    for (guint at = 0; at < sets; at++)
      compare_mistake (c, mistake, at);
}

/* Into a buffer of twice the channels. */
static void
join (VoxelGraph *graph, VoxelTensor *tensor)
{
  VoxelShape shape = tensor->shape;
  VoxelTensor *root;

  shape.dim[1] *= 2;
  root = voxel_graph_constant (graph, voxel_constant_new_absent ("joint", &shape));
  root->layout = VOXEL_LAYOUT_NHWC;
  tensor->joint = root;
  tensor->joint_channel = shape.dim[1] / 2;
}

/* What is planned, and whether on tensor cores, which round floats. */
static const gchar *
plan (const VoxelCudnnLibrary *library, const Case *c, VoxelDtype type, VoxelCudnnFloat floats)
{
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("alike");
  VoxelNode *node = planned_node (graph, c->node, type);
  g_autoptr (VoxelCudnnGraph) made = NULL;
  g_autoptr (VoxelCudnnPlan) planned = NULL;

  if (c->joint)
    join (graph, node->outputs[0]);
  made = voxel_cudnn_graph_new (library, node, NULL);
  g_assert_nonnull (made);
  planned = voxel_cudnn_plan_new (made, voxel_cudnn_device_find (90), floats, NULL);
  if (!planned)
    return "refused";
  return planned->tensor_cores ? "on tensor cores" : "planned";
}

static void
test_plans (gconstpointer data)
{
  static const VoxelDtype types[] = {VOXEL_DTYPE_F16, VOXEL_DTYPE_BF16, VOXEL_DTYPE_F32};
  const Case *c = data;

  for (guint t = 0; t < G_N_ELEMENTS (types); t++)
    for (VoxelCudnnFloat floats = VOXEL_CUDNN_FLOAT_TF32; floats <= VOXEL_CUDNN_FLOAT_FULL; floats++)
      g_assert_cmpstr (plan (c->real, c, types[t], floats), ==, plan (c->other, c, types[t], floats));
}

/* Of which cuDNN has no engines in one of the types. */
static const PlannedNode refused_nodes[] = {
    {"single-channels-gelu",
     &voxel_op_conv2d,
     &(VoxelConv2d){{1, 1}, {1, 1}, {1, 1}, 32, VOXEL_ACTIVATION_GELU},
     {{4, {2, 32, 16, 16}}, {4, {32, 1, 3, 3}}, {1, {32}}},
     {FALSE, TRUE, TRUE}},
    {"single-channels-relu",
     &voxel_op_conv2d,
     &(VoxelConv2d){{1, 1}, {1, 1}, {1, 1}, 32, VOXEL_ACTIVATION_RELU},
     {{4, {2, 32, 16, 16}}, {4, {32, 1, 3, 3}}, {1, {32}}},
     {FALSE, TRUE, TRUE}},
    {NULL},
};

static void
add_nodes (const VoxelCudnnLibrary *real, const VoxelCudnnLibrary *other, const PlannedNode *nodes)
{
  for (const PlannedNode *node = nodes; node->name; node++) {
    Case c = {real, other, node, FALSE};
    g_autofree gchar *joint = g_strdup_printf ("/cuda/alike/%s/joint", node->name);
    g_autofree gchar *mistakes = g_strdup_printf ("/cuda/alike/%s/mistakes", node->name);
    g_autofree gchar *plans = g_strdup_printf ("/cuda/alike/%s/plans", node->name);

    g_test_add_data_func_full (mistakes, g_memdup2 (&c, sizeof c), test_mistakes, g_free);
    g_test_add_data_func_full (plans, g_memdup2 (&c, sizeof c), test_plans, g_free);
    c.joint = TRUE;
    if (node->op == &voxel_op_conv2d || node->op == &voxel_op_conv_transpose2d)
      g_test_add_data_func_full (joint, g_memdup2 (&c, sizeof c), test_plans, g_free);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (VoxelCudnnLibrary) real = NULL, other = NULL;

  g_test_init (&argc, &argv, NULL);
  real = planned_library ();
  if (!real)
    return 0;
  other = voxel_cudnn_library_open (STAND_IN, NULL);
  g_assert_nonnull (other);
  add_nodes (real, other, planned_nodes);
  add_nodes (real, other, refused_nodes);
  return g_test_run ();
}
