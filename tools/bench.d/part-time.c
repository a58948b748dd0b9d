/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* part-time PART ARGUMENTS: takes turns (see turns.c) with an algorithm of the elements, free of GStreamer.
 *
 *   read LOCATION THREADS             reads a stack; 0: without threads. Result: the pixels' SHA-256
 *   normalize LOCATION                percentiles .1 and 99.9 of a stack in memory, stretched to 8 bits; SHA-256
 *   runs FILE Y X                     run lengths of a mask of bytes; the text's SHA-256
 *   surface FILE Z Y X                surface dice of a mask of bytes and itself a slice further on; its value
 */

#include <string.h>

#include "elements/masks/mask-bits.h"
#include "elements/masks/run-length.h"
#include "elements/masks/surface-dice.h"
#include "elements/volume/intensity-histogram.h"
#include "elements/volume/intensity-map.h"
#include "elements/volume/intensity-range.h"
#include "elements/volume/slice-prefetch.h"
#include "elements/volume/tiff-pixels.h"
#include "turns.h"

/* As voxelsrc reads ahead by default. */
#define SLOTS 5

typedef struct {
  gchar **arguments;
  gchar *result;
  gsize shape[3];

  /* Stacks. */
  guint8 *pixels;
  guint8 *mapped;
  GChecksum *sum; /* in the turn that is not timed */
  VoxelIntensityHistogram *histogram;
  VoxelIntensityMap map;

  /* Masks. */
  guint8 *mask;
  guint64 *bits[2];
  GString *text;
} Part;

static gsize
number (const gchar *text)
{
  return (gsize) g_ascii_strtoull (text, NULL, 10);
}

static void
take_slice (Part *part, VoxelSlicePrefetch *prefetch, GError **error)
{
  VoxelSliceJob *job = voxel_slice_prefetch_pop (prefetch);

  if (job->error && !*error)
    *error = g_steal_pointer (&job->error);
  g_clear_error (&job->error);
  if (part->sum)
    g_checksum_update (part->sum, job->pixels, (gssize) (job->stride * job->region.height));
}

/* As voxelsrc does it: a few buffers, filled by threads ahead of who takes them in their order. */
static gboolean
read_stack (gpointer data, GError **error)
{
  Part *part = data;
  guint threads = (guint) number (part->arguments[1]), slots = threads ? SLOTS : 1;
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (part->arguments[0], MAX (threads, 1), error);
  VoxelSliceJob jobs[SLOTS] = {0};
  VoxelSlicePrefetch *prefetch;
  g_autoptr (GError) failed = NULL;
  const VoxelTiffPage *form;
  gsize stride;

  if (!list)
    return FALSE;
  form = voxel_slice_list_get_form (list);
  stride = (gsize) form->width * voxel_tiff_pixel_bytes (form->bits);
  if (!part->pixels)
    part->pixels = g_malloc (stride * form->height * slots);
  prefetch = voxel_slice_prefetch_new (threads);
  for (guint index = 0; index < voxel_slice_list_get_length (list); index++) {
    VoxelSliceJob *job = &jobs[index % slots];

    if (index >= slots)
      take_slice (part, prefetch, &failed);
    *job = (VoxelSliceJob){
        .list = list, .index = index, .region = {0, 0, form->width, form->height}, .stride = stride};
    job->pixels = part->pixels + index % slots * stride * form->height;
    voxel_slice_prefetch_push (prefetch, job);
  }
  while (voxel_slice_prefetch_get_length (prefetch) > 0)
    take_slice (part, prefetch, &failed);
  voxel_slice_prefetch_free (prefetch);
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

static gboolean
prepare_read (Part *part, GError **error)
{
  part->sum = g_checksum_new (G_CHECKSUM_SHA256);
  if (!read_stack (part, error))
    return FALSE;
  part->result = g_strdup (g_checksum_get_string (part->sum));
  g_clear_pointer (&part->sum, g_checksum_free);
  return TRUE;
}

/* What voxelreslice and voxelnormalize do slice by slice, without the elements. */
static gboolean
normalize (gpointer data, GError **error)
{
  Part *part = data;
  gsize pixels = part->shape[1] * part->shape[2];
  guint width = (guint) part->shape[2], height = (guint) part->shape[1], low, high;
  gdouble mean, stddev;

  voxel_intensity_histogram_clear (part->histogram);
  for (gsize z = 0; z < part->shape[0]; z++)
    voxel_intensity_histogram_add (part->histogram, part->pixels + z * pixels * 2, width * 2, width, height,
                                   2);
  voxel_intensity_percentiles (voxel_intensity_histogram_get_bins (part->histogram), VOXEL_INTENSITY_BINS, .1,
                               99.9, &low, &high);
  voxel_intensity_map_linear (&part->map, low, high, 8);
  for (gsize z = 0; z < part->shape[0]; z++) {
    VoxelIntensityImage from = {part->pixels + z * pixels * 2, width * 2, 2};
    VoxelIntensityImage to = {part->mapped + z * pixels, width, 1};

    voxel_intensity_map_apply (&part->map, &from, &to, width, height, &mean, &stddev);
  }
  return TRUE;
}

static gboolean
prepare_normalize (Part *part, GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (part->arguments[0], 1, error);
  const VoxelTiffPage *form;
  gsize bytes;

  if (!list)
    return FALSE;
  form = voxel_slice_list_get_form (list);
  part->shape[0] = voxel_slice_list_get_length (list);
  part->shape[1] = form->height;
  part->shape[2] = form->width;
  bytes = part->shape[1] * part->shape[2] * 2;
  part->pixels = g_malloc (part->shape[0] * bytes);
  part->mapped = g_malloc (part->shape[0] * bytes / 2);
  part->histogram = voxel_intensity_histogram_new ();
  for (guint z = 0; z < part->shape[0]; z++) {
    if (!voxel_slice_list_decode (list, z, &(VoxelTiffRegion){0, 0, form->width, form->height},
                                  part->pixels + z * bytes, form->width * 2, error))
      return FALSE;
  }
  normalize (part, NULL);
  part->result = g_compute_checksum_for_data (G_CHECKSUM_SHA256, part->mapped, part->shape[0] * bytes / 2);
  return TRUE;
}

static gboolean
read_mask (Part *part, gsize slices, GError **error)
{
  gsize wanted = slices * part->shape[1] * part->shape[2], size;

  if (!g_file_get_contents (part->arguments[0], (gchar **) &part->mask, &size, error))
    return FALSE;
  if (size == wanted)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %" G_GSIZE_FORMAT " bytes, not %" G_GSIZE_FORMAT,
               part->arguments[0], size, wanted);
  return FALSE;
}

