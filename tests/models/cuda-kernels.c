/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "fixture.h"
#include "kernels.h"
#include "models/cuda/kernels/work.h"

/* What the shapes of the shared suite are too small for: vectors in every type, several parts of a picture and chunks
 * of channels, lines of more values than a block has threads, slices of joint buffers. Against the reference. */

typedef struct {
  const gchar *name;
  const VoxelOp *op;
  union {
    VoxelUpsample upsample;
    VoxelPad pad;
    VoxelMaxPool2d max_pool2d;
    VoxelAvgPool2d avg_pool2d;
    VoxelLayerNorm layer_norm;
    VoxelGroupNorm group_norm;
    VoxelSoftmax softmax;
  } attributes;
  VoxelShape shape;
  guint channels_of_weights;
  VoxelCudaKernel kernel;
} Case;

static const Case cases[] = {
    {"mean of parts",
     &voxel_op_global_avg_pool2d,
     {{{0}}},
     VOXEL_SHAPE_4 (2, 24, 61, 67),
     0,
     VOXEL_CUDA_KERNEL_GLOBAL_AVG_POOL2D},
    {"mean of chunks",
     &voxel_op_global_avg_pool2d,
     {{{0}}},
     VOXEL_SHAPE_4 (1, 520, 5, 7),
     0,
     VOXEL_CUDA_KERNEL_GLOBAL_AVG_POOL2D},
    {"mean of single channels",
     &voxel_op_global_avg_pool2d,
     {{{0}}},
     VOXEL_SHAPE_4 (1, 67, 41, 43),
     0,
     VOXEL_CUDA_KERNEL_GLOBAL_AVG_POOL2D},
    {"group norm of parts",
     &voxel_op_group_norm,
     {.group_norm = {1e-5, 3}},
     VOXEL_SHAPE_4 (2, 24, 37, 41),
     24,
     VOXEL_CUDA_KERNEL_GROUP_NORM},
    {"group norm of chunks",
     &voxel_op_group_norm,
     {.group_norm = {1e-5, 2}},
     VOXEL_SHAPE_4 (1, 272, 29, 37),
     272,
     VOXEL_CUDA_KERNEL_GROUP_NORM},
    {"instance norm",
     &voxel_op_group_norm,
     {.group_norm = {1e-5, 5}},
     VOXEL_SHAPE_4 (1, 5, 53, 59),
     5,
     VOXEL_CUDA_KERNEL_GROUP_NORM},
    {"layer norm of pixels",
     &voxel_op_layer_norm,
     {.layer_norm = {1e-6, 1}},
     VOXEL_SHAPE_4 (1, 320, 3, 5),
     320,
     VOXEL_CUDA_KERNEL_LAYER_NORM},
    {"layer norm of long lines",
     &voxel_op_layer_norm,
     {.layer_norm = {1e-6, 1}},
     VOXEL_SHAPE_4 (1, 2312, 2, 3),
     2312,
     VOXEL_CUDA_KERNEL_LAYER_NORM},
    {"layer norm across",
     &voxel_op_layer_norm,
     {.layer_norm = {1e-6, 2}},
     VOXEL_SHAPE_4 (2, 16, 23, 5),
     23,
     VOXEL_CUDA_KERNEL_LAYER_NORM},
    {"softmax of long lines",
     &voxel_op_softmax,
     {.softmax = {1}},
     VOXEL_SHAPE_4 (1, 2312, 3, 2),
     0,
     VOXEL_CUDA_KERNEL_SOFTMAX},
    {"softmax of odd lines",
     &voxel_op_softmax,
     {.softmax = {1}},
     VOXEL_SHAPE_4 (1, 523, 3, 2),
     0,
     VOXEL_CUDA_KERNEL_SOFTMAX},
    {"softmax across",
     &voxel_op_softmax,
     {.softmax = {3}},
     VOXEL_SHAPE_4 (2, 24, 3, 37),
     0,
     VOXEL_CUDA_KERNEL_SOFTMAX},
    {"bilinear",
     &voxel_op_upsample,
     {.upsample = {{2, 2}, FALSE, FALSE}},
     VOXEL_SHAPE_4 (2, 16, 33, 31),
     0,
     VOXEL_CUDA_KERNEL_UPSAMPLE},
    {"bilinear, corners",
     &voxel_op_upsample,
     {.upsample = {{4, 3}, TRUE, FALSE}},
     VOXEL_SHAPE_4 (1, 8, 33, 31),
     0,
     VOXEL_CUDA_KERNEL_UPSAMPLE},
    {"nearest",
     &voxel_op_upsample,
     {.upsample = {{2, 3}, FALSE, TRUE}},
     VOXEL_SHAPE_4 (2, 32, 17, 19),
     0,
     VOXEL_CUDA_KERNEL_UPSAMPLE},
    {"reflection",
     &voxel_op_pad,
     {.pad = {{5, 0}, {3, 7}, VOXEL_PAD_REFLECT}},
     VOXEL_SHAPE_4 (2, 16, 17, 19),
     0,
     VOXEL_CUDA_KERNEL_PAD},
    {"largest, three of two",
     &voxel_op_max_pool2d,
     {.max_pool2d = {{3, 3}, {2, 2}, {1, 1}, FALSE, FALSE}},
     VOXEL_SHAPE_4 (2, 16, 33, 30),
     0,
     VOXEL_CUDA_KERNEL_POOL2D},
    {"largest, rounded up",
     &voxel_op_max_pool2d,
     {.max_pool2d = {{3, 2}, {3, 2}, {0, 0}, TRUE, FALSE}},
     VOXEL_SHAPE_4 (1, 24, 17, 19),
     0,
     VOXEL_CUDA_KERNEL_POOL2D},
    {"largest of single channels",
     &voxel_op_max_pool2d,
     {.max_pool2d = {{2, 2}, {2, 2}, {0, 0}, FALSE, FALSE}},
     VOXEL_SHAPE_4 (2, 7, 33, 35),
     0,
     VOXEL_CUDA_KERNEL_POOL2D},
    {"mean of windows",
     &voxel_op_avg_pool2d,
     {.avg_pool2d = {{3, 4}, {2, 1}, {1, 2}, TRUE}},
     VOXEL_SHAPE_4 (2, 16, 17, 19),
     0,
     VOXEL_CUDA_KERNEL_POOL2D},
    {"mean of windows, inside",
     &voxel_op_avg_pool2d,
     {.avg_pool2d = {{3, 4}, {2, 1}, {1, 2}, FALSE}},
     VOXEL_SHAPE_4 (2, 16, 17, 19),
     0,
     VOXEL_CUDA_KERNEL_POOL2D},
    {"gelu", &voxel_op_gelu, {{{0}}}, VOXEL_SHAPE_4 (2, 16, 65, 63), 0, VOXEL_CUDA_KERNEL_POINTWISE},
};

