/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>
#include <string.h>

#include "command.h"
#include "elements/masks/mask-bits.h"
#include "elements/masks/mask-score.h"
#include "mask-reader.h"
#include "report.h"

typedef struct {
  gchar *shape;
  gchar *threshold;
  gboolean json;
} ScoreOptions;

static gboolean
fail (GError **error, VoxelCommandError code, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, VOXEL_COMMAND_ERROR, code, text);
  return FALSE;
}

static gboolean
same_plane (const VoxelMaskShape *a, const VoxelMaskShape *b)
{
  return a->height == b->height && a->width == b->width && (!a->depth || !b->depth || a->depth == b->depth);
}

static gboolean
contradicts (const VoxelMaskReader *reader, const gchar *said, GError **error)
{
  const VoxelMaskShape *shape = voxel_mask_reader_get_shape (reader);

  return fail (error, VOXEL_COMMAND_ERROR_FAILED, "%s is of %u x %u x %u voxels, not %s as --shape says",
               voxel_mask_reader_get_path (reader), shape->depth, shape->height, shape->width, said);
}

/* Run lengths do not say how their masks are folded: --shape does, or the stack on the other side. */
static gboolean
settle_shape (const ScoreOptions *options, VoxelMaskReader *truth, VoxelMaskReader *prediction,
              GError **error)
{
  VoxelMaskShape said = {0};
  const VoxelMaskShape *a = voxel_mask_reader_get_shape (truth),
                       *b = voxel_mask_reader_get_shape (prediction);

  if (options->shape && !voxel_mask_shape_parse (options->shape, &said, error))
    return FALSE;
  if (!said.height)
    said = a->height ? *a : *b;
  if (!said.height)
    return fail (error, VOXEL_COMMAND_ERROR_USAGE,
                 "run lengths do not say the size of a slice\nSay it: --shape slices,rows,columns");
  if (!a->height)
    voxel_mask_reader_set_shape (truth, &said);
  if (!b->height)
    voxel_mask_reader_set_shape (prediction, &said);
  if (options->shape && !same_plane (a, &said))
    return contradicts (truth, options->shape, error);
  if (options->shape && !same_plane (b, &said))
    return contradicts (prediction, options->shape, error);
  if (same_plane (a, b))
    return TRUE;
  return fail (error, VOXEL_COMMAND_ERROR_FAILED,
               "%s is of %u x %u x %u voxels, %s of %u x %u x %u: not masks of one scan",
               voxel_mask_reader_get_path (truth), a->depth, a->height, a->width,
               voxel_mask_reader_get_path (prediction), b->depth, b->height, b->width);
}

static gboolean
add_slices (VoxelMaskScore *score, VoxelMaskReader *truth, VoxelMaskReader *prediction, guint *slices,
            GError **error)
{
  const VoxelMaskShape *shape = voxel_mask_reader_get_shape (truth);
  gsize words = shape->height * voxel_mask_bits_words (shape->width);
  g_autofree guint64 *a = g_new (guint64, words);
  g_autofree guint64 *b = g_new (guint64, words);

  for (*slices = 0;; (*slices)++) {
    const gchar *name, *other;
    g_autoptr (GError) own = NULL;
    gboolean more = voxel_mask_reader_next (truth, a, &name, &own);
    gboolean too = !own && voxel_mask_reader_next (prediction, b, &other, &own);

    if (own) {
      g_propagate_error (error, g_steal_pointer (&own));
      return FALSE;
    }
    if (more != too)
      return fail (error, VOXEL_COMMAND_ERROR_FAILED, "%s has %u slices, %s has more",
                   voxel_mask_reader_get_path (more ? prediction : truth), *slices,
                   voxel_mask_reader_get_path (more ? truth : prediction));
    if (!more)
      break;
    if (voxel_mask_reader_is_table (truth) && voxel_mask_reader_is_table (prediction) && strcmp (name, other))
      return fail (error, VOXEL_COMMAND_ERROR_FAILED, "row %u: %s has id %s, %s has %s", *slices + 2,
                   voxel_mask_reader_get_path (truth), name, voxel_mask_reader_get_path (prediction), other);
    voxel_mask_score_add (score, a, b);
  }
  if (shape->depth && *slices != shape->depth)
    return fail (error, VOXEL_COMMAND_ERROR_FAILED, "%s has %u slices, not the %u of --shape",
                 voxel_mask_reader_get_path (truth), *slices, shape->depth);
  return TRUE;
}

