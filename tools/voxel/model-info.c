/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>
#include <string.h>

#include "command.h"
#include "model-info.h"
#include "model-timing.h"
#include "models/backend.h"
#include "models/executor.h"
#include "models/files/json.h"
#include "report.h"

typedef struct {
  gboolean time;
  gboolean json;
  gchar *architecture;
  gchar *config;
  gchar *precision;
  gchar *backend;
  gint tile;
  gint threads;
} InfoOptions;

#define MOST_PRECISIONS 4

/* What a run takes in one precision. */
typedef struct {
  const gchar *precision;
  VoxelPlanSize size;
} Memory;

typedef struct {
  const gchar *path;
  VoxelModel *model;
  VoxelPlan *plan;
  VoxelModelTiming *timing;
  Memory memory[MOST_PRECISIONS];
  guint n_memory;
} Info;

static void
info_clear (Info *info)
{
  g_clear_pointer (&info->timing, voxel_model_timing_free);
  g_clear_pointer (&info->plan, voxel_plan_unref);
  g_clear_pointer (&info->model, voxel_model_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Info, info_clear)

/* In whatever the plan's backend computes in; where kernels are compiled for it in nothing but the plan's. */
static gboolean
measure_memory (Info *info, GError **error)
{
  static const VoxelPrecision precisions[MOST_PRECISIONS] = {VOXEL_PRECISION_FP32, VOXEL_PRECISION_BF16,
                                                             VOXEL_PRECISION_FP16, VOXEL_PRECISION_TF32};

  for (guint i = 0; i < G_N_ELEMENTS (precisions); i++) {
    VoxelPlanKey key = *voxel_plan_get_key (info->plan);
    const VoxelBackend *backend = voxel_backend_find (key.backend, precisions[i], NULL);
    Memory *memory = &info->memory[info->n_memory];

    if (!backend || (backend->device && precisions[i] != key.precision))
      continue;
    key.precision = precisions[i];
    memory->precision = voxel_precision_to_name (precisions[i]);
    if (!voxel_plan_measure (info->model, &key, &memory->size, error))
      return FALSE;
    info->n_memory++;
  }
  return TRUE;
}

static gdouble
mebibytes (gsize bytes)
{
  return (gdouble) bytes / 1048576.;
}

static gdouble
gmacs_per_second (guint64 macs, gint64 ns)
{
  return ns > 0 ? (gdouble) macs / (gdouble) ns : NAN;
}

static void
print_steps (const Info *info)
{
  const VoxelModelTiming *timing = info->timing;

  g_print ("\n%-36s %-28s %10s %9s %8s\n", "layer", "implementation", "MMAC", "ms", "GMAC/s");
  for (guint i = 0; i < timing->n_steps; i++) {
    guint64 macs = voxel_plan_get_step_macs (info->plan, i);

    g_print ("%-36s %-28s %10.1f %9.3f", voxel_plan_get_step_name (info->plan, i),
             voxel_plan_get_step_implementation (info->plan, i), (gdouble) macs / 1e6,
             (gdouble) timing->step_ns[i] / 1e6);
    g_print (macs ? " %8.1f\n" : "\n", gmacs_per_second (macs, timing->step_ns[i]));
  }
  g_print ("%-36s %-28s %10.1f %9.3f %8.1f\n", "all", "", (gdouble) voxel_plan_get_macs (info->plan) / 1e6,
           (gdouble) timing->total_ns / 1e6,
           gmacs_per_second (voxel_plan_get_macs (info->plan), timing->total_ns));
  g_print ("the fastest of %u runs\n", timing->runs);
}

static void
print_text (const Info *info)
{
  const VoxelModelRecord *record = voxel_model_get_record (info->model);
  const VoxelPlanKey *key = voxel_plan_get_key (info->plan);
  g_autofree gchar *json = voxel_model_record_to_json (record);
  g_autoptr (VoxelJson) root = voxel_json_parse (json, strlen (json), NULL);
  g_autofree gchar *pretty = root ? voxel_json_write (root, TRUE) : NULL;

  g_print ("%s\n", info->path);
  g_print ("architecture  %s, %u channels in, %u out\n", record->architecture,
           voxel_model_get_in_channels (info->model), voxel_model_get_out_channels (info->model));
  g_print ("digest        %s\n", voxel_model_get_digest (info->model));
  g_print ("parameters    %" G_GUINT64_FORMAT "\n", voxel_model_get_parameters (info->model));
  g_print ("stride        %u\n", voxel_model_get_stride (info->model));
  g_print ("tile          %u x %u, %s, %s: %.3f GMAC\n", key->height, key->width, key->backend,
           voxel_precision_to_name (key->precision), (gdouble) voxel_plan_get_macs (info->plan) / 1e9);
  for (guint i = 0; i < info->n_memory; i++) {
    const VoxelPlanSize *size = &info->memory[i].size;

    g_print ("memory %-6s %.2f MiB, %.2f times the %.2f MiB that the fullest layer needs\n",
             info->memory[i].precision, mebibytes (size->arena),
             (gdouble) size->arena / (gdouble) size->lower_bound, mebibytes (size->lower_bound));
  }
  if (voxel_plan_get_reach (info->plan) == G_MAXUINT)
    g_print ("reach         all of a picture\n");
  else
    g_print ("reach         %u pixels\n", voxel_plan_get_reach (info->plan));
  g_print ("record        %s\n", pretty ? pretty : json);
  if (info->timing)
    print_steps (info);
}

static void
add_steps (const Info *info, JsonBuilder *json)
{
  json_builder_set_member_name (json, "steps");
  json_builder_begin_array (json);
  for (guint i = 0; i < info->timing->n_steps; i++) {
    json_builder_begin_object (json);
    voxel_report_string (json, "name", voxel_plan_get_step_name (info->plan, i));
    voxel_report_string (json, "implementation", voxel_plan_get_step_implementation (info->plan, i));
    voxel_report_integer (json, "macs", (gint64) voxel_plan_get_step_macs (info->plan, i));
    voxel_report_number (json, "ms", (gdouble) info->timing->step_ns[i] / 1e6);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  voxel_report_number (json, "ms", (gdouble) info->timing->total_ns / 1e6);
  voxel_report_integer (json, "runs", info->timing->runs);
}

static void
add_memory (const Info *info, JsonBuilder *json)
{
  json_builder_set_member_name (json, "memory");
  json_builder_begin_object (json);
  for (guint i = 0; i < info->n_memory; i++) {
    const VoxelPlanSize *size = &info->memory[i].size;

    json_builder_set_member_name (json, info->memory[i].precision);
    json_builder_begin_object (json);
    voxel_report_integer (json, "arena-bytes", (gint64) size->arena);
    voxel_report_integer (json, "lower-bound-bytes", (gint64) size->lower_bound);
    json_builder_end_object (json);
  }
  json_builder_end_object (json);
}

static void
print_json (const Info *info)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  const VoxelPlanKey *key = voxel_plan_get_key (info->plan);
  g_autofree gchar *text = voxel_model_record_to_json (voxel_model_get_record (info->model));
  JsonNode *record = json_from_string (text, NULL);

  json_builder_begin_object (json);
  voxel_report_string (json, "file", info->path);
  voxel_report_string (json, "digest", voxel_model_get_digest (info->model));
  voxel_report_integer (json, "parameters", (gint64) voxel_model_get_parameters (info->model));
  voxel_report_integer (json, "stride", voxel_model_get_stride (info->model));
  voxel_report_integer (json, "in-channels", voxel_model_get_in_channels (info->model));
  voxel_report_integer (json, "out-channels", voxel_model_get_out_channels (info->model));
  voxel_report_integer (json, "tile", key->height);
  voxel_report_string (json, "backend", key->backend);
  voxel_report_string (json, "precision", voxel_precision_to_name (key->precision));
  voxel_report_integer (json, "threads", key->threads);
  voxel_report_integer (json, "macs", (gint64) voxel_plan_get_macs (info->plan));
  voxel_report_integer (json, "arena-bytes", (gint64) voxel_plan_get_arena_size (info->plan));
  voxel_report_integer (json, "largest-scratch-bytes", (gint64) voxel_plan_get_scratch_size (info->plan));
  add_memory (info, json);
  if (voxel_plan_get_reach (info->plan) != G_MAXUINT)
    voxel_report_integer (json, "reach", voxel_plan_get_reach (info->plan));
  if (info->timing)
    add_steps (info, json);
  if (record) {
    json_builder_set_member_name (json, "record");
    json_builder_add_value (json, record);
  }
  json_builder_end_object (json);
  voxel_report_print (json);
}

static gboolean
make_key (const InfoOptions *options, VoxelModel *model, VoxelPlanKey *key, GError **error)
{
  guint stride = MAX (voxel_model_get_stride (model), 1);
  guint tile = options->tile > 0 ? (guint) options->tile : voxel_model_get_record (model)->inference.tile;

  *key = (VoxelPlanKey){options->backend ? options->backend : "auto",
                        VOXEL_PRECISION_AUTO,
                        (guint) MAX (options->threads, 0),
                        1,
                        tile,
                        tile};
  if (options->precision && !voxel_precision_from_name (options->precision, &key->precision)) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "--precision %s: expected auto, fp32, bf16, fp16 or tf32", options->precision);
    return FALSE;
  }
  if (options->threads < 0 || options->tile < 0 || tile == 0 || tile % stride || tile > 32768) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 options->threads < 0 ? "--threads takes a number from 0"
                                      : "--tile: the model takes multiples of %u, such as %u",
                 stride, MAX (256 / stride, 1) * stride);
    return FALSE;
  }
  return TRUE;
}

