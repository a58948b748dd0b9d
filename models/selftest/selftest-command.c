/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/selftest/selftest-command.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

#include "models/selftest/selftest-text.h"

typedef struct {
  gchar *backend, *precision, *only;
  gint device, threads, tile;
  gboolean devices, quick, json;
} Words;

/**
 * Command:
 * @stop: set atomically by a signal
 * @done: set atomically at the end
 * @end: how it ended
 *
 * The test runs in a thread of its own, so that signals are heard meanwhile.
 */
typedef struct {
  VoxelSelftestOptions options;
  GPtrArray *results;
  gint stop, done;
  VoxelSelftestEnd signal, end;
  GError *error;
} Command;

static gpointer
work (gpointer data)
{
  Command *command = data;

  command->end = voxel_selftest_run (&command->options, command->results, &command->error);
  g_atomic_int_set (&command->done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

/* The second signal ends the process as ever. */
static gboolean
interrupt (gpointer data)
{
  Command *command = data;

  command->signal = VOXEL_SELFTEST_INTERRUPTED;
  g_atomic_int_set (&command->stop, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
terminate (gpointer data)
{
  interrupt (data);
  ((Command *) data)->signal = VOXEL_SELFTEST_TERMINATED;
  return G_SOURCE_REMOVE;
}

static void
run (Command *command)
{
  GSource *signals[] = {g_unix_signal_source_new (SIGINT), g_unix_signal_source_new (SIGTERM)};
  GThread *thread;

  command->options.stop = &command->stop;
  g_source_set_callback (signals[0], interrupt, command, NULL);
  g_source_set_callback (signals[1], terminate, command, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_attach (signals[i], NULL);
  thread = g_thread_new ("selftest", work, command);
  while (!g_atomic_int_get (&command->done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++) {
    g_source_destroy (signals[i]);
    g_source_unref (signals[i]);
  }
  if (command->end == VOXEL_SELFTEST_INTERRUPTED)
    command->end = command->signal;
}

static VoxelSelftestEnd
complain (const gchar *program, VoxelSelftestEnd end, const gchar *text)
{
  g_printerr ("%s: %s\n", program, text);
  if (end == VOXEL_SELFTEST_USAGE)
    g_printerr ("See: %s --help\n", program);
  return end;
}

static VoxelSelftestEnd
test (const gchar *program, const Words *words, const VoxelSelftestMachine *machine, Command *command)
{
  g_auto (VoxelSelftestText) text = {NULL};

  if (!words->json) {
    voxel_selftest_text_begin (&text, command->options.backend->name, isatty (STDERR_FILENO));
    command->options.told = voxel_selftest_text_result;
    command->options.data = &text;
  }
  run (command);
  if (command->error)
    return complain (program, command->end, command->error->message);
  if (!words->json)
    voxel_selftest_text_end (&text, command->results);
  else {
    g_autofree gchar *json = voxel_selftest_json (machine, command->options.backend->name, command->results);

    g_print ("%s", json);
  }
  return command->end;
}

static gboolean
is_backend (const gchar *name)
{
  for (const VoxelBackend *const *backend = voxel_backends (); *backend; backend++)
    if (g_str_equal ((*backend)->name, name))
      return TRUE;
  return g_str_equal (name, "auto");
}

static VoxelSelftestEnd
follow (const gchar *program, const Words *words)
{
  const gchar *name = words->backend ? words->backend : "auto";
  g_autoptr (GPtrArray) results = voxel_selftest_results_new ();
  g_auto (VoxelSelftestMachine) machine = {NULL};
  g_autoptr (GError) error = NULL;
  Command command = {.results = results};
  VoxelSelftestEnd end;

  command.options = (VoxelSelftestOptions){.device = words->device,
                                           .threads = (guint) words->threads,
                                           .tile = (guint) words->tile,
                                           .quick = words->quick,
                                           .only = words->only};
  if (words->precision && !voxel_precision_from_name (words->precision, &command.options.precision))
    return complain (program, VOXEL_SELFTEST_USAGE, "--precision is auto, fp32, tf32, fp16 or bf16");
  voxel_selftest_machine_look (&machine);
  if (!words->json || words->devices)
    voxel_selftest_text_machine (&machine);
  if (words->devices)
    return machine.devices->len ? VOXEL_SELFTEST_PASSED : VOXEL_SELFTEST_NOTHING;
  command.options.backend = voxel_backend_find (name, command.options.precision, &error);
  if (!command.options.backend)
    return complain (program, is_backend (name) ? VOXEL_SELFTEST_NOTHING : VOXEL_SELFTEST_USAGE,
                     error->message);
  end = test (program, words, &machine, &command);
  g_clear_error (&command.error);
  return end;
}

static gboolean
parse (int argc, char **argv, const gchar *program, Words *words, GError **error)
{
  const GOptionEntry entries[] = {
      {"backend", 0, 0, G_OPTION_ARG_STRING, &words->backend,
       "auto, which takes what networks would run on, cpu, cuda or reference", "NAME"},
      {"precision", 0, 0, G_OPTION_ARG_STRING, &words->precision,
       "fp32, tf32, fp16 or bf16 only; all that the backend has", "NAME"},
      {"device", 0, 0, G_OPTION_ARG_INT, &words->device, "This device only, counted from 0; all", "N"},
      {"devices", 0, 0, G_OPTION_ARG_NONE, &words->devices, "Only tell which devices there are, or why none",
       NULL},
      {"quick", 0, 0, G_OPTION_ARG_NONE, &words->quick, "Smaller pictures and fewer cases: about a minute",
       NULL},
      {"tile", 0, 0, G_OPTION_ARG_INT, &words->tile, "Side of the networks' pictures (512; quick: 128)",
       "PIXELS"},
      {"threads", 0, 0, G_OPTION_ARG_INT, &words->threads, "Of the CPU; all cores", "N"},
      {"only", 0, 0, G_OPTION_ARG_STRING, &words->only,
       "Operators and networks of that name, such as \"smp-unet*\"", "PATTERN"},
      {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Results as JSON", NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context,
      "Tests whether networks are computed right on this machine, and how fast: every operator and graphs "
      "of them\nagainst sums in double, every architecture against the CPU's fp32, each run again to the "
      "same bits.");
  g_option_context_set_description (
      context,
      "Exit codes: 0 all passed, 1 there are differences or errors, 2 not understood, 77 nothing to test "
      "(no device,\ndriver or library; a line says which), 130 stopped by Ctrl-C.");
  g_option_context_add_main_entries (context, entries, NULL);
  g_set_prgname (program);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc > 1)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, "\"%s\" is no option", argv[1]);
  else if (words->device < -1 || words->threads < 0 || words->threads > 1024 || words->tile < 0 ||
           words->tile > 8192)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "--device is -1 for all or a number from 0, --threads to 1024, --tile to 8192");
  else
    return TRUE;
  return FALSE;
}

/**
 * voxel_selftest_command:
 * @argc: words
 * @argv: name and options
 * @program: what it calls itself, such as "voxel selftest"
 *
 * Returns: exit code
 */
VoxelSelftestEnd
voxel_selftest_command (int argc, char **argv, const gchar *program)
{
  Words words = {.device = -1};
  g_autoptr (GError) error = NULL;
  VoxelSelftestEnd end = parse (argc, argv, program, &words, &error)
                             ? follow (program, &words)
                             : complain (program, VOXEL_SELFTEST_USAGE, error->message);

  g_free (words.backend);
  g_free (words.precision);
  g_free (words.only);
  return end;
}
