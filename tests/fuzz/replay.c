/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A target without libFuzzer: the good files must be taken, then always the same mutations of them, RUNS by the
 * target or as many as the environment's VOXEL_FUZZ_RUNS says. Where an input crashes or hangs, the last line
 * gives its number; "PROGRAM NUMBER" runs it alone, "PROGRAM FILE" a file. */

#include "fuzz.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROOM 16384
#define SECONDS_AN_INPUT 20

static guint current;

static void
on_alarm (int number)
{
  static const gchar text[] = "Bail out! an input takes too long\n";

  if (write (STDOUT_FILENO, text, sizeof text - 1) < 0)
    _exit (2);
  abort ();
}

/* Names the input in what the crash leaves behind, without a line for each of the others. */
static void
on_abort (int number)
{
  gchar text[64];
  gint length = g_snprintf (text, sizeof text, "# at input %u\n", current);

  if (write (STDOUT_FILENO, text, (gsize) length) < 0)
    _exit (2);
  signal (number, SIG_DFL);
  raise (number);
}

static void
mutated (guint number, const GPtrArray *seeds)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (number);
  gsize size;
  const guint8 *seed = g_bytes_get_data (seeds->pdata[number % seeds->len], &size);
  g_autofree guint8 *data = g_malloc0 (ROOM);
  guint changes = 1 + (guint) g_rand_int_range (random, 0, 4);

  g_assert_cmpuint (size, <=, ROOM);
  memcpy (data, seed, size);
  for (guint i = 0; i < changes; i++)
    size = fuzz_mutate (data, size, ROOM, random);
  current = number;
  alarm (SECONDS_AN_INPUT);
  LLVMFuzzerTestOneInput (data, size);
  alarm (0);
}

static void
test_seeds (void)
{
  g_autoptr (GPtrArray) seeds = fuzz_seeds ();

  g_assert_cmpuint (seeds->len, >, 0);
  for (guint i = 0; i < seeds->len; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (seeds->pdata[i], &size);

    current = i;
    LLVMFuzzerTestOneInput (data, size);
    g_test_message ("seed %u: %" G_GSIZE_FORMAT " bytes", i, size);
    g_assert_true (fuzz_accepted);
  }
}

/* A mutation that breaks every file, or none, tests little: some must go each way. */
static void
test_mutations (void)
{
  g_autoptr (GPtrArray) seeds = fuzz_seeds ();
  const gchar *wish = g_getenv ("VOXEL_FUZZ_RUNS");
  guint runs = wish ? (guint) g_ascii_strtoull (wish, NULL, 10) : RUNS, accepted = 0;

  for (guint i = 0; i < runs; i++) {
    mutated (i, seeds);
    accepted += fuzz_accepted != FALSE;
  }
  g_test_message ("%u inputs, %u taken, %u refused, largest block %" G_GSIZE_FORMAT " bytes", runs, accepted,
                  runs - accepted, fuzz_allocation_largest ());
  if (runs >= 1000) {
    g_assert_cmpuint (accepted, >, runs / 100);
    g_assert_cmpuint (runs - accepted, >, runs / 100);
  }
}

/* Debug lines of a broken file are as many as its tags. */
static void
drop (const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
}

static int
run_one (const gchar *which)
{
  g_autofree gchar *data = NULL;
  gsize size;

  if (g_file_get_contents (which, &data, &size, NULL)) {
    LLVMFuzzerTestOneInput ((const guint8 *) data, size);
  } else {
    g_autoptr (GPtrArray) seeds = fuzz_seeds ();

    mutated ((guint) g_ascii_strtoull (which, NULL, 10), seeds);
  }
  return 0;
}

int
main (int argc, char **argv)
{
  signal (SIGALRM, on_alarm);
  signal (SIGABRT, on_abort);
  signal (SIGSEGV, on_abort);
  if (argc == 2 && argv[1][0] != '-')
    return run_one (argv[1]);
  g_test_init (&argc, &argv, NULL);
  g_log_set_handler ("voxel", G_LOG_LEVEL_DEBUG, drop, NULL);
  g_log_set_handler ("voxel-models", G_LOG_LEVEL_DEBUG, drop, NULL);
  g_test_add_func ("/fuzz/seeds", test_seeds);
  g_test_add_func ("/fuzz/mutations", test_mutations);
  return g_test_run ();
}
