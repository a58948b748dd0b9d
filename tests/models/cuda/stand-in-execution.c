/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "planned.h"

/* What the stand-in for cuDNN notices when a plan is executed: here at once, on memory of this process. */

#define CHANNELS 8
#define SIDE 3
#define N (CHANNELS * SIDE * SIDE)
/* So that values can be moved without leaving their memory. */
#define ROOM 8

/**
 * Fixture:
 * @graph: relu (x + summand), as a convolution by a matrix of ones and zeros
 * @addresses: of its operands, in their order
 */
typedef struct {
  VoxelCudnnLibrary *library;
  VoxelGraph *nodes;
  VoxelCudnnGraph *graph;
  VoxelCudnnPlan *plan;
  cudnnHandle_t handle;
  gfloat *x, *weight, *sum, *y;
  guint8 *workspace;
  gpointer addresses[4];
} Fixture;

static gfloat *
allocate (guint n)
{
  gfloat *values = g_aligned_alloc0 (n + ROOM, sizeof (gfloat), 64);

  for (guint i = 0; i < n + ROOM; i++)
    values[i] = (gfloat) (i % 7) - 3;
  return values;
}

static gpointer
address (Fixture *f, const VoxelCudnnOperand *operand)
{
  gfloat *const inputs[] = {f->x, f->weight, NULL, f->sum};

  return operand->role == VOXEL_CUDNN_OUTPUT ? f->y : inputs[operand->index];
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const VoxelConv2d conv = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_RELU, 0};
  g_autoptr (GError) error = NULL;
  VoxelNode *node;

  f->library = voxel_cudnn_library_open (STAND_IN, &error);
  g_assert_no_error (error);
  f->nodes = voxel_graph_new ("execution");
  node = planned_conv (f->nodes, &voxel_op_conv2d,
                       voxel_graph_input (f->nodes, &VOXEL_SHAPE_4 (1, CHANNELS, SIDE, SIDE)),
                       &VOXEL_SHAPE_4 (CHANNELS, CHANNELS, 1, 1), &conv);
  node->inputs[VOXEL_CONV2D_SUM] = voxel_graph_constant (
      f->nodes, voxel_constant_new_absent ("sum", &VOXEL_SHAPE_4 (1, CHANNELS, SIDE, SIDE)));
  node->inputs[VOXEL_CONV2D_SUM]->layout = VOXEL_LAYOUT_NHWC;
  f->graph = voxel_cudnn_graph_new (f->library, node, &error);
  g_assert_no_error (error);
  f->plan = voxel_cudnn_plan_new (f->graph, voxel_cudnn_device_find (90), VOXEL_CUDNN_FLOAT_FULL, &error);
  g_assert_no_error (error);
  g_assert_false (f->library->handle_new (&f->handle));
  f->x = allocate (N);
  f->sum = allocate (N);
  f->y = allocate (N);
  f->weight = allocate (CHANNELS * CHANNELS);
  for (guint i = 0; i < CHANNELS * CHANNELS; i++)
    f->weight[i] = i % (CHANNELS + 1) == 0;
  f->workspace = g_malloc0 (f->plan->workspace);
  g_assert_cmpuint (f->graph->operands->len, ==, G_N_ELEMENTS (f->addresses));
  for (guint i = 0; i < G_N_ELEMENTS (f->addresses); i++)
    f->addresses[i] = address (f, &g_array_index (f->graph->operands, VoxelCudnnOperand, i));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gfloat *const all[] = {f->x, f->sum, f->y, f->weight};

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_aligned_free (all[i]);
  g_free (f->workspace);
  f->library->handle_free (f->handle);
  voxel_cudnn_plan_free (f->plan);
  voxel_cudnn_graph_free (f->graph);
  voxel_graph_free (f->nodes);
  voxel_cudnn_library_close (f->library);
}

