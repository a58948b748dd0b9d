/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-labels.h"
#include "slice-label-pairs.h"
#include "tiff-pixels.h"

struct _VoxelSliceLabels {
  gchar *location;
  VoxelSliceList *list;
  VoxelSliceLabelRule rule;
  /* The label of each slice, VOXEL_SLICE_LABEL_NONE where it has none. */
  guint *of_slice;
  /* The value beside 0 in all slices seen so far, and the first of them that had it; with a threshold the highest
   * value. */
  guint other;
  guint other_slice;
};

static gboolean
check_size (const VoxelSliceLabels *labels, const VoxelSliceList *slices, GError **error)
{
  const VoxelTiffPage *label = voxel_slice_list_get_form (labels->list),
                      *slice = voxel_slice_list_get_form (slices);

  if (label->width == slice->width && label->height == slice->height)
    return TRUE;
  g_set_error (
      error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MIXED,
      "\"%s\": labels are %u x %u pixels, the slices they belong to (\"%s\") %u x %u: labels must be as "
      "large as slices",
      labels->location, label->width, label->height, voxel_slice_list_get_path (slices, 0), slice->width,
      slice->height);
  return FALSE;
}

/**
 * voxel_slice_labels_new:
 * @location: a folder, a file of one or more pages, or a pattern
 * @slices: what the labels belong to
 * @rule: what their pixels mean
 * @threads: to read headers with, at least 1
 * @error: any VOXEL_TIFF_ERROR
 *
 * Finds the labels of a stack, see voxel_slice_label_pairs_find(); reads no pixels.
 *
 * Returns: (transfer full): labels of the size of @slices, each with a slice of its own
 */
VoxelSliceLabels *
voxel_slice_labels_new (const gchar *location, const VoxelSliceList *slices, const VoxelSliceLabelRule *rule,
                        guint threads, GError **error)
{
  g_autoptr (VoxelSliceLabels) labels = g_new0 (VoxelSliceLabels, 1);

  labels->location = g_strdup (location);
  labels->rule = *rule;
  labels->list = voxel_slice_list_new (location, threads, error);
  if (!labels->list || !check_size (labels, slices, error))
    return NULL;
  labels->of_slice = voxel_slice_label_pairs_find (location, labels->list, slices, error);
  return labels->of_slice ? g_steal_pointer (&labels) : NULL;
}

/**
 * voxel_slice_labels_free:
 * @labels: (transfer full): labels that no thread decodes
 */
void
voxel_slice_labels_free (VoxelSliceLabels *labels)
{
  g_clear_pointer (&labels->list, voxel_slice_list_free);
  g_free (labels->of_slice);
  g_free (labels->location);
  g_free (labels);
}

/**
 * voxel_slice_labels_cover:
 * @labels: labels
 * @slices: what they belong to
 * @first: a slice
 * @last: another, not before @first
 * @error: VOXEL_TIFF_ERROR_MIXED, naming the slices without a label
 *
 * Returns: whether slices @first to @last have a label each
 */
gboolean
voxel_slice_labels_cover (const VoxelSliceLabels *labels, const VoxelSliceList *slices, guint first,
                          guint last, GError **error)
{
  return voxel_slice_label_pairs_cover (labels->location, labels->of_slice, slices, first, last, error);
}

static gboolean
refuse_value (const VoxelSliceLabels *labels, guint index, guint value, guint x, guint y, guint other,
              GError **error)
{
  g_set_error (
      error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_UNSUPPORTED,
      "label \"%s\" (\"%s\") is not binary: value %u at column %u, row %u, beside %u: set label-threshold "
      "(values from it on are vessel), or label-ignore=%u if that value marks what nobody knows",
      voxel_slice_list_get_path (labels->list, index), voxel_slice_list_get_name (labels->list, index), value,
      x, y, other, value);
  return FALSE;
}

