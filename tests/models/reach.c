/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/reach.h"

#include "fixture.h"
#include "models/ops/ops.h"

/* How far a result depends on the input, as it is said of a graph, against what its values tell. */

#define SIDE 24

static VoxelTensor *
append (VoxelGraph *graph, const VoxelOp *op, gconstpointer attributes, VoxelTensor *x, VoxelTensor *y)
{
  VoxelNode *node =
      voxel_graph_append (graph, op, op->name, attributes, (VoxelTensor *const[]){x, y}, y ? 2 : 1, NULL);

  g_assert_nonnull (node);
  return node->outputs[0];
}

static VoxelTensor *
average (VoxelGraph *graph, VoxelTensor *x, guint kernel, guint stride, guint padding)
{
  return append (graph, &voxel_op_avg_pool2d,
                 &(VoxelAvgPool2d){{kernel, kernel}, {stride, stride}, {padding, padding}, TRUE}, x, NULL);
}

static VoxelTensor *
enlarge (VoxelGraph *graph, VoxelTensor *x, guint scale, gboolean nearest)
{
  return append (graph, &voxel_op_upsample, &(VoxelUpsample){{scale, scale}, FALSE, nearest}, x, NULL);
}

static VoxelTensor *
build_nearest (VoxelGraph *graph)
{
  VoxelTensor *x = average (graph, graph->input, 2, 2, 0);

  x = average (graph, average (graph, x, 2, 2, 0), 3, 1, 1);
  return enlarge (graph, enlarge (graph, x, 2, TRUE), 2, TRUE);
}

static VoxelTensor *
build_bilinear (VoxelGraph *graph)
{
  return enlarge (graph, average (graph, graph->input, 3, 3, 0), 3, FALSE);
}

/* Rows and columns around, mirrored, and a window that uses them up. */
static VoxelTensor *
build_pad (VoxelGraph *graph)
{
  static const VoxelPad pad = {{1, 1}, {1, 1}, VOXEL_PAD_REFLECT};

  return average (graph, append (graph, &voxel_op_pad, &pad, graph->input, NULL), 3, 1, 0);
}

/* The gate sees further than what it opens; a constant sees nothing. */
static VoxelTensor *
build_gate (VoxelGraph *graph)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  const VoxelShape shape = VOXEL_SHAPE_4 (1, 1, SIDE, SIDE);
  VoxelTensor *constant =
      voxel_graph_constant (graph, voxel_random_constant ("constant", &shape, random, .5, 1));
  VoxelTensor *gate = append (graph, &voxel_op_sigmoid, NULL, average (graph, graph->input, 5, 1, 2), NULL);

  return append (graph, &voxel_op_multiply, NULL, constant,
                 append (graph, &voxel_op_multiply, NULL, graph->input, gate));
}

static VoxelTensor *
build_excite (VoxelGraph *graph)
{
  return append (graph, &voxel_op_multiply, NULL, graph->input,
                 append (graph, &voxel_op_global_avg_pool2d, NULL, graph->input, NULL));
}

typedef struct {
  const gchar *name;
  VoxelTensor *(*build) (VoxelGraph *graph);
  guint stride;
  gboolean all;
} Network;

static const Network networks[] = {
    {"nearest", build_nearest, 4, FALSE}, {"bilinear", build_bilinear, 3, FALSE},
    {"pad", build_pad, 1, FALSE},         {"gate", build_gate, 1, FALSE},
    {"excite", build_excite, 1, TRUE},
};

static VoxelGraph *
build (const Network *network)
{
  VoxelGraph *graph = voxel_graph_new (network->name);

  voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 1, SIDE, SIDE));
  graph->output = network->build (graph);
  return graph;
}

static guint
seen_from (const VoxelGraph *graph, guint y, guint x)
{
  g_autofree gfloat *input = g_new (gfloat, SIDE * SIDE), *before = NULL, *after = NULL;
  guint most = 0;

  for (guint i = 0; i < SIDE * SIDE; i++)
    input[i] = i * 7919 % 97 / 97.f;
  before = fixture_interpret (graph, input);
  input[y * SIDE + x] += 100;
  after = fixture_interpret (graph, input);
  for (guint i = 0; i < SIDE * SIDE; i++)
    if (after[i] != before[i])
      most = MAX (most, (guint) MAX (ABS ((gint) (i / SIDE - y)), ABS ((gint) (i % SIDE - x))));
  return most;
}

/* Never less than what is seen, and more by less than the network's grid. */
static void
test_reach (gconstpointer data)
{
  const Network *network = data;
  g_autoptr (VoxelGraph) graph = build (network);
  guint reach = voxel_graph_reach (graph), seen = 0;

  for (guint i = 0; i < SIDE; i++)
    seen = MAX (seen, seen_from (graph, i, SIDE - 1 - i));
  g_test_message ("reach %u, seen %u", reach, seen);
  if (network->all) {
    g_assert_cmpuint (reach, ==, VOXEL_REACH_ALL);
    g_assert_cmpuint (seen, ==, SIDE - 1);
    return;
  }
  g_assert_cmpuint (seen, >, 0);
  g_assert_cmpuint (seen, <=, reach);
  g_assert_cmpuint (reach, <=, seen + 2 * network->stride);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++) {
    g_autofree gchar *path = g_strdup_printf ("/reach/%s", networks[i].name);

    g_test_add_data_func (path, &networks[i], test_reach);
  }
  return g_test_run ();
}
