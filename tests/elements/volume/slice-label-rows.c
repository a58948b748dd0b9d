/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/slice-label-rows.h"

#define LONGEST 300

static guint
meaning (const VoxelSliceLabelRule *rule, guint value)
{
  if ((gint) value == rule->ignore)
    return VOXEL_SLICE_LABEL_IGNORE;
  return value >= MAX (rule->threshold, 1) ? VOXEL_SLICE_LABEL_SET : VOXEL_SLICE_LABEL_BACKGROUND;
}

/* Rows of all lengths, of a few values, under rules that reach and rules that lie beyond the depth. */
static void
test_random (void)
{
  static const guint thresholds[] = {0, 1, 7, 127, 255, 256, 300, 65535};
  static const gint ignored[] = {-1, 0, 7, 255, 256, 65535};
  static const guint16 values[] = {0, 7, 255, 256, 300, 65535};
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  guint refused = 0, taken = 0;

  for (guint run = 0; run < 20000; run++) {
    guint bits = run % 2 ? 16 : 8, n_values = (guint) g_rand_int_range (random, 1, bits == 8 ? 4 : 7);
    VoxelSliceLabelRule rule = {thresholds[g_rand_int_range (random, 0, G_N_ELEMENTS (thresholds))],
                                ignored[g_rand_int_range (random, 0, G_N_ELEMENTS (ignored))]};
    guint count = (guint) g_rand_int_range (random, 1, LONGEST), found = 0, odd_at = 0, highest = 0,
          other = 0;
    guint16 row[LONGEST];
    guint8 label[LONGEST];
    gint odd = -1;

    for (guint x = 0; x < count; x++) {
      guint value = values[g_rand_int_range (random, 0, (gint) n_values)];

      if (bits == 8)
        ((guint8 *) row)[x] = (guint8) (value &= 255);
      else
        row[x] = GUINT16_TO_LE ((guint16) value);
      if ((gint) value == rule.ignore)
        continue;
      highest = MAX (highest, value);
      if (other == 0)
        other = value;
      if (odd < 0 && value != 0 && value != other)
        odd = (gint) x;
    }
    if (!voxel_slice_label_row (&rule, bits, (const guint8 *) row, count, label, &found, &odd_at)) {
      g_assert_cmpuint (rule.threshold, ==, 0);
      g_assert_cmpint ((gint) odd_at, ==, odd);
      refused++;
      continue;
    }
    g_assert_true (rule.threshold > 0 || odd < 0);
    g_assert_cmpuint (found, ==, rule.threshold > 0 ? highest : other);
    for (guint x = 0; x < count; x++)
      g_assert_cmpuint (label[x], ==,
                        meaning (&rule, bits == 8 ? ((guint8 *) row)[x] : GUINT16_FROM_LE (row[x])));
    taken++;
  }
  g_assert_cmpuint (refused, >, 1000);
  g_assert_cmpuint (taken, >, 1000);
}

/* What a row before had counts for this one. */
static void
test_rows (void)
{
  static const VoxelSliceLabelRule rule = {VOXEL_SLICE_LABEL_NO_THRESHOLD, VOXEL_SLICE_LABEL_NO_IGNORE};
  static const guint8 ones[] = {0, 1, 0}, twos[] = {0, 0, 2};
  guint8 label[3];
  guint found = 0, odd_at;

  g_assert_true (voxel_slice_label_row (&rule, 8, ones, 3, label, &found, &odd_at));
  g_assert_cmpuint (found, ==, 1);
  g_assert_false (voxel_slice_label_row (&rule, 8, twos, 3, label, &found, &odd_at));
  g_assert_cmpuint (odd_at, ==, 2);
}

/* A bit is 1 in the file and 255 here. */
static void
test_bits (void)
{
  static const guint8 row[] = {0, 255, 255};
  static const struct {
    VoxelSliceLabelRule rule;
    guint8 labels[3];
  } cases[] = {
      {{0, -1}, {0, 255, 255}},  {{127, -1}, {0, 255, 255}}, {{0, 1}, {0, 128, 128}},
      {{0, 0}, {128, 255, 255}}, {{0, 255}, {0, 255, 255}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 label[3];
    guint found = 0, odd_at;

    g_assert_true (voxel_slice_label_row (&cases[i].rule, 1, row, 3, label, &found, &odd_at));
    g_assert_cmpmem (label, 3, cases[i].labels, 3);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slice-label-rows/random", test_random);
  g_test_add_func ("/slice-label-rows/rows", test_rows);
  g_test_add_func ("/slice-label-rows/bits", test_bits);
  return g_test_run ();
}
