/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-label-rows.h"

/* All bits of a pixel set or none, so that loops over bytes stay loops over bytes. */
#define MASK(TYPE, condition) ((TYPE) - (TYPE) (condition))

#define DEFINE_ROWS(name, TYPE, FROM_LE) \
  static void threshold_##name (const VoxelSliceLabelRule *rule, const TYPE *row, guint count, \
                                guint8 *label, guint *highest) \
  { \
    TYPE ignore = (TYPE) rule->ignore, ignores = MASK (TYPE, rule->ignore == (gint) ignore); \
    TYPE threshold = (TYPE) rule->threshold, reached = MASK (TYPE, rule->threshold == (guint) threshold); \
    TYPE top = 0; \
\
    for (guint x = 0; x < count; x++) { \
      TYPE value = FROM_LE (row[x]), ignored = MASK (TYPE, value == ignore) & ignores; \
      TYPE known = value & (TYPE) ~ignored, set = MASK (TYPE, value >= threshold) & reached; \
\
      top = MAX (top, known); \
      label[x] = (guint8) ((ignored & VOXEL_SLICE_LABEL_IGNORE) | (set & (TYPE) ~ignored)); \
    } \
    *highest = MAX (*highest, (guint) top); \
  } \
\
  static gboolean binary_##name (const VoxelSliceLabelRule *rule, const TYPE *row, guint count, \
                                 guint8 *label, guint *other, guint *odd_at) \
  { \
    TYPE ignore = (TYPE) rule->ignore, ignores = MASK (TYPE, rule->ignore == (gint) ignore); \
    TYPE set = (TYPE) *other, odd = 0; \
\
    for (guint x = 0; x < count && set == 0; x++) \
      set = FROM_LE (row[x]) & (TYPE) ~(MASK (TYPE, FROM_LE (row[x]) == ignore) & ignores); \
    *other = set; \
    for (guint x = 0; x < count; x++) { \
      TYPE value = FROM_LE (row[x]), ignored = MASK (TYPE, value == ignore) & ignores; \
      TYPE known = MASK (TYPE, value != 0) & (TYPE) ~ignored; \
\
      odd |= known & (TYPE) (value ^ set); \
      label[x] = (guint8) ((ignored & VOXEL_SLICE_LABEL_IGNORE) | known); \
    } \
    if (!odd) \
      return TRUE; \
    for (*odd_at = 0; *odd_at < count; (*odd_at)++) { \
      TYPE value = FROM_LE (row[*odd_at]); \
\
      if (value != 0 && value != set && !(value == ignore && ignores)) \
        break; \
    } \
    return FALSE; \
  }

DEFINE_ROWS (row_8, guint8, )
DEFINE_ROWS (row_16, guint16, GUINT16_FROM_LE)

/* A bit is 0 or 1 in the file, 0 or 255 once unpacked; there is nothing to be thresholded. */
static gboolean
bit_row (const VoxelSliceLabelRule *rule, const guint8 *row, guint count, guint8 *label, guint *found,
         guint *odd_at)
{
  const VoxelSliceLabelRule unpacked = {VOXEL_SLICE_LABEL_NO_THRESHOLD, rule->ignore == 1   ? 255
                                                                        : rule->ignore == 0 ? 0
                                                                                            : -1};

  return binary_row_8 (&unpacked, row, count, label, found, odd_at);
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
  const guint16 *words = (const guint16 *) row;

  if (bits == 1)
    return bit_row (rule, row, count, label, found, odd_at);
  if (rule->threshold == VOXEL_SLICE_LABEL_NO_THRESHOLD)
    return bits > 8 ? binary_row_16 (rule, words, count, label, found, odd_at)
                    : binary_row_8 (rule, row, count, label, found, odd_at);
  if (bits > 8)
    threshold_row_16 (rule, words, count, label, found);
  else
    threshold_row_8 (rule, row, count, label, found);
  return TRUE;
}
