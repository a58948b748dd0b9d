/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>

#include "command.h"
#include "elements/masks/mask-bits.h"
#include "elements/masks/surface-dice.h"
#include "elements/volume/slice-list.h"
#include "phantom-field.h"

/* Shares of the volume, in percent, that are left below a threshold that is tried. */
#define COARSE_FROM 50.
#define COARSE_TO 99.
#define COARSE_STEPS 50
#define FINE_TO 99.95
#define FINE_STEPS 19

/* The vessel's own blur is near .7 voxels; what varies over 12 and more is background. */
#define SMOOTH_SIGMA .7
#define BACKGROUND_SIGMA 12.

typedef struct {
  gsize shape[3];
  guint16 *pixels;
  guint64 *truth;
} Volumes;

typedef struct {
  gdouble dice;
  guint threshold;
  gdouble share;
} Best;

static void
volumes_clear (Volumes *volumes)
{
  g_clear_pointer (&volumes->pixels, g_free);
  g_clear_pointer (&volumes->truth, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Volumes, volumes_clear)

static gboolean
load_scan (Volumes *volumes, const gchar *location, GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (location, 0, error);
  const VoxelTiffPage *form;
  VoxelTiffRegion whole = {0};
  gsize plane;

  if (!list)
    return FALSE;
  form = voxel_slice_list_get_form (list);
  volumes->shape[0] = voxel_slice_list_get_length (list);
  volumes->shape[1] = whole.height = form->height;
  volumes->shape[2] = whole.width = form->width;
  plane = volumes->shape[1] * volumes->shape[2];
  volumes->pixels = g_try_new (guint16, volumes->shape[0] * plane);
  if (!volumes->pixels) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED,
                 "%s: no memory for %zu voxels: take a part of the scan", location,
                 volumes->shape[0] * plane);
    return FALSE;
  }
  for (gsize z = 0; z < volumes->shape[0]; z++) {
    guint16 *slice = volumes->pixels + z * plane;
    gboolean wide = form->bits > 8;

    if (!voxel_slice_list_decode (list, (guint) z, &whole, (guint8 *) slice, form->width * (wide ? 2u : 1u),
                                  error))
      return FALSE;
    for (gsize i = plane; i-- > 0;)
      slice[i] = wide ? GUINT16_FROM_LE (slice[i]) : ((const guint8 *) slice)[i];
  }
  return TRUE;
}

static gboolean
load_truth (Volumes *volumes, const gchar *location, GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (location, 0, error);
  gsize words = voxel_mask_bits_words (volumes->shape[2]);
  const VoxelTiffPage *form;
  VoxelTiffRegion whole = {0};
  g_autofree guint8 *mask = NULL;

  if (!list)
    return FALSE;
  form = voxel_slice_list_get_form (list);
  if (voxel_slice_list_get_length (list) != volumes->shape[0] || form->height != volumes->shape[1] ||
      form->width != volumes->shape[2]) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED,
                 "%s has %u slices of %ux%u pixels, the scan %zu of %zux%zu: not its truth", location,
                 voxel_slice_list_get_length (list), form->width, form->height, volumes->shape[0],
                 volumes->shape[2], volumes->shape[1]);
    return FALSE;
  }
  whole.height = form->height;
  whole.width = form->width;
  mask = g_malloc ((gsize) form->width * form->height);
  volumes->truth = g_new (guint64, volumes->shape[0] * volumes->shape[1] * words);
  for (gsize z = 0; z < volumes->shape[0]; z++) {
    if (!voxel_slice_list_decode_mask (list, (guint) z, &whole, mask, form->width, error))
      return FALSE;
    for (gsize y = 0; y < volumes->shape[1]; y++)
      voxel_mask_bits_pack8 (volumes->truth + (z * volumes->shape[1] + y) * words, mask + y * form->width,
                             form->width, 128);
  }
  return TRUE;
}

static gdouble
score (const Volumes *volumes, guint threshold)
{
  const gdouble spacing[3] = {1., 1., 1.};
  gsize height = volumes->shape[1], width = volumes->shape[2], words = voxel_mask_bits_words (width);
  g_autofree guint64 *bits = g_new (guint64, height * words);
  g_autoptr (VoxelSurfaceDice) dice = voxel_surface_dice_new (height, width);
  VoxelSurfaceDiceResult result;

  for (gsize z = 0; z < volumes->shape[0]; z++) {
    for (gsize y = 0; y < height; y++)
      voxel_mask_bits_pack16 (bits + y * words, volumes->pixels + (z * height + y) * width, width,
                              threshold + 1);
    voxel_surface_dice_add (dice, volumes->truth + z * height * words, bits);
  }
  voxel_surface_dice_finish (dice, spacing, &result);
  return isnan (result.dice) ? 0. : result.dice;
}

