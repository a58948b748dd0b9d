/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "models/backend.h"
#include "models/run.h"
#include "tests/support/conv1x1-model.h"

#define HEIGHT 19
#define WIDTH 45
#define PIXELS (HEIGHT * WIDTH)

typedef struct {
  const VoxelBackend *backend;
  VoxelPrecision precision;
  guint in, out;
} Case;

static VoxelModel *
make (guint in, guint out, const gfloat *weights, const gfloat *bias)
{
  g_autofree gchar *name = g_strdup_printf ("voxel-conv1x1-%u.safetensors", g_random_int ());
  g_autofree gchar *path = g_build_filename (g_get_tmp_dir (), name, NULL);
  g_autoptr (GError) error = NULL;
  VoxelModel *model;

  conv1x1_model_save (path, in, out, weights, bias, "none");
  model = voxel_model_load (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  return model;
}

static gfloat *
draw (GRand *random, gsize n)
{
  gfloat *values = g_new (gfloat, n);

  for (gsize i = 0; i < n; i++)
    values[i] = (gfloat) g_rand_double_range (random, -2, 2);
  return values;
}

static gfloat *
execute (VoxelModel *model, const Case *c, guint threads, const gfloat *input)
{
  const VoxelPlanKey key = {c->backend->name, c->precision, threads, 1, HEIGHT, WIDTH};
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelPlan) plan = voxel_plan_get (model, &key, &error);
  g_autoptr (VoxelRun) run = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (voxel_plan_get_macs (plan), ==, PIXELS * c->in * c->out);
  run = voxel_run_new (plan, NULL);
  memcpy (voxel_run_get_input (run), input, PIXELS * c->in * sizeof *input);
  g_assert_true (voxel_run_execute (run, NULL, NULL));
  g_assert_cmpmem (voxel_run_get_input (run), PIXELS * c->in * sizeof *input, input,
                   PIXELS * c->in * sizeof *input);
  return g_memdup2 (voxel_run_get_output (run), PIXELS * c->out * sizeof (gfloat));
}

/* Sums over channels, as the formula says; the same bits whatever the threads. */
static void
test_output (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GRand) random = g_rand_new_with_seed (1 + c->in + 16 * c->out);
  g_autofree gfloat *weights = draw (random, c->in * c->out), *bias = draw (random, c->out);
  g_autofree gfloat *input = draw (random, PIXELS * c->in);
  g_autoptr (VoxelModel) model = make (c->in, c->out, weights, bias);
  g_autofree gfloat *one = execute (model, c, 1, input), *three = execute (model, c, 3, input);
  gdouble allowed = c->precision == VOXEL_PRECISION_BF16 ? .02 : 1e-6;

  for (gsize o = 0; o < c->out; o++)
    for (gsize i = 0; i < PIXELS; i++) {
      gdouble sum = bias[o], size = fabs (sum);

      for (gsize k = 0; k < c->in; k++) {
        gdouble product = (gdouble) weights[o * c->in + k] * input[k * PIXELS + i];

        sum += product;
        size += fabs (product);
      }
      g_assert_cmpfloat_with_epsilon (one[o * PIXELS + i], sum, allowed * size);
    }
  g_assert_cmpmem (one, PIXELS * c->out * sizeof *one, three, PIXELS * c->out * sizeof *three);
}

/* Weight 1 and bias 0 give the input back to the bit. */
static void
test_identity (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autofree gfloat *input = draw (random, PIXELS);
  g_autoptr (VoxelModel) model = make (1, 1, (const gfloat[]){1}, (const gfloat[]){0});
  g_autofree gfloat *output = execute (model, c, 2, input);

  g_assert_cmpmem (output, PIXELS * sizeof *output, input, PIXELS * sizeof *input);
}

static void
test_facts (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autofree gfloat *values = draw (random, 6);
  g_autoptr (VoxelModel) model = make (3, 2, values, values);

  g_assert_cmpuint (voxel_model_get_stride (model), ==, 1);
  g_assert_cmpuint (voxel_model_get_in_channels (model), ==, 3);
  g_assert_cmpuint (voxel_model_get_out_channels (model), ==, 2);
  g_assert_cmpuint (voxel_model_get_parameters (model), ==, 8);
}

static void
add (const Case *c, const gchar *test, GTestDataFunc func)
{
  g_autofree gchar *path = g_strdup_printf ("/conv1x1/%s/%u-%u/%s/%s", test, c->in, c->out, c->backend->name,
                                            voxel_precision_to_name (c->precision));

  g_test_add_data_func_full (path, g_memdup2 (c, sizeof *c), func, g_free);
}

int
main (int argc, char **argv)
{
  const VoxelPrecision precisions[] = {VOXEL_PRECISION_FP32, VOXEL_PRECISION_BF16};
  const guint channels[][2] = {{1, 1}, {3, 1}, {1, 2}, {16, 5}};

  g_test_init (&argc, &argv, NULL);
  for (guint b = 0; voxel_backends ()[b]; b++)
    for (guint p = 0; p < G_N_ELEMENTS (precisions); p++) {
      const VoxelBackend *backend = voxel_backends ()[b];
      const Case identity = {backend, precisions[p], 1, 1};

      if (!backend->probe (precisions[p], NULL))
        continue;
      for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
        add (&(Case){backend, precisions[p], channels[i][0], channels[i][1]}, "output", test_output);
      if (precisions[p] == VOXEL_PRECISION_FP32)
        add (&identity, "identity", test_identity);
    }
  g_test_add_func ("/conv1x1/facts", test_facts);
  return g_test_run ();
}
