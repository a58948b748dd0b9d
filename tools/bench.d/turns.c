/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "turns.h"

#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>

static gdouble
seconds_of (const struct timeval *time)
{
  return (gdouble) time->tv_sec + (gdouble) time->tv_usec * 1e-6;
}

static gdouble
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return seconds_of (&usage.ru_utime) + seconds_of (&usage.ru_stime);
}

/**
 * voxel_turns_keep_to:
 * @threads: processors
 *
 * Those beyond are not used, by anything that counts them either.
 *
 * Returns: how many are left
 */
guint
voxel_turns_keep_to (guint threads)
{
  cpu_set_t all, some;
  guint kept = 0;

  if (sched_getaffinity (0, sizeof all, &all) != 0)
    return threads;
  CPU_ZERO (&some);
  for (gint i = 0; i < CPU_SETSIZE && kept < threads; i++) {
    if (CPU_ISSET (i, &all)) {
      CPU_SET (i, &some);
      kept++;
    }
  }
  return sched_setaffinity (0, sizeof some, &some) == 0 ? kept : threads;
}

/**
 * voxel_turns_serve:
 * @result: what came out of a turn that was not timed, a word that peers can be compared with
 * @turn: what is timed
 * @data: for @turn
 * @error: of @turn
 *
 * Prints "ready" and @result. Then each line "run" on standard input takes a turn and prints its seconds and
 * its seconds of processor time; anything else, or the end of the input, ends it. Whoever drives several such
 * programs lets them take turns in one run.
 *
 * Returns: whether no turn failed
 */
gboolean
voxel_turns_serve (const gchar *result, VoxelTurn turn, gpointer data, GError **error)
{
  gchar line[16];

  printf ("ready %s\n", result);
  fflush (stdout);
  while (fgets (line, sizeof line, stdin) && g_str_equal (line, "run\n")) {
    gint64 begin = g_get_monotonic_time ();
    gdouble cpu = cpu_seconds ();

    if (!turn (data, error))
      return FALSE;
    printf ("%.6f %.6f\n", (gdouble) (g_get_monotonic_time () - begin) * 1e-6, cpu_seconds () - cpu);
    fflush (stdout);
  }
  return TRUE;
}
