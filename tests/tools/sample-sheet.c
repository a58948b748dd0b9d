/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What voxel view shows and tells of shards. */

#include "tools/voxel/histogram-plot.h"
#include "tools/voxel/sample-sheet.h"
#include "tools/voxel/shard-survey.h"

#include <string.h>

#define SIDE 600

static VoxelShardSample
sample_of (const gchar *key, guint bits, guint width, guint height, const guint8 *image, const guint8 *label)
{
  VoxelShardSample sample = {.key = key, .form = {bits, width, height}, .image = image, .label = label};

  if (label)
    g_assert_true (voxel_label_count (label, width, width, height, &sample.count, NULL));
  return sample;
}

static void
test_survey (void)
{
  static const guint8 narrow[] = {0, 10, 10, 255}, label[] = {0, 255, 128, 0};
  static const guint8 wide[] = {0xff, 10, 0, 11}, empty[] = {0, 0};
  const VoxelShardSample samples[] = {
      sample_of ("a", 8, 2, 2, narrow, label),
      sample_of ("b", 16, 1, 2, wide, empty),
      sample_of ("c", 8, 4, 1, narrow, NULL),
  };
  VoxelShardSurvey survey = {0};
  guint64 all[VOXEL_SURVEY_BINS];

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    voxel_shard_survey_add (&survey, &samples[i]);
  g_assert_cmpuint (survey.samples, ==, 3);
  g_assert_cmpuint (survey.unlabelled, ==, 1);
  g_assert_cmpuint (survey.without_vessel, ==, 1);
  g_assert_cmpuint (survey.smallest.width, ==, 1);
  g_assert_cmpuint (survey.largest.width, ==, 4);
  g_assert_cmpuint (survey.smallest.height, ==, 1);
  g_assert_cmpuint (survey.smallest.bits, ==, 8);
  g_assert_cmpuint (survey.largest.bits, ==, 16);
  g_assert_cmpuint (voxel_shard_survey_count (&survey, VOXEL_SURVEY_BACKGROUND), ==, 4);
  g_assert_cmpuint (voxel_shard_survey_count (&survey, VOXEL_SURVEY_VESSEL), ==, 1);
  g_assert_cmpuint (voxel_shard_survey_count (&survey, VOXEL_SURVEY_IGNORED), ==, 1);
  g_assert_cmpuint (voxel_shard_survey_count (&survey, VOXEL_SURVEY_UNLABELLED), ==, 4);
  g_assert_cmpuint (survey.counts[VOXEL_SURVEY_VESSEL][10], ==, 1);
  /* 0x0aff and 0x0b00 of 16 bits. */
  g_assert_cmpuint (survey.counts[VOXEL_SURVEY_BACKGROUND][10], ==, 1);
  g_assert_cmpuint (survey.counts[VOXEL_SURVEY_BACKGROUND][11], ==, 1);
  voxel_shard_survey_all (&survey, all);
  g_assert_cmpuint (all[10], ==, 5);
  g_assert_cmpuint (all[255], ==, 2);
}

/* Of any number of samples as many as wanted are shown, in order, evenly spread. */
static void
test_spread (void)
{
  static const guint8 image[4] = {0};

  for (guint n = 1; n < 200; n++) {
    g_autoptr (VoxelSampleSheet) sheet = voxel_sample_sheet_new (8);
    guint before = 0;

    for (guint k = 0; k < n; k++) {
      g_autofree gchar *key = g_strdup_printf ("%u", k);
      const VoxelShardSample sample = sample_of (key, 8, 2, 2, image, NULL);

      voxel_sample_sheet_add (sheet, "s.tar", &sample);
    }
    voxel_sample_sheet_choose (sheet);
    g_assert_cmpuint (voxel_sample_sheet_get_length (sheet), ==, MIN (n, 8));
    for (guint i = 0; i < MIN (n, 8); i++) {
      const gchar *name = voxel_sample_sheet_get_name (sheet, i);
      guint k = (guint) g_ascii_strtoull (name + strlen ("s.tar:"), NULL, 10);

      g_assert_true (g_str_has_prefix (name, "s.tar:"));
      if (i == 0)
        g_assert_cmpuint (k, ==, 0);
      else
        g_assert_cmpuint (k - before - 1, <, MAX (n / 4, 1));
      before = k;
    }
    g_assert_cmpuint (n - before, <=, MAX (n / 4, 1) + 1);
  }
}

