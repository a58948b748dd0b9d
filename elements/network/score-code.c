/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/score-code.h"

#include <math.h>

/**
 * voxel_score_code_row:
 * @logits: a row of scores
 * @width: columns
 * @codes: (out): 32768 + 2048 logit, rounded to nearest (ties to even), clamped to 0..65535
 *
 * Adding 2^23 leaves the rounded integer in a float's low bits, so the loop is one of plain float and integer
 * operations that every vector unit has.
 *
 * Returns: %FALSE if a score is no finite number
 */
gboolean
voxel_score_code_row (const gfloat *restrict logits, guint width, guint16 *restrict codes)
{
  const gfloat magic = 8388608.f;
  gint bad = 0;

  for (guint x = 0; x < width; x++) {
    gfloat code = logits[x] * 2048.f + 32768.f;
    union {
      gfloat number;
      guint32 bits;
    } sum;

    bad |= !(fabsf (logits[x]) <= G_MAXFLOAT);
    code = code > 0.f ? code : 0.f;
    code = code < 65535.f ? code : 65535.f;
    sum.number = code + magic;
    codes[x] = GUINT16_TO_LE ((guint16) (sum.bits & 0xffff));
  }
  return !bad;
}