static const struct {
  const gchar *name;
  const VoxelBackend *backend;
  VoxelPrecision precision;
  gdouble tolerance; /* of values about 1 */
} storages[] = {
    {"float", &fixture_kernels, VOXEL_PRECISION_FP32, 4e-6},
    {"half", &fixture_kernels_half, VOXEL_PRECISION_BF16, .0025},
    {"bf16", &fixture_kernels, VOXEL_PRECISION_BF16, .02},
};

static VoxelGraph *
graph_of (const Case *c, GRand *random)
{
  VoxelGraph *graph = voxel_graph_new (c->name);
  VoxelTensor *inputs[VOXEL_NORM_INPUTS] = {voxel_graph_input (graph, &c->shape)};
  guint n = c->channels_of_weights;
  VoxelNode *node;

  if (n) {
    inputs[1] =
        voxel_graph_constant (graph, voxel_random_constant ("weight", &VOXEL_SHAPE_1 (n), random, .5, 1.5));
    inputs[2] =
        voxel_graph_constant (graph, voxel_random_constant ("bias", &VOXEL_SHAPE_1 (n), random, -1, 1));
  }
  node = voxel_graph_append (graph, c->op, c->name, &c->attributes, inputs, n ? VOXEL_NORM_INPUTS : 1, NULL);
  g_assert_nonnull (node);
  graph->output = node->outputs[0];
  return graph;
}