static void
pack_slice (const Part *part, gsize z, guint64 *bits)
{
  gsize width = part->shape[2];

  for (gsize y = 0; y < part->shape[1]; y++)
    voxel_mask_bits_pack8 (bits + y * voxel_mask_bits_words (width),
                           part->mask + (z * part->shape[1] + y) * width, width, 128);
}

static gboolean
write_runs (gpointer data, GError **error)
{
  Part *part = data;
  VoxelRunLength encoder = {0};
  gsize width = part->shape[2];

  g_string_truncate (part->text, 0);
  for (gsize y = 0; y < part->shape[1]; y++) {
    voxel_mask_bits_pack8 (part->bits[0], part->mask + y * width, width, 128);
    voxel_run_length_add (&encoder, part->text, part->bits[0], width);
  }
  voxel_run_length_finish (&encoder, part->text);
  return TRUE;
}

static gboolean
prepare_runs (Part *part, GError **error)
{
  part->shape[1] = number (part->arguments[1]);
  part->shape[2] = number (part->arguments[2]);
  part->bits[0] = g_new (guint64, voxel_mask_bits_words (part->shape[2]));
  part->text = g_string_new (NULL);
  if (!read_mask (part, 1, error))
    return FALSE;
  write_runs (part, NULL);
  part->result = g_compute_checksum_for_string (G_CHECKSUM_SHA256, part->text->str, (gssize) part->text->len);
  return TRUE;
}

static gboolean
compare_surfaces (gpointer data, GError **error)
{
  static const gdouble spacing[3] = {1, 1, 1};
  Part *part = data;
  g_autoptr (VoxelSurfaceDice) dice = voxel_surface_dice_new (part->shape[1], part->shape[2]);
  VoxelSurfaceDiceResult result;

  for (gsize z = 0; z < part->shape[0]; z++) {
    pack_slice (part, z, part->bits[0]);
    pack_slice (part, z + 1, part->bits[1]);
    voxel_surface_dice_add (dice, part->bits[0], part->bits[1]);
  }
  voxel_surface_dice_finish (dice, spacing, &result);
  if (!part->result)
    part->result = g_strdup_printf ("%.12f", result.dice);
  return TRUE;
}

static gboolean
prepare_surface (Part *part, GError **error)
{
  for (guint i = 0; i < 3; i++)
    part->shape[i] = number (part->arguments[1 + i]);
  for (guint i = 0; i < 2; i++)
    part->bits[i] = g_new (guint64, part->shape[1] * voxel_mask_bits_words (part->shape[2]));
  return read_mask (part, part->shape[0] + 1, error) && compare_surfaces (part, error);
}

static const struct {
  const gchar *name;
  int arguments;
  gboolean (*prepare) (Part *, GError **);
  VoxelTurn turn;
} parts[] = {
    {"read", 2, prepare_read, read_stack},
    {"normalize", 1, prepare_normalize, normalize},
    {"runs", 3, prepare_runs, write_runs},
    {"surface", 4, prepare_surface, compare_surfaces},
};

static void
clear (Part *part)
{
  g_clear_pointer (&part->sum, g_checksum_free);
  g_clear_pointer (&part->histogram, voxel_intensity_histogram_free);
  if (part->text)
    g_string_free (part->text, TRUE);
  for (guint i = 0; i < 2; i++)
    g_free (part->bits[i]);
  g_free (part->pixels);
  g_free (part->mapped);
  g_free (part->mask);
  g_free (part->result);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, clear)

int
main (int argc, char **argv)
{
  g_auto (Part) part = {.arguments = argv + 2};
  g_autoptr (GError) error = NULL;

  for (guint i = 0; argc > 1 && i < G_N_ELEMENTS (parts); i++) {
    if (!g_str_equal (parts[i].name, argv[1]) || argc != 2 + parts[i].arguments)
      continue;
    if (parts[i].prepare (&part, &error) && voxel_turns_serve (part.result, parts[i].turn, &part, &error))
      return 0;
    g_printerr ("part-time: %s\n", error->message);
    return 1;
  }
  g_printerr ("part-time read LOCATION THREADS | normalize LOCATION | runs FILE Y X |"
              " surface FILE Z Y X\n");
  return 2;
}
