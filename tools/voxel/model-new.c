/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-new.h"

#include <string.h>

#include "command.h"
#include "models/architectures/architecture.h"
#include "models/files/json.h"
#include "models/files/model-record.h"
#include "models/initial-weights.h"

typedef struct {
  gchar *config;
  gchar *output;
  gint64 seed;
  gint tile;
  gboolean force;
} NewOptions;

static gboolean usage (GError **error, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
usage (GError **error, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "%s\nSee: voxel model new --help",
               text);
  return FALSE;
}

/* The value is JSON, or else a text that needs no quotes. */
static gboolean
set_field (VoxelJson *config, const gchar *word, GError **error)
{
  const gchar *equals = strchr (word, '=');
  g_autofree gchar *name = equals ? g_strndup (word, (gsize) (equals - word)) : NULL;
  VoxelJson *value;

  if (!equals || equals == word)
    return usage (error, "\"%s\" is no KEY=VALUE", word);
  value = voxel_json_parse (equals + 1, strlen (equals + 1), NULL);
  voxel_json_set (config, name, value ? value : voxel_json_new_string (equals + 1));
  return TRUE;
}

static VoxelJson *
read_config (const NewOptions *options, gchar *const *words, GError **error)
{
  const gchar *text = options->config ? options->config : "{}";
  g_autoptr (VoxelJson) config = NULL;
  g_autoptr (GError) problem = NULL;

  config = voxel_json_parse_object (text, strlen (text), &problem);
  if (!config) {
    usage (error, "--config: %s", problem->message);
    return NULL;
  }
  for (; *words; words++)
    if (!set_field (config, *words, error))
      return NULL;
  return g_steal_pointer (&config);
}

static gboolean
check_options (const NewOptions *options, int argc, GError **error)
{
  if (argc < 2)
    return usage (error, "which architecture? \"voxel model list\" tells them");
  if (!options->output)
    return usage (error, "no file to write to: -o FILE");
  if (options->tile < 0 || options->tile > 32768)
    return usage (error, "--tile takes a number of pixels");
  if (!options->force && g_file_test (options->output, G_FILE_TEST_EXISTS))
    return usage (error, "%s is there already; --force replaces it", options->output);
  return TRUE;
}

static gboolean
make (const NewOptions *options, gchar **words, GError **error)
{
  g_autoptr (GError) problem = NULL;
  const VoxelArchitecture *architecture = voxel_architecture_find (words[0], &problem);
  g_autoptr (VoxelModelRecord) record = NULL;
  g_autoptr (VoxelJson) config = NULL;
  g_autofree gchar *text = NULL;
  VoxelArchitectureInfo info;
  guint64 parameters;

  if (!architecture)
    return usage (error, "%s", problem->message);
  config = read_config (options, words + 1, error);
  if (!config)
    return FALSE;
  if (!voxel_architecture_info (architecture, config, &info, &problem))
    return usage (error, "%s", problem->message);
  text = voxel_json_write (config, FALSE);
  record = voxel_model_record_new (architecture->name, text);
  if (options->tile > 0)
    record->inference.tile = (guint) options->tile;
  if (record->inference.tile % info.stride)
    return usage (error, "--tile: the network takes multiples of %u, such as %u", info.stride,
                  MAX (512 / info.stride, 1) * info.stride);
  g_free (record->training);
  record->training = g_strdup_printf ("{\"initial_seed\":%" G_GINT64_FORMAT "}", options->seed);
  if (!voxel_initial_weights_save (record, (guint64) options->seed, options->output, &parameters, error))
    return FALSE;
  g_print ("%s: %s, %" G_GUINT64_FORMAT " parameters, not trained\n", options->output, architecture->name,
           parameters);
  return TRUE;
}

/**
 * voxel_command_model_new:
 * @argc: words
 * @argv: "new", options, the architecture, fields of its configuration
 *
 * Returns: exit code
 */
int
voxel_command_model_new (int argc, char **argv)
{
  NewOptions options = {.seed = 1};
  const GOptionEntry entries[] = {
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Model file to write", "FILE"},
      {"config", 0, 0, G_OPTION_ARG_STRING, &options.config, "Configuration; KEY=VALUE comes on top of it",
       "JSON"},
      {"seed", 0, 0, G_OPTION_ARG_INT64, &options.seed,
       "Another seed, other weights; the same one, the same bytes (1)", "N"},
      {"tile", 0, 0, G_OPTION_ARG_INT, &options.tile, "Side of the tiles that the record asks for (512)",
       "PIXELS"},
      {"force", 0, 0, G_OPTION_ARG_NONE, &options.force, "Replace FILE", NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("ARCHITECTURE [KEY=VALUE…]");
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_option_context_set_summary (context, "Makes a model file whose weights are as training begins with: as "
                                         "PyTorch, or the library that the network is of, makes them.");
  g_option_context_add_main_entries (context, entries, NULL);
  done = voxel_command_parse (context, &argc, &argv, &error) && check_options (&options, argc, &error) &&
         make (&options, argv + 1, &error);
  g_free (options.config);
  g_free (options.output);
  return done ? VOXEL_EXIT_OK : voxel_command_fail ("model new", error);
}