/* A large picture is shrunk by a whole factor, its thin vessel is not lost, and a small one stays as it is. */
static void
test_paint (void)
{
  g_autofree guint8 *image = g_malloc0 (SIDE * SIDE), *label = g_malloc0 (SIDE * SIDE), *rgb = NULL;
  const guint8 small[4] = {0, 255, 255, 255}, small_label[4] = {0, 0, 128, 0};
  g_autoptr (VoxelSampleSheet) sheet = voxel_sample_sheet_new (2);
  guint width, height;
  VoxelShardSample sample;
  gsize stride;

  memset (image, 255, SIDE * SIDE / 2);
  label[300 * SIDE + 300] = VOXEL_LABEL_SET;
  sample = sample_of ("a", 8, SIDE, SIDE, image, label);
  voxel_sample_sheet_add (sheet, "s.tar", &sample);
  sample = sample_of ("b", 8, 2, 2, small, small_label);
  voxel_sample_sheet_add (sheet, "s.tar", &sample);
  voxel_sample_sheet_choose (sheet);
  voxel_sample_sheet_measure (sheet, &width, &height);
  g_assert_cmpuint (width, ==, 200 + 4 + 200);
  g_assert_cmpuint (height, ==, 200);
  stride = 3 * width;
  rgb = g_malloc (stride * height);
  voxel_sample_sheet_paint (sheet, rgb, stride);
  g_assert_cmpuint (rgb[0], ==, 255);
  g_assert_cmpuint (rgb[199 * stride], ==, 0);
  /* The vessel's rim, in its colour. */
  g_assert_cmpuint (rgb[100 * stride + 3 * 100], ==, 255);
  g_assert_cmpuint (rgb[100 * stride + 3 * 100 + 1], ==, 120);
  g_assert_cmpuint (rgb[100 * stride + 3 * 100 + 2], ==, 0);
  /* The gap, and the small picture: black, white, ignored (bluish). */
  g_assert_cmpuint (rgb[3 * 201], ==, rgb[3 * 201 + 1]);
  g_assert_cmpuint (rgb[3 * 204], ==, 0);
  g_assert_cmpuint (rgb[3 * 205], ==, 255);
  g_assert_cmpuint (rgb[stride + 3 * 204], <, rgb[stride + 3 * 204 + 2]);
}

static void
test_bars (void)
{
  guint64 counts[VOXEL_SURVEY_BINS] = {0};
  g_autofree gchar *none = voxel_histogram_bars (counts), *some = NULL;

  g_assert_cmpuint (g_utf8_strlen (none, -1), ==, 64);
  g_assert_null (strpbrk (none, "\xe2"));
  counts[0] = 1000;
  counts[7] = 1;
  counts[255] = 500;
  some = voxel_histogram_bars (counts);
  g_assert_cmpuint (g_utf8_strlen (some, -1), ==, 64);
  g_assert_true (g_str_has_prefix (some, "█▁ "));
  g_assert_true (g_str_has_suffix (some, " ▅"));
}

/* Well-formed, a line for each class that there is, and numbers with a point. */
static void
test_plot (void)
{
  static const guint8 image[] = {0, 10, 10, 255}, label[] = {0, 0, 0, 0};
  const VoxelShardSample sample = sample_of ("a", 8, 2, 2, image, label);
  VoxelShardSurvey survey = {0};
  g_autofree gchar *svg = NULL;
  g_autoptr (GError) error = NULL;
  const GMarkupParser parser = {0};
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  guint lines = 0;

  voxel_shard_survey_add (&survey, &sample);
  svg = voxel_histogram_svg (&survey);
  g_markup_parse_context_parse (context, svg, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  for (const gchar *at = svg; (at = strstr (at, "<polyline")); at++)
    lines++;
  g_assert_cmpuint (lines, ==, 2);
  g_assert_nonnull (strstr (svg, "points=\"61.5,"));
  g_assert_nonnull (strstr (svg, ">255</text>"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/sample-sheet/survey", test_survey);
  g_test_add_func ("/tools/sample-sheet/spread", test_spread);
  g_test_add_func ("/tools/sample-sheet/paint", test_paint);
  g_test_add_func ("/tools/sample-sheet/bars", test_bars);
  g_test_add_func ("/tools/sample-sheet/plot", test_plot);
  return g_test_run ();
}
