/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gst/gst.h>

#include "command.h"
#include "elements/volume/slice-list.h"
#include "overlay.h"
#include "view-png.h"
#include "view-shards.h"

/* Of the pixels, black and white alike: what a display may lose of a scan's tails. */
#define STRETCH_PERCENT .1

typedef struct {
  gchar *output;
  gchar *mask;
  gint slice;
  VoxelViewShards shards;
} Options;

/* A slice of any depth as 16-bit pixels. */
static guint16 *
read_slice (VoxelSliceList *list, guint index, GError **error)
{
  const VoxelTiffPage *form = voxel_slice_list_get_form (list);
  gsize n = (gsize) form->width * form->height;
  const VoxelTiffRegion whole = {.width = form->width, .height = form->height};
  gboolean wide = form->bits > 8;
  g_autofree guint16 *pixels = g_new (guint16, n);
  guint8 *bytes = (guint8 *) pixels;

  if (!voxel_slice_list_decode (list, index, &whole, bytes, (gsize) form->width * (wide ? 2 : 1), error))
    return NULL;
  for (gsize i = n; i-- > 0;)
    pixels[i] = wide ? GUINT16_FROM_LE (pixels[i]) : bytes[i];
  return g_steal_pointer (&pixels);
}

static guint8 *
read_mask (const gchar *location, guint index, const VoxelTiffPage *form, guint count, GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (location, 0, error);
  const VoxelTiffRegion whole = {.width = form->width, .height = form->height};
  const VoxelTiffPage *other;
  g_autofree guint8 *mask = NULL;

  if (!list)
    return NULL;
  other = voxel_slice_list_get_form (list);
  if (other->width != form->width || other->height != form->height ||
      voxel_slice_list_get_length (list) != count) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED,
                 "%s has %u slices of %ux%u pixels, the scan %u of %ux%u: not its mask", location,
                 voxel_slice_list_get_length (list), other->width, other->height, count, form->width,
                 form->height);
    return NULL;
  }
  mask = g_malloc ((gsize) form->width * form->height);
  if (!voxel_slice_list_decode_mask (list, index, &whole, mask, form->width, error))
    return NULL;
  return g_steal_pointer (&mask);
}

static gboolean
view (const gchar *scan, const Options *options, GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (scan, 0, error);
  const VoxelTiffPage *form;
  g_autofree guint16 *pixels = NULL;
  g_autofree guint8 *mask = NULL;
  g_autoptr (GstBuffer) picture = NULL;
  guint count, index;
  guint16 low, high;
  gsize stride;
  GstMapInfo map;

  if (!list)
    return FALSE;
  form = voxel_slice_list_get_form (list);
  count = voxel_slice_list_get_length (list);
  index = options->slice < 0 ? count / 2 : (guint) options->slice;
  if (index >= count) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "--slice %u: %s has slices 0 to %u",
                 index, scan, count - 1);
    return FALSE;
  }
  pixels = read_slice (list, index, error);
  if (!pixels)
    return FALSE;
  if (options->mask && !(mask = read_mask (options->mask, index, form, count, error)))
    return FALSE;

  picture = voxel_view_picture_new (form->width, form->height, &stride);
  gst_buffer_map (picture, &map, GST_MAP_WRITE);
  voxel_overlay_stretch (pixels, (gsize) form->width * form->height, STRETCH_PERCENT, &low, &high);
  voxel_overlay_paint (pixels, mask, form->width, form->height, low, high, map.data, stride);
  gst_buffer_unmap (picture, &map);
  if (!voxel_view_write_png (picture, form->width, form->height, options->output, error))
    return FALSE;
  g_print ("slice %u (%s) of %s -> %s\n", index, voxel_slice_list_get_name (list, index), scan,
           options->output);
  return TRUE;
}

/* What is asked of a scan makes no sense for shards, and the other way round. */
static gboolean
check_options (const Options *options, gboolean shards, gint n_words, GError **error)
{
  const gchar *wrong = NULL;

  if (shards && (options->mask || options->slice >= 0))
    wrong = "--mask and --slice are for a scan, not for shards";
  else if (!shards && (options->shards.samples || options->shards.plot || options->shards.json))
    wrong = "--samples, --plot and --json are for shards (*.tar), not for a scan";
  else if (!shards && (n_words != 2 || !options->output))
    wrong = "needs a SCAN and -o FILE.png, or SHARDS";
  else if (options->shards.samples < 0 || options->shards.samples > VOXEL_VIEW_SAMPLES_MAX)
    wrong = "--samples: expected 1 to " G_STRINGIFY (VOXEL_VIEW_SAMPLES_MAX);
  if (!wrong)
    return TRUE;
  g_set_error_literal (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, wrong);
  return FALSE;
}

/**
 * voxel_command_view:
 * @argc: words
 * @argv: words, the subcommand first
 *
 * `voxel view SCAN -o FILE.png [--mask MASK] [--slice N]`: a slice as a picture.
 * `voxel view SHARDS… [-o FILE.png] [--samples N] [--plot FILE.svg] [--json]`: a sheet of samples, and figures.
 *
 * Returns: a #VoxelExit
 */
int
voxel_command_view (int argc, char **argv)
{
  Options options = {.slice = -1};
  const GOptionEntry entries[] = {
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "The picture to write", "FILE.png"},
      {"mask", 'm', 0, G_OPTION_ARG_FILENAME, &options.mask, "Show this mask over the slice", "MASK"},
      {"slice", 's', 0, G_OPTION_ARG_INT, &options.slice, "Which slice, from 0 (default: the middle)", "N"},
      {"samples", 'n', 0, G_OPTION_ARG_INT, &options.shards.samples, "Samples on the sheet (default: 32)",
       "N"},
      {"plot", 'p', 0, G_OPTION_ARG_FILENAME, &options.shards.plot, "Draw the histogram of shards",
       "FILE.svg"},
      {"json", 'j', 0, G_OPTION_ARG_NONE, &options.shards.json, "Print the figures of shards as JSON", NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("SCAN | SHARDS…");
  g_autofree gchar *output = NULL, *mask = NULL, *plot = NULL;
  g_autoptr (GPtrArray) shards = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_option_context_set_summary (
      context,
      "Writes a slice of a scan as a PNG picture, stretched to its own range, or, of shards for training\n"
      "(*.tar, or a folder of them), a sheet of samples with their labels over them, and tells how much of\n"
      "the pixels is vessel and how bright they are.");
  g_option_context_add_main_entries (context, entries, NULL);
  done = voxel_command_parse (context, &argc, &argv, &error);
  output = options.output;
  mask = options.mask;
  plot = options.shards.plot;
  shards = done ? voxel_view_find_shards (argv + 1) : NULL;
  done = done && check_options (&options, shards != NULL, argc, &error);
  if (done) {
    gst_init (NULL, NULL);
    options.shards.sheet = output;
    done = shards ? voxel_view_shards (shards, &options.shards, &error) : view (argv[1], &options, &error);
  }
  return done ? VOXEL_EXIT_OK : voxel_command_fail ("view", error);
}
