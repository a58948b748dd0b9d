/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* network-time [OPTION…] MODEL HEIGHT WIDTH PRECISION THREADS INPUT OUTPUT: reads a picture from INPUT (float, C x H x W),
 * runs the network once, writes its result to OUTPUT and prints "ready", giga multiply-adds a picture and who computes.
 * Then for each line on standard input: "run" prints the milliseconds of --runs executions and those of the processor,
 * "steps" those of each step of one, "end" (or the end of the input) ends it. tools/bench-networks.py drives it, so that
 * executions here and in peers can take turns. Exit code 77 where the backend cannot compute on this machine. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/devices.h"
#include "models/run.h"

#define NO_DEVICE 77

/* With two, one computes while the bus carries the other's pictures. */
#define RUNS_A_DEVICE 2

typedef struct {
  const VoxelBackend *backend;
  VoxelPlan *plan; /* of the first device */
  GArray *devices;
  GPtrArray *runs; /* in flight at the same time */
  guint executions;
} Bench;

static gboolean
fill (gfloat *values, gsize bytes, guint n, const gchar *path, GError **error)
{
  g_autofree gchar *contents = NULL;
  gsize size;

  if (!g_file_get_contents (path, &contents, &size, error))
    return FALSE;
  if (size != bytes) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "%s: %" G_GSIZE_FORMAT " bytes where %" G_GSIZE_FORMAT " are needed", path, size, bytes);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    memcpy ((guint8 *) values + i * size, contents, size);
  return TRUE;
}

