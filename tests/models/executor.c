/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/executor.h"

#include <omp.h>
#include <sys/wait.h>
#include <unistd.h>

static void
note_team (gpointer data)
{
  gint *threads = data;

#pragma omp parallel
#pragma omp single
  *threads = omp_get_num_threads ();
}

static void
note_thread (gpointer data)
{
  *(GThread **) data = g_thread_self ();
}

static void
test_call (void)
{
  GThread *first = NULL, *second = NULL;
  gint threads = 0;

  voxel_executor_call (3, note_team, &threads);
  g_assert_cmpint (threads, ==, 3);
  voxel_executor_call (1, note_team, &threads);
  g_assert_cmpint (threads, ==, 1);
  voxel_executor_call (0, note_thread, &first);
  voxel_executor_call (2, note_thread, &second);
  g_assert_true (first == second);
  g_assert_true (first != g_thread_self ());
}

static void
call_again (gpointer data)
{
  voxel_executor_call (1, note_thread, data);
}

static void
test_nested (void)
{
  GThread *outer = NULL, *inner = NULL;

  voxel_executor_call (1, note_thread, &outer);
  voxel_executor_call (1, call_again, &inner);
  g_assert_true (outer == inner);
}

typedef struct {
  gsize n, grain;
  guint *seen;
  gint parts;
} Range;

static void
mark (gpointer data, gsize begin, gsize end)
{
  Range *range = data;

  g_assert_cmpuint (begin, <, end);
  g_atomic_int_inc (&range->parts);
  for (gsize i = begin; i < end; i++)
    range->seen[i]++;
}

static void
split (gpointer data)
{
  Range *range = data;

  voxel_executor_for (range->n, range->grain, mark, range);
}

static void
test_for (void)
{
  static const gsize sizes[] = {0, 1, 2, 7, 1000, 1001};

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (gsize grain = 1; grain < 600; grain = grain * 5 + 3) {
      g_autofree guint *seen = g_new0 (guint, sizes[i] + 1);
      Range range = {sizes[i], grain, seen, 0};

      voxel_executor_call (3, split, &range);
      g_assert_cmpint (range.parts, <=, 3);
      for (gsize k = 0; k < sizes[i]; k++)
        g_assert_cmpuint (seen[k], ==, 1);
      if (sizes[i] >= 3 * grain)
        g_assert_cmpint (range.parts, ==, 3);
    }
}

static void
test_for_elsewhere (void)
{
  guint seen[100] = {0};
  Range range = {100, 1, seen, 0};

  split (&range);
  g_assert_cmpint (range.parts, ==, 1);
}

typedef struct {
  guint seen[40];
  gint threads, workers;
  gint other_thread;
  GThread *executor;
} Spread;

/* A task may call the executor: it goes on in its own thread, and its team is alone. */
static void
take (gpointer data, gsize task, guint worker)
{
  Spread *spread = data;
  GThread *thread = NULL;
  Range range = {100, 1, g_new0 (guint, 100), 0};

  g_atomic_int_inc ((gint *) &spread->seen[task]);
  g_assert_cmpuint (worker, <, 3);
  g_atomic_int_or ((guint *) &spread->workers, 1u << worker);
  voxel_executor_call (7, note_thread, &thread);
  g_assert_true (thread == g_thread_self ());
  split (&range);
  g_assert_cmpint (range.parts, ==, 1);
  g_free (range.seen);
  if (thread != spread->executor)
    g_atomic_int_set (&spread->other_thread, TRUE);
  g_usleep (200);
}

static void
spread_tasks (gpointer data)
{
  Spread *spread = data;
  gint threads = 0;

  spread->executor = g_thread_self ();
  voxel_executor_spread (G_N_ELEMENTS (spread->seen), take, spread);
  note_team (&threads);
  spread->threads = threads;
}

static void
test_spread (void)
{
  for (guint threads = 1; threads <= 3; threads++)
    for (guint round = 0; round < 20; round++) {
      Spread spread = {{0}};

      voxel_executor_call (threads, spread_tasks, &spread);
      for (guint i = 0; i < G_N_ELEMENTS (spread.seen); i++)
        g_assert_cmpuint (spread.seen[i], ==, 1);
      g_assert_cmpint (spread.threads, ==, threads);
      g_assert_cmpint (spread.workers, <, 1 << threads);
      if (threads == 1)
        g_assert_false (spread.other_thread);
      else if (round == 19)
        g_assert_true (spread.other_thread);
    }
}

static gpointer
call_often (gpointer data)
{
  for (guint i = 0; i < 500; i++) {
    GThread *thread = NULL;

    voxel_executor_call (1 + i % 2, note_thread, &thread);
    g_assert_nonnull (thread);
  }
  return NULL;
}

static void
test_many_callers (void)
{
  GThread *threads[4];

  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("caller", call_often, NULL);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

static void
test_fork (void)
{
  gint threads = 0, status = 0;
  pid_t child;

  voxel_executor_call (2, spread_tasks, &(Spread){{0}});
  child = fork ();
  if (child == 0) {
    Spread spread = {{0}};

    alarm (20);
    voxel_executor_call (2, spread_tasks, &spread);
    /* As another program: where a child exits, valgrind takes what the threads left behind held for leaked. */
    if (spread.threads == 2 && spread.seen[39] == 1)
      execlp ("true", "true", NULL);
    _exit (1);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  voxel_executor_call (2, note_team, &threads);
  g_assert_cmpint (threads, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/executor/call", test_call);
  g_test_add_func ("/executor/nested", test_nested);
  g_test_add_func ("/executor/for", test_for);
  g_test_add_func ("/executor/for-elsewhere", test_for_elsewhere);
  g_test_add_func ("/executor/many-callers", test_many_callers);
  g_test_add_func ("/executor/spread", test_spread);
  g_test_add_func ("/executor/fork", test_fork);
  return g_test_run ();
}