static void
print_line (const gchar *name, gdouble value, const gchar *undefined)
{
  if (isnan (value))
    g_print ("%-13s %s\n", name, undefined);
  else
    g_print ("%-13s %.6f\n", name, value);
}

static void
print_text (const VoxelMaskScoreResult *result)
{
  print_line ("surface dice", result->surface_dice, "undefined: both masks are empty");
  print_line ("Dice", result->dice, "undefined: both masks are empty");
  print_line ("IoU", result->iou, "undefined: both masks are empty");
  print_line ("precision", result->precision, "undefined: the prediction is empty");
  print_line ("recall", result->recall, "undefined: the truth is empty");
}

static gboolean
score (const ScoreOptions *options, int argc, char **argv, GError **error)
{
  const gdouble spacing[3] = {1., 1., 1.};
  g_autoptr (VoxelMaskReader) truth = NULL;
  g_autoptr (VoxelMaskReader) prediction = NULL;
  g_autoptr (VoxelMaskScore) sums = NULL;
  const VoxelMaskShape *shape;
  VoxelMaskScoreResult result;
  gchar *end = NULL;
  gdouble threshold = options->threshold ? g_ascii_strtod (options->threshold, &end) : 0.;
  guint slices;

  if (argc != 3)
    return fail (error, VOXEL_COMMAND_ERROR_USAGE,
                 "which two masks? TRUTH PREDICTION\nSee: voxel score --help");
  if (options->threshold && (end == options->threshold || *end || !(threshold >= 0. && threshold < 1.)))
    return fail (error, VOXEL_COMMAND_ERROR_USAGE, "--threshold %s: expected a number from 0 to below 1",
                 options->threshold);
  truth = voxel_mask_reader_new (argv[1], 0., error);
  prediction = truth ? voxel_mask_reader_new (argv[2], threshold, error) : NULL;
  if (!prediction || !settle_shape (options, truth, prediction, error))
    return FALSE;
  shape = voxel_mask_reader_get_shape (truth);
  sums = voxel_mask_score_new (shape->height, shape->width);
  if (!add_slices (sums, truth, prediction, &slices, error))
    return FALSE;
  voxel_mask_score_finish (sums, spacing, &result);
  if (options->json) {
    g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

    json_node_take_object (node, voxel_mask_score_result_to_json (&result));
    voxel_report_print_node (node);
  } else {
    print_text (&result);
  }
  return TRUE;
}

/**
 * voxel_command_score:
 * @argc: words
 * @argv: "score", options, truth, prediction
 *
 * Returns: exit code
 */
int
voxel_command_score (int argc, char **argv)
{
  ScoreOptions options = {0};
  const GOptionEntry entries[] = {
      {"shape", 0, 0, G_OPTION_ARG_STRING, &options.shape,
       "Slices, rows and columns of run lengths; a stack on the other side says it as well", "Z,Y,X"},
      {"threshold", 0, 0, G_OPTION_ARG_STRING, &options.threshold,
       "Share of its range above which a voxel of the prediction is set (0: all that is not 0)", "P"},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print it as JSON on stdout", NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("TRUTH PREDICTION");
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_option_context_set_summary (
      context, "Compares a mask with the truth: surface dice at tolerance 0, Dice, IoU, precision,\n"
               "recall. Either is a folder, glob or multi-page file of TIFF slices, or a run-length\n"
               "file x.csv with a row a slice, in the order of the slices.");
  g_option_context_add_main_entries (context, entries, NULL);
  done = voxel_command_parse (context, &argc, &argv, &error) && score (&options, argc, argv, &error);
  g_free (options.shape);
  g_free (options.threshold);
  if (done)
    return VOXEL_EXIT_OK;
  if (options.json)
    voxel_report_print_error (error);
  return voxel_command_fail ("score", error);
}
