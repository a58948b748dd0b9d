/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Slices of two streams that come in their own time, scored pair by pair: whichever is ahead waits in a
 * queue, at one bit a voxel. */

#include "mask-pairing.h"

static const gchar *const names[VOXEL_MASK_N_SIDES] = {"truth", "prediction"};

typedef struct {
  guint64 *bits; /* NULL where a volume ends */
  gsize height;
  gsize width;
} Entry;

typedef struct {
  GQueue entries;
  gboolean ended;
  gboolean stale;    /* its pairs were forgotten: nothing counts before it begins again */
  gboolean expected; /* to be flushed together with the other side */
  gboolean old;      /* the other side has been flushed, this one is about to be */
} Side;

struct _VoxelMaskPairing {
  Side sides[VOXEL_MASK_N_SIDES];
  VoxelMaskScore *score;
  gsize height;
  gsize width;
  guint n_pairs;
  guint n_volumes;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->bits);
  g_free (entry);
}

/**
 * voxel_mask_pairing_new:
 *
 * Returns: (transfer full): a pairing that nothing has come to
 */
VoxelMaskPairing *
voxel_mask_pairing_new (void)
{
  VoxelMaskPairing *self = g_new0 (VoxelMaskPairing, 1);

  for (guint i = 0; i < VOXEL_MASK_N_SIDES; i++)
    g_queue_init (&self->sides[i].entries);
  return self;
}

/**
 * voxel_mask_pairing_add_slice:
 * @self: a pairing
 * @side: where the slice came
 * @bits: (transfer full): its height rows of voxel_mask_bits_words (width) words (see mask-bits.h)
 * @height: rows
 * @width: columns
 * @first: whether a volume begins with it
 *
 * Returns: whether it counts
 */
gboolean
voxel_mask_pairing_add_slice (VoxelMaskPairing *self, VoxelMaskSide side, guint64 *bits, gsize height,
                              gsize width, gboolean first)
{
  Entry entry = {bits, height, width};

  if (first)
    self->sides[side].stale = FALSE;
  if (self->sides[side].stale || self->sides[side].old) {
    g_free (bits);
    return FALSE;
  }
  g_queue_push_tail (&self->sides[side].entries, g_memdup2 (&entry, sizeof entry));
  return TRUE;
}

/**
 * voxel_mask_pairing_end_volume:
 * @self: a pairing
 * @side: where all slices of a volume have come
 */
void
voxel_mask_pairing_end_volume (VoxelMaskPairing *self, VoxelMaskSide side)
{
  if (!self->sides[side].stale && !self->sides[side].old)
    g_queue_push_tail (&self->sides[side].entries, g_new0 (Entry, 1));
}

/**
 * voxel_mask_pairing_end:
 * @self: a pairing
 * @side: where nothing more will come; its last volume has been ended
 */
void
voxel_mask_pairing_end (VoxelMaskPairing *self, VoxelMaskSide side)
{
  self->sides[side].ended = !self->sides[side].old;
}

static void
drop_score (VoxelMaskPairing *self)
{
  g_clear_pointer (&self->score, voxel_mask_score_free);
  self->n_pairs = 0;
}

/**
 * voxel_mask_pairing_expect_flush:
 * @self: a pairing
 * @side: which is to begin again together with the other
 * @expected: whether it is; %FALSE where nothing came of it
 *
 * Sides are flushed one after the other: what comes to one after the other's flush and before its own is of the
 * time before.
 */
void
voxel_mask_pairing_expect_flush (VoxelMaskPairing *self, VoxelMaskSide side, gboolean expected)
{
  self->sides[side].expected = expected;
  self->sides[side].stale |= self->sides[side].old;
  self->sides[side].old = FALSE;
}

/**
 * voxel_mask_pairing_is_old:
 * @self: a pairing
 * @side: of which something has come
 *
 * Returns: whether it is of the time before a flush of both sides, and does not matter
 */
gboolean
voxel_mask_pairing_is_old (const VoxelMaskPairing *self, VoxelMaskSide side)
{
  return self->sides[side].old;
}

/**
 * voxel_mask_pairing_flush:
 * @self: a pairing
 * @side: which begins again
 *
 * What this side has sent is forgotten, and with it the pairs of the volume under way: where there were any, or
 * the other side has ended, that does not count either until it is flushed too or begins a volume.
 *
 * Returns: whether what the other side has sent is forgotten too
 */
gboolean
voxel_mask_pairing_flush (VoxelMaskPairing *self, VoxelMaskSide side)
{
  Side *own = &self->sides[side], *other = &self->sides[!side];
  gboolean follows = own->old || own->stale; /* the other's flush: what that has sent since stands */

  g_queue_clear_full (&own->entries, entry_free);
  own->ended = own->stale = own->old = own->expected = FALSE;
  if (follows || (self->n_pairs == 0 && !other->ended && !other->expected))
    return FALSE;
  drop_score (self);
  g_queue_clear_full (&other->entries, entry_free);
  other->old = other->expected;
  other->stale = !other->old;
  other->ended &= other->stale;
  return TRUE;
}

