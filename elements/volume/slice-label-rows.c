/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-label-rows.h"

/* The depth is known where this is called, so that each depth gets loops of its own. */
static inline guint
value_at (const guint8 *row, gboolean wide, guint x)
{
  return wide ? GUINT16_FROM_LE (((const guint16 *) row)[x]) : row[x];
}

static inline void
threshold_row (const VoxelSliceLabelRule *rule, const guint8 *row, gboolean wide, guint count, guint8 *label,
               guint *highest)
{
  guint threshold = rule->threshold, ignore = (guint) rule->ignore, top = 0;

  for (guint x = 0; x < count; x++) {
    guint value = value_at (row, wide, x);
    guint known = value == ignore ? 0 : value;

    top = MAX (top, known);
    label[x] = value == ignore ? VOXEL_SLICE_LABEL_IGNORE
                               : (value >= threshold ? VOXEL_SLICE_LABEL_SET : VOXEL_SLICE_LABEL_BACKGROUND);
  }
  *highest = MAX (*highest, top);
}

static inline gboolean
binary_row (const VoxelSliceLabelRule *rule, const guint8 *row, gboolean wide, guint count, guint8 *label,
            guint *other, guint *odd_at)
{
  guint ignore = (guint) rule->ignore, set = *other, odd = 0;

  for (guint x = 0; x < count && set == 0; x++) {
    if (value_at (row, wide, x) != ignore)
      set = value_at (row, wide, x);
  }
  *other = set;
  for (guint x = 0; x < count; x++) {
    guint value = value_at (row, wide, x);

    odd |= (guint) (value != 0) & (guint) (value != set) & (guint) (value != ignore);
    label[x] = value == ignore ? VOXEL_SLICE_LABEL_IGNORE
                               : (value != 0 ? VOXEL_SLICE_LABEL_SET : VOXEL_SLICE_LABEL_BACKGROUND);
  }
  for (guint x = 0; odd && x < count; x++) {
    guint value = value_at (row, wide, x);

    if (value == 0 || value == set || value == ignore)
      continue;
    *odd_at = x;
    return FALSE;
  }
  return TRUE;
}

/* A bit is 0 or 1 in the file, 0 or 255 once unpacked; there is nothing to be thresholded. */
static gboolean
bit_row (const VoxelSliceLabelRule *rule, const guint8 *row, guint count, guint8 *label, guint *found,
         guint *odd_at)
{
  const VoxelSliceLabelRule unpacked = {VOXEL_SLICE_LABEL_NO_THRESHOLD, rule->ignore == 1   ? 255
                                                                        : rule->ignore == 0 ? 0
                                                                                            : -1};

  return binary_row (&unpacked, row, FALSE, count, label, found, odd_at);
}

/**
 * voxel_slice_label_row:
 * @rule: what pixels mean
 * @bits: 1, 8, 12 or 16
 * @row: unpacked pixels (see voxel_tiff_unpack_row()), words aligned to 2
 * @count: of them
 * @label: (out): a byte a pixel, see #GstVoxelLabelMeta
 * @found: (inout): with a threshold the highest value, without one the other value beside 0, both apart from what
 *   is ignored; 0 before any was seen
 * @odd_at: (out): where a third value stands
 *
 * Returns: whether there is no third value; always so with a threshold
 */
gboolean
voxel_slice_label_row (const VoxelSliceLabelRule *rule, guint bits, const guint8 *row, guint count,
                       guint8 *label, guint *found, guint *odd_at)
{
  gboolean wide = bits > 8;

  if (bits == 1)
    return bit_row (rule, row, count, label, found, odd_at);
  if (rule->threshold != VOXEL_SLICE_LABEL_NO_THRESHOLD) {
    if (wide)
      threshold_row (rule, row, TRUE, count, label, found);
    else
      threshold_row (rule, row, FALSE, count, label, found);
    return TRUE;
  }
  return wide ? binary_row (rule, row, TRUE, count, label, found, odd_at)
              : binary_row (rule, row, FALSE, count, label, found, odd_at);
}
