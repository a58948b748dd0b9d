/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "models/ops/ops.h"
#include "models/packed.h"

/* The suite that every backend passes at every precision it offers: single operators against PyTorch in
 * double precision (fixtures), and networks drawn at random against the reference. */

typedef struct {
  const VoxelBackend *backend;
  VoxelPrecision precision;
  guint threads;
  JsonObject *attributes; /* of a case */
} Case;

static VoxelSafetensors *fixtures;

static void
read_pair (JsonObject *json, const gchar *name, guint *pair)
{
  JsonArray *array = json_object_get_array_member (json, name);

  pair[0] = (guint) json_array_get_int_element (array, 0);
  pair[1] = (guint) json_array_get_int_element (array, 1);
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
  return pool;
}

static gpointer
read_upsample (JsonObject *json)
{
  VoxelUpsample *upsample = g_new0 (VoxelUpsample, 1);

  read_pair (json, "scale", upsample->scale);
  upsample->align_corners = json_object_get_boolean_member (json, "align_corners");
  return upsample;
}

/* What of an operator's operands are pictures, as many as there are in the case for all but the first. */
static const struct {
  const VoxelOp *op;
  gpointer (*attributes) (JsonObject *json);
  guint inputs, pictures;
} operators[] = {
    {&voxel_op_conv2d, read_conv2d, VOXEL_CONV2D_INPUTS, 1},
    {&voxel_op_conv_transpose2d, read_conv2d, VOXEL_CONV2D_INPUTS, 1},
    {&voxel_op_batch_norm, read_batch_norm, VOXEL_BATCH_NORM_INPUTS, 1},
    {&voxel_op_relu, NULL, 1, 1},
    {&voxel_op_sigmoid, NULL, 1, 1},
    {&voxel_op_max_pool2d, read_max_pool2d, 1, 1},
    {&voxel_op_upsample, read_upsample, 1, 1},
    {&voxel_op_concat, NULL, 0, G_MAXUINT},
    {&voxel_op_add, NULL, 2, 2},
};

static guint
operator_index (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_equal (operators[i].op->name, name))
      return i;
  g_error ("no operator %s", name);
}

static gfloat *
read_tensor (const gchar *name, const gchar *part, VoxelShape *shape)
{
  g_autofree gchar *full = g_strdup_printf ("%s.%s", name, part);
  const VoxelTensorView *tensor = voxel_safetensors_find (fixtures, full);
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

/* A graph has one input: cases of several pictures get them as its channels, taken apart by 1x1 convolutions
 * with ones and zeros, which change no value at fp32. */
static VoxelTensor *
take_channels (VoxelGraph *graph, guint first, guint channels)
{
  static const VoxelConv2d conv = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE};
  const VoxelShape shape = VOXEL_SHAPE_4 (channels, graph->input->shape.dim[1], 1, 1);
  g_autofree gfloat *values = g_new0 (gfloat, (gsize) channels * shape.dim[1]);
  g_autofree gchar *name = g_strdup_printf ("take-%u", first);
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {graph->input};
  VoxelNode *node;

  for (guint c = 0; c < channels; c++)
    values[c * shape.dim[1] + first + c] = 1;
  inputs[VOXEL_CONV2D_WEIGHT] =
      voxel_graph_constant (graph, voxel_constant_new_values (name, &shape, values));
  node = voxel_graph_append (graph, &voxel_op_conv2d, name, &conv, inputs, VOXEL_CONV2D_INPUTS, NULL);
  g_assert_nonnull (node);
  return node->outputs[0];
}

static gfloat *
join_pictures (const gchar *name, guint n, VoxelShape *shape, guint *channels)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *part = g_strdup_printf ("in.%u", i);
    g_autofree gfloat *values = read_tensor (name, part, shape);
    gsize elements = 0;

    g_assert_true (voxel_shape_elements (shape, &elements));
    channels[i] = shape->dim[1];
    g_byte_array_append (bytes, (const guint8 *) values, (guint) (elements * sizeof (gfloat)));
  }
  shape->dim[1] = 0;
  for (guint i = 0; i < n; i++)
    shape->dim[1] += channels[i];
  return (gfloat *) g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

static VoxelGraph *
case_graph (const Case *c, const gchar *name, gfloat **input, GError **error)
{
  guint which = operator_index (json_object_get_string_member (c->attributes, "op"));
  guint listed = (guint) json_object_get_int_member (c->attributes, "inputs");
  guint pictures = MIN (operators[which].pictures, listed), channels[VOXEL_OP_MAX_INPUTS] = {0}, first = 0;
  g_autofree gpointer attributes =
      operators[which].attributes ? operators[which].attributes (c->attributes) : NULL;
  g_autoptr (VoxelGraph) graph = voxel_graph_new (name);
  VoxelTensor *inputs[VOXEL_OP_MAX_INPUTS] = {NULL};
  VoxelShape shape = {0};
  VoxelNode *node;

  *input = join_pictures (name, pictures, &shape, channels);
  voxel_graph_input (graph, &shape);
  for (guint i = 0; i < pictures; i++) {
    inputs[i] = pictures == 1 ? graph->input : take_channels (graph, first, channels[i]);
    first += channels[i];
  }
  for (guint i = pictures; i < listed; i++) {
    g_autofree gchar *part = g_strdup_printf ("in.%u", i);
    g_autofree gfloat *values = read_tensor (name, part, &shape);

    if (values)
      inputs[i] = voxel_graph_constant (graph, voxel_constant_new_values (part, &shape, values));
  }
  node = voxel_graph_append (graph, operators[which].op, "case", attributes, inputs,
                             operators[which].inputs ? operators[which].inputs : listed, error);
  if (!node)
    return NULL;
  graph->output = node->outputs[0];
  return g_steal_pointer (&graph);
}

