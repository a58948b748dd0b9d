/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "fixture-json.h"
#include "kernels.h"
#include "models/packed.h"
#include "operators.h"

/* The suite that every backend passes at every precision it offers: single operators against PyTorch in
 * double precision (fixtures), and networks drawn at random against the reference. */

typedef struct {
  const VoxelBackend *backend;
  VoxelPrecision precision;
  guint threads;
  VoxelSafetensors *family;
  const VoxelJson *attributes; /* of a case */
} Case;

static GPtrArray *families; /* of VoxelSafetensors */
static GPtrArray *listings; /* of VoxelJson: the cases of each */

static gsize
elements_of (const VoxelShape *shape)
{
  gsize n = 0;

  g_assert_true (voxel_shape_elements (shape, &n));
  return n;
}

static gfloat *
read_tensor (VoxelSafetensors *family, const gchar *name, const gchar *part, VoxelShape *shape)
{
  g_autofree gchar *full = g_strdup_printf ("%s.%s", name, part);
  const VoxelTensorView *tensor = voxel_safetensors_find (family, full);
  gfloat *values;

  if (!tensor)
    return NULL;
  shape->n = tensor->n_dims;
  for (guint i = 0; i < tensor->n_dims; i++)
    shape->dim[i] = (guint) tensor->shape[i];
  values = g_malloc (tensor->size);
  g_assert_true (voxel_tensor_view_to_float (tensor, values, NULL));
  return values;
}

/* A graph has one input: cases of several computed operands get them as channels of a single pixel, taken apart by 1x1
 * convolutions with ones and zeros, which change no value at fp32. */
static VoxelTensor *
take_operand (VoxelGraph *graph, guint first, const VoxelShape *shape)
{
  static const VoxelConv2d conv = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  guint n = (guint) elements_of (shape), all = graph->input->shape.dim[1];
  const VoxelShape of_weight = VOXEL_SHAPE_4 (n, all, 1, 1);
  g_autofree gfloat *values = g_new0 (gfloat, (gsize) n * all);
  g_autofree gchar *name = g_strdup_printf ("take-%u", first);
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {graph->input};
  VoxelNode *node;

  for (guint c = 0; c < n; c++)
    values[c * all + first + c] = 1;
  inputs[VOXEL_CONV2D_WEIGHT] =
      voxel_graph_constant (graph, voxel_constant_new_values (name, &of_weight, values));
  node = voxel_graph_append (graph, &voxel_op_conv2d, name, &conv, inputs, VOXEL_CONV2D_INPUTS, NULL);
  g_assert_nonnull (node);
  node =
      voxel_graph_append (graph, &voxel_op_reshape, "shape", &(VoxelReshape){*shape}, node->outputs, 1, NULL);
  g_assert_nonnull (node);
  return node->outputs[0];
}

static gfloat *
join_operands (VoxelSafetensors *family, const gchar *name, guint n, VoxelShape *shapes)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *part = g_strdup_printf ("in.%u", i);
    g_autofree gfloat *values = read_tensor (family, name, part, &shapes[i]);

    g_byte_array_append (bytes, (const guint8 *) values,
                         (guint) (elements_of (&shapes[i]) * sizeof (gfloat)));
  }
  return (gfloat *) g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

/* What a case has behind its convolution: a summand, computed from the same picture by weights of its own, and an
 * activation. Passes take both into the convolution. */
static VoxelTensor *
finish_case (const Case *c, const gchar *name, VoxelGraph *graph, gconstpointer attributes,
             VoxelTensor *result)
{
  const gchar *activation = voxel_json_get_string (c->attributes, "activation");
  VoxelShape shape;
  g_autofree gfloat *values = read_tensor (c->family, name, "sum", &shape);
  VoxelNode *node = result->producer;

  if (values) {
    VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {
        node->inputs[VOXEL_CONV2D_X],
        voxel_graph_constant (graph, voxel_constant_new_values ("sum", &shape, values))};
    VoxelNode *sum = voxel_graph_insert (graph, graph->nodes->len - 1, node->op, "sum", attributes, inputs,
                                         VOXEL_CONV2D_INPUTS, NULL);

    node = voxel_graph_append (graph, &voxel_op_add, "add", NULL, (VoxelTensor *[]){result, sum->outputs[0]},
                               2, NULL);
  }
  if (activation) {
    const FixtureOperator *which = fixture_operator (activation);
    g_autofree gpointer own = which->attributes ? which->attributes (c->attributes) : NULL;

    node = voxel_graph_append (graph, which->op, "activation", own, node->outputs, 1, NULL);
  }
  return node->outputs[0];
}

