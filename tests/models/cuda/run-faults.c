/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "../fixture.h"
#include "models/files/model-record.h"
#include "models/plan-private.h"
#include "models/run.h"
#include "stand-in/stand-in.h"

/* A network on the device that is none, with a fault at each place in turn where there can be one. It says so and can be
 * run afterwards; the process, each test's own, ends badly where anything was not given back. */

#define TIMES 3

/**
 * Network:
 * @inputs: pictures
 * @expected: what the naive loops make of them
 * @n_in: values of a picture
 * @n_out: values of a result
 */
typedef struct {
  VoxelGraph *graph;
  gfloat *inputs[TIMES];
  gfloat *expected[TIMES];
  gsize n_in;
  gsize n_out;
} Network;

static void
network_init (Network *network)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  network->graph = voxel_random_graph (random, 1);
  g_assert_true (voxel_shape_elements (&network->graph->input->shape, &network->n_in));
  g_assert_true (voxel_shape_elements (&network->graph->output->shape, &network->n_out));
  for (guint t = 0; t < TIMES; t++) {
    network->inputs[t] = g_new (gfloat, network->n_in);
    for (gsize i = 0; i < network->n_in; i++)
      network->inputs[t][i] = (gfloat) g_rand_double_range (random, -1, 1);
    network->expected[t] = fixture_interpret (network->graph, network->inputs[t]);
  }
}

static void
network_clear (Network *network)
{
  for (guint t = 0; t < TIMES; t++) {
    g_free (network->inputs[t]);
    g_free (network->expected[t]);
  }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Network, network_clear)

static VoxelPlan *
plan_of (Network *network, GError **error)
{
  const VoxelPlanKey key = {"cuda", VOXEL_PRECISION_FP32, 1, 1, 0, 0, 0};

  return voxel_plan_new (g_steal_pointer (&network->graph), &voxel_backend_cuda, &key, error);
}

static void
fill (VoxelRun *run, const Network *network, guint t)
{
  memcpy (voxel_run_get_input (run), network->inputs[t], network->n_in * sizeof (gfloat));
}

/* Floats, summed in another order. */
static void
check (VoxelRun *run, const Network *network, guint t)
{
  gdouble most = 0;

  for (gsize i = 0; i < network->n_out; i++)
    most = MAX (most, fabs (network->expected[t][i]));
  g_assert_cmpfloat (fixture_difference (voxel_run_get_output (run), network->expected[t], network->n_out),
                     <=, 2e-5 * (1 + most));
}

/* One network, as far as it goes. Returns: whether it went to the end */
static gboolean
try (GError **error)
{
  g_auto (Network) network = {0};
  g_autoptr (VoxelPlan) plan = NULL;
  g_autoptr (VoxelRun) run = NULL;

  network_init (&network);
  plan = plan_of (&network, error);
  run = plan ? voxel_run_new (plan, error) : NULL;
  for (guint t = 0; run && t < TIMES; t++) {
    fill (run, &network, t);
    if (!voxel_run_execute (run, NULL, error))
      return FALSE;
    check (run, &network, t);
  }
  return run != NULL;
}

/* A sweep ends after as many places in a row where nothing fails. */
#define ENOUGH 3

static void
check_failure (GError **error, const gchar *one, const gchar *other)
{
  g_assert_error (*error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  if (!g_pattern_match_simple (one, (*error)->message) && !g_pattern_match_simple (other, (*error)->message))
    g_error ("another message: %s", (*error)->message);
  g_clear_error (error);
}

/* A fault at each place in turn. The first run fails for all it does, the second is recorded: where that fails the work is
 * added as it is, and the third only plays. Returns: at how many it fails */
static guint
sweep (const gchar *variable, const gchar *message, const gchar *other)
{
  guint failed = 0, enough = 0;

  for (guint place = 1; enough < ENOUGH; place++) {
    g_autoptr (GError) error = NULL;

    voxel_cuda_stand_in_set (variable, place);
    if (try (&error)) {
      enough++;
      continue;
    }
    g_assert_cmpuint (place, ==, ++failed);
    check_failure (&error, message, other);
  }
  return failed;
}

static void
test_refused (void)
{
  g_assert_cmpuint (sweep ("VOXEL_STAND_IN_REFUSED_LAUNCH", "*cudaErrorLaunchOutOfResources*",
                           "cuDNN refuses *the stream takes no work*"),
                    >, 4);
}

/* The memory ends at any of the times that some is asked for. */
static void
run_out_of (const gchar *variable, guint64 most, const gchar *message)
{
  gboolean succeeded = FALSE;

  for (guint64 bytes = 1; bytes < most; bytes *= 2) {
    g_autoptr (GError) error = NULL;

    voxel_cuda_stand_in_set (variable, bytes);
    if (try (&error)) {
      succeeded = TRUE;
      continue;
    }
    g_assert_false (succeeded);
    check_failure (&error, message, "");
  }
  g_assert_true (succeeded);
}

static void
test_out_of_memory (void)
{
  run_out_of ("VOXEL_STAND_IN_MEMORY", 64 << 20, "*No * on stand-in 0: * of * are free. Use *");
}

static void
test_out_of_host_memory (void)
{
  run_out_of ("VOXEL_STAND_IN_HOST_MEMORY", 1 << 20, "CUDA cannot lock * cudaErrorMemoryAllocation (*)");
}

/* After any piece of work. */
static void
test_lost (void)
{
  g_assert_cmpuint (sweep ("VOXEL_STAND_IN_LOST_AT", "*cudaErrorIllegalAddress*", ""), >, 4);
}

static const struct {
  const gchar *name;
  void (*func) (void);
} cases[] = {
    {"refused", test_refused},
    {"out-of-memory", test_out_of_memory},
    {"out-of-host-memory", test_out_of_host_memory},
    {"lost", test_lost},
};

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  if (g_test_subprocess ()) {
    cases[i].func ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/cuda/run-faults/", cases[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
  }
  return g_test_run ();
}
