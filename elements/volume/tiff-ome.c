/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-ome.h"
#include "tiff-imagej.h"

#include <math.h>
#include <string.h>

typedef struct {
  VoxelTiffOme *ome;
  gboolean found;
} Reading;

static const gchar *
find_attribute (const gchar **names, const gchar **values, const gchar *name)
{
  for (guint i = 0; names[i]; i++) {
    if (g_str_equal (names[i], name))
      return values[i];
  }
  return NULL;
}

static guint64
read_count (const gchar **names, const gchar **values, const gchar *name)
{
  const gchar *text = find_attribute (names, values, name);

  return text ? MAX (1, g_ascii_strtoull (text, NULL, 10)) : 1;
}

/* A length without a unit is in micrometres; one in pixels or the stage's units says nothing. */
static gdouble
read_length (const gchar **names, const gchar **values, const gchar *name)
{
  g_autofree gchar *unit_name = g_strconcat (name, "Unit", NULL);
  const gchar *text = find_attribute (names, values, name), *unit = find_attribute (names, values, unit_name);
  gdouble length = text ? g_ascii_strtod (text, NULL) : 0.;

  if (!isfinite (length) || length <= 0.)
    return 0.;
  return unit ? length * voxel_tiff_unit_to_micrometres (unit) : length;
}

static void
start_element (GMarkupParseContext *context, const gchar *element, const gchar **names, const gchar **values,
               gpointer user_data, GError **error)
{
  const gchar *local = strchr (element, ':') ? strchr (element, ':') + 1 : element;
  Reading *reading = user_data;
  VoxelTiffOme *ome = reading->ome;

  if (!g_str_equal (local, "Pixels"))
    return;
  reading->found = TRUE;
  ome->channels = read_count (names, values, "SizeC");
  ome->slices = read_count (names, values, "SizeZ");
  ome->frames = read_count (names, values, "SizeT");
  ome->spacing[0] = read_length (names, values, "PhysicalSizeZ");
  ome->spacing[1] = read_length (names, values, "PhysicalSizeY");
  ome->spacing[2] = read_length (names, values, "PhysicalSizeX");
  /* That is all: what follows may be megabytes, an element for each plane. */
  g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "enough");
}

/**
 * voxel_tiff_ome_parse:
 * @description: (nullable): a page's ImageDescription
 * @ome: (out): what it says
 *
 * Returns: whether @description is OME-XML with a Pixels element
 */
gboolean
voxel_tiff_ome_parse (const gchar *description, VoxelTiffOme *ome)
{
  static const GMarkupParser parser = {.start_element = start_element};
  Reading reading = {ome, FALSE};
  GMarkupParseContext *context;

  *ome = (VoxelTiffOme){.channels = 1, .slices = 1, .frames = 1};
  if (!description || !strstr (description, "<OME") || !g_utf8_validate (description, -1, NULL))
    return FALSE;
  context = g_markup_parse_context_new (&parser, 0, &reading, NULL);
  /* Whatever is wrong behind the first Pixels element does not matter. */
  g_markup_parse_context_parse (context, description, -1, NULL);
  g_markup_parse_context_free (context);
  return reading.found;
}