static VoxelGraph *
case_graph (const Case *c, const gchar *name, gfloat **input, GError **error)
{
  const FixtureOperator *which = fixture_operator (voxel_json_get_string (c->attributes, "op"));
  guint listed = fixture_json_uint (c->attributes, "inputs");
  guint pictures = voxel_json_get (c->attributes, "computed") ? fixture_json_uint (c->attributes, "computed")
                                                              : which->pictures;
  guint computed = MIN (pictures, listed), first = 0, all = 0;
  g_autofree gpointer attributes = which->attributes ? which->attributes (c->attributes) : NULL;
  g_autoptr (VoxelGraph) graph = voxel_graph_new (name);
  VoxelTensor *inputs[VOXEL_OP_MAX_INPUTS] = {NULL};
  VoxelShape shapes[VOXEL_OP_MAX_INPUTS] = {{0}}, shape;
  VoxelNode *node;

  *input = join_operands (c->family, name, computed, shapes);
  for (guint i = 0; i < computed; i++)
    all += (guint) elements_of (&shapes[i]);
  voxel_graph_input (graph, computed == 1 ? &shapes[0] : &VOXEL_SHAPE_4 (1, all, 1, 1));
  for (guint i = 0; i < computed; i++) {
    inputs[i] = computed == 1 ? graph->input : take_operand (graph, first, &shapes[i]);
    first += (guint) elements_of (&shapes[i]);
  }
  for (guint i = computed; i < listed; i++) {
    g_autofree gchar *part = g_strdup_printf ("in.%u", i);
    g_autofree gfloat *values = read_tensor (c->family, name, part, &shape);

    if (values)
      inputs[i] = voxel_graph_constant (graph, voxel_constant_new_values (part, &shape, values));
  }
  node = voxel_graph_append (graph, which->op, "case", attributes, inputs,
                             which->inputs ? which->inputs : listed, error);
  if (!node)
    return NULL;
  graph->output = finish_case (c, name, graph, attributes, node->outputs[0]);
  return g_steal_pointer (&graph);
}

/* fp32: roundings of a sum of a hundred products. bf16 (8 bits), halves (11): operands and result are rounded once
 * each; TF32 (11) the operands alone. */
static gdouble
tolerance (const Case *c)
{
  if (c->backend == &fixture_kernels_half || c->precision == VOXEL_PRECISION_FP16 ||
      c->precision == VOXEL_PRECISION_TF32)
    return .0025;
  return c->precision == VOXEL_PRECISION_BF16 ? .02 : 2e-6;
}

static gdouble
largest (const gfloat *values, gsize n)
{
  gdouble most = 0;

  for (gsize i = 0; i < n; i++)
    most = MAX (most, fabs (values[i]));
  return most;
}

static void
test_operator (gconstpointer data)
{
  const Case *c = data;
  const gchar *name = voxel_json_get_string (c->attributes, "name");
  g_autofree gfloat *input = NULL, *expected = NULL, *result = NULL;
  g_autoptr (GError) error = NULL;
  VoxelShape shape = {0};
  VoxelGraph *graph = case_graph (c, name, &input, &error);
  gsize n;

  g_assert_no_error (error);
  expected = read_tensor (c->family, name, "out", &shape);
  g_assert_true (voxel_shape_equal (&graph->output->shape, &shape));
  n = elements_of (&shape);
  result = fixture_execute (graph, c->backend, c->precision, c->threads, input, &error);
  /* A backend may refuse a case, in words; what the architectures need, the tests of those demand. */
  if (g_error_matches (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED)) {
    g_assert_nonnull (strstr (error->message, c->backend->name));
    g_assert_true (c->backend != &voxel_backend_reference);
    g_test_skip (error->message);
    return;
  }
  g_assert_no_error (error);
  gdouble difference = fixture_difference (result, expected, n);
  if (difference > tolerance (c) * MAX (largest (expected, n), 1))
    g_error ("%s: %g off, values to %g", name, difference, largest (expected, n));
}

/* What errors of rounding add up to in thirty layers, by bits as above. */
static gdouble
growth (const Case *c)
{
  if (c->precision == VOXEL_PRECISION_FP16 || c->precision == VOXEL_PRECISION_TF32)
    return .0125;
  return c->precision == VOXEL_PRECISION_BF16 ? .1 : 2e-5;
}