static gboolean
add_pair (VoxelMaskPairing *self, const Entry *truth, const Entry *prediction, GError **error)
{
  if (truth->height != prediction->height || truth->width != prediction->width) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "slices of the truth have %" G_GSIZE_FORMAT "x%" G_GSIZE_FORMAT
                 " voxels, those of the prediction %" G_GSIZE_FORMAT "x%" G_GSIZE_FORMAT,
                 truth->width, truth->height, prediction->width, prediction->height);
    return FALSE;
  }
  if (self->score && (truth->height != self->height || truth->width != self->width)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the size of slices changes within a volume");
    return FALSE;
  }
  if (!self->score) {
    self->score = voxel_mask_score_new (truth->height, truth->width);
    self->height = truth->height;
    self->width = truth->width;
  }
  voxel_mask_score_add (self->score, truth->bits, prediction->bits);
  self->n_pairs++;
  return TRUE;
}

static VoxelMaskPairingStep
pair_heads (VoxelMaskPairing *self, const gdouble spacing[3], VoxelMaskScoreResult *result, GError **error)
{
  const Entry *truth = g_queue_peek_head (&self->sides[VOXEL_MASK_TRUTH].entries);
  const Entry *prediction = g_queue_peek_head (&self->sides[VOXEL_MASK_PREDICTION].entries);

  if (!truth->bits && !prediction->bits) {
    voxel_mask_score_finish (self->score, spacing, result);
    drop_score (self);
    self->n_volumes++;
    return VOXEL_MASK_PAIRING_SCORED;
  }
  if (!truth->bits || !prediction->bits) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "the %s of volume %u ends after %u slices, the %s does not",
                 names[truth->bits ? VOXEL_MASK_PREDICTION : VOXEL_MASK_TRUTH], self->n_volumes + 1,
                 self->n_pairs, names[truth->bits ? VOXEL_MASK_TRUTH : VOXEL_MASK_PREDICTION]);
    return VOXEL_MASK_PAIRING_BROKEN;
  }
  return add_pair (self, truth, prediction, error) ? VOXEL_MASK_PAIRING_WAITS : VOXEL_MASK_PAIRING_BROKEN;
}

static VoxelMaskPairingStep
judge_end (VoxelMaskPairing *self, GError **error)
{
  const Side *truth = &self->sides[VOXEL_MASK_TRUTH], *prediction = &self->sides[VOXEL_MASK_PREDICTION];
  guint left = truth->entries.length ? VOXEL_MASK_TRUTH : VOXEL_MASK_PREDICTION;

  if (!truth->ended && !prediction->ended)
    return VOXEL_MASK_PAIRING_WAITS;
  if (truth->ended && prediction->ended && (truth->stale || prediction->stale)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "the %s began again, but the %s did not: seek both",
                 names[truth->stale ? VOXEL_MASK_PREDICTION : VOXEL_MASK_TRUTH],
                 names[truth->stale ? VOXEL_MASK_TRUTH : VOXEL_MASK_PREDICTION]);
    return VOXEL_MASK_PAIRING_BROKEN;
  }
  /* Something waits for a partner that has ended. */
  if (self->sides[left].entries.length && self->sides[!left].ended && !self->sides[!left].stale) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the %s ended after %u volumes, the %s goes on",
                 names[!left], self->n_volumes, names[left]);
    return VOXEL_MASK_PAIRING_BROKEN;
  }
  if (!truth->ended || !prediction->ended)
    return VOXEL_MASK_PAIRING_WAITS;
  if (self->n_volumes == 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "neither truth nor prediction came");
    return VOXEL_MASK_PAIRING_BROKEN;
  }
  return VOXEL_MASK_PAIRING_ENDED;
}

/**
 * voxel_mask_pairing_advance:
 * @self: a pairing that something has just come to
 * @spacing: distance of voxels along z, y, x
 * @result: (out): the score, with VOXEL_MASK_PAIRING_SCORED
 * @error: G_IO_ERROR_INVALID_DATA, naming the side and what is wrong with it
 *
 * Returns: how far it has come
 */
VoxelMaskPairingStep
voxel_mask_pairing_advance (VoxelMaskPairing *self, const gdouble spacing[3], VoxelMaskScoreResult *result,
                            GError **error)
{
  GQueue *truth = &self->sides[VOXEL_MASK_TRUTH].entries;
  GQueue *prediction = &self->sides[VOXEL_MASK_PREDICTION].entries;

  while (truth->length && prediction->length) {
    VoxelMaskPairingStep step = pair_heads (self, spacing, result, error);

    entry_free (g_queue_pop_head (truth));
    entry_free (g_queue_pop_head (prediction));
    if (step != VOXEL_MASK_PAIRING_WAITS)
      return step;
  }
  return judge_end (self, error);
}

/**
 * voxel_mask_pairing_free:
 * @self: (transfer full): a pairing
 */
void
voxel_mask_pairing_free (VoxelMaskPairing *self)
{
  for (guint i = 0; i < VOXEL_MASK_N_SIDES; i++)
    g_queue_clear_full (&self->sides[i].entries, entry_free);
  drop_score (self);
  g_free (self);
}
