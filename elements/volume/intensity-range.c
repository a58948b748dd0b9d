/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "intensity-range.h"

#include <math.h>

/* Billionths of a percent, as integers: 100 - 99.9 is a little less than .1, and 54000 times .0035 than 189. */
#define UNIT 1e9

static guint64
share (guint64 n, gdouble percent)
{
  return (guint64) ((unsigned __int128) n * (guint64) rint (percent * UNIT) / (guint64) (100 * UNIT));
}

/* The value of rank @k, counted from 0, among all sorted. */
static guint
value_at (const guint64 *bins, guint n_bins, guint64 k)
{
  guint64 below = 0;

  for (guint i = 0; i < n_bins; i++) {
    below += bins[i];
    if (k < below)
      return i;
  }
  return n_bins - 1;
}

/**
 * voxel_intensity_percentiles:
 * @bins: how often each value occurs
 * @n_bins: values
 * @low_percent: 0..100
 * @high_percent: 0..100
 * @low: (out): sorted[trunc (n low_percent / 100)]
 * @high: (out): sorted[n - max (1, trunc (n (100 - high_percent) / 100))]
 *
 * Percentiles that are values which occur, of n values sorted in rising order and counted from 0. The
 * definition is that of the Kaggle entry (np.partition at -k and k, k = int (n * .001)), but that k = 0 means
 * the largest value at the upper end.
 *
 * Returns: whether there are values at all
 */
gboolean
voxel_intensity_percentiles (const guint64 *bins, guint n_bins, gdouble low_percent, gdouble high_percent,
                             guint *low, guint *high)
{
  guint64 n = 0;

  for (guint i = 0; i < n_bins; i++)
    n += bins[i];
  if (n == 0)
    return FALSE;
  *low = value_at (bins, n_bins, MIN (share (n, low_percent), n - 1));
  *high = value_at (bins, n_bins, n - MAX (MIN (share (n, 100. - high_percent), n), 1));
  return TRUE;
}

/**
 * voxel_intensity_fold:
 * @bins: how often each value occurs
 * @n_bins: values
 * @shift: bits that are dropped
 * @folded: (out): how often each value >> @shift occurs; n_bins >> @shift counts, at least one
 */
void
voxel_intensity_fold (const guint64 *bins, guint n_bins, guint shift, guint64 *folded)
{
  for (guint i = 0; i <= (n_bins - 1) >> shift; i++)
    folded[i] = 0;
  for (guint i = 0; i < n_bins; i++)
    folded[i >> shift] += bins[i];
}