static gboolean
print_steps (VoxelRun *run, VoxelPlan *plan, GError **error)
{
  guint n = voxel_plan_get_steps (plan);
  g_autofree gint64 *ns = g_new0 (gint64, n);

  if (!voxel_run_execute (run, ns, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    printf ("%s\t%s\t%.4f\t%.6f\n", voxel_plan_get_step_name (plan, i),
            voxel_plan_get_step_implementation (plan, i), ns[i] * 1e-6,
            voxel_plan_get_step_macs (plan, i) * 1e-9);
  printf ("\n");
  return TRUE;
}

static gdouble
now_ms (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (gdouble) time.tv_sec * 1e3 + (gdouble) time.tv_nsec * 1e-6;
}

/* Each run is started again when its turn comes round and its result is there. */
static gboolean
execute_all (const Bench *bench, GError **error)
{
  guint n = bench->runs->len;

  for (guint i = 0; i < bench->executions + n; i++) {
    VoxelRun *run = bench->runs->pdata[i % n];

    if ((i >= n && !voxel_run_wait (run, error)) || (i < bench->executions && !voxel_run_start (run, error)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
serve (const Bench *bench, GError **error)
{
  gchar line[16];

  while (fgets (line, sizeof line, stdin) && g_strcmp0 (g_strstrip (line), "end") != 0) {
    if (g_str_equal (line, "steps")) {
      if (!print_steps (bench->runs->pdata[0], bench->plan, error))
        return FALSE;
    } else {
      gdouble wall = now_ms (CLOCK_MONOTONIC), cpu = now_ms (CLOCK_PROCESS_CPUTIME_ID);

      if (!execute_all (bench, error))
        return FALSE;
      printf ("%.3f %.3f\n", now_ms (CLOCK_MONOTONIC) - wall, now_ms (CLOCK_PROCESS_CPUTIME_ID) - cpu);
    }
    fflush (stdout);
  }
  return TRUE;
}

static gboolean
add_run (Bench *bench, VoxelPlan *plan, gsize bytes, const gchar *input, GError **error)
{
  VoxelRun *run = voxel_run_new (plan, error);

  if (!run)
    return FALSE;
  g_ptr_array_add (bench->runs, run);
  return fill (voxel_run_get_input (run), bytes, voxel_plan_get_key (plan)->n, input, error) &&
         voxel_run_execute (run, NULL, error);
}

static gboolean
add_runs (Bench *bench, VoxelModel *model, VoxelPlanKey key, gchar **args, GError **error)
{
  guint a_device = bench->backend->device ? RUNS_A_DEVICE : 1;
  gsize bytes = (gsize) key.height * key.width * voxel_model_get_in_channels (model) * sizeof (gfloat);

  for (guint i = 0; i < MAX (bench->devices->len, 1) * a_device; i++) {
    g_autoptr (VoxelPlan) plan = NULL;

    key.device = bench->devices->len ? g_array_index (bench->devices, guint, i / a_device) : 0;
    plan = voxel_plan_get (model, &key, error);
    if (!plan || !add_run (bench, plan, bytes, args[6], error))
      return FALSE;
    if (!bench->plan)
      bench->plan = voxel_plan_ref (plan);
  }
  return TRUE;
}

static gboolean
write_result (const Bench *bench, VoxelModel *model, const gchar *path, GError **error)
{
  const VoxelPlanKey *key = voxel_plan_get_key (bench->plan);
  gsize pixels = (gsize) key->height * key->width * voxel_model_get_out_channels (model);

  return g_file_set_contents (path, (const gchar *) voxel_run_get_output (bench->runs->pdata[0]),
                              (gssize) (pixels * sizeof (gfloat)), error);
}

static gboolean
time_network (Bench *bench, guint n, gchar **args, GError **error)
{
  g_autoptr (VoxelModel) model = voxel_model_load (args[1], error);
  VoxelPlanKey key = {bench->backend->name, VOXEL_PRECISION_AUTO, 0, n, 0, 0};
  g_autofree gchar *who = NULL;

  if (!model)
    return FALSE;
  voxel_precision_from_name (args[4], &key.precision);
  key.height = atoi (args[2]);
  key.width = atoi (args[3]);
  key.threads = atoi (args[5]);
  if (!add_runs (bench, model, key, args, error) || !write_result (bench, model, args[7], error))
    return FALSE;
  who = voxel_devices_describe (bench->backend, bench->devices, voxel_plan_get_key (bench->plan)->precision,
                                key.threads);
  printf ("ready %.3f %s\n", voxel_plan_get_macs (bench->plan) * 1e-9 / n, who);
  fflush (stdout);
  return serve (bench, error);
}

static int
complain (int code, const gchar *text)
{
  g_printerr ("network-time: %s\n", text);
  return code;
}

int
main (int argc, char **argv)
{
  g_autofree gchar *backend = NULL, *devices = NULL;
  gint n = 1, executions = 1;
  const GOptionEntry entries[] = {
      {"backend", 0, 0, G_OPTION_ARG_STRING, &backend, "cpu, cuda or reference (cpu)", "NAME"},
      {"devices", 0, 0, G_OPTION_ARG_STRING, &devices, "Numbers with commas between, or all (0)", "LIST"},
      {"batch", 0, 0, G_OPTION_ARG_INT, &n, "Pictures an execution (1)", "N"},
      {"runs", 0, 0, G_OPTION_ARG_INT, &executions, "Executions a turn (1)", "N"},
      {NULL},
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("MODEL HEIGHT WIDTH PRECISION THREADS INPUT OUTPUT");
  g_autoptr (GError) error = NULL;
  VoxelPrecision precision;
  Bench bench = {NULL};
  gboolean done;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return complain (2, error->message);
  if (argc != 8 || n < 1 || executions < 1)
    return complain (2, "--batch and --runs are numbers from 1, and seven words are needed; see --help");
  if (!voxel_precision_from_name (argv[4], &precision))
    return complain (2, "PRECISION is auto, fp32, tf32, fp16 or bf16");
  bench.backend = voxel_backend_find (backend ? backend : "cpu", precision, &error);
  bench.devices = bench.backend ? voxel_devices_parse (bench.backend, devices, &error) : NULL;
  if (!bench.devices)
    return complain (NO_DEVICE, error->message);
  bench.runs = g_ptr_array_new_with_free_func ((GDestroyNotify) voxel_run_free);
  bench.executions = (guint) executions;
  done = time_network (&bench, (guint) n, argv, &error);
  g_ptr_array_unref (bench.runs);
  g_clear_pointer (&bench.plan, voxel_plan_unref);
  g_array_unref (bench.devices);
  return done ? 0 : complain (1, error->message);
}