/* The smallest value with at least @percent of the voxels at or below it. */
static guint
percentile (const gsize *counts, gsize total, gdouble percent)
{
  gsize wanted = (gsize) (percent / 100. * (gdouble) total), seen = 0;
  guint value = 0;

  while (value < 65535 && (seen += counts[value]) < wanted)
    value++;
  return value;
}

static Best
sweep (const Volumes *volumes)
{
  gsize total = volumes->shape[0] * volumes->shape[1] * volumes->shape[2];
  g_autofree gsize *counts = g_new0 (gsize, 65536);
  Best best = {0.};
  guint last = G_MAXUINT;

  for (gsize i = 0; i < total; i++)
    counts[volumes->pixels[i]]++;
  for (guint i = 0; i < COARSE_STEPS + FINE_STEPS; i++) {
    gdouble percent = i < COARSE_STEPS
                          ? COARSE_FROM + (COARSE_TO - COARSE_FROM) * i / (COARSE_STEPS - 1)
                          : COARSE_TO + (FINE_TO - COARSE_TO) * (i - COARSE_STEPS + 1) / FINE_STEPS;
    guint threshold = percentile (counts, total, percent);
    gdouble dice = threshold != last ? score (volumes, threshold) : 0.;

    last = threshold;
    if (dice > best.dice)
      best = (Best){dice, threshold, 1. - percent / 100.};
  }
  return best;
}

/* Difference of two blurs, put back into 16 bits over its own range. */
static void
remove_background (Volumes *volumes, guint threads)
{
  gsize total = volumes->shape[0] * volumes->shape[1] * volumes->shape[2];
  g_autofree gfloat *smooth = g_new (gfloat, total);
  g_autofree gfloat *background = g_new (gfloat, total);
  gfloat low = G_MAXFLOAT, high = -G_MAXFLOAT;

  for (gsize i = 0; i < total; i++)
    smooth[i] = background[i] = volumes->pixels[i];
  voxel_field_blur (smooth, volumes->shape, SMOOTH_SIGMA, FALSE, threads);
  voxel_field_blur (background, volumes->shape, BACKGROUND_SIGMA, FALSE, threads);
  for (gsize i = 0; i < total; i++) {
    smooth[i] -= background[i];
    low = MIN (low, smooth[i]);
    high = MAX (high, smooth[i]);
  }
  for (gsize i = 0; i < total; i++)
    volumes->pixels[i] = high > low ? (guint16) lrintf ((smooth[i] - low) / (high - low) * 65535.f) : 0;
}

static gboolean
baseline (const gchar *scan, const gchar *truth, guint threads, gboolean json, GError **error)
{
  g_auto (Volumes) volumes = {{0}};
  Best raw, removed;

  if (!load_scan (&volumes, scan, error) || !load_truth (&volumes, truth, error))
    return FALSE;
  raw = sweep (&volumes);
  remove_background (&volumes, threads);
  removed = sweep (&volumes);
  if (json)
    g_print ("{\"raw\": %.6f, \"raw-threshold\": %u, \"background-removed\": %.6f}\n", raw.dice,
             raw.threshold, removed.dice);
  else
    g_print ("best threshold                      surface dice %.4f  (above %u: %.2f %% of the volume)\n"
             "best threshold, background removed  surface dice %.4f  (%.2f %% of the volume)\n",
             raw.dice, raw.threshold, 100. * raw.share, removed.dice, 100. * removed.share);
  return TRUE;
}

/**
 * voxel_command_baseline:
 * @argc: words
 * @argv: words, the subcommand first
 *
 * `voxel baseline SCAN TRUTH`: the best surface dice (tolerance 0) that any one intensity threshold reaches,
 * as scanned and after a Gaussian of 12 voxels was subtracted from one of .7: what a network has to beat.
 * Holds the scan at 10 bytes a voxel.
 *
 * Returns: a #VoxelExit
 */
int
voxel_command_baseline (int argc, char **argv)
{
  gboolean json = FALSE;
  gint threads = 0;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL},
      {"threads", 't', 0, G_OPTION_ARG_INT, &threads, "Threads of the filters (default: one a core)", "N"},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("SCAN TRUTH");
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_option_context_set_summary (context, "What the best intensity threshold alone would reach.");
  g_option_context_add_main_entries (context, entries, NULL);
  done = voxel_command_parse (context, &argc, &argv, &error);
  if (done && (argc != 3 || threads < 0)) {
    g_set_error (&error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "needs a SCAN and its TRUTH");
    done = FALSE;
  }
  if (done)
    done = baseline (argv[1], argv[2], threads ? (guint) threads : g_get_num_processors (), json, &error);
  return done ? VOXEL_EXIT_OK : voxel_command_fail ("baseline", error);
}