/* Takes the graph. */
static void
compare (VoxelGraph *graph, guint storage, const gchar *name)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autofree gfloat *input = NULL, *expected = NULL, *result = NULL;
  g_autoptr (GError) error = NULL;
  gsize in = 0, out = 0;
  gdouble most = 1;

  voxel_shape_elements (&graph->input->shape, &in);
  voxel_shape_elements (&graph->output->shape, &out);
  input = g_new (gfloat, in);
  for (gsize i = 0; i < in; i++)
    input[i] = (gfloat) g_rand_double_range (random, -2, 3);
  expected = fixture_interpret (graph, input);
  for (gsize i = 0; i < out; i++)
    most = MAX (most, fabs (expected[i]));
  result = fixture_execute (graph, storages[storage].backend, storages[storage].precision, 1, input, &error);
  g_assert_no_error (error);
  if (fixture_difference (result, expected, out) > storages[storage].tolerance * most)
    g_error ("%s in %s: %g off", name, storages[storage].name, fixture_difference (result, expected, out));
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;

  for (guint s = 0; s < G_N_ELEMENTS (storages); s++) {
    g_autoptr (GRand) random = g_rand_new_with_seed (1 + s);

    compare (graph_of (c, random), s, c->name);
  }
}

/* Sums of all channels of a picture, by a convolution of the reference. */
static VoxelTensor *
mixed (VoxelGraph *graph, VoxelTensor *x, guint channels)
{
  static const VoxelConv2d conv = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x};

  inputs[VOXEL_CONV2D_WEIGHT] = voxel_graph_constant (
      graph,
      voxel_random_constant ("weight", &VOXEL_SHAPE_4 (channels, x->shape.dim[1], 1, 1), random, -.3, .3));
  return voxel_graph_append (graph, &voxel_op_conv2d, "mixed", &conv, inputs, VOXEL_CONV2D_INPUTS, NULL)
      ->outputs[0];
}

/* 4 channels of an input of 8. */
static VoxelTensor *
few (VoxelGraph *graph)
{
  return mixed (graph, graph->input, 4);
}

static VoxelTensor *
after (VoxelGraph *graph, const VoxelOp *op, gconstpointer attributes, VoxelTensor *x)
{
  VoxelNode *node = voxel_graph_append (graph, op, op->name, attributes, &x, 1, NULL);

  g_assert_nonnull (node);
  return node->outputs[0];
}

static VoxelTensor *
joined (VoxelGraph *graph, VoxelTensor *const *inputs, guint n)
{
  return voxel_graph_append (graph, &voxel_op_concat, "concat", NULL, inputs, n, NULL)->outputs[0];
}

/* Of tensors that come twice one place at most is theirs: the kernel copies them to the others, among them 8 channels to
 * places that are multiples of 4. */
static void
test_concat (void)
{
  for (guint s = 0; s < G_N_ELEMENTS (storages); s++) {
    VoxelGraph *graph = voxel_graph_new ("concat");
    VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (2, 8, 5, 3)), *y = few (graph);

    y = joined (graph, (VoxelTensor *[]){y, x, x, y, x}, 5);
    graph->output = joined (graph, (VoxelTensor *[]){y, y}, 2);
    compare (graph, s, "concat");
  }
}

/* Heads whose channels are vectors and others, with more queries than a block has threads; queries, keys with values and
 * the result are channels of joint buffers. */
static void
test_attention (void)
{
  static const VoxelMaxPool2d pool = {{4, 4}, {4, 4}, {0, 0}, FALSE, FALSE};
  static const VoxelUpsample upsample = {{4, 4}, FALSE, TRUE};
  static const guint depths[] = {16, 12, 5};

  for (guint s = 0; s < G_N_ELEMENTS (storages); s++)
    for (guint d = 0; d < G_N_ELEMENTS (depths); d++) {
      VoxelGraph *graph = voxel_graph_new ("attention");
      VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (2, 8, 20, 24));
      VoxelTensor *query = mixed (graph, x, 3 * depths[d]);
      VoxelTensor *small = after (graph, &voxel_op_max_pool2d, &pool, x);
      VoxelTensor *key_value = mixed (graph, small, 6 * depths[d]);
      VoxelTensor *result = voxel_graph_append (graph, &voxel_op_attention, "attention", &(VoxelAttention){3},
                                                (VoxelTensor *[]){query, key_value}, 2, NULL)
                                ->outputs[0];
      VoxelTensor *keys = joined (graph, (VoxelTensor *[]){small, key_value}, 2);

      keys = after (graph, &voxel_op_upsample, &upsample, keys);
      graph->output = joined (graph, (VoxelTensor *[]){x, query, result, keys}, 4);
      compare (graph, s, "attention");
    }
}

/* 8 channels that are written and read 4 channels behind the beginning of a buffer of 16: in float these are vectors,
 * in halves they are not. */
