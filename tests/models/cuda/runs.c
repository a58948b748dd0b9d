/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../fixture.h"
#include "models/packed.h"
#include "models/plan-private.h"
#include "models/run.h"

/* Runs of the CUDA backend, on the stand-ins for a device and for cuDNN: what host code does with queues and memory. The
 * shared suite shows that results are right, run-faults.c what comes of faults. Each test is in a process of its own,
 * whose device is as the test says; the stand-in ends it where something is left or touched that must not be. */

#define PICTURES 2
#define ELEMENTS (PICTURES * 2 * 8 * 12)

static VoxelPlan *
plan_of (guint device, GError **error)
{
  const VoxelPlanKey key = {"cuda", VOXEL_PRECISION_TF32, 1, PICTURES, 8, 12, device};
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  return voxel_plan_new (voxel_random_graph (random, PICTURES), &voxel_backend_cuda, &key, error);
}

static VoxelPlan *
plan_new (guint device)
{
  g_autoptr (GError) error = NULL;
  VoxelPlan *plan = plan_of (device, &error);

  g_assert_no_error (error);
  return plan;
}

static VoxelRun *
run_new (VoxelPlan *plan)
{
  g_autoptr (GError) error = NULL;
  VoxelRun *run = voxel_run_new (plan, &error);

  g_assert_no_error (error);
  return run;
}

static void
fill (gfloat *input, guint seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (guint i = 0; i < ELEMENTS; i++)
    input[i] = (gfloat) g_rand_double_range (random, -2, 2);
}

static gsize
output_size (const VoxelPlan *plan)
{
  gsize size = 0;

  g_assert_true (voxel_tensor_size (plan->graph->output, &size));
  return size;
}

/* Of an input by its seed, from a run that nothing was recorded of. */
static gfloat *
expected (VoxelPlan *plan, guint seed)
{
  g_autoptr (VoxelRun) run = run_new (plan);
  g_autoptr (GError) error = NULL;

  fill (voxel_run_get_input (run), seed);
  voxel_run_execute (run, NULL, &error);
  g_assert_no_error (error);
  return g_memdup2 (voxel_run_get_output (run), output_size (plan));
}

static void
check_output (VoxelRun *run, VoxelPlan *plan, const gfloat *values)
{
  g_assert_cmpmem (voxel_run_get_output (run), output_size (plan), values, output_size (plan));
}

static void
execute (VoxelRun *run, VoxelPlan *plan, guint seed)
{
  g_autofree gfloat *values = expected (plan, seed);
  g_autoptr (GError) error = NULL;

  fill (voxel_run_get_input (run), seed);
  voxel_run_execute (run, NULL, &error);
  g_assert_no_error (error);
  check_output (run, plan, values);
}

/* Added, recorded, played: to the same bits. */
static void
test_replay (void)
{
  g_autoptr (VoxelPlan) plan = plan_new (0);
  g_autoptr (VoxelRun) run = run_new (plan);

  for (guint i = 0; i < 5; i++)
    execute (run, plan, i / 2);
}

static void
test_steps (void)
{
  g_autoptr (VoxelPlan) plan = plan_new (0);
  g_autoptr (VoxelRun) run = run_new (plan);
  g_autofree gint64 *ns = g_new (gint64, voxel_plan_get_steps (plan));
  g_autofree gfloat *values = expected (plan, 3);

  for (guint repeat = 0; repeat < 3; repeat++) {
    g_autoptr (GError) error = NULL;

    fill (voxel_run_get_input (run), 3);
    voxel_run_execute (run, ns, &error);
    g_assert_no_error (error);
    check_output (run, plan, values);
    for (guint i = 0; i < voxel_plan_get_steps (plan); i++)
      g_assert_cmpint (ns[i], >=, 0);
    execute (run, plan, repeat);
  }
}

/* One is started while the other has not been waited for. */
static void
test_two_queues (void)
{
  g_autoptr (VoxelPlan) plan = plan_new (0);
  g_autoptr (VoxelRun) first = run_new (plan), second = run_new (plan);
  VoxelRun *const runs[] = {first, second};
  g_autofree gfloat *one = expected (plan, 1), *two = expected (plan, 2);
  const gfloat *const values[] = {one, two};

  for (guint repeat = 0; repeat < 4; repeat++) {
    for (guint i = 0; i < 2; i++) {
      fill (voxel_run_get_input (runs[i]), i + 1);
      g_assert_true (voxel_run_start (runs[i], NULL));
    }
    for (guint i = 2; i-- > 0;) {
      g_assert_true (voxel_run_wait (runs[i], NULL));
      check_output (runs[i], plan, values[i]);
    }
  }
}

typedef struct {
  VoxelPlan *plan;
  guint seed;
} Worker;