static gboolean
make_label (const VoxelSliceLabels *labels, guint index, const VoxelTiffRegion *region, const guint8 *pixels,
            gsize row, guint8 *label, gsize stride, guint *found, GError **error)
{
  guint bits = voxel_slice_list_get_form (labels->list)->bits, x = 0;

  *found = 0;
  for (guint y = 0; y < region->height; y++) {
    const guint8 *from = pixels + y * row;

    if (voxel_slice_label_row (&labels->rule, bits, from, region->width, label + y * stride, found, &x))
      continue;
    return refuse_value (labels, index, bits > 8 ? GUINT16_FROM_LE (((const guint16 *) from)[x]) : from[x],
                         region->x + x, region->y + y, *found, error);
  }
  return TRUE;
}

/**
 * voxel_slice_labels_decode:
 * @labels: labels
 * @slice: one that has a label
 * @region: the part wanted, within the slice
 * @label: (out): a byte a pixel, see #GstVoxelLabelMeta
 * @stride: bytes from row to row
 * @found: (out): for voxel_slice_labels_agree()
 * @error: any VOXEL_TIFF_ERROR; UNSUPPORTED where the label is not binary and no threshold was set
 *
 * May be called by several threads at a time.
 *
 * Returns: whether all of @region was decoded
 */
gboolean
voxel_slice_labels_decode (VoxelSliceLabels *labels, guint slice, const VoxelTiffRegion *region,
                           guint8 *label, gsize stride, guint *found, GError **error)
{
  guint index = labels->of_slice[slice], bytes;
  g_autofree guint8 *pixels = NULL;
  gsize row;

  bytes = voxel_tiff_pixel_bytes (voxel_slice_list_get_form (labels->list)->bits);
  row = (gsize) region->width * bytes;
  pixels = g_try_malloc (row * region->height);
  if (!pixels) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_MEMORY,
                 "label \"%s\": no memory for %" G_GSIZE_FORMAT " bytes",
                 voxel_slice_list_get_path (labels->list, index), row * region->height);
    return FALSE;
  }
  return voxel_slice_list_decode (labels->list, index, region, pixels, row, error) &&
         make_label (labels, index, region, pixels, row, label, stride, found, error);
}

static gboolean
thresholds (const VoxelSliceLabels *labels)
{
  return labels->rule.threshold != VOXEL_SLICE_LABEL_NO_THRESHOLD &&
         voxel_slice_list_get_form (labels->list)->bits > 1;
}

/**
 * voxel_slice_labels_agree:
 * @labels: labels
 * @slice: whose label was decoded
 * @found: what voxel_slice_labels_decode() found in it
 * @error: VOXEL_TIFF_ERROR_UNSUPPORTED
 *
 * To be called for slices in their order, so that whoever decodes first does not decide which one is wrong.
 *
 * Returns: whether the same value is set in all binary labels seen so far
 */
gboolean
voxel_slice_labels_agree (VoxelSliceLabels *labels, guint slice, guint found, GError **error)
{
  guint index = labels->of_slice[slice];

  if (thresholds (labels)) {
    labels->other = MAX (labels->other, found);
    return TRUE;
  }
  if (found == 0)
    return TRUE;
  if (labels->other == 0) {
    labels->other = found;
    labels->other_slice = index;
  }
  if (labels->other == found)
    return TRUE;
  g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_UNSUPPORTED,
               "label \"%s\" (\"%s\") is not binary like the others: its value is %u, that of \"%s\" %u: set "
               "label-threshold (values from it on are vessel)",
               voxel_slice_list_get_path (labels->list, index),
               voxel_slice_list_get_name (labels->list, index), found,
               voxel_slice_list_get_name (labels->list, labels->other_slice), labels->other);
  return FALSE;
}

/**
 * voxel_slice_labels_get_missed:
 * @labels: labels of which voxel_slice_labels_agree() has seen some
 *
 * Returns: the highest value in them where a threshold lies above all that is not 0, else 0
 */
guint
voxel_slice_labels_get_missed (const VoxelSliceLabels *labels)
{
  return thresholds (labels) && labels->other < labels->rule.threshold ? labels->other : 0;
}
