/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "view-shards.h"

#include <gst/gst.h>
#include <string.h>

#include "command.h"
#include "elements/outputs/output-file.h"
#include "histogram-plot.h"
#include "report.h"
#include "sample-sheet.h"
#include "shard-survey.h"
#include "view-png.h"

#define DEFAULT_SAMPLES 32
#define SUFFIX ".tar"

static gint
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

static void
add_folder (GPtrArray *paths, const gchar *folder)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (names && (name = g_dir_read_name (names))) {
    /* Hidden ones are still being written. */
    if (*name != '.' && g_str_has_suffix (name, SUFFIX))
      g_ptr_array_add (found, g_build_filename (folder, name, NULL));
  }
  g_ptr_array_sort (found, compare);
  g_ptr_array_extend_and_steal (paths, g_steal_pointer (&found));
}

/**
 * voxel_view_find_shards:
 * @words: (array zero-terminated=1): files or folders
 *
 * Returns: (nullable) (transfer full) (element-type filename): shards in the order given, those of a folder by name;
 *   %NULL if not all words lead to such
 */
GPtrArray *
voxel_view_find_shards (char **words)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  for (; *words; words++) {
    guint before = paths->len;

    if (g_file_test (*words, G_FILE_TEST_IS_DIR))
      add_folder (paths, *words);
    else if (g_str_has_suffix (*words, SUFFIX))
      g_ptr_array_add (paths, g_strdup (*words));
    if (paths->len == before)
      return NULL;
  }
  return paths->len > 0 ? g_steal_pointer (&paths) : NULL;
}

static gboolean
survey_shard (const gchar *path, VoxelShardSurvey *survey, VoxelSampleSheet *sheet, GError **error)
{
  g_autoptr (VoxelShardReader) reader = voxel_shard_reader_new (path, FALSE, error);
  const VoxelShardSample *sample;
  g_autoptr (GError) own = NULL;

  if (!reader)
    return FALSE;
  while ((sample = voxel_shard_reader_next (reader, &own))) {
    voxel_shard_survey_add (survey, sample);
    if (sheet)
      voxel_sample_sheet_add (sheet, path, sample);
  }
  if (!own)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own));
  return FALSE;
}

static gboolean
write_sheet (const VoxelSampleSheet *sheet, const gchar *path, GError **error)
{
  g_autoptr (GstBuffer) picture = NULL;
  guint width, height;
  gsize stride;
  GstMapInfo map;

  voxel_sample_sheet_measure (sheet, &width, &height);
  picture = voxel_view_picture_new (width, height, &stride);
  gst_buffer_map (picture, &map, GST_MAP_WRITE);
  voxel_sample_sheet_paint (sheet, map.data, stride);
  gst_buffer_unmap (picture, &map);
  return voxel_view_write_png (picture, width, height, path, error);
}

static gboolean
write_plot (const VoxelShardSurvey *survey, const gchar *path, GError **error)
{
  g_autofree gchar *svg = voxel_histogram_svg (survey);
  g_autoptr (VoxelOutputFile) file = voxel_output_file_new (path, error);

  return file && voxel_output_file_write (file, svg, strlen (svg), error) &&
         voxel_output_file_finish (g_steal_pointer (&file), FALSE, error);
}

static gchar *
range_text (guint least, guint most)
{
  return least == most ? g_strdup_printf ("%u", least) : g_strdup_printf ("%u to %u", least, most);
}

static void
print_class (const VoxelShardSurvey *survey, VoxelSurveyClass kind, const gchar *name, guint64 labelled)
{
  guint64 n = voxel_shard_survey_count (survey, kind);

  g_print ("%-13s %8.4f %%  %" G_GUINT64_FORMAT " pixels\n", name,
           labelled ? 100. * (gdouble) n / (gdouble) labelled : 0., n);
}

static void
print_bars (const gchar *name, const guint64 counts[VOXEL_SURVEY_BINS])
{
  g_autofree gchar *bars = voxel_histogram_bars (counts);

  g_print ("%-13s |%s|\n", name, bars);
}

