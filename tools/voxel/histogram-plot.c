/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "histogram-plot.h"

#define BARS 64
#define WIDTH 768
#define HEIGHT 320
#define LEFT 60
#define TOP 20
#define BOTTOM 60

/**
 * voxel_histogram_bars:
 * @counts: pixels by intensity
 *
 * Returns: (transfer full): 64 characters, the highest bar full; what is not empty shows
 */
gchar *
voxel_histogram_bars (const guint64 counts[VOXEL_SURVEY_BINS])
{
  static const gchar *const levels[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const guint highest = G_N_ELEMENTS (levels) - 1;
  GString *text = g_string_new (NULL);
  guint64 bars[BARS] = {0}, top = 1;

  for (guint i = 0; i < VOXEL_SURVEY_BINS; i++)
    bars[i * BARS / VOXEL_SURVEY_BINS] += counts[i];
  for (guint i = 0; i < BARS; i++)
    top = MAX (top, bars[i]);
  for (guint i = 0; i < BARS; i++) {
    gdouble share = (gdouble) bars[i] / (gdouble) top;
    guint level = bars[i] ? 1 + (guint) (share * (highest - 1) + .5) : 0;

    g_string_append (text, levels[MIN (level, highest)]);
  }
  return g_string_free (text, FALSE);
}

static gdouble
peak_of (const guint64 counts[VOXEL_SURVEY_BINS], guint64 *n)
{
  guint64 top = 0;

  *n = 0;
  for (guint i = 0; i < VOXEL_SURVEY_BINS; i++) {
    top = MAX (top, counts[i]);
    *n += counts[i];
  }
  return *n ? (gdouble) top / (gdouble) *n : 0.;
}

/* SVG has a point in its numbers whatever the language. */
static void
append_number (GString *svg, gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (svg, g_ascii_formatd (text, sizeof text, "%.1f", value));
}

static void
append_line (GString *svg, const guint64 counts[VOXEL_SURVEY_BINS], gdouble top, const gchar *colour)
{
  guint64 n;

  peak_of (counts, &n);
  if (n == 0)
    return;
  g_string_append_printf (svg, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", colour);
  for (guint i = 0; i < VOXEL_SURVEY_BINS; i++) {
    append_number (svg, LEFT + WIDTH * (i + .5) / VOXEL_SURVEY_BINS);
    g_string_append_c (svg, ',');
    append_number (svg, TOP + HEIGHT * (1. - (gdouble) counts[i] / (gdouble) n / top));
    g_string_append_c (svg, ' ');
  }
  g_string_append (svg, "\"/>\n");
}

static void
append_text (GString *svg, gdouble x, gdouble y, const gchar *anchor, const gchar *colour, const gchar *text)
{
  g_string_append (svg, "<text x=\"");
  append_number (svg, x);
  g_string_append (svg, "\" y=\"");
  append_number (svg, y);
  g_string_append_printf (svg, "\" text-anchor=\"%s\" fill=\"%s\">%s</text>\n", anchor, colour, text);
}

/**
 * voxel_histogram_svg:
 * @survey: what samples hold
 *
 * Share of the pixels by intensity: of all, of vessel and of background, each of its own whole.
 *
 * Returns: (transfer full): a picture, SVG
 */
gchar *
voxel_histogram_svg (const VoxelShardSurvey *survey)
{
  guint64 all[VOXEL_SURVEY_BINS], n;
  const struct {
    const gchar *name, *colour;
    const guint64 *counts;
  } lines[] = {
      {"all pixels", "#000000", all},
      {"background", "#0078ff", survey->counts[VOXEL_SURVEY_BACKGROUND]},
      {"vessel", "#ff7800", survey->counts[VOXEL_SURVEY_VESSEL]},
  };
  g_autofree gchar *white = g_strdup_printf ("%u", (1u << survey->largest.bits) - 1);
  GString *svg = g_string_new (NULL);
  g_autofree gchar *highest = NULL;
  gdouble top = 1e-9;

  voxel_shard_survey_all (survey, all);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    top = MAX (top, peak_of (lines[i].counts, &n));
  g_string_append_printf (svg,
                          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                          "font-family=\"sans-serif\" font-size=\"14\">\n"
                          "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
                          "<path d=\"M%d %dv%dh%d\" fill=\"none\" stroke=\"#808080\"/>\n",
                          LEFT + WIDTH + TOP, TOP + HEIGHT + BOTTOM, LEFT, TOP, HEIGHT, WIDTH);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    append_line (svg, lines[i].counts, top, lines[i].colour);
    append_text (svg, LEFT + WIDTH, TOP + 16 + 20 * i, "end", lines[i].colour, lines[i].name);
  }
  highest = g_strdup_printf ("%.1f %%", 100. * top);
  append_text (svg, LEFT - 6, TOP + 10, "end", "#000000", highest);
  append_text (svg, LEFT - 6, TOP + HEIGHT, "end", "#000000", "0");
  append_text (svg, LEFT, TOP + HEIGHT + 20, "middle", "#000000", "0");
  append_text (svg, LEFT + WIDTH, TOP + HEIGHT + 20, "end", "#000000", white);
  append_text (svg, LEFT + WIDTH / 2., TOP + HEIGHT + 44, "middle", "#000000", "intensity");
  g_string_append (svg, "</svg>\n");
  return g_string_free (svg, FALSE);
}