static void
test_networks (gconstpointer data)
{
  const Case *c = data;

  for (guint seed = 0; seed < 40; seed++) {
    g_autoptr (GRand) random = g_rand_new_with_seed (1000 + seed);
    VoxelGraph *graph = voxel_random_graph (random, 1);
    g_autofree gfloat *input = g_new (gfloat, 2 * 8 * 12), *expected = NULL, *result = NULL;
    g_autoptr (GError) error = NULL;
    gsize n = elements_of (&graph->output->shape);

    for (guint i = 0; i < 2 * 8 * 12; i++)
      input[i] = (gfloat) g_rand_double_range (random, -2, 2);
    expected = fixture_interpret (graph, input);
    result = fixture_execute (graph, c->backend, c->precision, c->threads, input, &error);
    g_assert_no_error (error);
    gdouble allowed = growth (c) * (1 + largest (expected, n));
    if (fixture_difference (result, expected, n) > allowed)
      g_error ("graph %u: %g off, values to %g", seed, fixture_difference (result, expected, n),
               largest (expected, n));
  }
  g_assert_cmpuint (voxel_packed_count (), ==, 0);
}

static Case *
case_new (const Case *like, VoxelSafetensors *family, const VoxelJson *attributes)
{
  Case *c = g_memdup2 (like, sizeof *like);

  c->family = family;
  c->attributes = attributes;
  return c;
}

static gchar *
suite_of (const Case *like)
{
  return g_strdup_printf ("/backends/%s/%s/%u-threads", like->backend->name,
                          voxel_precision_to_name (like->precision), like->threads);
}

/* What the reference computes for them need not be tested again. */
static gboolean
is_of (const Case *like, const VoxelJson *attributes)
{
  const FixtureOperator *which = fixture_operator (voxel_json_get_string (attributes, "op"));

  return like->backend->kernels != fixture_kernels.kernels || fixture_kernels_compute (which->op);
}

static void
add_family (const Case *like, VoxelSafetensors *family, const VoxelJson *cases)
{
  g_autofree gchar *suite = suite_of (like);

  for (guint i = 0; i < voxel_json_length (cases); i++) {
    const VoxelJson *attributes = voxel_json_nth (cases, i);
    g_autofree gchar *path = g_strdup_printf ("%s/%s", suite, voxel_json_get_string (attributes, "name"));

    if (!is_of (like, attributes))
      continue;
    g_test_add_data_func_full (path, case_new (like, family, attributes), test_operator, g_free);
  }
}

static void
add_cases (const Case *like)
{
  g_autofree gchar *suite = suite_of (like);
  g_autofree gchar *networks = g_strdup_printf ("%s/networks", suite);

  for (guint i = 0; i < families->len; i++)
    add_family (like, families->pdata[i], listings->pdata[i]);
  g_test_add_data_func_full (networks, case_new (like, NULL, NULL), test_networks, g_free);
}

static void
open_families (void)
{
  g_autofree gchar *folder = fixture_path ("ops");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  g_assert_nonnull (dir);
  families = g_ptr_array_new_with_free_func ((GDestroyNotify) voxel_safetensors_free);
  listings = g_ptr_array_new_with_free_func ((GDestroyNotify) voxel_json_free);
  for (const gchar *name = g_dir_read_name (dir); name; name = g_dir_read_name (dir)) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    VoxelSafetensors *family = voxel_safetensors_open (path, &error);

    g_assert_no_error (error);
    g_ptr_array_add (families, family);
    g_ptr_array_add (listings, fixture_json_parse (voxel_safetensors_metadata (family, "cases")));
  }
  g_assert_cmpuint (families->len, >, 0);
}

/* With the argument "kernels" CUDA's, on the CPU; with "cuda" that backend, which the environment lends a device; backends
 * of this build otherwise. */
static const VoxelBackend *const *
tested (int argc, char **argv)
{
  static const VoxelBackend *const kernels[] = {&fixture_kernels, &fixture_kernels_half, NULL};
  static const VoxelBackend *const cuda[] = {&voxel_backend_cuda, NULL};

  if (argc > 1 && g_str_equal (argv[1], "cuda"))
    return cuda;
  return argc > 1 && g_str_equal (argv[1], "kernels") ? kernels : voxel_backends ();
}

int
main (int argc, char **argv)
{
  const VoxelPrecision precisions[] = {VOXEL_PRECISION_FP32, VOXEL_PRECISION_BF16, VOXEL_PRECISION_FP16,
                                       VOXEL_PRECISION_TF32};
  const VoxelBackend *const *backends;
  gint failed;

  g_test_init (&argc, &argv, NULL);
  open_families ();
  backends = tested (argc, argv);
  for (guint b = 0; backends[b]; b++)
    for (guint p = 0; p < G_N_ELEMENTS (precisions); p++)
      for (guint threads = 1; threads <= (backends == voxel_backends () ? 2 : 1); threads++) {
        const Case like = {backends[b], precisions[p], threads, NULL, NULL};

        if (like.backend->probe (like.precision, NULL))
          add_cases (&like);
      }
  failed = g_test_run ();
  g_ptr_array_unref (families);
  g_ptr_array_unref (listings);
  return failed;
}