/* The first @n operands; its name. */
static const gchar *
execute (Fixture *f, guint n, gpointer workspace, gboolean whole)
{
  static const gint64 ids[] = {1, 2, 3, 4};
  VoxelCudnnDescriptors all;
  cudnnBackendDescriptor_t pack;
  cudnnStatus_t status;

  voxel_cudnn_descriptors_init (&all, f->library);
  pack = voxel_cudnn_new (&all, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  voxel_cudnn_set_integers (&all, pack, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids, n);
  voxel_cudnn_set_pointers (&all, pack, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, f->addresses, n);
  voxel_cudnn_set_pointers (&all, pack, CUDNN_ATTR_VARIANT_PACK_WORKSPACE, &workspace, 1);
  if (whole)
    voxel_cudnn_finalize (&all, pack, "operands");
  g_assert_true (voxel_cudnn_descriptors_check (&all, NULL));
  status = f->library->execute (f->handle, f->plan->descriptor, pack);
  voxel_cudnn_descriptors_clear (&all);
  return f->library->status_name (status);
}

static void
move (Fixture *f, gconstpointer from, gpointer to)
{
  for (guint i = 0; i < G_N_ELEMENTS (f->addresses); i++)
    if (f->addresses[i] == from)
      f->addresses[i] = to;
}

/* Nothing outlives an execution in the workspace. */
static void
test_well (Fixture *f, gconstpointer data)
{
  gfloat behind = f->y[N];

  g_assert_cmpstr (execute (f, 4, f->workspace, TRUE), ==, "CUDNN_STATUS_SUCCESS");
  for (guint i = 0; i < N; i++)
    g_assert_cmpfloat (f->y[i], ==, MAX (f->x[i] + f->sum[i], 0));
  g_assert_cmpfloat (f->y[N], ==, behind);
  g_assert_cmpuint (f->plan->workspace, >, 0);
  for (gsize i = 0; i < f->plan->workspace; i++)
    g_assert_cmpuint (f->workspace[i], ==, 0xff);
}

static void
test_missing (Fixture *f, gconstpointer data)
{
  g_assert_cmpstr (execute (f, 3, f->workspace, TRUE), ==, "CUDNN_STATUS_BAD_PARAM");
  g_assert_cmpstr (execute (f, 4, NULL, TRUE), ==, "CUDNN_STATUS_BAD_PARAM_NULL_POINTER");
  g_assert_cmpstr (execute (f, 4, f->workspace, FALSE), ==, "CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED");
}

static void
test_misaligned (Fixture *f, gconstpointer data)
{
  move (f, f->x, f->x + 1);
  g_assert_cmpstr (execute (f, 4, f->workspace, TRUE), ==, "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER");
}

/* Only what is read where the result is written may lie there. */
static void
test_in_place (Fixture *f, gconstpointer data)
{
  gfloat first = MAX (f->x[0] + f->sum[0], 0), last = MAX (f->x[N - 1] + f->sum[N - 1], 0);

  move (f, f->y, f->sum);
  g_assert_cmpstr (execute (f, 4, f->workspace, TRUE), ==, "CUDNN_STATUS_SUCCESS");
  g_assert_cmpfloat (f->sum[0], ==, first);
  g_assert_cmpfloat (f->sum[N - 1], ==, last);
}

static void
test_overlap (Fixture *f, gconstpointer data)
{
  move (f, f->y, f->x);
  g_assert_cmpstr (execute (f, 4, f->workspace, TRUE), ==, "CUDNN_STATUS_EXECUTION_FAILED");
}

static void
test_overlap_shifted (Fixture *f, gconstpointer data)
{
  move (f, f->y, f->sum + 4);
  g_assert_cmpstr (execute (f, 4, f->workspace, TRUE), ==, "CUDNN_STATUS_EXECUTION_FAILED");
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *path;
    void (*test) (Fixture *f, gconstpointer data);
  } tests[] = {
      {"/cuda/execution/well", test_well},
      {"/cuda/execution/missing", test_missing},
      {"/cuda/execution/misaligned", test_misaligned},
      {"/cuda/execution/in-place", test_in_place},
      {"/cuda/execution/overlap", test_overlap},
      {"/cuda/execution/overlap-shifted", test_overlap_shifted},
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