static void
print_text (const VoxelShardSurvey *survey, guint n_shards)
{
  const VoxelNpy *least = &survey->smallest, *most = &survey->largest;
  g_autofree gchar *width = range_text (least->width, most->width);
  g_autofree gchar *height = range_text (least->height, most->height);
  g_autofree gchar *bits = range_text (least->bits, most->bits);
  guint64 all[VOXEL_SURVEY_BINS], labelled = 0;

  for (guint kind = 0; kind < VOXEL_SURVEY_UNLABELLED; kind++)
    labelled += voxel_shard_survey_count (survey, kind);
  voxel_shard_survey_all (survey, all);
  g_print ("%" G_GUINT64_FORMAT " samples in %u shard%s: %s columns, %s rows, %s bits\n", survey->samples,
           n_shards, n_shards == 1 ? "" : "s", width, height, bits);
  print_class (survey, VOXEL_SURVEY_VESSEL, "vessel", labelled);
  print_class (survey, VOXEL_SURVEY_BACKGROUND, "background", labelled);
  print_class (survey, VOXEL_SURVEY_IGNORED, "ignored", labelled);
  g_print ("%-13s %8" G_GUINT64_FORMAT " samples without vessel, %" G_GUINT64_FORMAT " without a label\n", "",
           survey->without_vessel, survey->unlabelled);
  print_bars ("all", all);
  print_bars ("vessel", survey->counts[VOXEL_SURVEY_VESSEL]);
  print_bars ("background", survey->counts[VOXEL_SURVEY_BACKGROUND]);
  g_print ("%-13s  0%63u\n", "intensity", (1u << most->bits) - 1);
}

static void
report_counts (JsonBuilder *json, const gchar *name, const guint64 counts[VOXEL_SURVEY_BINS])
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  for (guint i = 0; i < VOXEL_SURVEY_BINS; i++)
    json_builder_add_int_value (json, (gint64) counts[i]);
  json_builder_end_array (json);
}

static void
report_range (JsonBuilder *json, const gchar *name, guint least, guint most)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  json_builder_add_int_value (json, least);
  json_builder_add_int_value (json, most);
  json_builder_end_array (json);
}

static void
print_json (const VoxelShardSurvey *survey, const VoxelSampleSheet *sheet, guint n_shards)
{
  static const gchar *const classes[] = {"background", "vessel", "ignored", "unlabelled"};
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();
  guint64 all[VOXEL_SURVEY_BINS];

  json_builder_begin_object (json);
  voxel_report_integer (json, "shards", n_shards);
  voxel_report_integer (json, "samples", (gint64) survey->samples);
  voxel_report_integer (json, "without-vessel", (gint64) survey->without_vessel);
  voxel_report_integer (json, "without-label", (gint64) survey->unlabelled);
  report_range (json, "width", survey->smallest.width, survey->largest.width);
  report_range (json, "height", survey->smallest.height, survey->largest.height);
  report_range (json, "bits", survey->smallest.bits, survey->largest.bits);
  json_builder_set_member_name (json, "pixels");
  json_builder_begin_object (json);
  for (guint kind = 0; kind < VOXEL_SURVEY_N_CLASSES; kind++)
    voxel_report_integer (json, classes[kind], (gint64) voxel_shard_survey_count (survey, kind));
  json_builder_end_object (json);
  json_builder_set_member_name (json, "histogram");
  json_builder_begin_object (json);
  voxel_shard_survey_all (survey, all);
  report_counts (json, "all", all);
  report_counts (json, "vessel", survey->counts[VOXEL_SURVEY_VESSEL]);
  report_counts (json, "background", survey->counts[VOXEL_SURVEY_BACKGROUND]);
  json_builder_end_object (json);
  for (guint k = 0; sheet && k < voxel_sample_sheet_get_length (sheet); k++)
    g_ptr_array_add (shown, (gpointer) voxel_sample_sheet_get_name (sheet, k));
  if (sheet)
    voxel_report_strings (json, "sheet", shown);
  json_builder_end_object (json);
  voxel_report_print (json);
}

/**
 * voxel_view_shards:
 * @paths: (element-type filename): shards
 * @options: what is wanted
 * @error: naming the file
 *
 * Looks through all samples, prints what they hold and writes what is wanted.
 *
 * Returns: whether all could be read and written
 */
gboolean
voxel_view_shards (const GPtrArray *paths, const VoxelViewShards *options, GError **error)
{
  g_autofree VoxelShardSurvey *survey = g_new0 (VoxelShardSurvey, 1);
  guint n = options->samples ? (guint) options->samples : DEFAULT_SAMPLES;
  g_autoptr (VoxelSampleSheet) sheet = options->sheet ? voxel_sample_sheet_new (n) : NULL;

  for (guint i = 0; i < paths->len; i++) {
    if (!survey_shard (g_ptr_array_index (paths, i), survey, sheet, error))
      return FALSE;
  }
  if (survey->samples == 0) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED, "%s: no samples in it",
                 (const gchar *) g_ptr_array_index (paths, 0));
    return FALSE;
  }
  if (sheet)
    voxel_sample_sheet_choose (sheet);
  if ((sheet && !write_sheet (sheet, options->sheet, error)) ||
      (options->plot && !write_plot (survey, options->plot, error)))
    return FALSE;
  if (options->json)
    print_json (survey, sheet, paths->len);
  else
    print_text (survey, paths->len);
  if (sheet && !options->json)
    g_print ("%u samples -> %s\n", voxel_sample_sheet_get_length (sheet), options->sheet);
  return TRUE;
}