static void
test_slices (void)
{
  static const VoxelPad pad = {{0, 0}, {0, 0}, VOXEL_PAD_ZERO};
  static const VoxelSoftmax softmax = {1};

  for (guint s = 0; s < G_N_ELEMENTS (storages); s++)
    for (guint which = 0; which < 2; which++) {
      VoxelGraph *graph = voxel_graph_new ("slices");
      VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (2, 8, 5, 3)), *y = few (graph);
      VoxelTensor *middle =
          which ? after (graph, &voxel_op_gelu, NULL, x) : after (graph, &voxel_op_pad, &pad, x);
      VoxelTensor *end = after (graph, &voxel_op_relu, NULL, y);
      VoxelTensor *all = joined (graph, (VoxelTensor *[]){y, middle, end}, 3);
      VoxelTensor *read = which ? after (graph, &voxel_op_silu, NULL, middle)
                                : after (graph, &voxel_op_softmax, &softmax, middle);

      graph->output = joined (graph, (VoxelTensor *[]){all, read}, 2);
      compare (graph, s, "slices");
    }
}

/* A device would be slow, not wrong, if vectors were never used; so it is asked for here. */
static void
test_vectors (void)
{
  static const VoxelDtype types[] = {VOXEL_DTYPE_F32, VOXEL_DTYPE_F16, VOXEL_DTYPE_BF16};
  static const VoxelCudaType forms[] = {VOXEL_CUDA_F32, VOXEL_CUDA_F16, VOXEL_CUDA_BF16};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint t = 0; t < G_N_ELEMENTS (types); t++) {
      g_autoptr (GRand) random = g_rand_new_with_seed (1);
      g_autoptr (VoxelGraph) graph = graph_of (&cases[i], random);
      g_autofree VoxelCudaWork *work = g_new0 (VoxelCudaWork, 1);
      g_autoptr (GError) error = NULL;

      for (guint k = 0; k < graph->tensors->len; k++) {
        VoxelTensor *tensor = graph->tensors->pdata[k];

        tensor->type = tensor->constant ? VOXEL_DTYPE_F32 : types[t];
        tensor->layout = tensor->constant ? VOXEL_LAYOUT_NCHW : VOXEL_LAYOUT_NHWC;
      }
      g_assert_true (voxel_cuda_planner (cases[i].op)->plan (graph->nodes->pdata[0], work, &error));
      g_assert_no_error (error);
      g_assert_true (work->calls[0].kernel == cases[i].kernel);
      g_assert_cmpint (work->calls[0].launch.type, ==, cases[i].shape.dim[1] % 8 ? VOXEL_CUDA_ANY : forms[t]);
      g_assert_cmpuint (work->calls[0].launch.shared, <=, 48 * 1024);
    }
}

/* SE's factors, one a channel of each picture, and the attention gate's, one a pixel. */
static void
test_factors (void)
{
  static const guint shapes[][4] = {{2, 16, 1, 1}, {2, 1, 5, 7}, {2, 16, 5, 7}}, dims[] = {3, 2, 1};

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autoptr (VoxelGraph) graph = voxel_graph_new ("factors");
    VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (2, 16, 5, 7));
    VoxelTensor factor = {.name = (gchar *) "factor", .type = VOXEL_DTYPE_F16, .layout = VOXEL_LAYOUT_NHWC};
    g_autofree VoxelCudaWork *work = g_new0 (VoxelCudaWork, 1);
    VoxelNode *node =
        voxel_graph_append (graph, &voxel_op_multiply, "multiply", NULL, (VoxelTensor *[]){x, x}, 2, NULL);

    factor.shape = VOXEL_SHAPE_4 (shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3]);
    x->type = node->outputs[0]->type = VOXEL_DTYPE_F16;
    x->layout = node->outputs[0]->layout = VOXEL_LAYOUT_NHWC;
    node->inputs[1] = &factor;
    g_assert_true (voxel_cuda_plan_pointwise (node, work, NULL));
    node->inputs[1] = x;
    g_assert_cmpint (work->calls[0].launch.type, ==, VOXEL_CUDA_F16);
    g_assert_cmpuint (work->calls[0].params.pointwise.n_dims, ==, dims[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strdup_printf ("/cuda-kernels/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/cuda-kernels/concat", test_concat);
  g_test_add_func ("/cuda-kernels/attention", test_attention);
  g_test_add_func ("/cuda-kernels/slices", test_slices);
  g_test_add_func ("/cuda-kernels/vectors", test_vectors);
  g_test_add_func ("/cuda-kernels/factors", test_factors);
  return g_test_run ();
}