static gpointer
work (gpointer data)
{
  const Worker *worker = data;
  g_autoptr (VoxelRun) run = run_new (worker->plan);

  for (guint i = 0; i < 6; i++)
    execute (run, worker->plan, worker->seed + i);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (VoxelPlan) plan = plan_new (0);
  Worker workers[3];
  GThread *threads[G_N_ELEMENTS (workers)];

  for (guint i = 0; i < G_N_ELEMENTS (workers); i++) {
    workers[i] = (Worker){plan, 10 * i};
    threads[i] = g_thread_new ("worker", work, &workers[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    g_thread_join (threads[i]);
}

/* By turns in one arena; the copies of inputs and outputs are each run's own. */
static void
test_shared_memory (void)
{
  g_autoptr (VoxelPlan) plan = plan_new (0);
  g_autoptr (VoxelRunMemory) memory = voxel_run_memory_new_for (plan, voxel_plan_get_arena_size (plan), NULL);
  g_autoptr (VoxelRun) first = voxel_run_new_in (plan, memory, NULL);
  g_autoptr (VoxelRun) second = voxel_run_new_in (plan, memory, NULL);
  g_autoptr (VoxelRunMemory) here = voxel_run_memory_new (voxel_plan_get_arena_size (plan), NULL);

  for (guint i = 0; i < 3; i++) {
    execute (first, plan, i);
    execute (second, plan, i + 1);
  }
  g_assert_false (voxel_run_memory_holds (here, plan));
}

/* What callers with work of their own do: the input comes and the output goes by the run's queue. */
static void
test_start_steps (void)
{
  const VoxelBackendDevice *device = voxel_backend_cuda.device;
  g_autoptr (VoxelPlan) plan = plan_new (0);
  g_autoptr (VoxelRun) run = run_new (plan);
  gfloat *input = device->alloc_host (0, ELEMENTS * sizeof (gfloat), NULL);
  gfloat *output = device->alloc_host (0, output_size (plan), NULL);
  gpointer queue = voxel_run_get_queue (run);

  for (guint i = 0; i < 4; i++) {
    g_autofree gfloat *values = expected (plan, i);

    fill (input, i);
    g_assert_true (
        device->copy (queue, voxel_run_get_device_input (run), input, ELEMENTS * sizeof (gfloat), NULL) &&
        voxel_run_start_steps (run, NULL) &&
        device->copy (queue, output, voxel_run_get_device_output (run), output_size (plan), NULL) &&
        voxel_run_wait (run, NULL));
    g_assert_cmpmem (output, output_size (plan), values, output_size (plan));
  }
  device->free_host (0, input);
  device->free_host (0, output);
}

static void
test_freed_while_started (void)
{
  g_autoptr (VoxelPlan) plan = plan_new (0);
  VoxelRun *run = run_new (plan);

  fill (voxel_run_get_input (run), 0);
  g_assert_true (voxel_run_start (run, NULL));
  voxel_run_free (run);
}

/* Weights lie on each of them. */
static void
test_two_devices (void)
{
  g_autoptr (VoxelPlan) first = plan_new (0);
  guint constants = voxel_packed_count ();
  g_autoptr (VoxelPlan) again = plan_new (0);
  g_autoptr (VoxelRun) one = run_new (first);

  g_assert_cmpuint (constants, >, 0);
  g_assert_cmpuint (voxel_packed_count (), ==, constants);

  g_autoptr (VoxelPlan) second = plan_new (1);
  g_autoptr (VoxelRun) other = run_new (second);
  g_autofree gfloat *values = expected (first, 5);

  g_assert_cmpuint (voxel_packed_count (), ==, 2 * constants);
  for (guint i = 0; i < 3; i++) {
    fill (voxel_run_get_input (one), 5);
    fill (voxel_run_get_input (other), 5);
    g_assert_true (voxel_run_start (one, NULL) && voxel_run_start (other, NULL));
    g_assert_true (voxel_run_wait (one, NULL) && voxel_run_wait (other, NULL));
    check_output (one, first, values);
    check_output (other, second, values);
  }

  g_autoptr (VoxelRunMemory) memory =
      voxel_run_memory_new_for (first, voxel_plan_get_arena_size (first), NULL);
  g_assert_true (voxel_run_memory_holds (memory, again));
  g_assert_false (voxel_run_memory_holds (memory, second));
}

static void
test_refused_plan (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (plan_of (0, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  if (!g_pattern_match_simple ("Backend cuda: node-* (*): cuDNN has no engine for it on *", error->message))
    g_error ("another message: %s", error->message);
}

typedef struct {
  const gchar *name;
  void (*func) (void);
  const gchar *settings[4]; /* of the stand-in: names and values */
} Case;

static const Case cases[] = {
    {"replay", test_replay},
    {"replay/no-records", test_replay, {"VOXEL_STAND_IN_RECORDS", "0"}},
    {"replay/early", test_replay, {"VOXEL_STAND_IN_EARLY", "1"}},
    {"steps", test_steps},
    {"two-queues", test_two_queues},
    {"threads", test_threads},
    {"shared-memory", test_shared_memory},
    {"start-steps", test_start_steps},
    {"freed-while-started", test_freed_while_started},
    {"two-devices", test_two_devices, {"VOXEL_STAND_IN_DEVICES", "2"}},
    {"refused-plan", test_refused_plan, {"VOXEL_STAND_IN_NO_ENGINES", "1"}},
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;

  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  for (guint i = 0; i + 1 < G_N_ELEMENTS (c->settings) && c->settings[i]; i += 2)
    g_setenv (c->settings[i], c->settings[i + 1], TRUE);
  c->func ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/cuda/runs/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  return g_test_run ();
}
