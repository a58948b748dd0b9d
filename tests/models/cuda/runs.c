/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "../fixture.h"
#include "models/files/model-record.h"
#include "models/ops/ops.h"
#include "models/plan-private.h"
#include "models/run.h"
#include "stand-in/stand-in.h"

/* Networks as a device runs them, where it is one that is none: recorded and played, several at a time, timed, and with
 * all that may go wrong in between. Each in a process of its own, which ends badly where anything is not given back. */

#define GRAPHS 6
#define TIMES 4

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

static gboolean
has (const VoxelGraph *graph, const VoxelOp *op)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    if (((const VoxelNode *) graph->nodes->pdata[i])->op == op)
      return TRUE;
  return FALSE;
}

/* Without attention, which cuDNN has in halves only. */
static void
network_init (Network *network, guint seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  network->graph = voxel_random_graph (random, 1);
  while (has (network->graph, &voxel_op_attention)) {
    voxel_graph_free (network->graph);
    network->graph = voxel_random_graph (random, 1);
  }
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
plan_of (Network *network, guint device, GError **error)
{
  const VoxelPlanKey key = {"cuda", VOXEL_PRECISION_FP32, 1, 1, 0, 0, device};

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

/* The first time as it comes, then recorded, then played; with other pictures each time. */
static void
test_repeated (void)
{
  for (guint seed = 0; seed < GRAPHS; seed++) {
    g_autoptr (GError) error = NULL;
    g_auto (Network) network = {0};
    g_autoptr (VoxelPlan) plan = NULL;
    g_autoptr (VoxelRun) run = NULL;

    network_init (&network, seed);
    plan = plan_of (&network, 0, &error);
    g_assert_no_error (error);
    run = voxel_run_new (plan, &error);
    g_assert_no_error (error);
    for (guint t = 0; t < TIMES; t++) {
      fill (run, &network, t);
      g_assert_true (voxel_run_execute (run, NULL, &error));
      check (run, &network, t);
    }
  }
}

/* On every device two runs that are begun before any is waited for, the last first. */
static void
test_at_once (void)
{
  guint devices = voxel_backend_cuda.device->count (NULL), n = 2 * devices;
  g_autofree Network *networks = g_new0 (Network, devices);
  VoxelPlan *plans[8];
  VoxelRun *runs[8];
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (devices, ==, 2);
  for (guint d = 0; d < devices; d++) {
    network_init (&networks[d], d);
    plans[d] = plan_of (&networks[d], d, &error);
    g_assert_no_error (error);
  }
  for (guint i = 0; i < n; i++) {
    runs[i] = voxel_run_new (plans[i / 2], &error);
    g_assert_no_error (error);
  }
  for (guint t = 0; t < TIMES; t++) {
    for (guint i = 0; i < n; i++) {
      fill (runs[i], &networks[i / 2], (t + i) % TIMES);
      g_assert_true (voxel_run_start (runs[i], &error));
    }
    for (guint i = n; i-- > 0;) {
      g_assert_true (voxel_run_wait (runs[i], &error));
      check (runs[i], &networks[i / 2], (t + i) % TIMES);
    }
  }
  for (guint i = 0; i < n; i++)
    voxel_run_free (runs[i]);
  for (guint d = 0; d < devices; d++) {
    voxel_plan_unref (plans[d]);
    network_clear (&networks[d]);
  }
}

static void
test_timed (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (Network) network = {0};
  g_autoptr (VoxelPlan) plan = NULL;
  g_autoptr (VoxelRun) run = NULL;
  g_autofree gint64 *ns = NULL;
  gint64 all = 0, begin;

  network_init (&network, 1);
  plan = plan_of (&network, 0, &error);
  g_assert_no_error (error);
  run = voxel_run_new (plan, &error);
  g_assert_no_error (error);
  ns = g_new (gint64, voxel_plan_get_steps (plan));
  for (guint t = 0; t < TIMES; t++) {
    fill (run, &network, t);
    memset (ns, 0xff, voxel_plan_get_steps (plan) * sizeof *ns);
    begin = g_get_monotonic_time ();
    g_assert_true (voxel_run_execute (run, ns, &error));
    check (run, &network, t);
    all = 0;
    for (guint i = 0; i < voxel_plan_get_steps (plan); i++) {
      g_assert_cmpint (ns[i], >=, 0);
      all += ns[i];
    }
    g_assert_cmpint (all, <=, 1000 * (g_get_monotonic_time () - begin + 1));
  }
  g_assert_cmpint (all, >, 0);
}

/* One network, as far as it goes. Returns: whether it went to the end */
static gboolean
try (GError **error)
{
  g_auto (Network) network = {0};
  g_autoptr (VoxelPlan) plan = NULL;
  g_autoptr (VoxelRun) run = NULL;

  network_init (&network, 1);
  plan = plan_of (&network, 0, error);
  run = plan ? voxel_run_new (plan, error) : NULL;
  for (guint t = 0; run && t < TIMES; t++) {
    fill (run, &network, t);
    if (!voxel_run_execute (run, NULL, error))
      return FALSE;
    check (run, &network, t);
  }
  return run != NULL;
}

/* What a sweep over places for a fault is, as long as it fails. */
#define MOST_PLACES 400

static void
check_failure (GError **error, const gchar *one, const gchar *other)
{
  g_assert_error (*error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  if (!g_pattern_match_simple (one, (*error)->message) && !g_pattern_match_simple (other, (*error)->message))
    g_error ("another message: %s", (*error)->message);
  g_clear_error (error);
}

/* Each launch in turn is refused. In the first run that is an error; a record is given up, and its work added as it
 * is; then there are no launches. */
static void
test_refused (void)
{
  guint failed = 0;

  for (guint launch = 1; launch < MOST_PLACES; launch++) {
    g_autoptr (GError) error = NULL;

    voxel_cuda_stand_in_set ("VOXEL_STAND_IN_REFUSED_LAUNCH", launch);
    if (try (&error))
      continue;
    g_assert_cmpuint (launch, ==, ++failed);
    check_failure (&error, "*cudaErrorLaunchOutOfResources*", "cuDNN refuses *the stream takes no work*");
  }
  g_assert_cmpuint (failed, >, 4);
  g_assert_cmpuint (3 * failed, <, MOST_PLACES);
}

/* The memory ends at any of the times that some is asked for. */
static void
test_out_of_memory (void)
{
  gboolean succeeded = FALSE;

  for (guint64 bytes = 1; bytes < 64 << 20; bytes += bytes / 4 + 1) {
    g_autoptr (GError) error = NULL;

    voxel_cuda_stand_in_set ("VOXEL_STAND_IN_MEMORY", bytes);
    if (try (&error)) {
      succeeded = TRUE;
      continue;
    }
    g_assert_false (succeeded);
    check_failure (&error,
                   "CUDA cannot get * of device memory, of which * of * are free on stand-in 0; use *", "");
  }
  g_assert_true (succeeded);
}

/* The device is lost after any piece of work. */
static void
test_lost (void)
{
  guint failed = 0;

  for (guint work = 1; work < MOST_PLACES; work++) {
    g_autoptr (GError) error = NULL;

    voxel_cuda_stand_in_set ("VOXEL_STAND_IN_LOST_AT", work);
    if (try (&error))
      continue;
    g_assert_cmpuint (work, ==, ++failed);
    check_failure (&error, "*cudaErrorIllegalAddress*", "");
  }
  g_assert_cmpuint (failed, >, 4);
  g_assert_cmpuint (failed, <, MOST_PLACES - 1);
}

static const struct {
  const gchar *name;
  void (*func) (void);
  const gchar *variable;
  const gchar *value;
} cases[] = {
    {"repeated", test_repeated, NULL, NULL},
    {"early", test_repeated, "VOXEL_STAND_IN_EARLY", "1"},
    {"without-records", test_repeated, "VOXEL_STAND_IN_RECORDS", "0"},
    {"at-once", test_at_once, "VOXEL_STAND_IN_DEVICES", "2"},
    {"timed", test_timed, NULL, NULL},
    {"refused", test_refused, NULL, NULL},
    {"out-of-memory", test_out_of_memory, NULL, NULL},
    {"lost", test_lost, "VOXEL_STAND_IN_LEAKS", "1"},
};

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  if (g_test_subprocess ()) {
    cases[i].func ();
    return;
  }
  if (cases[i].variable)
    g_setenv (cases[i].variable, cases[i].value, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  if (cases[i].variable)
    g_unsetenv (cases[i].variable);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/cuda/runs/", cases[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
  }
  return g_test_run ();
}