static gboolean
show (const InfoOptions *options, int argc, char **argv, GError **error)
{
  g_auto (Info) info = {0};
  VoxelPlanKey key;

  if (argc != 2) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "which model file?\nSee: voxel model info --help");
    return FALSE;
  }
  info.path = argv[1];
  info.model = voxel_model_load_as (info.path, options->architecture, options->config, error);
  if (!info.model || !make_key (options, info.model, &key, error))
    return FALSE;
  info.plan = voxel_plan_get (info.model, &key, error);
  if (!info.plan || !measure_memory (&info, error))
    return FALSE;
  if (options->time) {
    info.timing = voxel_model_timing_measure (info.model, info.plan, error);
    if (!info.timing)
      return FALSE;
  }
  if (options->json)
    print_json (&info);
  else
    print_text (&info);
  return TRUE;
}

/**
 * voxel_command_model_info:
 * @argc: words
 * @argv: "info", options, the model file
 *
 * Returns: exit code
 */
int
voxel_command_model_info (int argc, char **argv)
{
  InfoOptions options = {0};
  const GOptionEntry entries[] = {
      {"architecture", 0, 0, G_OPTION_ARG_STRING, &options.architecture,
       "What the model is, for a safetensors file without a model record", "NAME"},
      {"config", 0, 0, G_OPTION_ARG_STRING, &options.config,
       "Its configuration, such as '{\"in_channels\": 3}'", "JSON"},
      {"time", 0, 0, G_OPTION_ARG_NONE, &options.time, "Measure each layer", NULL},
      {"tile", 0, 0, G_OPTION_ARG_INT, &options.tile, "Side of the picture (the record's tile)", "PIXELS"},
      {"precision", 0, 0, G_OPTION_ARG_STRING, &options.precision, "auto, fp32, bf16, fp16 or tf32 (auto)",
       "KIND"},
      {"backend", 0, 0, G_OPTION_ARG_STRING, &options.backend, "auto, cpu, cuda or reference (auto)", "NAME"},
      {"threads", 0, 0, G_OPTION_ARG_INT, &options.threads, "0: one a core (0)", "N"},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print it as JSON on stdout", NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE");
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_option_context_set_summary (context, "What a model file says of itself, its size and its speed.");
  g_option_context_add_main_entries (context, entries, NULL);
  done = voxel_command_parse (context, &argc, &argv, &error) && show (&options, argc, argv, &error);
  g_free (options.architecture);
  g_free (options.config);
  g_free (options.precision);
  g_free (options.backend);
  if (done)
    return VOXEL_EXIT_OK;
  if (options.json)
    voxel_report_print_error (error);
  return voxel_command_fail ("model info", error);
}
