/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/score-code.h"

#include "elements/rows/rows.h"

/**
 * voxel_score_code_row:
 * @logits: a row of scores
 * @width: columns
 * @codes: (out): 32768 + 2048 logit, rounded to nearest (ties to even), clamped to 0..65535
 *
 * Returns: %FALSE if a score is no finite number
 */
gboolean
voxel_score_code_row (const gfloat *logits, guint width, guint16 *codes)
{
  return voxel_rows ()->code (logits, width, codes);
}
