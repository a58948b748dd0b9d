/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* network-time MODEL HEIGHT WIDTH PRECISION THREADS INPUT OUTPUT: reads INPUT (float, C x H x W), runs the
 * network once, writes OUTPUT. Then for each line on standard input: "run" prints the milliseconds of one
 * execution and those of the processor, "steps" those of each step, "end" (or the end of the input) ends it. tools/bench-networks.py
 * drives it, so that executions here and in peers can take turns. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/run.h"

static gboolean
fill (gfloat *values, gsize bytes, const gchar *path, GError **error)
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
  memcpy (values, contents, size);
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

static gboolean
serve (VoxelRun *run, VoxelPlan *plan, GError **error)
{
  gchar line[16];

  printf ("ready %.3f\n", voxel_plan_get_macs (plan) * 1e-9);
  fflush (stdout);
  while (fgets (line, sizeof line, stdin) && g_strcmp0 (g_strstrip (line), "end") != 0) {
    if (g_str_equal (line, "steps")) {
      if (!print_steps (run, plan, error))
        return FALSE;
    } else {
      gdouble wall = now_ms (CLOCK_MONOTONIC), cpu = now_ms (CLOCK_PROCESS_CPUTIME_ID);

      if (!voxel_run_execute (run, NULL, error))
        return FALSE;
      printf ("%.3f %.3f\n", now_ms (CLOCK_MONOTONIC) - wall, now_ms (CLOCK_PROCESS_CPUTIME_ID) - cpu);
    }
    fflush (stdout);
  }
  return TRUE;
}

static gboolean
time_network (gchar **args, GError **error)
{
  g_autoptr (VoxelModel) model = voxel_model_load (args[1], error);
  VoxelPlanKey key = {"cpu", VOXEL_PRECISION_AUTO, 0, 1, 0, 0};
  g_autoptr (VoxelPlan) plan = NULL;
  g_autoptr (VoxelRun) run = NULL;
  gsize pixels;

  if (!model)
    return FALSE;
  if (!voxel_precision_from_name (args[4], &key.precision)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is no precision", args[4]);
    return FALSE;
  }
  key.height = atoi (args[2]);
  key.width = atoi (args[3]);
  key.threads = atoi (args[5]);
  plan = voxel_plan_get (model, &key, error);
  run = plan ? voxel_run_new (plan, error) : NULL;
  pixels = (gsize) key.height * key.width;
  if (!run ||
      !fill (voxel_run_get_input (run), pixels * voxel_model_get_in_channels (model) * sizeof (gfloat),
             args[6], error) ||
      !voxel_run_execute (run, NULL, error) ||
      !g_file_set_contents (args[7], (const gchar *) voxel_run_get_output (run),
                            pixels * voxel_model_get_out_channels (model) * sizeof (gfloat), error))
    return FALSE;
  return serve (run, plan, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 8) {
    g_printerr ("network-time MODEL HEIGHT WIDTH PRECISION THREADS INPUT OUTPUT\n");
    return 2;
  }
  if (time_network (argv, &error))
    return 0;
  g_printerr ("network-time: %s\n", error->message);
  return 1;
}
