/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "fixture.h"
#include "models/ops/ops.h"

/* The processor's activations over all their range against the definitions in double. Bounds: the largest
 * and the mean relative error that PyTorch 2.15 makes in single precision on the same range; for sigmoids, where both
 * err by an exponential and a division, twice those. */

#define SIDE 1024

typedef struct {
  const VoxelOp *op;
  gdouble (*exact) (gdouble x);
  gdouble range; /* of the values */
  gdouble most, mean;
  gboolean of_input; /* errors are relative to the input: the result of negative ones is a small difference */
} Activation;

static gdouble
sigmoid (gdouble x)
{
  return 1 / (1 + exp (-x));
}

static gdouble
silu (gdouble x)
{
  return x / (1 + exp (-x));
}

static gdouble
gelu (gdouble x)
{
  return x * erfc (-x * G_SQRT2 / 2) / 2;
}

static const Activation activations[] = {
    {&voxel_op_sigmoid, sigmoid, 80, 1.45e-7 * 2, 1.91e-8 * 2, FALSE},
    {&voxel_op_silu, silu, 80, 1.69e-7 * 2, 1.92e-8 * 2, FALSE},
    {&voxel_op_gelu, gelu, 9, 3.79e-7, 2.47e-8, TRUE},
};

static gfloat *
apply (const VoxelOp *op, const gfloat *values)
{
  VoxelGraph *graph = voxel_graph_new (op->name);
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 1, SIDE, SIDE));
  g_autoptr (GError) error = NULL;
  gfloat *result;

  graph->output = voxel_graph_append (graph, op, op->name, NULL, &x, 1, NULL)->outputs[0];
  result = fixture_execute (graph, &voxel_backend_cpu, VOXEL_PRECISION_FP32, 1, values, &error);
  g_assert_no_error (error);
  return result;
}

/* Evenly over the range, and evenly in the exponent around 0. */
static gfloat *
grid (gdouble range)
{
  gfloat *values = g_new (gfloat, SIDE * SIDE);

  for (guint i = 0; i < SIDE * SIDE; i++) {
    gdouble at = 2. * i / (SIDE * SIDE) - 1;

    values[i] = (gfloat) (i % 4 ? range * at : copysign (range * pow (2, -40 * fabs (at)), at));
  }
  return values;
}

static void
test_error (gconstpointer data)
{
  const Activation *activation = data;
  g_autofree gfloat *values = grid (activation->range);
  g_autofree gfloat *result = apply (activation->op, values);
  gdouble most = 0, sum = 0;

  for (guint i = 0; i < SIDE * SIDE; i++) {
    gdouble exact = activation->exact (values[i]);
    gdouble error = fabs (result[i] - exact) / fabs (activation->of_input ? values[i] : exact);

    g_assert_true (isfinite (error));
    most = MAX (most, error);
    sum += error;
  }
  g_test_message ("%s: %g at most, %g in the mean", activation->op->name, most, sum / (SIDE * SIDE));
  g_assert_cmpfloat (most, <=, activation->most);
  g_assert_cmpfloat (sum / (SIDE * SIDE), <=, activation->mean);
}

/* Far from 0 they are 0, 1 or the value itself. */
static void
test_far (gconstpointer data)
{
  const Activation *activation = data;
  g_autofree gfloat *values = g_new0 (gfloat, SIDE * SIDE), *result = NULL;
  gfloat far = 1e30f;

  values[0] = far;
  values[1] = -far;
  result = apply (activation->op, values);
  g_assert_cmpfloat (result[0], ==, activation->op == &voxel_op_sigmoid ? 1 : far);
  g_assert_cmpfloat (fabs (result[1]), <=, 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (activations); i++) {
    g_autofree gchar *error = g_strdup_printf ("/activations/%s/error", activations[i].op->name);
    g_autofree gchar *far = g_strdup_printf ("/activations/%s/far", activations[i].op->name);

    g_test_add_data_func (error, &activations[i], test_error);
    g_test_add_data_func (far, &activations[i], test_far);
  }
  return g_test_run ();
}