/* fp32: roundings of a sum of a hundred products. bf16 (8 bits): operands and result are rounded once each.
 */
static gdouble
tolerance (VoxelPrecision precision)
{
  return precision == VOXEL_PRECISION_BF16 ? .02 : 2e-6;
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
  const gchar *name = json_object_get_string_member (c->attributes, "name");
  g_autofree gfloat *input = NULL, *expected = NULL, *result = NULL;
  g_autoptr (GError) error = NULL;
  VoxelShape shape = {0};
  VoxelGraph *graph = case_graph (c, name, &input, &error);
  gsize n = 0;

  g_assert_no_error (error);
  expected = read_tensor (name, "out", &shape);
  g_assert_true (voxel_shape_equal (&graph->output->shape, &shape));
  g_assert_true (voxel_shape_elements (&shape, &n));
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
  if (difference > tolerance (c->precision) * MAX (largest (expected, n), 1))
    g_error ("%s: %g off, values to %g", name, difference, largest (expected, n));
}

static void
test_networks (gconstpointer data)
{
  const Case *c = data;

  for (guint seed = 0; seed < 40; seed++) {
    g_autoptr (GRand) random = g_rand_new_with_seed (1000 + seed);
    VoxelGraph *graph = fixture_random_graph (random);
    g_autofree gfloat *input = g_new (gfloat, 2 * 8 * 12), *expected = NULL, *result = NULL;
    g_autoptr (GError) error = NULL;
    gsize n = 0;

    g_assert_true (voxel_shape_elements (&graph->output->shape, &n));
    for (guint i = 0; i < 2 * 8 * 12; i++)
      input[i] = (gfloat) g_rand_double_range (random, -2, 2);
    expected = fixture_interpret (graph, input);
    result = fixture_execute (graph, c->backend, c->precision, c->threads, input, &error);
    g_assert_no_error (error);
    gdouble allowed = (c->precision == VOXEL_PRECISION_BF16 ? .1 : 2e-5) * (1 + largest (expected, n));
    if (fixture_difference (result, expected, n) > allowed)
      g_error ("graph %u: %g off, values to %g", seed, fixture_difference (result, expected, n),
               largest (expected, n));
  }
  g_assert_cmpuint (voxel_packed_count (), ==, 0);
}

static void
case_free (gpointer data)
{
  Case *c = data;

  g_clear_pointer (&c->attributes, json_object_unref);
  g_free (c);
}

static Case *
case_new (const Case *like, JsonObject *attributes)
{
  Case *c = g_memdup2 (like, sizeof *like);

  c->attributes = attributes ? json_object_ref (attributes) : NULL;
  return c;
}

static void
add_cases (const Case *like, JsonArray *cases)
{
  g_autofree gchar *suite = g_strdup_printf ("/backends/%s/%s/%u-threads", like->backend->name,
                                             voxel_precision_to_name (like->precision), like->threads);
  g_autofree gchar *networks = g_strdup_printf ("%s/networks", suite);

  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *attributes = json_array_get_object_element (cases, i);
    g_autofree gchar *path =
        g_strdup_printf ("%s/%s", suite, json_object_get_string_member (attributes, "name"));

    g_test_add_data_func_full (path, case_new (like, attributes), test_operator, case_free);
  }
  g_test_add_data_func_full (networks, case_new (like, NULL), test_networks, case_free);
}

int
main (int argc, char **argv)
{
  g_autofree gchar *path = NULL;
  g_autoptr (JsonNode) cases = NULL;
  const VoxelPrecision precisions[] = {VOXEL_PRECISION_FP32, VOXEL_PRECISION_BF16};

  g_test_init (&argc, &argv, NULL);
  path = fixture_path ("ops.safetensors");
  fixtures = voxel_safetensors_open (path, NULL);
  g_assert_nonnull (fixtures);
  cases = json_from_string (voxel_safetensors_metadata (fixtures, "cases"), NULL);
  for (guint b = 0; voxel_backends ()[b]; b++)
    for (guint p = 0; p < G_N_ELEMENTS (precisions); p++)
      for (guint threads = 1; threads <= 2; threads++) {
        const Case like = {voxel_backends ()[b], precisions[p], threads, NULL};

        if (like.backend->probe (like.precision, NULL))
          add_cases (&like, json_node_get_array (cases));
      }
  gint failed = g_test_run ();
  voxel_safetensors_free (fixtures);
  return failed;
}
